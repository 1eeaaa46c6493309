"""Ad-hoc subprocesses: what is in them is done in any order."""

from tests.workflow.engine.drawing import end, flow, flows, node, script, start, user
from tests.workflow.engine.playing import Play

UNTIL = '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">form.enough</bpmn:completionCondition>'


def at_will(*inner: str, **attributes: str) -> tuple[str, ...]:
    return (
        start(),
        node("adHocSubProcess", "sub", *inner, **attributes),
        user("z"),
        end(),
        flows("s", "sub", "z", "e"),
    )


def test_everything_is_offered_at_once_and_done_once() -> None:
    play = Play.of(*at_will(user("a"), user("b"), user("c"), flows("b", "c")))
    assert play.open == ["a", "b"]
    assert [activity.element for activity in play.step.activities] == ["sub"]
    assert play.complete("b").open == ["a", "c"]
    assert play.complete("c").complete("a").open == ["z"]


def test_one_after_another_when_it_says_so() -> None:
    play = Play.of(*at_will(user("a"), user("b"), user("c"), flows("a", "c"), ordering="Sequential"))
    assert play.open == ["a"]
    assert play.complete("a").open == ["c"]
    assert play.complete("c").open == ["b"]
    assert play.complete("b").open == ["z"]


def test_it_is_over_when_its_condition_holds_and_what_is_open_is_called_off() -> None:
    play = Play.of(*at_will(user("a"), user("b"), UNTIL))
    assert play.complete("a", enough=True).open == ["z"]


def test_what_is_open_is_finished_when_it_says_so() -> None:
    play = Play.of(*at_will(user("a"), user("b"), UNTIL, cancelRemainingInstances="false"))
    assert play.complete("a", enough=True).open == ["b"]
    assert play.complete("b", enough=False).open == ["z"]


def test_everything_is_offered_again_as_long_as_the_condition_does_not_hold() -> None:
    play = Play.of(*at_will(user("a"), user("b"), UNTIL, ordering="Sequential"))
    assert play.complete("a").complete("b").open == ["a"]
    assert play.complete("a", enough=True).open == ["z"]


def test_what_needs_nobody_is_done_at_once() -> None:
    play = Play.of(*at_will(script("a", "n = n + 1"), script("b", "n = n + 1")), data={"n": 0})
    assert (play.open, play.data["n"]) == (["z"], 2)


def test_a_choice_inside_is_a_choice() -> None:
    ask = (node("exclusiveGateway", "g", default="d"), user("a"), user("b"), user("c"))
    inner = (*ask, flows("a", "g"), flow("g", "b", "form.more"), flow("g", "c", id="d"))
    assert Play.of(*at_will(*inner)).complete("a", more=True).open == ["b"]
