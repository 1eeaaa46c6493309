"""Every golden path ends as its walk says, on the dates it says; together the walks see every end and every timer."""

from typing import Any, Final

import pytest

from services.contracts.workflow import (
    CaseAccepted,
    CaseDecided,
    CaseEnded,
    ExpectedDateMoved,
    IncidentOpened,
    TimerOverdue,
    TimerWarned,
)
from services.kernel.worktime import OfficeHours
from tests.bpmn.bundles import BUNDLES, SIGNALS, Bundle
from tests.bpmn.walking import Walk, compiled, due_of

WALKS: Final = [
    pytest.param(bundle, name, id=f"{bundle.key}/{name}") for bundle in BUNDLES for name in sorted(bundle.walks)
]
each_bundle = pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.key)
each_walk = pytest.mark.parametrize(("bundle", "name"), WALKS)
HOURS: Final = OfficeHours()
SIGNAL_FROM_ELSEWHERE: Final = "GH-I128"
SEEN: Final = ("endEvent", "boundaryEvent", "userTask", "receiveTask", "serviceTask", "callActivity")


@each_bundle
def test_given_a_bundle_then_the_engine_takes_it_without_a_finding(bundle: Bundle) -> None:
    heard = [one for one in compiled(bundle).findings if one.rule == SIGNAL_FROM_ELSEWHERE]
    assert {bundle.signal_of(one.element or "") for one in heard} <= SIGNALS
    assert [one for one in compiled(bundle).findings if one not in heard] == []


@each_bundle
def test_given_all_walks_then_they_see_every_end_every_timer_and_every_step(bundle: Bundle) -> None:
    seen = {element for name in bundle.walks for element in Walk(bundle, bundle.walks[name]).play().passed}
    wanted = {node.id for node in bundle.of(*SEEN)}
    assert wanted - seen == set()


@each_walk
def test_given_a_walk_then_it_ends_where_and_as_it_says(bundle: Bundle, name: str) -> None:
    table = bundle.walks[name]
    walk = Walk(bundle, table).play()
    (ended,) = walk.heard(CaseEnded)
    assert (ended.end_element, ended.outcome) == (table["expect"]["end"], table["expect"]["outcome"])
    assert walk.heard(IncidentOpened) == []
    rest = iter(walk.passed)
    assert [element for element in table["expect"]["passed"] if element not in rest] == []


@each_walk
def test_given_a_walk_then_the_case_is_accepted_due_and_decided_on_the_days_it_says(bundle: Bundle, name: str) -> None:
    expected: dict[str, Any] = bundle.walks[name]["expect"]
    walk = Walk(bundle, bundle.walks[name]).play()
    accepted: list[CaseAccepted] = walk.heard(CaseAccepted)
    assert [one.accepted_on for one in accepted] == [day for key, day in expected.items() if key == "accepted_on"]
    silent = any(bundle.reached[each].settings.get("milestone") == "deemed_accepted" for each in walk.passed)
    assert all(one.deemed == silent for one in accepted)
    for kind in ("promised", "statutory"):
        clock = walk.instance.clock(kind)
        assert (clock and clock.due_on) == expected.get(f"{kind}_due_on")
    decided: list[CaseDecided] = walk.heard(CaseDecided)
    assert [one.decided_on for one in decided] == [day for key, day in expected.items() if key == "decided_on"]
    assert all(one.outcome == expected["outcome"] for one in decided)


@each_walk
def test_given_a_walk_then_its_steps_are_due_and_warn_on_the_days_it_says(bundle: Bundle, name: str) -> None:
    walk = Walk(bundle, bundle.walks[name]).play()
    for step in bundle.walks[name]["expect"].get("step", ()):
        assert due_of(walk, step["element"]) == step["due_on"], step
        if "warn_on" in step:
            warned: list[TimerWarned] = walk.heard(TimerWarned, element=step["element"])
            assert [one.warned_at for one in warned] == [HOURS.open_of(step["warn_on"])], step


def test_given_sc3_when_the_material_is_late_then_red_begins_the_second_after_close_of_business() -> None:
    """A-27: due on the worked Saturday 2017-04-01, seen red on 04-05, material in on 04-10."""
    walk = played("works-planning-permit", "sc3-dilapidated-rebuild")
    late: list[TimerOverdue] = walk.heard(TimerOverdue, element="Task_AgendaMaterial")
    assert [one.overdue_workdays for one in late] == [0, 1, 2, 3, 4]
    assert late[0].overdue_at.isoformat() == "2017-04-01T09:00:01+00:00"
    assert late[1].overdue_at.isoformat() == "2017-04-05T01:00:00+00:00"
    assert {one.light_rules for one in late} == {("SL-16",)}


def test_given_sc8_when_the_experts_have_met_then_both_clocks_moved_and_only_the_promise_is_late() -> None:
    walk = played("works-planning-permit", "sc8-building-expert-review")
    (moved,) = walk.heard(ExpectedDateMoved)
    assert (moved.was_due_on.isoformat(), moved.promised_due_on.isoformat()) == ("2026-09-28", "2026-10-08")
    (decided,) = walk.heard(CaseDecided)
    assert (decided.promised_overdue_workdays, decided.statutory_overdue_workdays) == (1, 0)


def test_given_the_walks_then_the_three_scenarios_of_the_works_permit_are_among_them() -> None:
    told = {table.get("scenario") for bundle in BUNDLES for table in bundle.walks.values()}
    assert {"SC-2", "SC-3", "SC-7", "SC-8", "SC-9", "SC-12"} <= told


def played(key: str, name: str) -> Walk:
    bundle = next(one for one in BUNDLES if one.key == key)
    return Walk(bundle, bundle.walks[name]).play()
