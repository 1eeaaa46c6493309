"""Going back and jumping in the engine: what is undone is exactly what followed."""

import msgspec
import pytest
import zstandard

from services.workflow.engine.models import Jump, Refusal, Refused, Undo
from services.workflow.engine.run import look
from tests.workflow.engine.drawing import boundary, end, flow, flows, message, node, several, start, timer, user
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


def test_a_step_of_a_subprocess_goes_back_within_it_only() -> None:
    inner = node("subProcess", "sub", start("is"), user("b"), user("c"), end("ie"), flows("is", "b", "c", "ie"))
    play = Play.of(start(), user("a"), inner, user("z"), end(), flows("s", "a", "sub", "z", "e"))
    done = _done(play, "a", "b")
    assert _path(play, "c") == (done["b"],)
    assert _refusal(play, Undo(done["a"], play.task("c"))) is Refusal.NOT_ON_PATH
    assert play.do(Undo(done["b"], play.task("c"))).open == ["b"]
    assert play.do(Undo(done["a"])).open == ["a"]  # pulled back: the subprocess as a whole followed from it
    _done(play, "a", "b", "c")
    assert play.open == ["z"]


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
