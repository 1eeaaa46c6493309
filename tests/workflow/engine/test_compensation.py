"""Compensation and transactions: what was completed is undone, the latest first."""

import pytest

from services.workflow.engine.models import Jump, Refusal, Refused, Undo
from tests.workflow.engine.drawing import (
    association,
    boundary,
    by_event,
    definition,
    end,
    flow,
    flows,
    node,
    script,
    several,
    start,
    user,
)
from tests.workflow.engine.playing import Play

COMPENSATE = definition("compensate")
CANCEL = definition("cancel")


def undone(name: str, by: str) -> str:
    """A compensation boundary event on an activity, and the user task that undoes it."""
    handler = user(by).replace("<bpmn:userTask", '<bpmn:userTask isForCompensation="true"')
    return boundary(f"c_{name}", name, COMPENSATE) + handler + association(f"c_{name}", by)


def throw(**reference: str) -> str:
    return node("intermediateThrowEvent", "t", definition("compensate", **reference))


TWO = (start(), user("a"), user("b"), undone("a", "ua"), undone("b", "ub"))


def test_what_was_done_is_undone_the_latest_first() -> None:
    play = Play.of(*TWO, throw(), user("z"), end(), flows("s", "a", "b", "t", "z", "e"))
    assert play.complete("a").complete("b").open == ["ub"]
    assert play.complete("ub").open == ["ua"]
    assert play.complete("ua").open == ["z"]
    assert "t" in play.passed


def test_what_was_not_done_is_not_undone() -> None:
    body = (*TWO, node("exclusiveGateway", "g", default="on"), throw(), end())
    play = Play.of(*body, flows("s", "a", "g"), flow("g", "b", "form.b"), flow("g", "t", id="on"), flows("b", "t", "e"))
    assert play.complete("a").open == ["ua"]


def test_only_the_activity_that_is_named_is_undone_and_only_once() -> None:
    again = node("intermediateThrowEvent", "t2", definition("compensate", activityRef="a"))
    body = (*TWO, throw(activityRef="a"), again, user("z"), end())
    play = Play.of(*body, flows("s", "a", "b", "t", "t2", "z", "e")).complete("a").complete("b")
    assert play.open == ["ua"]
    assert play.complete("ua").open == ["z"]


def test_what_was_done_in_every_round_of_a_loop_is_undone_as_often() -> None:
    body = (
        start(),
        node("exclusiveGateway", "m"),
        user("a"),
        undone("a", "ua"),
        node("exclusiveGateway", "g", default="on"),
    )
    body = (*body, throw(), end(), flows("s", "m", "a", "g"), flow("g", "m", "form.again"), flow("g", "t", id="on"))
    play = Play.of(*body, flows("t", "e")).complete("a", again=True).complete("a")
    assert play.complete("ua").open == ["ua"]
    assert play.complete("ua").ended == "e"


def test_an_interrupted_activity_is_not_undone() -> None:
    late = boundary(
        "late",
        "b",
        "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>",
    )
    play = (
        Play.of(*TWO, late, throw(), end(), flows("s", "a", "b", "e"), flows("late", "t", "e"))
        .complete("a")
        .fire("late")
    )
    assert play.open == ["ua"]
    assert play.complete("ua").ended == "e"


def test_a_compensate_end_event_undoes_before_it_ends() -> None:
    play = Play.of(*TWO, end("e", COMPENSATE), flows("s", "a", "b", "e")).complete("a").complete("b").complete("ub")
    assert play.complete("ua").ended == "e"


def test_what_was_done_inside_a_subprocess_is_undone_with_it() -> None:
    inner = (
        start("is"),
        user("a"),
        user("b"),
        undone("a", "ua"),
        undone("b", "ub"),
        end("ie"),
        flows("is", "a", "b", "ie"),
    )
    body = (start(), node("subProcess", "sub", *inner), user("c"), undone("c", "uc"), throw(), end())
    play = Play.of(*body, flows("s", "sub", "c", "t", "e")).complete("a").complete("b").complete("c")
    for task in ("uc", "ub", "ua"):
        assert play.open == [task]
        play.complete(task)
    assert play.ended == "e"


def test_a_subprocess_with_an_activity_of_its_own_that_undoes_it_is_undone_by_that() -> None:
    inner = (start("is"), user("a"), undone("a", "ua"), end("ie"), flows("is", "a", "ie"))
    body = (start(), node("subProcess", "sub", *inner), undone("sub", "us"), throw(), end())
    assert Play.of(*body, flows("s", "sub", "t", "e")).complete("a").open == ["us"]


def test_a_subprocess_may_say_in_an_event_subprocess_how_it_is_undone() -> None:
    begins = node("startEvent", "es_s", COMPENSATE)
    inside = node("intermediateThrowEvent", "it", definition("compensate", activityRef="a"))
    how = by_event(begins, user("h"), inside, end("es_e"), flows("es_s", "h", "it", "es_e"))
    inner = (
        start("is"),
        user("a"),
        user("b"),
        undone("a", "ua"),
        undone("b", "ub"),
        end("ie"),
        flows("is", "a", "b", "ie"),
    )
    body = (start(), node("subProcess", "sub", *inner, how), throw(), user("z"), end())
    play = Play.of(*body, flows("s", "sub", "t", "z", "e")).complete("a").complete("b")
    assert play.open == ["h"]
    assert play.complete("h").open == ["ua"]
    assert play.complete("ua").open == ["z"]


def test_a_subprocess_undoes_by_a_subprocess_and_by_what_needs_nobody() -> None:
    how = node("subProcess", "h", start("hs"), script("hc", "undone = undone + 1"), end("he"), flows("hs", "hc", "he"))
    how = how.replace("<bpmn:subProcess", '<bpmn:subProcess isForCompensation="true"', 1)
    body = (start(), user("a"), boundary("c_a", "a", COMPENSATE), how, association("c_a", "h"), throw(), end())
    play = Play.of(*body, flows("s", "a", "t", "e"), data={"undone": 0}).complete("a")
    assert (play.ended, play.data["undone"]) == ("e", 1)


def test_each_of_several_undoes_within_itself() -> None:
    inner = (start("is"), user("a"), node("exclusiveGateway", "g"), end("ie"), flows("is", "a", "g", "ie"))
    body = (start(), node("subProcess", "sub", several("case.items", "item"), *inner), user("c"), undone("c", "uc"))
    play = Play.of(*body, throw(), end(), flows("s", "sub", "c", "t", "e"), data={"case": {"items": [1]}})
    assert play.complete("a").complete("c").open == ["uc"]


TRANSACTION = (
    start(),
    node(
        "transaction",
        "tx",
        start("is"),
        user("a"),
        undone("a", "ua"),
        node("parallelGateway", "fork"),
        user("b"),
        user("c"),
        node("exclusiveGateway", "g", default="fine"),
        end("ie"),
        end("no", CANCEL),
        flows("is", "a", "fork", "b", "g"),
        flows("fork", "c", "ie"),
        flow("g", "ie", id="fine"),
        flow("g", "no", "form.refused"),
    ),
    boundary("off", "tx", CANCEL),
    user("r"),
    user("z"),
    end(),
    flows("s", "tx", "z", "e"),
    flows("off", "r", "e"),
)


def test_a_cancelled_transaction_is_undone_and_left_by_its_cancel_event() -> None:
    play = Play.of(*TRANSACTION).complete("a").complete("b", refused=True)
    assert play.open == ["ua"]
    assert play.complete("ua").open == ["r"]
    assert play.complete("r").ended == "e"


def test_a_transaction_that_is_not_cancelled_goes_on() -> None:
    play = Play.of(*TRANSACTION).complete("a").complete("b").complete("c")
    assert play.open == ["z"]


def test_a_transaction_with_nothing_to_undo_is_left_at_once() -> None:
    inner = (start("is"), user("a"), end("no", CANCEL), flows("is", "a", "no"))
    body = (start(), node("transaction", "tx", *inner), boundary("off", "tx", CANCEL), user("r"), end())
    assert Play.of(*body, flows("s", "tx", "e"), flows("off", "r", "e")).complete("a").open == ["r"]


def test_a_step_taken_back_is_not_compensated_any_more() -> None:
    play = Play.of(*TWO, throw(), end(), flows("s", "a", "b", "t", "e")).complete("a")
    passing = play.step.tasks[0].path[0]
    assert play.do(Undo(passing)).open == ["a"]
    assert play.complete("a").complete("b").complete("ub").complete("ua").ended == "e"


def test_a_step_before_one_that_can_be_compensated_is_not_taken_back() -> None:
    play = Play.of(start(), user("y"), *TWO[1:], throw(), end(), flows("s", "y", "a", "b", "t", "e"))
    first = play.step.tasks[0].id
    play.complete("y").complete("a")
    with pytest.raises(Refused) as refused:
        play.do(Undo(first))
    assert refused.value.code is Refusal.PATH_LOST


def test_nobody_jumps_out_of_a_compensation() -> None:
    play = Play.of(*TWO, throw(), end(), flows("s", "a", "b", "t", "e")).complete("a").complete("b")
    with pytest.raises(Refused) as refused:
        play.do(Jump(play.task("ub"), "a"))
    assert refused.value.code is Refusal.NO_SUCH_STEP
