"""Figures of a process: what the database counts is what a plain loop over the cases counts."""

import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

import pytest

from services.contracts.words import Role
from services.kernel.store import encoded
from services.workflow.analytics.figures import percentile
from services.workflow.instances.incidents import opened
from services.workflow.instances.models import Act, ClosedTask, Instance, Pin, Status, Task, Terms, Verb
from services.workflow.instances.moving import registered
from services.workflow.instances.records import Ending, Mended, Passes
from tests.workflow.case_support import received
from tests.workflow.clock_support import TIME, at
from tests.workflow.history.drawn import drawn_bundle
from tests.workflow.room import ACCEPT, HANDLER, HEAD, IT, LEADER, REVIEW, Room

ELEMENTS = ("Accept", "Review", "Cosign", "Lead")
NOW = at("2026-09-16", "18:00")
KEY = "counted-permit"


def _case(number: int, chance: random.Random) -> Instance:
    started = at("2026-01-05") + timedelta(days=chance.randrange(200), hours=chance.randrange(24))
    instance = registered(received(case_no=f"51200020260105PT91{number:05}", item_code="PT-91"))
    closed = tuple(_closed(number, place, started, chance) for place in range(chance.randrange(9)))
    ended = chance.random() < 0.5
    terms = Terms(statutory_workdays=20, promised_workdays=7, warn="90%")
    act = Act(verb=Verb.COMPLETE, target="t", actor="u.x", at=started)
    failed = opened(instance, act, element="Review", zh="坏", en="bad", at=started).instance.incidents
    return instance.model_copy(
        update={
            "pin": Pin(process_key=KEY, version=chance.choice((1, 2)), sha256="0" * 64, terms=terms),
            "status": Status.ENDED if ended else Status.RUNNING,
            "started_at": started,
            "ended_at": started + timedelta(days=chance.randrange(1, 30)) if ended else None,
            "calendar": TIME.calendar.version,
            "closed": closed,
            "tasks": () if ended else tuple(_task(number, place, started, chance) for place in range(2)),
            "incidents": failed if chance.random() < 0.2 else (),
            "mended": (_mended(started),) if chance.random() < 0.3 else (),
            "passes": tuple(Passes(element=each, times=chance.randrange(1, 4)) for each in ("Gate", "Review")),
        }
    )


def _closed(number: int, place: int, started: datetime, chance: random.Random) -> ClosedTask:
    element = chance.choice(ELEMENTS)
    completed = chance.random() < 0.8
    return ClosedTask(
        task_id=f"{number}-{place}",
        element=element,
        name=f"{element}某",
        post="P04",
        department="D06",
        completed=completed,
        person="u.x" if completed else None,
        channel="desk",
        digest="",
        closed_at=started,
        activity=f"{number}-several-{chance.randrange(2)}" if element == "Cosign" else None,
        undone=completed and chance.random() < 0.2,
        workdays=None if chance.random() < 0.1 else chance.choice((0, 1, 1, 2, 3, 5, 20)),
        overdue_workdays=chance.choice((0, 0, 1, 4)),
    )


def _task(number: int, place: int, started: datetime, chance: random.Random) -> Task:
    return Task(
        task_id=f"{number}-open-{place}",
        element=chance.choice(ELEMENTS),
        name="某",
        name_en="some",
        kind="human",
        post="P04",
        department="D06",
        opened_at=started,
        due_on=chance.choice((None, date(2026, 9, 15), date(2026, 9, 16), date(2026, 9, 17))),
    )


def _mended(started: datetime) -> Mended:
    return Mended(
        incident_id="0" * 20,
        element="Lead",
        cause="c",
        target="t",
        opened_at=started,
        resolved_at=started,
        resolved_by="u.it",
        tries=2,
        how=Ending.DONE,
    )


def _rank(values: list[int], percent: int) -> int | None:
    return sorted(values)[ceil(len(values) * percent / 100) - 1] if values else None


def _naive(cases: list[Instance]) -> dict[str, dict[str, Any]]:
    """Every figure by plain loops."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    days: dict[str, list[int]] = defaultdict(list)
    for case in cases:
        passages: dict[str, set[str]] = defaultdict(set)
        for task in case.tasks:
            found[task.element]["running"] += 1
            found[task.element]["running_overdue"] += task.due_on is not None and task.due_on <= date(2026, 9, 16)
        for step in case.closed:
            line = found[step.element]
            if not step.completed:
                line["left"] += 1
                continue
            line["finished"] += 1
            line["undone"] += step.undone
            line["overdue"] += step.overdue_workdays > 0
            passages[step.element].add(step.activity or step.task_id)
            if step.workdays is not None:
                days[step.element].append(step.workdays)
        for element, times in passages.items():
            found[element]["cases"] += 1
            found[element]["loops"] += len(times) - 1
            found[element]["looped"] += len(times) > 1
        for incident in case.incidents:
            found[incident.element]["incidents"] += 1
        for mended in case.mended:
            found[mended.element]["mended"] += 1
        for passes in case.passes:
            found[passes.element]["passed"] += passes.times
    return {
        element: {
            **line,
            "median_workdays": _rank(days[element], 50),
            "p90_workdays": _rank(days[element], 90),
            "overdue_share": round(line["overdue"] / line["finished"], 4) if line["finished"] else 0.0,
        }
        for element, line in found.items()
    }


@pytest.fixture(scope="module")
async def counted(room: Room) -> list[Instance]:
    chance = random.Random(20260916)  # noqa: S311 - the same cases every time
    cases = [_case(number, chance) for number in range(400)]
    rows = [{"_id": each.case_no, "revision": 1, "body": encoded(each), "inbox": [], "outbox": []} for each in cases]
    await room.office.mongo["guihua_workflow"]["instances"].insert_many(rows)
    return cases


@pytest.mark.parametrize(
    ("query", "version", "since", "until"),
    [
        ("", None, None, None),
        ("?version=2", 2, None, None),
        ("?from=2026-03-01&to=2026-04-30", None, date(2026, 3, 1), date(2026, 4, 30)),
        ("?version=1&from=2026-05-01", 1, date(2026, 5, 1), None),
        ("?from=2030-01-01", None, date(2030, 1, 1), None),
    ],
)
async def test_given_random_cases_then_every_figure_is_what_a_plain_loop_counts(
    room: Room, counted: list[Instance], query: str, version: int | None, since: date | None, until: date | None
) -> None:
    chosen = [
        case
        for case in counted
        if case.pin
        and case.started_at
        and version in (None, case.pin.version)
        and (since is None or TIME.day_of(case.started_at) >= since)
        and (until is None or TIME.day_of(case.started_at) <= until)
    ]
    await room.set_clock(NOW)
    told = await room.have(HEAD, f"/analytics/{KEY}{query}")
    ended = [case for case in chosen if case.status is Status.ENDED]
    assert (told["cases"], told["ended"]) == (len(chosen), len(ended))
    spans = [
        TIME.calendar.workdays_between(TIME.day_of(case.started_at), TIME.day_of(case.ended_at))
        for case in ended
        if case.started_at and case.ended_at
    ]
    assert (told["median_workdays"], told["p90_workdays"]) == (_rank(spans, 50), _rank(spans, 90))
    naive = _naive(chosen)
    assert [each["element"] for each in told["elements"]] == sorted(naive)
    for line in told["elements"]:
        wanted = naive[line["element"]]
        zero = {name: 0 for name in line if name not in ("element", "name", *wanted)}
        assert {name: value for name, value in line.items() if name not in ("element", "name")} == {**zero, **wanted}


async def test_given_a_department_then_its_people_see_their_own_cases_counted(
    room: Room, counted: list[Instance]
) -> None:
    del counted
    chief = HANDLER.model_copy(
        update={"roles": frozenset({Role.SECTION_CHIEF}), "department": "D77", "posts": frozenset()}
    )
    assert (await room.have(chief, f"/analytics/{KEY}"))["cases"] == 0
    assert (await room.ask(HANDLER, "GET", f"/analytics/{KEY}")).status_code == 403


async def test_given_days_the_wrong_way_round_then_that_is_said(room: Room) -> None:
    answer = await room.ask(IT, "GET", f"/analytics/{KEY}?from=2026-05-01&to=2026-04-01")
    assert (answer.status_code, answer.json()["code"]) == (422, "days-reversed")


async def test_given_a_real_case_then_its_steps_are_counted_in_working_days(room: Room, case_no: str) -> None:
    """Accepted after one working day; the leader decides eleven working days late, over the national holiday."""
    await room.deploy(drawn_bundle())
    await room.set_clock(at("2026-09-16", "15:00"))
    await room.receive(case_no)
    await room.step(case_no, "Accept")
    for moment, element, who, answers in (
        (at("2026-09-17", "10:00"), "Accept", ACCEPT, {"decision": "accept"}),
        (at("2026-09-21", "11:00"), "Review", HANDLER, REVIEW),
        (at("2026-10-15", "14:00"), "Lead", LEADER, {"decision": "agree", "opinion": "同意"}),
    ):
        await room.set_clock(moment)
        await room.complete(case_no, element, who, **answers)
    told = await room.have(HEAD, "/analytics/small-permit")
    lines = {each["element"]: each for each in told["elements"]}
    shown = {name: (each["finished"], each["median_workdays"], each["overdue"]) for name, each in lines.items()}
    assert shown["Accept"] == (1, 1, 0)
    assert shown["Review"][:2] == (1, TIME.calendar.workdays_between(date(2026, 9, 17), date(2026, 9, 21)))
    late = TIME.calendar.workdays_between(date(2026, 9, 21), date(2026, 10, 15))
    assert shown["Lead"] == (1, late, 1)
    assert (lines["Accepted_"]["passed"], lines["Start_1"]["passed"]) == (1, 1)


@pytest.mark.parametrize(
    ("values", "median", "p90"),
    [([], None, None), ([3], 3, 3), ([1, 2], 1, 2), ([1] * 9 + [9], 1, 1), ([1] * 8 + [9, 9], 1, 9)],
)
def test_given_counted_values_then_percentiles_are_by_nearest_rank(
    values: list[int], median: int | None, p90: int | None
) -> None:
    counts = Counter(values)
    assert (percentile(counts, 50), percentile(counts, 90)) == (median, p90)


@pytest.mark.parametrize("query", ["to=0", "from=20260501", "to=2026-13-01", "version=0"])
async def test_given_something_that_is_no_day_or_version_then_it_is_refused(room: Room, query: str) -> None:
    assert (await room.ask(IT, "GET", f"/analytics/{KEY}?{query}")).status_code == 422


async def test_given_the_ends_of_time_then_they_are_days_like_others(room: Room) -> None:
    assert (await room.ask(IT, "GET", f"/analytics/{KEY}?from=0001-01-01&to=9999-12-31")).status_code == 200
