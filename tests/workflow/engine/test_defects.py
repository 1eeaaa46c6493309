"""The faults that the workflow library is known for. Each was seen; none may come back through us."""

from functools import partial

import pytest

from services.workflow.engine.bundles import compile_diagrams
from services.workflow.engine.models import Complete, EngineFault, Refused
from services.workflow.engine.run import apply
from tests.workflow.engine.drawing import (
    boundary,
    by_event,
    definition,
    drawn,
    end,
    flow,
    flows,
    message,
    node,
    process,
    script,
    several,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import CALENDAR, NOW, Play, bundle_of, rules_of

FORK = (node("parallelGateway", "fork"), node("parallelGateway", "join"))
AGAIN = "review.again == true"


def _loop(join: str) -> tuple[str, ...]:
    """Two reviews side by side, a joint decision, and back to both reviews while it says so."""
    return (
        start(),
        node("exclusiveGateway", "merge"),
        node(join, "fork"),
        user("a"),
        user("b"),
        node(join, "join"),
        user("decide", form="review"),
        node("exclusiveGateway", "ask", default="done"),
        end(),
        flows("s", "merge", "fork"),
        flow("fork", "a", "true" if join == "inclusiveGateway" else None),
        flow("fork", "b", "true" if join == "inclusiveGateway" else None),
        flows("a", "join"),
        flows("b", "join", "decide", "ask"),
        flow("ask", "merge", AGAIN),
        flow("ask", "e", id="done"),
    )


@pytest.mark.parametrize("join", ["parallelGateway", "inclusiveGateway"])
def test_defect_1_a_join_in_a_loop_waits_for_both_branches_in_every_round(join: str) -> None:
    play = Play.of(*_loop(join))
    for _ in range(4):
        assert play.complete("a").open == ["b"]
        assert play.complete("b").open == ["decide"]
        assert play.complete("decide", again=True).open == ["a", "b"]
        assert play.complete("b").open == ["a"]
        assert play.complete("a").open == ["decide"]
        play.complete("decide", again=True)
    play.complete("a").complete("b").complete("decide", again=False)
    assert play.ended == "e"


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_defect_2_what_one_branch_changed_survives_the_join_in_either_order(order: tuple[str, str]) -> None:
    play = Play.of(
        start(),
        *FORK,
        user("a"),
        user("b"),
        script("sa", 'x = "new"; docs = docs + ["a1", "a2"]'),
        script("sb", 'docs = docs + ["b1"]'),
        user("z"),
        end(),
        flows("s", "fork", "a", "sa", "join", "z", "e"),
        flows("fork", "b", "sb", "join"),
        data={"x": "old", "docs": ["d1"]},
    )
    for element in order:
        play.complete(element)
    assert play.data["x"] == "new"
    assert sorted(play.data["docs"]) == ["a1", "a2", "b1", "d1"]


def test_defect_3_an_exception_in_one_branch_loses_no_sibling() -> None:
    bundle = bundle_of(
        process(
            start(),
            user("first"),
            *FORK,
            script("bad", "y = 1 / x"),
            user("a"),
            user("b"),
            user("z"),
            end(),
            flows("s", "first", "fork", "bad", "a", "join", "z", "e"),
            flows("fork", "b", "join"),
        )
    )
    play = Play.start(bundle, data={"x": 0})
    before = play.step.state
    with pytest.raises(EngineFault) as fault:
        play.complete("first")
    assert fault.value.element == "bad"
    assert play.step.state == before
    cured = Play.start(bundle, data={"x": 2}).complete("first")
    assert cured.open == ["a", "b"]


def test_defect_4_a_loop_of_a_thousand_rounds_neither_stalls_nor_grows() -> None:
    play = Play.of(
        start(),
        node("exclusiveGateway", "merge"),
        user("a"),
        script("count", "n = n + 1"),
        node("exclusiveGateway", "ask", default="done"),
        end(),
        flows("s", "merge", "a", "count", "ask"),
        flow("ask", "merge", "n < 1000"),
        flow("ask", "e", id="done"),
        data={"n": 0},
    )
    sizes = set()
    for _ in range(1000):
        assert play.open == ["a"]
        sizes.add(len(play.step.state) // 16)
        play.complete("a")
    assert play.ended == "e"
    assert len(sizes) <= 3  # the first round knows no way back yet; numbers take a byte more from 128 and 256 on
    assert max(sizes) <= 7


def test_defect_5_a_running_co_sign_completes_after_a_restart() -> None:
    parts = (start(), user("a", several("case.who", "who")), user("z"), end(), flows("s", "a", "z", "e"))
    play = Play.of(*parts, data={"case": {"who": ["x", "y"]}}).complete("a", 0)
    play.bundle = bundle_of(process(*parts))  # another worker, that has never made an instance of its own
    assert play.complete("a", 1).open == ["z"]


@pytest.mark.parametrize(
    "place",
    [
        lambda text: flow("g", "a", text),
        lambda text: script("sc", f"x = {text}"),
        lambda text: boundary("b", "a", timer(text, "timeDate")),
        lambda text: user("m", several(text.replace('"', "'"), "i")),
    ],
)
def test_defect_6_no_text_of_a_diagram_reaches_python(place: partial[str]) -> None:
    escape = "().__class__.__base__.__subclasses__()"
    body = process(
        start(), node("exclusiveGateway", "g"), user("a"), end(), flows("s", "g"), flows("a", "e"), place(escape)
    )
    rules = rules_of(compile_diagrams({"d.bpmn": drawn(body)}).findings)
    assert {"GH-E401", "GH-E403"} & set(rules)


def test_defect_7_an_event_subprocess_changes_nothing_for_later_instances() -> None:
    started = node("startEvent", "es_s", definition("message", messageRef="m_go"))
    inner = by_event(started, user("h"), end("es_e"), flows("es_s", "h", "es_e"))
    bundle = bundle_of(message("go"), process(start(), user("a"), end(), flows("s", "a", "e"), inner))
    assert Play.start(bundle).hear("go").open == ["h"]
    assert Play.start(bundle).open == ["a"]


def test_defect_7_instances_share_nothing_by_way_of_the_bundle() -> None:
    bundle = bundle_of(
        message("go"),
        process(
            start(),
            user("a"),
            boundary("b", "a", definition("message", messageRef="m_go")),
            user("h"),
            end(),
            flows("s", "a", "e"),
            flows("b", "h", "e"),
        ),
    )
    assert Play.start(bundle).hear("go").open == ["h"]
    assert Play.start(bundle).open == ["a"]


def test_defect_8_an_error_nobody_catches_is_a_fault_and_not_success() -> None:
    play = Play.of(
        start(),
        node(
            "subProcess",
            "sub",
            start("ss"),
            user("u"),
            end("se", definition("error", errorRef="err")),
            flows("ss", "u", "se"),
        ),
        user("z"),
        end(),
        flows("s", "sub", "z", "e"),
        head='<bpmn:error id="err" errorCode="E1"/>',
    )
    with pytest.raises(EngineFault, match="E1") as fault:
        play.complete("u")
    assert fault.value.element == "se"


def test_defect_9_the_ids_and_timers_of_a_case_do_not_change_when_its_worker_does() -> None:
    parts = (start(), user("a"), boundary("b", "a", timer("PT1H")), user("h"), end(), flows("s", "a", "e"))
    parts = (*parts, flows("b", "h", "e"))
    play = Play.of(*parts)
    task, armed = play.step.tasks[0].id, play.step.timers[0]
    other = bundle_of(process(*parts))
    step = apply(other, play.step.state, Complete(task, {}), now=NOW, calendar=CALENDAR)
    assert step.ended is not None
    assert play.later(hours=9).fire("b").open == ["h"]
    assert armed.at < play.now


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        (node("intermediateThrowEvent", "x", '<bpmn:linkEventDefinition name="nowhere"/>'), "GH-E122"),
        (node("endEvent", "x", definition("cancel")), "GH-E232"),
        (node("startEvent", "x", definition("error")), "GH-E202"),
        (node("intermediateThrowEvent", "x", definition("error")), "GH-E202"),
    ],
)
def test_defect_10_an_event_is_never_taken_for_a_plain_one(part: str, rule: str) -> None:
    findings = compile_diagrams({"d.bpmn": drawn(process(start(), part, end(), flows("s", "e")))}).findings
    assert rule in rules_of(findings)


def test_defect_10_a_signal_end_event_does_throw_its_signal() -> None:
    play = Play.of(
        start(),
        *FORK[:1],
        node("intermediateCatchEvent", "c", definition("signal", signalRef="sig")),
        user("a"),
        user("z"),
        end("e1", definition("signal", signalRef="sig")),
        end(),
        flows("s", "fork", "c", "z", "e"),
        flows("fork", "a", "e1"),
        head='<bpmn:signal id="sig" name="sig"/>',
    )
    assert play.complete("a").open == ["z"]


def test_a_completed_task_cannot_be_completed_again() -> None:
    play = Play.of(start(), user("a"), user("z"), end(), flows("s", "a", "z", "e"))
    first = Complete(play.task("a"), {})
    play.do(first)
    with pytest.raises(Refused, match="not-open"):
        play.do(first)
    assert play.open == ["z"]


def test_completing_one_task_fires_no_timer_of_another() -> None:
    play = Play.of(
        start(),
        *FORK,
        user("a"),
        user("u"),
        boundary("late", "u", timer("PT1H")),
        user("h"),
        end(),
        flows("s", "fork", "a", "join", "e"),
        flows("fork", "u", "join"),
        flows("late", "h", "e"),
    )
    assert play.later(days=3).complete("a").open == ["u"]
    assert play.fire("late").open == ["h"]
