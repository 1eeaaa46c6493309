"""Gateways: which ways a token takes and what it waits for."""

import pytest

from services.workflow.engine.models import EngineFault
from tests.workflow.engine.drawing import (
    end,
    flow,
    flows,
    message,
    node,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import Play


def _choice(default: str | None = None) -> tuple[str, ...]:
    attributes = {"default": default} if default else {}
    return (
        start(),
        node("exclusiveGateway", "g", **attributes),
        user("a"),
        user("b"),
        user("c"),
        end(),
        flows("s", "g"),
        flow("g", "a", "n == 1"),
        flow("g", "b", "n <= 2"),
        flow("g", "c", None if default else "n == 9", id="to_c"),
        flows("a", "e"),
        flows("b", "e"),
        flows("c", "e"),
    )


@pytest.mark.parametrize(("n", "taken"), [(1, "a"), (2, "b"), (3, "c")])
def test_an_exclusive_gateway_takes_the_first_that_holds_else_the_default(n: int, taken: str) -> None:
    assert Play.of(*_choice("to_c"), data={"n": n}).open == [taken]


def test_an_exclusive_gateway_where_nothing_holds_is_a_fault() -> None:
    with pytest.raises(EngineFault, match="no default flow") as fault:
        Play.of(*_choice(), data={"n": 5})
    assert fault.value.element == "g"


def test_a_condition_that_fails_names_its_flow() -> None:
    with pytest.raises(EngineFault) as fault:
        Play.of(*_choice(), data={"n": "many"})
    assert fault.value.element == "f_g_b"


@pytest.mark.parametrize(("n", "taken"), [(1, ["a", "b"]), (2, ["b"]), (3, ["d"])], ids=["both", "one", "default"])
def test_an_inclusive_gateway_takes_all_that_hold_else_the_default_and_joins_them(n: int, taken: list[str]) -> None:
    play = Play.of(
        start(),
        node("inclusiveGateway", "g", default="to_d"),
        *(user(name) for name in "abdz"),
        node("inclusiveGateway", "j"),
        end(),
        flows("s", "g"),
        flow("g", "a", "n == 1"),
        flow("g", "b", "n <= 2"),
        flow("g", "d", id="to_d"),
        *(flow(name, "j") for name in "abd"),
        flows("j", "z", "e"),
        data={"n": n},
    )
    assert play.open == taken
    for name in taken:
        assert play.open != ["z"]
        play.complete(name)
    assert play.open == ["z"]


def test_an_inclusive_join_does_not_wait_for_a_branch_that_went_another_way() -> None:
    play = Play.of(
        start(),
        node("parallelGateway", "g"),
        user("a"),
        user("b"),
        node("exclusiveGateway", "x", default="away"),
        node("inclusiveGateway", "j"),
        user("z"),
        user("elsewhere"),
        end(),
        flows("s", "g", "a", "j", "z", "e"),
        flows("g", "b", "x"),
        flow("x", "j", "form.stay"),
        flow("x", "elsewhere", id="away"),
        flows("elsewhere", "e"),
    )
    assert play.complete("a").open == ["b"]
    assert play.complete("b", stay=False).open == ["elsewhere", "z"]


def test_a_parallel_gateway_sends_to_all_and_waits_for_all() -> None:
    play = Play.of(
        start(),
        node("parallelGateway", "g"),
        *(user(name) for name in "abcz"),
        node("parallelGateway", "j"),
        end(),
        flows("s", "g"),
        *(flow("g", name) + flow(name, "j") for name in "abc"),
        flows("j", "z", "e"),
    )
    assert play.open == ["a", "b", "c"]
    assert play.complete("b").complete("a").open == ["c"]
    assert play.complete("c").open == ["z"]


def test_a_parallel_join_keeps_what_came_too_often_for_the_next_time() -> None:
    """Two tokens by one flow and two by the other join twice (BPMN 2.0 §13.4.1)."""
    play = Play.of(
        start(),
        node("parallelGateway", "g"),
        node("exclusiveGateway", "m"),
        user("a"),
        user("b"),
        node("parallelGateway", "j"),
        user("z"),
        end(),
        flows("s", "g"),
        *(flow("g", "m", id=f"m{n}") for n in range(2)),
        *(flow("g", "b", id=f"b{n}") for n in range(2)),
        flows("m", "a", "j"),
        flows("b", "j", "z", "e"),
    )
    assert play.open == ["a", "a", "b", "b"]
    play.complete("a").complete("a")
    assert play.complete("b").open == ["b", "z"]
    assert play.complete("b").open == ["z", "z"]


def test_a_join_that_can_never_be_complete_is_a_fault_and_nothing_is_lost() -> None:
    play = Play.of(
        start(),
        node("exclusiveGateway", "g", default="to_a"),
        user("a"),
        user("b"),
        node("parallelGateway", "j"),
        end(),
        flows("s", "g"),
        flow("g", "a", id="to_a"),
        flow("g", "b", "false"),
        flows("a", "j"),
        flows("b", "j", "e"),
    )
    with pytest.raises(EngineFault, match="still for ever at j"):
        play.complete("a")
    assert play.open == ["a"]


def test_flows_out_of_a_task_without_a_gateway_are_taken_as_bpmn_says() -> None:
    body = (
        start(),
        user("a", form="form").replace("<bpmn:userTask ", '<bpmn:userTask default="else" '),
        *(user(name) for name in ("always", "maybe", "otherwise")),
        end(),
        flows("s", "a", "always", "e"),
        flow("a", "maybe", "form.x == 1"),
        flow("a", "otherwise", id="else"),
        flows("maybe", "e"),
        flows("otherwise", "e"),
    )
    assert Play.of(*body).complete("a", x=1).open == ["always", "maybe"]
    assert Play.of(*body).complete("a", x=2).open == ["always", "otherwise"]


def test_an_event_based_gateway_goes_on_with_what_happens_first() -> None:
    body = (
        start(),
        node("eventBasedGateway", "g"),
        node("intermediateCatchEvent", "soon", timer("PT1H")),
        node("intermediateCatchEvent", "later", timer("PT2H")),
        node("receiveTask", "heard", messageRef="m_go"),
        *(user(name) for name in "abc"),
        end(),
        flows("s", "g", "soon", "a", "e"),
        flows("g", "later", "b", "e"),
        flows("g", "heard", "c", "e"),
    )
    play = Play.of(*body, head=message("go"))
    assert play.armed == ["later", "soon"]
    assert play.open == ["heard"]
    assert Play.of(*body, head=message("go")).hear("go").open == ["c"]
    fired = play.fire("later")
    assert fired.open == ["b"]
    assert fired.passed == ["g", "later"]
    assert (fired.armed, fired.step.awaits) == ([], ())
