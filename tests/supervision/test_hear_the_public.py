"""What the public says becomes a matter: a bad rating under a real name (SL-24), contact outside a card (SL-25)."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.intake import CaseRated, ContactReported, RatingContacted
from tests.supervision.rooms import CHIEF, STRANGER, SUPERVISOR, Room, matters_of
from tests.supervision.timers import CASE
from tests.support.office import Office
from tests.support.voice import Voice, voice
from tests.support.wait import wait_until

AT = datetime(2017, 4, 6, 2, 0, tzinfo=UTC)


@pytest.fixture
async def window(room: Room, office: Office) -> AsyncIterator[Voice]:  # noqa: ARG001 - who hears is there first
    async with voice(office, "intake") as intake:
        yield intake


def rated(case_no: str = CASE, **changes: object) -> CaseRated:
    facts: dict[str, Any] = {
        "case_no": case_no,
        "item_code": "PT05",
        "department": "D06",
        "level": 2,
        "is_bad": True,
        "real_name": True,
        "reasons": ("late",),
        "rated_at": AT,
        "rated_on": date(2017, 4, 6),
    }
    return CaseRated(**(facts | changes))


async def test_given_a_bad_rating_by_somebody_known_then_its_department_must_call_within_a_working_day(
    room: Room, window: Voice
) -> None:
    [matter] = await _after(room, window, rated(), rated())
    assert (matter["source"], matter["department"], matter["due_on"]) == ("rating", "D06", "2017-04-07")
    called = RatingContacted(case_no=CASE, contacted_by="u.window", contacted_at=AT, contacted_on=date(2017, 4, 7))
    [again] = await _after(room, window, called, called)
    assert [fact["note"] for fact in again["facts"]].count("已于 2017-04-07 联系评价人") == 1
    assert (await room.ask(STRANGER, "GET", f"/matters/{matter['matter_id']}")).status_code == 404


async def test_given_a_good_one_or_one_without_a_name_then_there_is_no_matter(room: Room, window: Voice) -> None:
    for changes in ({"is_bad": False, "level": 5}, {"real_name": False}):
        assert await _after(room, window, rated(**changes)) == []
    called = RatingContacted(case_no=CASE, contacted_by="u.window", contacted_at=AT, contacted_on=date(2017, 4, 7))
    assert await _after(room, window, called) == []


async def test_given_contact_outside_a_card_then_integrity_is_looked_into_where_the_person_works(
    room: Room, window: Voice
) -> None:
    reported = ContactReported(
        report_no="JC20170406001", person=CHIEF.code, case_no="", happened_on=date(2017, 4, 5), reported_at=AT
    )
    await window.say(reported, reported)
    [matter] = await wait_until(lambda: _all(room), within=30)
    assert (matter["domain"], matter["department"], matter["responsible"]) == ("integrity", "D06", [CHIEF.code])
    assert matter["due_on"] == "2017-04-27"


async def test_given_contact_of_somebody_unknown_then_the_supervision_office_finds_out_who_was_meant(
    room: Room, window: Voice
) -> None:
    await window.say(
        ContactReported(report_no="JC2", person="某人", case_no="", happened_on=date(2017, 4, 5), reported_at=AT)
    )
    [matter] = await wait_until(lambda: _all(room), within=30)
    assert (matter["department"], matter["responsible"]) == (SUPERVISOR.department, [])


async def _all(room: Room) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await room.have(SUPERVISOR, "/matters"))["matters"]
    return found


async def _after(room: Room, window: Voice, *said: CaseRated | RatingContacted) -> list[dict[str, Any]]:
    """The matters of the case, once all of this was heard: a last rating, of another case, tells that it was."""
    last = rated(f"51200020170306PT05{uuid4().int % 10**5:05}")
    await window.say(*said, last)

    async def heard() -> bool:
        return any(matter["case_no"] == last.case_no for matter in await _all(room))

    await wait_until(heard, within=30)
    found = await matters_of(room)
    return [await room.have(SUPERVISOR, f"/matters/{matter['matter_id']}") for matter in found]
