"""Multi-instance: one activity for each of several, side by side or one after another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.workflow.engine.models import Complete, EngineFault
from services.workflow.engine.running.variables import MISSING, merged
from tests.workflow.engine.drawing import (
    boundary,
    end,
    flow,
    flows,
    message,
    node,
    script,
    settings,
    several,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import Play

WHO = {"case": {"who": ["D06", "D08", "D10"]}}
CARDINALITY = "<bpmn:loopCardinality>{}</bpmn:loopCardinality>"
COMPLETION = "<bpmn:completionCondition>{}</bpmn:completionCondition>"


def cosign(*, sequential: bool = False, inner: str = "", data: dict[str, Any] | None = None) -> Play:
    loop = several("case.who", "who", sequential=sequential, inner=inner)
    task = user("a", loop, result="opinions")
    return Play.of(start(), task, user("z"), end(), flows("s", "a", "z", "e"), data=data or WHO)


def test_side_by_side_there_is_a_task_for_each() -> None:
    play = cosign()
    assert [(task.item, task.index) for task in play.step.tasks] == [("D06", 0), ("D08", 1), ("D10", 2)]
    assert play.step.tasks[1].variables == {"loopCounter": 1, "who": "D08"}
    play.complete("a", 2, ok=3).complete("a", 0, ok=1)
    assert play.open == ["a"]
    assert play.complete("a", 1, ok=2).open == ["z"]


def test_the_answers_are_one_list_in_the_order_of_the_items() -> None:
    play = cosign().complete("a", 2, ok=3)
    assert play.data["opinions"] == [{"ok": 3}]
    play.complete("a", 0, ok=1).complete("a", 1, ok=2)
    assert play.data["opinions"] == [{"ok": 1}, {"ok": 2}, {"ok": 3}]


def test_one_after_another_there_is_one_task_at_a_time() -> None:
    play = cosign(sequential=True)
    for place, who in enumerate(WHO["case"]["who"]):
        (task,) = play.step.tasks
        assert (task.item, task.index) == (who, place)
        play.complete("a", place)
    assert play.open == ["z"]


@pytest.mark.parametrize("sequential", [True, False])
def test_of_nobody_nothing_is_asked(*, sequential: bool) -> None:
    play = cosign(sequential=sequential, data={"case": {"who": []}})
    assert play.open == ["z"]
    assert play.data["opinions"] == []


@pytest.mark.parametrize("value", [None, "D06", 5, {"a": 1}, ["x"] * 501])
def test_what_is_no_list_of_bearable_length_is_a_fault(value: object) -> None:
    if isinstance(value, dict):
        assert len(cosign(data={"case": {"who": value}}).step.tasks) == 1
        return
    with pytest.raises(EngineFault) as fault:
        cosign(data={"case": {"who": value}})
    assert fault.value.element == "a"


def test_enough_is_enough() -> None:
    play = cosign(inner=COMPLETION.format("nrOfCompletedInstances &gt;= 2 or any([o.ok == False for o in opinions])"))
    assert play.complete("a", 1, ok=True).open == ["a", "a"]
    assert play.complete("a", 0, ok=True).open == ["z"]
    assert len(play.data["opinions"]) == 2


def test_one_refusal_may_end_the_round() -> None:
    play = cosign(inner=COMPLETION.format("any([o.ok == False for o in opinions])"))
    assert play.complete("a", 1, ok=False).open == ["z"]


def test_a_second_round_starts_with_an_empty_list() -> None:
    loop = several("case.who", "who")
    play = Play.of(
        start(),
        node("exclusiveGateway", "m"),
        user("a", loop, result="opinions"),
        node("exclusiveGateway", "x", default="on"),
        end(),
        flows("s", "m", "a", "x"),
        flow("x", "m", "not all([o.ok for o in opinions])"),
        flow("x", "e", id="on"),
        data=WHO,
    )
    for ok in (False, True):
        for place in range(3):
            play.complete("a", place, ok=ok)
    assert play.ended == "e"
    assert play.data["opinions"] == [{"ok": True}] * 3


def test_a_number_of_times_will_do_instead_of_a_list() -> None:
    play = Play.of(
        start(),
        user("a", several(inner=CARDINALITY.format("n + 1"))),
        end(),
        flows("s", "a", "e"),
        data={"n": 1},
    )
    assert [task.index for task in play.step.tasks] == [0, 1]


def test_a_boundary_timer_belongs_to_all_of_them_together() -> None:
    loop = several("case.who", "who")
    play = Play.of(
        start(),
        user("a", loop, result="opinions"),
        boundary("b", "a", timer("P3D")),
        user("h"),
        end(),
        flows("s", "a", "e"),
        flows("b", "h", "e"),
        data=WHO,
    ).complete("a", 1, ok=True)
    assert play.armed == ["b"]
    assert play.fire("b").open == ["h"]
    assert play.data["opinions"] == [{"ok": True}]


def test_scripts_one_for_each_add_up() -> None:
    loop = several("case.who", "who")
    play = Play.of(
        start(), script("c", "found = found + [who]", loop), end(), flows("s", "c", "e"), data=WHO | {"found": []}
    )
    assert play.data["found"] == ["D06", "D08", "D10"]


def test_receive_tasks_one_for_each_hear_one_message_each() -> None:
    loop = several("case.who", "who")
    play = Play.of(
        start(),
        node("receiveTask", "r", loop, messageRef="m_go"),
        end(),
        flows("s", "r", "e"),
        head=message("go"),
        data=WHO,
    )
    assert play.hear("go", n=1).hear("go", n=2).open == ["r"]
    assert play.hear("go", n=3).ended == "e"
    assert play.data["go"] == [{"n": 1}, {"n": 2}, {"n": 3}]


def rooms(*inner: str, result: str = "", sequential: bool = False) -> Play:
    """A subprocess for each of WHO; inside: a task, then what is given."""
    loop = several("case.who", "who", sequential=sequential)
    names = ["is", "u", *(f"i{n}" for n in range(len(inner))), "ie"]
    extra = settings(result=result) if result else ""
    body = (start("is"), user("u", form="opinion"), *inner, end("ie"), flows(*names))
    sub = node("subProcess", "sub", extra, loop, *body)
    return Play.of(start(), sub, user("z"), end(), flows("s", "sub", "z", "e"), data=WHO | {"log": ["opened"]})


def _answer_of(play: Play, who: str, **answers: object) -> Play:
    task = next(task for task in play.step.tasks if task.variables.get("who") == who)
    return play.do(Complete(task.id, answers))


def test_subprocesses_one_for_each_do_not_see_one_another() -> None:
    play = rooms(script("i0", "mine = opinion.text"), user("i1"))
    _answer_of(play, "D06", text="yes")
    _answer_of(play, "D08", text="no")
    seen = {task.variables["who"]: task.variables.get("mine") for task in play.step.tasks}
    assert seen == {"D06": "yes", "D08": "no", "D10": None}
    assert "mine" not in play.data


def test_what_several_subprocesses_added_to_one_list_is_all_kept() -> None:
    play = rooms(script("i0", "log = log + [who]"))
    for who in ("D10", "D06", "D08"):
        _answer_of(play, who, text="x")
    assert play.data["log"] == ["opened", "D10", "D06", "D08"]
    assert play.open == ["z"]


def test_what_each_subprocess_made_may_be_collected() -> None:
    play = rooms(result="all_opinions")
    for who in ("D08", "D06", "D10"):
        _answer_of(play, who, text=who.lower())
    assert [one["who"] for one in play.data["all_opinions"]] == ["D06", "D08", "D10"]
    assert play.data["all_opinions"][0]["opinion"] == {"text": "d06"}


def test_standard_output_references_collect_too() -> None:
    inner = '<bpmn:loopDataOutputRef>outs</bpmn:loopDataOutputRef><bpmn:outputDataItem id="out"/>'
    loop = several("case.who", "who", inner=inner)
    body = (start("is"), user("u"), script("c", "out = form.x * 2"), end("ie"), flows("is", "u", "c", "ie"))
    play = Play.of(start(), node("subProcess", "sub", loop, *body), end(), flows("s", "sub", "e"), data=WHO)
    for who, x in (("D06", 1), ("D08", 2), ("D10", 3)):
        _answer_of(play, who, x=x)
    assert play.data["outs"] == [2, 4, 6]


def test_a_completion_condition_that_fails_is_a_fault_of_the_activity() -> None:
    play = cosign(inner=COMPLETION.format("nrOfCompletedInstances &gt; who"))
    with pytest.raises(EngineFault) as fault:
        play.complete("a", 0)
    assert fault.value.element == "a"


# ── the merge itself ──


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "wanted"),
    [
        (1, 1, 2, 2),
        (1, 2, 1, 2),
        (1, 2, 3, 3),
        (MISSING, MISSING, 1, 1),
        (MISSING, 1, 2, 2),
        ([1], [1, 2], [1, 3], [1, 2, 3]),
        ([], ["a"], ["b"], ["a", "b"]),
        ([1], [2], [1, 3], [1, 3]),
        ({"p": 1, "q": 1}, {"p": 2, "q": 1}, {"p": 1, "q": 3}, {"p": 2, "q": 3}),
        ({"p": 1}, {"p": 1, "r": 5}, {"p": 2}, {"p": 2, "r": 5}),
        ({"p": 1, "q": 1}, {"p": 1, "q": 1, "r": 1}, {"p": 1}, {"p": 1, "r": 1}),
        ({"p": 1, "q": 1}, {"p": 1}, {"p": 2, "q": 1}, {"p": 2}),
        ({"p": {"x": [1]}}, {"p": {"x": [1, 2]}}, {"p": {"x": [1, 3]}}, {"p": {"x": [1, 2, 3]}}),
        (1, True, 1, True),
    ],
)
def test_three_ways_meet(base: object, theirs: object, mine: object, wanted: object) -> None:
    assert merged(base, theirs, mine) == wanted


VALUES = st.recursive(
    st.integers(0, 3) | st.sampled_from("ab"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("pqr"), inner, max_size=3),
    max_leaves=6,
)


@given(VALUES, VALUES)
def test_who_changed_nothing_changes_nothing(base: object, other: object) -> None:
    assert merged(base, other, base) == other
    assert merged(base, base, other) == other
    assert merged(MISSING, other, other) == other
