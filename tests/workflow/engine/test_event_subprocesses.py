"""Event subprocesses: what starts them, what they interrupt, and what they leave alone."""

import pytest

from services.workflow.engine.bundles import compile_bundle
from services.workflow.engine.models import EngineFault, Jump
from tests.workflow.engine.drawing import (
    boundary,
    by_event,
    condition,
    definition,
    drawn,
    end,
    flows,
    message,
    node,
    process,
    script,
    settings,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import Play, rules_of, with_forms

HEAD = (
    message("go")
    + '<bpmn:signal id="sig" name="sig"/><bpmn:escalation id="esc" escalationCode="X1"/>'
    + '<bpmn:error id="err" errorCode="E1"/><bpmn:error id="oth" errorCode="E2"/>'
)
GO = definition("message", messageRef="m_go")
SIGNAL = definition("signal", signalRef="sig")
ESCALATION = definition("escalation", escalationRef="esc")
ERROR = definition("error", errorRef="err")
MAIN = (start(), user("a"), user("z"), end(), flows("s", "a", "z", "e"))


def handler(trigger: str, *, interrupting: bool = True, name: str = "es", task: str = "h") -> str:
    """An event subprocess: its event, a user task, an end."""
    begins = node("startEvent", f"{name}_s", trigger, isInterrupting=str(interrupting).lower())
    return by_event(begins, user(task), end(f"{name}_e"), flows(f"{name}_s", task, f"{name}_e"), id=name)


def test_an_interrupting_one_takes_the_place_of_what_was_going_on() -> None:
    play = Play.of(*MAIN, handler(GO), head=HEAD)
    assert (play.open, play.step.awaits) == (["a"], ("go",))
    play.hear("go", why="withdrawn")
    assert (play.open, play.step.awaits) == (["h"], ())
    assert play.passed == ["es_s"]
    assert play.data["go"] == {"why": "withdrawn"}
    assert play.complete("h").ended == "es_e"
    assert play.passed == ["h", "es_e", "es"]


def test_one_beside_starts_as_often_as_its_event_comes_and_the_process_waits_for_all() -> None:
    play = Play.of(*MAIN, handler(GO, interrupting=False), head=HEAD).hear("go").hear("go")
    assert play.open == ["a", "h", "h"]
    assert play.complete("a").complete("z").open == ["h", "h"]
    assert play.complete("h").ended is None
    assert play.complete("h").ended == "es_e"


def test_the_process_ends_although_the_event_never_came() -> None:
    play = Play.of(*MAIN, handler(GO), handler(timer("PT1H"), name="late", task="l"), head=HEAD)
    assert play.armed == ["late_s"]
    assert play.complete("a").complete("z").ended == "e"
    assert (play.step.awaits, play.armed) == ((), [])


def test_its_outcome_is_that_of_the_process() -> None:
    trigger = node("startEvent", "es_s", GO)
    body = by_event(trigger, end("es_e", settings(outcome="withdrawn")), flows("es_s", "es_e"))
    play = Play.of(*MAIN, body, head=HEAD).hear("go")
    assert play.step.ended is not None
    assert play.step.ended.settings == {"outcome": "withdrawn"}


@pytest.mark.parametrize(("interrupting", "opened"), [(True, ["h"]), (False, ["a", "h"])])
def test_a_timer_starts_one(*, interrupting: bool, opened: list[str]) -> None:
    play = Play.of(*MAIN, handler(timer("PT1H"), interrupting=interrupting)).later(hours=1).fire("es_s")
    assert play.open == opened
    assert play.armed == []


def test_a_cycle_starts_one_each_time() -> None:
    play = Play.of(*MAIN, handler(timer("R2/PT1H", "timeCycle"), interrupting=False))
    assert play.fire("es_s").fire("es_s").open == ["a", "h", "h"]
    assert play.armed == []


@pytest.mark.parametrize(("interrupting", "opened"), [(True, ["h"]), (False, ["b", "h"])])
@pytest.mark.parametrize("trigger", [SIGNAL, ESCALATION])
def test_what_is_thrown_inside_its_scope_starts_one(trigger: str, *, interrupting: bool, opened: list[str]) -> None:
    inner = (start("is"), user("a"), node("intermediateThrowEvent", "t", trigger), user("b"), end("ie"))
    scope = node(
        "subProcess", "sub", *inner, flows("is", "a", "t", "b", "ie"), handler(trigger, interrupting=interrupting)
    )
    play = Play.of(start(), scope, user("z"), end(), flows("s", "sub", "z", "e"), head=HEAD).complete("a")
    assert play.open == opened
    for task in opened:
        play.complete(task)
    assert play.open == ["z"]


def test_an_error_is_caught_in_its_scope_and_the_process_goes_on_behind_it() -> None:
    inner = (start("is"), user("a"), end("ie", ERROR), flows("is", "a", "ie"), handler(ERROR))
    play = Play.of(start(), node("subProcess", "sub", *inner), user("z"), end(), flows("s", "sub", "z", "e"), head=HEAD)
    assert play.complete("a").open == ["h"]
    assert play.complete("h").open == ["z"]


def test_of_two_that_catch_an_error_the_one_with_its_code_does() -> None:
    inner = (start("is"), user("a"), end("ie", ERROR), flows("is", "a", "ie"))
    handlers = (handler(definition("error"), name="any", task="x"), handler(ERROR))
    play = Play.of(start(), node("subProcess", "sub", *inner, *handlers), end(), flows("s", "sub", "e"), head=HEAD)
    assert play.complete("a").open == ["h"]


def test_an_error_in_the_one_that_catches_errors_goes_further_out() -> None:
    begins = node("startEvent", "es_s", ERROR)
    again = by_event(begins, user("h"), end("es_e", ERROR), flows("es_s", "h", "es_e"))
    inner = (start("is"), user("a"), end("ie", ERROR), flows("is", "a", "ie"), again)
    body = (start(), node("subProcess", "sub", *inner), boundary("b", "sub", ERROR), user("r"), end())
    play = Play.of(*body, flows("s", "sub", "e"), flows("b", "r", "e"), head=HEAD)
    assert play.complete("a").complete("h").open == ["r"]
    alone = Play.of(start(), user("a"), end("ie", ERROR), flows("s", "a", "ie"), again, head=HEAD).complete("a")
    with pytest.raises(EngineFault, match="event subprocess"):
        alone.complete("h")


def test_an_escalation_thrown_in_the_one_it_started_does_not_start_it_again() -> None:
    begins = node("startEvent", "es_s", ESCALATION, isInterrupting="false")
    again = by_event(begins, user("h"), end("es_e", ESCALATION), flows("es_s", "h", "es_e"))
    throw = node("intermediateThrowEvent", "t", ESCALATION)
    play = Play.of(start(), throw, user("a"), end(), flows("s", "t", "a", "e"), again, head=HEAD)
    assert play.complete("h").open == ["a"]


def test_a_condition_starts_one_in_the_step_that_makes_it_hold() -> None:
    body = (start(), user("a", result="a"), user("z"), end(), flows("s", "a", "z", "e"))
    play = Play.of(*body, handler(condition("a.size == 'large'")))
    assert play.step.awaits_conditions == ("es_s",)
    assert play.complete("a", size="large").open == ["h"]


def test_one_in_a_subprocess_goes_when_the_subprocess_is_interrupted() -> None:
    inner = (start("is"), user("a"), end("ie"), flows("is", "a", "ie"), handler(timer("PT9H")))
    body = (start(), node("subProcess", "sub", *inner), boundary("b", "sub", GO), user("r"), end())
    play = Play.of(*body, flows("s", "sub", "e"), flows("b", "r", "e"), head=HEAD)
    assert play.armed == ["es_s"]
    assert play.hear("go").open == ["r"]
    assert play.armed == []


def test_one_may_hold_another() -> None:
    inner = handler(SIGNAL, name="in", task="i")
    begins = node("startEvent", "es_s", GO, isInterrupting="false")
    outer = by_event(begins, user("h"), end("es_e"), flows("es_s", "h", "es_e"), inner)
    play = Play.of(*MAIN, outer, head=HEAD)
    assert play.step.awaits_signals == ()
    assert play.hear("go").step.awaits_signals == ("sig",)


def test_a_terminate_end_in_one_ends_only_that() -> None:
    begins = node("startEvent", "es_s", GO, isInterrupting="false")
    one = by_event(begins, user("h"), end("es_e", definition("terminate")), flows("es_s", "h", "es_e"))
    assert Play.of(*MAIN, one, head=HEAD).hear("go").complete("h").open == ["a"]


def test_a_user_task_in_one_needs_what_every_user_task_needs() -> None:
    begins = node("startEvent", "es_s", timer("PT1H"))
    body = by_event(begins, node("userTask", "h"), end("es_e"), flows("es_s", "h", "es_e"))
    findings = compile_bundle(with_forms(drawn(process(*MAIN, body)))).findings
    assert {"GH-E301", "GH-E304"} <= set(rules_of(findings))
    fine = drawn(
        process(start(), user("a"), end("e", settings(outcome="granted")), flows("s", "a", "e"), handler(timer("PT1H")))
    )
    assert [each.rule for each in compile_bundle(with_forms(fine)).findings] == ["GH-W312"]


def test_its_tasks_bring_their_settings() -> None:
    (task,) = Play.of(*MAIN, handler(GO), head=HEAD).hear("go").step.tasks
    assert (task.settings["limit_wd"], task.settings["post"]) == ("3", "P04")


def test_a_jump_leaves_what_guards_the_process_armed() -> None:
    play = Play.of(*MAIN, handler(GO), head=HEAD)
    assert play.do(Jump(play.task("a"), "z")).open == ["z"]
    assert play.step.awaits == ("go",)


def test_what_one_sets_is_set_for_the_process() -> None:
    begins = node("startEvent", "es_s", GO, isInterrupting="false")
    body = by_event(begins, script("c", "n = 2"), end("es_e"), flows("es_s", "c", "es_e"))
    assert Play.of(*MAIN, body, data={"n": 1}, head=HEAD).hear("go").data["n"] == 2
