"""An instance is carried to another drawing token by token: ids, timers, instances of several and joins survive."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.workflow.engine.bundles import Bundle
from services.workflow.engine.carry import Route, migrate
from services.workflow.engine.verdicts import Carried, Verdict
from tests.workflow.engine.drawing import boundary, end, flow, flows, node, process, several, start, timer, user
from tests.workflow.engine.playing import CALENDAR, NOW, Play, bundle_of

WHO = {"case": {"who": ["D06", "D08", "D10"]}}
FORK, JOIN = node("parallelGateway", "fork"), node("parallelGateway", "join")
EVERYTHING = "p/p"


def drawing(*parts: str) -> Bundle:
    return bundle_of(process(*parts))


def carried(play: Play, new: Bundle, *, mapping: Mapping[str, str] | None = None, touched: str = "") -> Carried:
    """What becomes of a played instance; everything counts as changed unless said otherwise."""
    nodes = frozenset(node.id for node in play.bundle.processes["p"].body.all_nodes())
    differs = {f"p/{body.id}": nodes for body in play.bundle.processes["p"].body.bodies()}
    some = {EVERYTHING: frozenset(touched.split())} if touched else differs
    route = Route(play.bundle, new, mapping or {}, some)
    return migrate(route, play.step.state, now=NOW, calendar=CALENDAR)


def going_on(found: Carried, new: Bundle) -> Play:
    assert found.step is not None, found
    return Play(new, found.step)


def elements(found: Carried) -> list[str]:
    assert found.step is not None, found
    return [task.element for task in found.step.tasks]


def parallel(*branches: str) -> tuple[str, ...]:
    drawn = [user(branch, result=branch) for branch in branches]
    ways = [flow("fork", branch) + flow(branch, "join") for branch in branches]
    return start(), FORK, JOIN, *drawn, user("z"), end(), flows("s", "fork"), *ways, flows("join", "z", "e")


def test_given_a_branch_that_waits_at_a_join_then_it_waits_there_still_and_the_join_fires() -> None:
    play = Play.of(*parallel("a", "b"))
    play.complete("a")
    new = drawing(*parallel("b", "a"))
    found = carried(play, new)
    after = going_on(found, new)
    after.complete("b")
    assert after.open == ["z"]


def test_given_a_new_branch_when_the_fork_has_passed_then_the_join_would_wait_for_ever_and_the_case_is_blocked() -> (
    None
):
    play = Play.of(*parallel("a", "b"))
    found = carried(play, drawing(*parallel("a", "b", "c")))
    assert (found.verdict, {reason.code for reason in found.reasons}) == (Verdict.BLOCKED, {"would-stick"})
    assert {reason.element for reason in found.reasons} == {"join"}


def test_given_a_new_branch_when_the_fork_lies_ahead_then_the_case_moves_and_gets_it() -> None:
    before, after = user("first"), flows("s", "first", "fork")
    old = (before, after, *(part for part in parallel("a", "b") if part != flows("s", "fork")))
    new = drawing(before, after, *(part for part in parallel("a", "b", "c") if part != flows("s", "fork")))
    play = Play.of(*old)
    after_it = going_on(carried(play, new), new)
    after_it.complete("first")
    assert sorted(after_it.open) == ["a", "b", "c"]


def test_given_a_removed_branch_whose_work_is_open_then_a_mapping_is_asked_for_and_a_wrong_one_does_not_help() -> None:
    play = Play.of(*parallel("a", "b", "c"))
    new = drawing(*parallel("a", "b"))
    found = carried(play, new)
    assert (found.verdict, [(each.element, each.code) for each in found.reasons]) == (
        Verdict.NEEDS_MAPPING,
        [("c", "gone")],
    )
    twice = carried(play, new, mapping={"c": "z"})
    assert (twice.verdict, {each.code for each in twice.reasons}) == (Verdict.BLOCKED, {"would-stick"})


def test_given_a_removed_branch_whose_work_is_done_then_the_join_waits_for_the_others_only() -> None:
    play = Play.of(*parallel("a", "b", "c"))
    play.complete("c")
    new = drawing(*parallel("a", "b"))
    after = going_on(carried(play, new), new)
    after.complete("a").complete("b")
    assert after.open == ["z"]


def test_given_parallel_work_that_is_done_in_turn_now_then_nothing_is_done_twice() -> None:
    play = Play.of(*parallel("a", "b"))
    inline = drawing(start(), user("a"), user("b"), user("z"), end(), flows("s", "a", "b", "z", "e"))
    found = carried(play, inline)
    assert found.verdict is Verdict.BLOCKED
    assert {reason.code for reason in found.reasons} == {"would-stick"}


@pytest.mark.parametrize("sequential", [False, True])
def test_given_several_instances_then_they_keep_their_ids_items_and_results(*, sequential: bool) -> None:
    loop = several("case.who", "who", sequential=sequential)
    old = (start(), user("a", loop, result="opinions"), user("z"), end(), flows("s", "a", "z", "e"))
    play = Play.of(*old, data=WHO)
    play.complete("a", decision="agree")
    new = drawing(
        start(),
        user("a", loop, result="opinions", limit_wd="9"),
        user("y"),
        user("z"),
        end(),
        flows("s", "a", "y", "z", "e"),
    )
    found = carried(play, new)
    assert found.step is not None
    assert [(task.id, task.item, task.index) for task in found.step.tasks] == [
        (task.id, task.item, task.index) for task in play.step.tasks
    ]
    after = going_on(found, new)
    while "a" in after.open:
        after.complete("a", decision="no")
    assert after.open == ["y"]
    assert [each["decision"] for each in after.step.data["opinions"]] == ["agree", "no", "no"]


def test_given_instances_side_by_side_that_come_in_turn_now_then_the_case_is_blocked_with_the_reason() -> None:
    side, turn = several("case.who", "who"), several("case.who", "who", sequential=True)
    play = Play.of(start(), user("a", side), end(), flows("s", "a", "e"), data=WHO)
    found = carried(play, drawing(start(), user("a", turn), end(), flows("s", "a", "e")))
    assert [(reason.element, reason.code) for reason in found.reasons][:1] == [("a", "other-round")]
    assert found.verdict is not Verdict.MOVES


def timed(*names: str, on: str = "a") -> tuple[str, ...]:
    events = [boundary(name, on, timer(f"P{day}D")) for day, name in enumerate(names, start=1)]
    ends = [end(f"e_{name}") + flow(name, f"e_{name}") for name in names]
    return start(), user(on), end(), flows("s", on, "e"), *events, *ends


def test_given_timers_then_those_in_both_keep_id_and_moment_new_ones_are_armed_and_old_ones_go() -> None:
    play = Play.of(*timed("t1", "t2"))
    found = carried(play, drawing(*timed("t2", "t3")))
    assert found.step is not None
    before = {timer.element: (timer.id, timer.at) for timer in play.step.timers}
    after = {timer.element: (timer.id, timer.at) for timer in found.step.timers}
    assert after.keys() == {"t2", "t3"}
    assert after["t2"] == before["t2"]


def test_given_a_fired_timer_that_did_not_interrupt_then_it_is_not_armed_again() -> None:
    late = boundary("late", "a", timer("P1D"), interrupting=False)
    parts = (
        start(),
        user("a"),
        end(),
        late,
        user("chase"),
        end("e2"),
        flows("s", "a", "e"),
        flows("late", "chase", "e2"),
    )
    play = Play.of(*parts)
    play.fire("late")
    found = carried(play, drawing(*parts))
    assert found.step is not None
    assert found.step.timers == ()
    assert sorted(elements(found)) == ["a", "chase"]


def nested(inner: str) -> tuple[str, ...]:
    body = (start("s2"), user(inner), end("e2"), flows("s2", inner, "e2"))
    return start(), node("subProcess", "sub", *body), user("z"), end(), flows("s", "sub", "z", "e")


def test_given_a_case_inside_a_subprocess_then_it_stays_inside_and_a_mapping_reaches_in() -> None:
    play = Play.of(*nested("b"))
    new = drawing(*nested("c"))
    found = carried(play, new)
    assert [(reason.verdict, reason.element) for reason in found.reasons] == [(Verdict.NEEDS_MAPPING, "b")]
    found = carried(play, new, mapping={"b": "c"})
    after = going_on(found, new)
    assert after.open == ["c"]
    after.complete("c")
    assert after.open == ["z"]


def test_given_nothing_that_differs_ahead_then_the_case_is_unaffected() -> None:
    play = Play.of(start(), user("a"), user("b"), end(), flows("s", "a", "b", "e"))
    new = drawing(start(), user("a"), user("b"), end(), flows("s", "a", "b", "e"))
    assert carried(play, new, touched="a").verdict is Verdict.MOVES
    play.complete("a")
    assert carried(play, new, touched="a").verdict is Verdict.UNAFFECTED


def test_given_an_undoing_before_and_after_then_what_was_done_can_still_be_undone() -> None:
    chain = (start(), user("a"), user("b"), user("c"), end(), flows("s", "a", "b", "c", "e"))
    play = Play.of(*chain)
    play.complete("a")
    new = drawing(start(), user("a"), user("b"), user("x"), user("c"), end(), flows("s", "a", "b", "x", "c", "e"))
    found = carried(play, new)
    assert found.step is not None
    assert [task.path for task in found.step.tasks] == [task.path for task in play.step.tasks] != [()]


def test_given_a_state_of_another_version_or_an_ended_one_then_nothing_is_made_of_it() -> None:
    play = Play.of(start(), user("a"), end(), flows("s", "a", "e"))
    other = drawing(start(), user("q"), end(), flows("s", "q", "e"))
    broken = migrate(Route(other, play.bundle, {}, {}), play.step.state, now=NOW, calendar=CALENDAR)
    assert (broken.verdict, broken.step, broken.reasons[0].code) == (Verdict.BLOCKED, None, "fault")
    play.complete("a")
    over: Any = carried(play, other)
    assert (over.verdict, over.step) == (Verdict.UNAFFECTED, None)
