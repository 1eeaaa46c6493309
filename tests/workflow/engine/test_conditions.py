"""Conditional events: they happen in the step in which their condition comes to hold, and once each time it does."""

import pytest

from services.workflow.engine.models import EngineFault
from tests.workflow.engine.drawing import boundary, condition, end, flow, flows, node, script, several, start, user
from tests.workflow.engine.playing import Play

LARGE = condition("size == 'large'")


def waiting(trigger: str = LARGE, *, data: dict[str, object] | None = None) -> Play:
    """One branch waits for a condition, the other has two tasks, each followed by a script that may make it hold."""
    return Play.of(
        start(),
        node("parallelGateway", "g"),
        node("intermediateCatchEvent", "c", trigger),
        user("z"),
        user("a"),
        script("set", "size = form.size"),
        user("b"),
        script("set2", "size = form.size"),
        user("d"),
        end(),
        flows("s", "g", "c", "z", "e"),
        flows("g", "a", "set", "b", "set2", "d", "e"),
        data={"size": "small", **(data or {})},
    )


def test_it_is_waited_for_until_it_holds() -> None:
    play = waiting()
    assert (play.open, play.step.awaits_conditions) == (["a"], ("c",))
    assert play.complete("a", size="small").open == ["b"]
    assert play.complete("b", size="large").open == ["d", "z"]
    assert play.step.awaits_conditions == ()


def test_it_does_not_wait_when_it_holds_already() -> None:
    assert waiting(data={"size": "large"}).open == ["a", "z"]


def test_a_process_that_waits_for_nothing_else_is_shown_as_waiting() -> None:
    play = Play.of(start(), node("intermediateCatchEvent", "c", LARGE), end(), flows("s", "c", "e"))
    assert (play.open, play.ended, play.step.awaits_conditions) == ([], None, ("c",))


def test_a_condition_that_is_neither_yes_nor_no_is_a_fault_of_its_event() -> None:
    with pytest.raises(EngineFault) as fault:
        waiting(condition("size"))
    assert fault.value.element == "c"


def test_interrupting_it_takes_the_place_of_its_activity_before_anything_in_it_is_done() -> None:
    inner = (start("is"), script("c", "touched = true"), user("u"), end("ie"), flows("is", "c", "u", "ie"))
    body = (start(), node("subProcess", "sub", *inner), boundary("b", "sub", LARGE), user("h"), end())
    play = Play.of(*body, flows("s", "sub", "e"), flows("b", "h", "e"), data={"size": "large", "touched": False})
    assert (play.open, play.data["touched"]) == (["h"], False)


def test_beside_an_activity_it_happens_each_time_it_comes_to_hold_and_not_as_long_as_it_does() -> None:
    body = (
        start(),
        user("long", form="other"),
        boundary("b", "long", LARGE, interrupting=False),
        user("h", form="other"),
        node("parallelGateway", "g"),
        node("exclusiveGateway", "m"),
        user("a"),
        script("set", "size = form.size"),
        node("exclusiveGateway", "x", default="again"),
        end(),
        flows("s", "g", "long", "e"),
        flows("b", "h", "e"),
        flows("g", "m", "a", "set", "x"),
        flow("x", "m", id="again"),
        flow("x", "e", "form.size == 'none'"),
    )
    play = Play.of(*body, data={"size": "small"})
    assert play.complete("a", size="large").open == ["a", "h", "long"]
    assert play.complete("a", size="large").open == ["a", "h", "long"]
    assert play.complete("a", size="small").open == ["a", "h", "long"]
    assert play.complete("a", size="large").open == ["a", "h", "h", "long"]


def test_behind_an_event_gateway_the_first_to_hold_wins() -> None:
    body = (
        start(),
        node("parallelGateway", "fork"),
        user("a"),
        node("eventBasedGateway", "g"),
        node("intermediateCatchEvent", "c1", condition("form.size == 1")),
        node("intermediateCatchEvent", "c2", condition("form.size == 2")),
        user("z1"),
        user("z2"),
        end(),
        flows("s", "fork", "a", "e"),
        flows("fork", "g", "c1", "z1", "e"),
        flows("g", "c2", "z2", "e"),
    )
    assert Play.of(*body).complete("a", size=2).open == ["z2"]


def test_one_of_several_looks_at_its_own_item() -> None:
    inner = (start("is"), user("u"), boundary("b", "u", condition("item in case.urgent")), user("h"), end("ie"))
    sub = node(
        "subProcess", "sub", several("case.items", "item"), *inner, flows("is", "u", "ie"), flows("b", "h", "ie")
    )
    play = Play.of(start(), sub, end(), flows("s", "sub", "e"), data={"case": {"items": ["x", "y"], "urgent": ["y"]}})
    assert play.open == ["h", "u"]
