"""Subprocesses and loops."""

import pytest

from services.workflow.engine.models import EngineFault
from tests.workflow.engine.drawing import (
    boundary,
    end,
    flow,
    flows,
    node,
    script,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import Play


def test_a_subprocess_shares_the_variables_around_it() -> None:
    inner = (start("is"), user("u"), script("c", "n = form.x + 1"), end("ie"), flows("is", "u", "c", "ie"))
    play = Play.of(start(), node("subProcess", "sub", *inner), user("z"), end(), flows("s", "sub", "z", "e"))
    assert [activity.element for activity in play.step.activities] == ["sub"]
    assert play.complete("u", x=1).data["n"] == 2
    assert play.step.activities == ()
    assert play.open == ["z"]


def test_interrupting_a_subprocess_ends_all_that_went_on_inside() -> None:
    deepest = node("subProcess", "deep", start("ds"), user("u"), end("de"), flows("ds", "u", "de"))
    inner = (
        start("is"),
        deepest,
        boundary("bi", "deep", timer("PT9H")),
        end("ie"),
        flows("is", "deep", "ie"),
        flows("bi", "ie"),
    )
    play = Play.of(
        start(),
        node("subProcess", "sub", *inner),
        boundary("b", "sub", timer("PT1H")),
        user("h"),
        end(),
        flows("s", "sub", "e"),
        flows("b", "h", "e"),
    )
    assert play.armed == ["b", "bi"]
    assert play.fire("b").open == ["h"]
    assert play.armed == []


def again(condition: str, **attributes: str) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    inner = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>" if condition else ""
    return f"<bpmn:standardLoopCharacteristics{written}>{inner}</bpmn:standardLoopCharacteristics>"


@pytest.mark.parametrize(
    ("loop", "n"),
    [
        (again("", loopMaximum="3"), 3),
        (again("n &lt; 2"), 2),
        (again("n &lt; 9", loopMaximum="4"), 4),
        (again("n &gt; 9", testBefore="true"), 0),
        (again("n &gt; 9", testBefore="false"), 1),
    ],
)
def test_a_loop_goes_round_while_it_should(loop: str, n: int) -> None:
    play = Play.of(start(), script("c", "n = n + 1", loop), end(), flows("s", "c", "e"), data={"n": 0})
    assert play.data["n"] == n
    assert play.passed == ["s", "c", "e"]


def test_a_loop_over_a_user_task_asks_again() -> None:
    play = Play.of(start(), user("a", again("form.again")), end(), flows("s", "a", "e"))
    first = play.task("a")
    assert play.complete("a", again=True).open == ["a"]
    assert play.task("a") != first
    assert play.complete("a", again=False).ended == "e"


def test_an_automatic_loop_without_end_is_stopped_by_its_budget() -> None:
    with pytest.raises(EngineFault, match="automatic steps"):
        Play.of(
            start(),
            node("exclusiveGateway", "m"),
            script("c", "n = n + 1"),
            node("exclusiveGateway", "x", default="d"),
            end(),
            flows("s", "m", "c", "x"),
            flow("x", "m", id="d"),
            flow("x", "e", "n < 0"),
            data={"n": 0},
        )


def test_a_chain_of_a_thousand_automatic_steps_is_no_loop() -> None:
    names = [f"c{n}" for n in range(500)]
    play = Play.of(
        start(),
        node("exclusiveGateway", "m"),
        *(script(name, "n = n + 1") for name in names),
        node("exclusiveGateway", "x", default="f_x_e"),
        end(),
        flows("s", "m", *names, "x", "e"),
        flow("x", "m", "n < 1000", id="again"),
        data={"n": 0},
    )
    assert play.data["n"] == 1000
