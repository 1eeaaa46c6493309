"""Going back and jumping in the engine: what is undone is exactly what followed."""

import msgspec
import pytest
import zstandard

from services.workflow.engine.models import Complete, Jump, Refusal, Refused, Undo
from services.workflow.engine.run import look
from tests.workflow.engine.drawing import (
    boundary,
    by_event,
    definition,
    end,
    flow,
    flows,
    message,
    node,
    several,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import CALENDAR, Play


def _parallel(join: str = "parallelGateway") -> Play:
    """Steps: a → (x | y1 → y2) → z."""
    return Play.of(
        start(),
        user("a"),
        node("parallelGateway", "g"),
        user("x"),
        user("y1"),
        user("y2"),
        node(join, "j"),
        user("z"),
        end(),
        flows("s", "a", "g", "x", "j", "z", "e"),
        flows("g", "y1", "y2", "j"),
    )


def _done(play: Play, *elements: str) -> dict[str, str]:
    """Complete tasks one after the other; the id of each by its element."""
    ids = {}
    for element in elements:
        ids[element] = play.task(element)
        play.complete(element)
    return ids


def _path(play: Play, element: str) -> tuple[str, ...]:
    return next(task.path for task in play.step.tasks if task.element == element)


def _refusal(play: Play, command: Undo | Jump) -> Refusal:
    with pytest.raises(Refused) as refused:
        play.do(command)
    assert refused.value.zh
    return refused.value.code


@pytest.mark.parametrize("join", ["parallelGateway", "inclusiveGateway"])
def test_a_branch_sent_back_behind_its_split_takes_the_other_branches_along(join: str) -> None:
    play = _parallel(join)
    done = _done(play, "a", "y1")
    assert play.open == ["x", "y2"]
    assert play.do(Undo(done["a"], play.task("y2"))).open == ["a"]
    _done(play, "a", "x", "y1", "y2")
    assert play.open == ["z"]


@pytest.mark.parametrize("join", ["parallelGateway", "inclusiveGateway"])
def test_a_join_taken_back_lets_the_other_branches_wait_there(join: str) -> None:
    play = _parallel(join)
    done = _done(play, "a", "x", "y1", "y2")
    assert set(_path(play, "z")) == set(done.values())
    assert play.do(Undo(done["y1"], play.task("z"))).open == ["y1"]
    _done(play, "y1", "y2")
    assert play.open == ["z"]
    assert play.do(Undo(done["x"], play.task("z"))).open == ["x"]


def test_a_branch_sent_back_within_itself_leaves_the_others_alone() -> None:
    play = _parallel()
    done = _done(play, "a", "y1")
    other = play.task("x")
    assert play.do(Undo(done["y1"], play.task("y2"))).open == ["x", "y1"]
    assert play.task("x") == other
    assert _refusal(play, Undo(done["y1"], play.task("x"))) is Refusal.NOT_ON_PATH


def _sub(*inside: str, name: str = "sub") -> str:
    return node("subProcess", name, start(f"s_{name}"), *inside, end(f"e_{name}"))


def _around(inner: str, *more: str) -> Play:
    """Steps: a → subprocess → z."""
    return Play.of(start(), user("a"), inner, user("z"), end(), flows("s", "a", "sub", "z", "e"), *more)


LATE = (boundary("late", "sub", timer("PT1H"), interrupting=False), user("x"), end("xe"), flows("late", "x", "xe"))
LINE = (user("b"), user("c"), flows("s_sub", "b", "c", "e_sub"))


def test_a_step_of_a_subprocess_goes_back_within_it_and_out_of_it() -> None:
    play = _around(_sub(*LINE), *LATE)
    done = _done(play, "a", "b")
    assert _path(play, "c") == (done["a"], done["b"])
    assert play.do(Undo(done["b"], play.task("c"))).open == ["b"]
    assert _path(play, "b") == (done["a"],)
    assert play.do(Undo(done["a"], play.task("b"))).open == ["a"]
    assert play.armed == []
    _done(play, "a", "b", "c")
    assert play.open == ["z"]


def test_out_of_nested_and_called_subprocesses_goes_back_to_what_led_to_them() -> None:
    deep = _sub(user("d"), flows("s_deep", "d", "e_deep"), name="deep")
    play = _around(_sub(user("b"), deep, flows("s_sub", "b", "deep", "e_sub")))
    done = _done(play, "a", "b")
    assert _path(play, "d") == (done["a"], done["b"])
    assert play.do(Undo(done["b"], play.task("d"))).open == ["b"]
    play.complete("b")
    assert play.do(Undo(done["a"], play.task("d"))).open == ["a"]


@pytest.mark.parametrize("sequential", [False, True])
def test_out_of_a_subprocess_for_several_leaves_all_of_them(sequential: bool) -> None:
    goes = several("case.who", "who", sequential=sequential)
    inner = node("subProcess", "sub", goes, start("s_sub"), *LINE[:2], end("e_sub"), LINE[2])
    play = Play.of(
        start(),
        user("a"),
        inner,
        user("z"),
        end(),
        flows("s", "a", "sub", "z", "e"),
        data={"case": {"who": ["x", "y"]}},
    )
    done = _done(play, "a")
    play.do(Complete(next(task.id for task in play.step.tasks if task.element == "b"), {}))
    assert play.do(Undo(done["a"], play.task("c"))).open == ["a"]


def test_a_later_step_goes_back_into_a_subprocess_that_is_over() -> None:
    play = _around(_sub(*LINE), *LATE)
    done = _done(play, "a", "b", "c")
    assert _path(play, "z") == (done["a"], done["b"], done["c"])
    assert play.do(Undo(done["c"], play.task("z"))).open == ["c"]
    assert play.armed == ["late"]
    assert _path(play, "c") == (done["a"], done["b"])  # and from there as if it had never been left
    assert play.do(Undo(done["b"], play.task("c"))).open == ["b"]
    _done(play, "b", "c")
    again = _path(play, "z")
    assert play.do(Undo(again[1], play.task("z"))).open == ["b"]
    _done(play, "b", "c", "z")
    assert play.step.ended


def test_a_later_step_goes_back_into_a_subprocess_of_a_subprocess() -> None:
    deep = _sub(user("d"), user("f"), flows("s_deep", "d", "f", "e_deep"), name="deep")
    play = _around(_sub(user("b"), deep, flows("s_sub", "b", "deep", "e_sub")))
    done = _done(play, "a", "b", "d", "f")
    assert play.do(Undo(done["f"], play.task("z"))).open == ["f"]
    assert _path(play, "f") == (done["a"], done["b"], done["d"])
    assert play.do(Undo(done["d"], play.task("f"))).open == ["d"]
    assert play.do(Undo(done["b"], play.task("d"))).open == ["b"]


def test_of_two_branches_that_end_in_a_subprocess_only_the_one_sent_back_opens() -> None:
    fork = node("parallelGateway", "g"), flows("s_sub", "g", "b", "e_sub"), flows("g", "c", "e2")
    play = _around(_sub(*fork, user("b"), user("c"), end("e2")))
    done = _done(play, "a", "b", "c")
    assert _path(play, "z") == (done["a"], done["c"])  # what ended before is forgotten
    assert play.do(Undo(done["c"], play.task("z"))).open == ["c"]
    play.complete("c")
    assert play.open == ["z"]


@pytest.mark.parametrize(
    "inside",
    [
        (user("b"), node("endEvent", "t", definition("terminate")), flows("s_sub", "b", "t")),
        (
            user("b"),
            flows("s_sub", "b", "e_sub"),
            by_event(node("startEvent", "ts", timer("PT1H")), end("te"), flows("ts", "te")),
        ),
        (
            node("parallelGateway", "g"),
            user("b"),
            user("c"),
            node("parallelGateway", "j"),
            flows("s_sub", "g", "b", "j", "e_sub"),
            flows("g", "c", "j"),
        ),
    ],
    ids=["ended from inside", "an event subprocess", "branches that met"],
)
def test_into_a_subprocess_of_which_not_everything_is_known_nobody_goes_back(inside: tuple[str, ...]) -> None:
    play = _around(_sub(*inside))
    done = _done(play, "a")
    while "z" not in play.open:
        done |= _done(play, play.open[0])
    assert _path(play, "z") == (done["a"],)
    assert _refusal(play, Undo(done["b"], play.task("z"))) is Refusal.NOT_ON_PATH
    assert play.do(Undo(done["a"], play.task("z"))).open == ["a"]


def _round(*, sequential: bool, **more: str) -> Play:
    goes = several("case.who", "who", sequential=sequential)
    who = {"case": {"who": ["x", "y", "w"]}}
    return Play.of(start(), user("m", goes, result="r", **more), user("z"), end(), flows("s", "m", "z", "e"), data=who)


def _items(play: Play) -> list[object]:
    return sorted(str(task.item) for task in play.step.tasks)


def test_one_of_several_is_pulled_back_while_the_others_are_still_at_it() -> None:
    play = _round(sequential=False)
    first = next(task.id for task in play.step.tasks if task.index == 1)
    play.complete("m", 0).complete("m", 1, ok=True)
    assert _items(play) == ["w"]
    assert len(play.step.data["r"]) == 2
    play.do(Undo(first))
    assert _items(play) == ["w", "y"]
    assert len(play.step.data["r"]) == 1
    assert _refusal(play, Undo(first)) is Refusal.NOT_ON_PATH
    play.complete("m", 2).complete("m", 1, ok=False)
    assert play.open == ["z"]
    assert [each.get("ok") for each in play.step.data["r"]] == [None, False, None]
    assert _refusal(play, Undo(first)) is Refusal.NOT_ON_PATH


def test_of_several_one_after_another_only_the_latest_is_pulled_back_and_the_next_waits() -> None:
    play = _round(sequential=True)
    ids = []
    for index in (0, 1):
        ids.append(play.task("m", index))
        play.complete("m", index)
    assert _refusal(play, Undo(ids[0])) is Refusal.PATH_LOST
    assert _items(play.do(Undo(ids[1]))) == ["y"]
    assert _items(play.do(Undo(ids[0]))) == ["x"]
    play.complete("m", 0).complete("m", 1).complete("m", 2)
    assert play.open == ["z"]
    assert len(play.step.data["r"]) == 3


def test_one_of_several_sends_the_whole_round_back_and_a_later_step_opens_it_whole() -> None:
    play = Play.of(
        start(),
        user("a"),
        user("m", several("case.who", "who")),
        user("z"),
        end(),
        flows("s", "a", "m", "z", "e"),
        data={"case": {"who": ["x", "y", "w"]}},
    )
    done = _done(play, "a")
    play.complete("m", 0)
    assert play.do(Undo(done["a"], play.task("m", 1))).open == ["a"]
    play.complete("a")
    round_of = next(task.activity for task in play.step.tasks)
    play.complete("m", 0).complete("m", 1).complete("m", 2)
    assert play.open == ["z"]
    assert play.do(Undo(round_of, play.task("z"))).open == ["m", "m", "m"]


def test_what_stands_beside_a_step_stays_and_its_event_is_armed_anew() -> None:
    play = Play.of(
        start(),
        user("a"),
        boundary("late", "a", timer("PT1H"), interrupting=False),
        user("beside"),
        end("be"),
        user("z"),
        end(),
        flows("s", "a", "z", "e"),
        flows("late", "beside", "be"),
    )
    play.fire("late")
    done = _done(play, "a")
    assert play.do(Undo(done["a"], play.task("z"))).open == ["a", "beside"]
    assert play.armed == ["late"]


def test_a_loop_goes_back_to_its_latest_round() -> None:
    play = Play.of(
        start(),
        node("exclusiveGateway", "m"),
        user("a"),
        user("b"),
        node("exclusiveGateway", "ask", default="on"),
        end(),
        flows("s", "m", "a", "b", "ask"),
        flow("ask", "m", "form.again"),
        flow("ask", "e", id="on"),
    )
    first = play.task("a")
    play.complete("a")
    play.complete("b", again=True)
    latest = play.task("a")
    play.complete("a")
    assert _refusal(play, Undo(first, play.task("b"))) is Refusal.NOT_ON_PATH
    assert play.do(Undo(latest, play.task("b"))).open == ["a"]


def test_what_met_others_and_ended_cannot_be_undone_any_more() -> None:
    """Step x is passed by a branch that joined y's and ended, and by one that is still open: y's part is forgotten."""
    play = Play.of(
        start(),
        user("a"),
        node("parallelGateway", "g"),
        user("x"),
        node("parallelGateway", "f"),
        user("left"),
        user("y"),
        node("parallelGateway", "j"),
        end(),
        end("e2"),
        flows("s", "a", "g", "x", "f", "left", "e2"),
        flows("g", "y", "j", "e"),
        flow("f", "j"),
    )
    done = _done(play, "a", "x", "y")
    assert play.open == ["left"]
    assert _refusal(play, Undo(done["x"], play.task("left"))) is Refusal.PATH_LOST
    assert play.do(Undo(done["a"], play.task("left"))).open == ["a"]


def test_a_message_that_came_meanwhile_is_not_unheard() -> None:
    play = Play.of(
        start(),
        user("a"),
        node("receiveTask", "r", messageRef="m_word"),
        user("z"),
        end(),
        flows("s", "a", "r", "z", "e"),
        head=message("word"),
    )
    done = _done(play, "a")
    play.hear("word", text="yes")
    assert play.do(Undo(done["a"], play.task("z"))).open == ["a"]
    assert play.complete("a").open == ["r"]
    assert play.data["word"] == {"text": "yes"}


@pytest.mark.parametrize(("target", "code"), [("x", Refusal.WOULD_STICK), ("g", Refusal.NO_SUCH_STEP)])
def test_a_jump_into_a_branch_or_to_a_gateway_is_refused(target: str, code: Refusal) -> None:
    play = _parallel()
    assert _refusal(play, Jump(play.task("a"), target)) is code


def test_a_jump_calls_off_all_that_is_open_and_begins_a_new_path() -> None:
    play = _parallel()
    _done(play, "a", "y1")
    assert play.do(Jump(play.task("x"), "z")).open == ["z"]
    assert _path(play, "z") == ()
    assert play.complete("z").ended == "e"


def test_a_task_that_is_over_neither_sends_back_nor_jumps() -> None:
    play = _parallel()
    done = _done(play, "a")
    assert _refusal(play, Undo(done["a"], done["a"])) is Refusal.NOT_OPEN
    assert _refusal(play, Jump(done["a"], "z")) is Refusal.NOT_OPEN


def test_a_state_of_before_paths_were_kept_goes_on_and_knows_no_way_back() -> None:
    play = _parallel()
    _done(play, "a")
    state = msgspec.msgpack.decode(zstandard.decompress(play.step.state))
    state[-1] = [[*scope[:4], [token[:7] for token in scope[4]]] for scope in state[-1]]
    old = zstandard.compress(msgspec.msgpack.encode(state))
    play.step = look(play.bundle, old, now=play.now, calendar=CALENDAR)
    assert play.open == ["x", "y1"]
    assert _path(play, "x") == ()
    _done(play, "x", "y1", "y2")
    assert play.open == ["z"]
