"""Tasks: who waits, for whom, and where the answers go."""

import pytest

from services.contracts.words import StepKind
from services.workflow.engine.models import Answer, EngineFault, Refused
from tests.workflow.engine.drawing import (
    boundary,
    definition,
    end,
    flows,
    node,
    script,
    settings,
    several,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import Play

EXTERNAL = {"camunda__type": "external", "camunda__topic": "certificate-number"}
ERROR = '<bpmn:error id="err" errorCode="E1"/><bpmn:error id="oth" errorCode="E2"/>'


def test_a_process_of_a_start_and_an_end_is_over_at_once() -> None:
    play = Play.of(start(), end("e", settings(outcome="granted")), flows("s", "e"))
    assert play.ended == "e"
    assert play.step.ended is not None
    assert play.step.ended.settings == {"outcome": "granted"}
    assert play.passed == ["s", "e"]


def test_a_user_task_waits_and_keeps_its_answers_under_its_name() -> None:
    play = Play.of(start(), user("a", form="handler-review"), end(), flows("s", "a", "e"))
    (task,) = play.step.tasks
    assert (task.element, task.kind, task.name) == ("a", StepKind.HUMAN, "a")
    assert task.settings == {"limit_wd": "3", "post": "P04", "form": "handler-review"}
    play.complete("a", decision="accept")
    assert play.data["handler_review"] == {"decision": "accept"}
    assert play.ended == "e"


def test_a_user_task_may_name_the_variable_of_its_answers() -> None:
    play = Play.of(start(), user("a", result="acceptance"), end(), flows("s", "a", "e")).complete("a", ok=1)
    assert play.data["acceptance"] == {"ok": 1}


def test_a_task_carries_the_lane_it_lies_in_the_innermost() -> None:
    lanes = (
        '<bpmn:laneSet><bpmn:lane id="l1" name="bureau"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        '<bpmn:childLaneSet><bpmn:lane id="l2" name="D06"><bpmn:flowNodeRef>b</bpmn:flowNodeRef></bpmn:lane>'
        "</bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
    )
    play = Play.of(lanes, start(), user("a"), user("b"), end(), flows("s", "a", "b", "e"))
    assert play.step.tasks[0].lane == "bureau"
    assert play.complete("a").step.tasks[0].lane == "D06"


@pytest.mark.parametrize("tag", ["task", "manualTask"])
def test_a_task_nobody_is_named_for_is_passed(tag: str) -> None:
    assert Play.of(start(), node(tag, "t"), end(), flows("s", "t", "e")).passed == ["s", "t", "e"]


def test_a_script_sets_variables() -> None:
    play = Play.of(start(), script("c", "n = 1; m = n + 1"), end(), flows("s", "c", "e"))
    assert (play.data["n"], play.data["m"]) == (1, 2)


def test_a_script_that_fails_is_a_fault_with_element_and_text() -> None:
    with pytest.raises(EngineFault, match="division by zero") as fault:
        Play.of(start(), script("c", "n = 1 / 0"), end(), flows("s", "c", "e"))
    assert fault.value.element == "c"
    assert "n = 1 / 0" in fault.value.reason


def test_an_external_task_waits_for_its_answer() -> None:
    play = Play.of(start(), node("serviceTask", "x", **EXTERNAL), end(), flows("s", "x", "e"), data={"n": 1})
    (task,) = play.step.external
    assert (task.element, task.topic) == ("x", "certificate-number")
    assert task.variables == {"case": {}, "n": 1}
    play.answer("x", {"no": "512000"})
    assert play.data["certificate_number"] == {"no": "512000"}
    assert play.ended == "e"


def test_a_late_answer_is_refused() -> None:
    play = Play.of(
        start(),
        node("serviceTask", "x", **EXTERNAL),
        boundary("late", "x", timer("PT1H")),
        user("h"),
        end(),
        flows("s", "x", "e"),
        flows("late", "h", "e"),
    )
    task = play.external("x")
    play.fire("late")
    assert play.open == ["h"]
    assert play.step.external == ()
    with pytest.raises(Refused, match="not-waiting"):
        play.do(Answer(task, {}))


def test_an_external_error_goes_to_the_boundary_that_catches_its_code() -> None:
    parts = (
        start(),
        node("serviceTask", "x", **EXTERNAL),
        boundary("one", "x", definition("error", errorRef="err")),
        boundary("other", "x", definition("error", errorRef="oth")),
        user("h1"),
        user("h2"),
        end(),
        flows("s", "x", "e"),
        flows("one", "h1", "e"),
        flows("other", "h2", "e"),
    )
    assert Play.of(*parts, head=ERROR).fail("x", "E1").open == ["h1"]
    assert Play.of(*parts, head=ERROR).fail("x", "E2").open == ["h2"]
    with pytest.raises(EngineFault, match="E9") as fault:
        Play.of(*parts, head=ERROR).fail("x", "E9")
    assert fault.value.element == "x"


def test_an_external_error_is_caught_by_a_boundary_further_out_whatever_its_code() -> None:
    inner = (start("is"), node("serviceTask", "x", **EXTERNAL), end("ie"), flows("is", "x", "ie"))
    catch_all = node("boundaryEvent", "b", settings(result="trouble"), definition("error"), attachedToRef="sub")
    play = Play.of(
        start(), node("subProcess", "sub", *inner), catch_all, user("h"), end(), flows("s", "sub", "e"),
        flows("b", "h", "e"),
    )  # fmt: skip
    assert play.fail("x", "E9").open == ["h"]
    assert play.data["trouble"] == {"code": "E9", "message": ""}


def test_settings_of_what_was_passed_are_told_with_the_date_the_clock_starts_from() -> None:
    event = node(
        "intermediateThrowEvent",
        "t",
        settings(case_clock="start", clock_from="workday_after(case.on, 1)", milestone="accepted"),
    )
    play = Play.of(start(), event, end(), flows("s", "t", "e"), data={"case": {"on": "2026-11-20"}})
    passed = next(passed for passed in play.step.passed if passed.element == "t")
    assert passed.settings == {"case_clock": "start", "clock_from": "2026-11-23", "milestone": "accepted"}
    assert passed.kind == "intermediateThrowEvent"


def test_the_end_with_an_outcome_counts_and_not_what_ended_beside_it() -> None:
    play = Play.of(
        start(),
        user("a"),
        boundary("r", "a", timer("PT1H"), interrupting=False),
        user("h"),
        end("he"),
        end("e", settings(outcome="granted")),
        flows("s", "a", "e"),
        flows("r", "h", "he"),
    )
    assert play.fire("r").complete("a").ended is None
    play.complete("h")
    assert play.step.ended is not None
    assert play.step.ended.settings == {"outcome": "granted"}


def test_a_cancelled_instance_is_over_and_has_nothing_open() -> None:
    play = Play.of(
        start(), user("a", several("case.who", "who")), end(), flows("s", "a", "e"), data={"case": {"who": ["x"]}}
    )
    play.cancel("withdrawn by the applicant")
    assert play.step.ended is not None
    assert play.step.ended.cancelled == "withdrawn by the applicant"
    assert (play.open, play.armed) == ([], [])
    with pytest.raises(Refused, match="already-ended"):
        play.cancel()
