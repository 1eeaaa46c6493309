"""Called processes: what goes in, what comes out, and nothing else."""

import pytest

from services.workflow.engine.models import Complete, EngineFault
from tests.workflow.engine.drawing import (
    boundary,
    definition,
    end,
    flows,
    node,
    process,
    script,
    several,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import Play, bundle_of

CALLEE = process(
    start("qs"), script("qc", "secret = 1; total = given + 1"), user("qa", form="opinion"), end("qe"),
    flows("qs", "qc", "qa", "qe"), id="q",
)  # fmt: skip
HANDED = (
    '<camunda:in source="n" target="given"/><camunda:in sourceExpression="n * 2" target="twice"/>'
    '<camunda:out source="opinion" target="result"/><camunda:out sourceExpression="total + 100" target="sum"/>'
)


def call(handed: str = HANDED, *inner: str) -> str:
    extension = f"<bpmn:extensionElements>{handed}</bpmn:extensionElements>"
    return node("callActivity", "c", extension, *inner, calledElement="q")


def play(handed: str = HANDED, *more: str) -> Play:
    body = (start(), call(handed), user("z"), end(), flows("s", "c", "z", "e"), *more)
    return Play.start(bundle_of(process(*body), CALLEE), data={"case": {"case_no": "1"}, "n": 5, "own": "x"})


def test_a_called_process_sees_the_case_and_what_is_handed_in() -> None:
    (task,) = play().step.tasks
    assert task.element == "qa"
    assert task.variables == {"case": {"case_no": "1"}, "given": 5, "twice": 10, "secret": 1, "total": 6}


def test_only_what_is_declared_comes_back() -> None:
    done = play().complete("qa", ok=True)
    assert done.data == {"case": {"case_no": "1"}, "n": 5, "own": "x", "result": {"ok": True}, "sum": 106}
    assert done.open == ["z"]
    assert done.passed == ["qa", "qe", "c"]


def test_nothing_declared_nothing_comes_back() -> None:
    done = play('<camunda:in source="n" target="given"/>').complete("qa", ok=True)
    assert done.data == {"case": {"case_no": "1"}, "n": 5, "own": "x"}


def test_all_variables_go_in_and_out_when_that_is_said() -> None:
    handed = '<camunda:in variables="all"/><camunda:in source="n" target="given"/><camunda:out variables="all"/>'
    done = play(handed)
    assert done.step.tasks[0].variables["own"] == "x"
    assert done.complete("qa", ok=True).data["secret"] == 1


def test_a_mapping_that_fails_is_a_fault_of_the_call() -> None:
    with pytest.raises(EngineFault) as fault:
        play('<camunda:in sourceExpression="n + own" target="given"/>')
    assert fault.value.element == "c"


def test_an_error_in_the_callee_is_caught_round_the_call() -> None:
    callee = process(start("qs"), end("qe", definition("error", errorRef="err")), flows("qs", "qe"), id="q")
    head = '<bpmn:error id="err" errorCode="E1"/>'
    body = (
        start(),
        call(""),
        boundary("b", "c", definition("error", errorRef="err")),
        user("h"),
        end(),
        flows("s", "c", "e"),
        flows("b", "h", "e"),
    )
    assert Play.start(bundle_of(head, process(*body), callee)).open == ["h"]


def test_a_terminate_end_in_the_callee_ends_the_callee_only() -> None:
    callee = process(start("qs"), end("qe", definition("terminate")), flows("qs", "qe"), id="q")
    body = (start(), call(""), user("z"), end(), flows("s", "c", "z", "e"))
    assert Play.start(bundle_of(process(*body), callee)).open == ["z"]


def test_a_timer_round_the_call_ends_all_of_it() -> None:
    more = (boundary("b", "c", timer("P1D")), user("h"), flows("b", "h", "e"))
    assert play(HANDED, *more).fire("b").open == ["h"]


def test_calls_one_for_each_give_their_results_in_order() -> None:
    loop = several("case.who", "given")
    handed = '<camunda:in source="given" target="given"/><camunda:out source="total" target="total"/>'
    properties = '<camunda:properties><camunda:property name="permit:result" value="totals"/></camunda:properties>'
    body = (start(), call(handed + properties, loop), end(), flows("s", "c", "e"))
    found = Play.start(bundle_of(process(*body), CALLEE), data={"case": {"who": [10, 20]}})
    while found.ended is None:
        found.do(Complete(found.step.tasks[-1].id, {}))
    assert found.data["totals"] == [{"given": 10, "total": 11}, {"given": 20, "total": 21}]


def test_calls_deeper_than_anybody_can_follow_are_a_fault() -> None:
    with pytest.raises(EngineFault, match="nested too deeply"):
        Play.start(bundle_of(*chain(120)), "p0")


def test_calls_go_as_deep_as_they_are_drawn() -> None:
    found = Play.start(bundle_of(*chain(30)), "p0")
    assert found.open == ["u"]
    assert [activity.element for activity in found.step.activities] == [f"c{level}" for level in range(29)]
    assert found.complete("u").ended == "e0"


def chain(depth: int) -> list[str]:
    """Processes of which each calls the next."""
    parts = []
    for level in range(depth):
        inner = user("u") if level == depth - 1 else node("callActivity", f"c{level}", calledElement=f"p{level + 1}")
        name = "u" if level == depth - 1 else f"c{level}"
        parts.append(
            process(start(f"s{level}"), inner, end(f"e{level}"), flows(f"s{level}", name, f"e{level}"), id=f"p{level}")
        )
    return parts


def test_a_result_that_cannot_be_given_back_is_a_fault_of_the_call() -> None:
    found = play('<camunda:in source="n" target="given"/><camunda:out sourceExpression="total + opinion" target="x"/>')
    with pytest.raises(EngineFault) as fault:
        found.complete("qa", ok=True)
    assert fault.value.element == "c"
