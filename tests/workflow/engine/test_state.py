"""The state of an instance: small, the same for the same, and good only for the bundle it belongs to."""

from collections.abc import Iterator

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from msgspec import msgpack, structs

from services.workflow.engine import codec
from services.workflow.engine.bundles import Bundle, digest
from services.workflow.engine.language.office import Office
from services.workflow.engine.models import Complete, EngineFault, Fire, Refused
from services.workflow.engine.run import apply, look
from services.workflow.engine.run import start as start_instance
from services.workflow.engine.running.tokens import Instance
from tests.workflow.engine import permit
from tests.workflow.engine.drawing import (
    boundary,
    end,
    flows,
    message,
    node,
    process,
    several,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import CALENDAR, NOW, Play, bundle_of


@pytest.fixture(scope="module")
def made() -> Bundle:
    return permit.bundle()


def test_a_permit_in_the_middle_takes_less_than_eight_kilobytes(made: Bundle) -> None:
    steps = list(permit.played(made))
    assert steps[-1].ended is not None
    assert len(steps) == 16
    assert max(len(step.state) for step in steps) < 8_000


def test_the_same_commands_give_the_same_bytes(made: Bundle) -> None:
    first, second = ([step.state for step in permit.played(made)] for _ in range(2))
    assert first == second


def test_writing_again_what_was_read_gives_the_same_bytes(made: Bundle) -> None:
    for step in permit.played(made):
        saved = codec.read_state(step.state, made.mark)
        instance = Instance(made.specs[saved.process], made.specs, Office(NOW, CALENDAR), saved.seed)
        codec.restore(saved, instance)
        assert codec.dump(instance, codec.Stamp(saved.bundle, saved.process, saved.cancelled)) == step.state


def test_looking_at_a_state_shows_what_the_step_showed(made: Bundle) -> None:
    for step in permit.played(made):
        seen = look(made, step.state, now=NOW, calendar=CALENDAR)
        assert (seen.tasks, seen.timers, seen.ended, seen.data) == (step.tasks, step.timers, step.ended, step.data)


def test_nothing_finished_is_kept(made: Bundle) -> None:
    *_, last = permit.played(made)
    saved = codec.read_state(last.state, made.mark)
    assert [len(scope.tokens) for scope in saved.scopes] == [0]


def test_every_kind_of_waiting_survives_being_written() -> None:
    inner = (start("is"), user("u", several("case.who", "x")), end("ie"), flows("is", "u", "ie"))
    bundle = bundle_of(
        message("go"),
        process(
            start(),
            node("parallelGateway", "g"),
            user("a", several("case.who", "who", sequential=True)),
            boundary("cycle", "a", timer("R3/P1D", "timeCycle"), interrupting=False),
            node("subProcess", "sub", several("case.who", "who"), *inner),
            boundary("late", "sub", timer("P9D")),
            node("serviceTask", "x", camunda__type="external", camunda__topic="t"),
            node("eventBasedGateway", "eg"),
            node("receiveTask", "r", messageRef="m_go"),
            node("intermediateCatchEvent", "t", timer("PT1H")),
            node("parallelGateway", "j"),
            end(),
            flows("s", "g", "a", "j", "e"),
            flows("g", "sub", "j"),
            flows("g", "x", "j"),
            flows("g", "eg", "r", "j"),
            flows("eg", "t", "j"),
            flows("cycle", "e"),
            flows("late", "e"),
        ),
    )
    play = Play.start(bundle, data={"case": {"who": ["p", "q"]}})
    for _ in range(3):
        seen = look(bundle, play.step.state, now=NOW, calendar=CALENDAR)
        assert (seen.tasks, seen.external, seen.timers, seen.awaits) == (
            play.step.tasks,
            play.step.external,
            play.step.timers,
            play.step.awaits,
        )
        play.do(Fire(play.timer("cycle")) if "cycle" in play.armed else Complete(play.task("a"), {}))


def test_ids_are_uuids_that_last_as_long_as_the_task_and_are_never_used_twice(made: Bundle) -> None:
    seen: dict[str, str] = {}
    for step in permit.played(made):
        for task in step.tasks:
            assert seen.setdefault(task.id, task.element) == task.element
        for armed in step.timers:
            assert seen.setdefault(armed.id, armed.element) == armed.element
    assert all(len(found) == 36 for found in seen)


def test_two_cases_never_share_an_id(made: Bundle) -> None:
    first, second = (
        start_instance(made, "permit", permit_data(), now=NOW, calendar=CALENDAR, instance_id=case)
        for case in ("512000-1", "512000-2")
    )
    assert {task.id for task in first.tasks}.isdisjoint(task.id for task in second.tasks)


def permit_data() -> dict[str, object]:
    return {"case": {}, "application": permit.application()}


def test_a_state_is_good_only_for_its_own_bundle(made: Bundle) -> None:
    play = Play.of(start(), user("a"), end(), flows("s", "a", "e"))
    with pytest.raises(EngineFault, match="another version"):
        apply(made, play.step.state, Complete(play.task("a"), {}), now=NOW, calendar=CALENDAR)


def _damaged(state: bytes) -> Iterator[bytes]:
    yield b""
    yield b"nonsense"
    yield state[:-3]
    yield zstandard.compress(b"\x90")
    yield zstandard.compress(zstandard.decompress(state)[:-2])


def test_a_damaged_state_is_a_fault_and_not_a_guess() -> None:
    play = Play.of(start(), user("a"), end(), flows("s", "a", "e"))
    for state in _damaged(play.step.state):
        with pytest.raises(EngineFault):
            apply(play.bundle, state, Complete("x", {}), now=NOW, calendar=CALENDAR)


def test_the_digest_of_files_does_not_depend_on_their_order() -> None:
    assert digest({"a": b"1", "b": b"2"}) == digest({"b": b"2", "a": b"1"})
    assert digest({"a": b"12", "b": b""}) != digest({"a": b"1", "b": b"2"})
    assert digest({"a": b"1"}) != digest({"b": b"1"})


# ── what may be kept ──


@pytest.mark.parametrize(
    "answers",
    [
        {"x": object()},
        {"x": b"bytes"},
        {"x": float("nan")},
        {"x": float("inf")},
        {"x": 2**63},
        {"x": {1: 2}},
        {1: 2},
        {"x": {"set"}},
        {"x": 1j},
        {"x": "a" * (2 * 2**20 + 1)},
        {"x": list(range(60_000))},
        [1],
        None,
    ],
)
def test_answers_that_are_no_bearable_json_are_refused(answers: object) -> None:
    play = Play.of(start(), user("a"), end(), flows("s", "a", "e"))
    with pytest.raises(Refused, match="bad-answers"):
        play.do(Complete(play.task("a"), answers))  # type: ignore[arg-type]


def test_answers_nested_without_end_are_refused() -> None:
    deep: dict[str, object] = {}
    deep["x"] = deep
    play = Play.of(start(), user("a"), end(), flows("s", "a", "e"))
    with pytest.raises(Refused, match="bad-answers"):
        play.complete("a", x=deep)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_any_json_comes_back_as_it_went_in(value: object) -> None:
    play = Play.of(start(), user("a"), user("b"), end(), flows("s", "a", "b", "e"))
    play.complete("a", value=value).complete("b", other=1)
    assert play.data["form"] == {"other": 1}
    again = Play.of(start(), user("a"), user("b", form="second"), end(), flows("s", "a", "b", "e"))
    again.complete("a", value=value).complete("b", other=1)
    assert again.data["form"] == {"value": value}


def test_what_the_caller_holds_is_not_what_the_engine_holds() -> None:
    given_data = {"case": {"list": [1]}}
    play = Play.of(start(), user("a"), end(), flows("s", "a", "e"), data=given_data)
    given_data["case"]["list"].append(2)
    assert play.complete("a").data["case"] == {"list": [1]}


def test_a_state_of_another_format_or_with_an_unknown_node_is_a_fault() -> None:
    play = Play.of(start(), user("a"), end(), flows("s", "a", "e"))
    saved = codec.read_state(play.step.state, play.bundle.mark)
    (scope,) = saved.scopes
    other = structs.replace(scope, tokens=(structs.replace(scope.tokens[0], node="gone"),))
    for changed in (structs.replace(saved, format=9), structs.replace(saved, scopes=(other,))):
        state = zstandard.compress(msgpack.encode(changed))
        with pytest.raises(EngineFault):
            apply(play.bundle, state, Complete(play.task("a"), {}), now=NOW, calendar=CALENDAR)


def test_a_case_that_has_grown_beyond_all_bounds_is_a_fault_and_keeps_its_last_state() -> None:
    names = [f"u{n}" for n in range(6)]
    play = Play.of(start(), *(user(name, form=name) for name in names), end(), flows("s", *names, "e"))
    for name in names[:4]:
        play.complete(name, text="规" * 600_000 + name)
    before = play.step.state
    with pytest.raises(EngineFault, match="too large"):
        play.complete("u4", text="规" * 600_000)
    assert play.step.state == before
