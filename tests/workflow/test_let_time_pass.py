"""Time on real servers: what it says by itself, after jumps and downtime, and when a calendar is published."""

from datetime import date

from services.contracts.registry import CalendarDay, CalendarPublished
from services.contracts.words import DayKind, Role
from services.kernel.worktime.officialdays import statutory_fixed_days
from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.room import ACCEPT, HEAD, Room, at_review, staff

REGISTRAR = staff("u.registrar", Role.REGISTRAR)


async def _said(room: Room, case_no: str, clock: str) -> list[str]:
    """What was said of a clock, oldest first, such as `warned`, `due` and `overdue 0`."""
    await room.settled()
    found = []
    for each in await room.history(case_no):
        kind = each["type"].split(".")[3]
        if ".timer." in each["type"] and each["data"].get("clock_id") == clock and kind != "started":
            count = each["data"].get("overdue_workdays")
            found.append(f"{kind} {count}" if kind == "overdue" else kind)
    return found


async def test_given_the_clock_goes_on_then_warning_due_day_and_each_late_day_are_said_once(
    room: Room, case_no: str
) -> None:
    await at_review(room, case_no)
    for moment, expected in (
        (at("2026-09-25", "08:00"), []),
        (at("2026-09-28", "08:59:59"), []),
        (at("2026-09-28", "09:00"), ["warned", "due"]),
        (at("2026-09-28", "17:00"), ["warned", "due"]),
        (at("2026-09-28", "17:00:01"), ["warned", "due", "overdue 0"]),
        (at("2026-09-29", "08:59"), ["warned", "due", "overdue 0"]),
        (at("2026-09-29", "09:00"), ["warned", "due", "overdue 0", "overdue 1"]),
        (at("2026-10-09", "12:00"), ["warned", "due", "overdue 0", "overdue 1", "overdue 4"]),
    ):
        await room.set_clock(moment)
        await wait_until(lambda expected=expected: _is(room, case_no, expected))
    assert (await room.service.get("/status")).json()["backlog"]["timers-due-not-fired"] == 0


async def _is(room: Room, case_no: str, expected: list[str]) -> bool:
    return await _said(room, case_no, "promised") == expected


async def test_given_a_year_is_published_then_provisional_dates_move_and_are_announced(
    room: Room, case_no: str
) -> None:
    await room.deploy()
    await room.set_clock(at("2026-12-16", "10:00"))
    await room.receive(case_no, received_on=date(2026, 12, 16), received_at=at("2026-12-16"))
    await room.complete(case_no, "Accept", ACCEPT, decision="accept")
    clock = await _statutory(room, case_no)
    assert (clock["due_on"], clock["provisional"]) == ("2027-01-14", True)
    days = tuple(CalendarDay(day=date(2027, 1, day), kind=DayKind.HOLIDAY, name="元旦") for day in range(1, 9))
    await _is_foretold(room, case_no, days)
    await room.registry.say(
        CalendarPublished(
            year=2027,
            version=1,
            source="国办发明电",
            days=days,
            published_at=at("2026-12-16"),
            published_by="u.registrar",
        )
    )
    await wait_until(lambda: room.heard(case_no, "timer.moved"))
    clock = await _statutory(room, case_no)
    assert (clock["due_on"], clock["provisional"]) == ("2027-01-21", False)
    moved = {each["clock_id"]: each for each in await room.heard(case_no, "timer.moved")}
    assert (moved["statutory"]["was_due_on"], moved["statutory"]["due_on"]) == ("2027-01-14", "2027-01-21")
    assert "2027" in moved["statutory"]["reason"]
    assert (await room.service.get("/status")).json()["backlog"]["cases-on-old-calendar"] == 0


async def _is_foretold(room: Room, case_no: str, days: tuple[CalendarDay, ...]) -> None:
    """Before the year is published its effect can be seen, and to see it changes and says nothing."""
    before = (await room.history(case_no), await _statutory(room, case_no))
    off = {str(day): "假日" for day in statutory_fixed_days(2027)} | {str(each.day): each.name for each in days}
    rows = [{"name": name, "date": day, "isOffDay": True} for day, name in sorted(off.items())]
    file = {"year": 2027, "papers": ["https://www.gov.example/2027"], "days": rows}
    token = room.tokens.issue(REGISTRAR)
    answer = await room.service.post("/calendar/preview", file, Authorization=f"Bearer {token}")
    told = answer.json()
    own = [each for each in told["first"] if each["case_no"] == case_no]  # other cases may stand there
    assert 0 < told["moved_cases"] <= told["cases"], told
    assert len(own) <= len(told["first"]) == told["moved"] <= told["clocks"]
    moves = {each["clock_id"]: (each["was_due_on"], each["due_on"]) for each in own}
    assert moves["statutory"] == ("2027-01-14", "2027-01-21")
    assert (await room.history(case_no), await _statutory(room, case_no)) == before
    refused = await room.service.post("/calendar/preview", file, Authorization=f"Bearer {room.tokens.issue(HEAD)}")
    assert refused.status_code == 403


async def _statutory(room: Room, case_no: str) -> dict[str, object]:
    clocks: list[dict[str, object]] = (await room.have(HEAD, f"/cases/{case_no}"))["clocks"]
    return next(clock for clock in clocks if clock["clock_id"] == "statutory")


async def test_given_downtime_then_everything_is_caught_up_in_the_order_of_its_moments(
    room: Room, case_no: str
) -> None:
    """SC-9 with the service dead from receipt to the day after: the timer precedes the light of the same evening."""
    await room.deploy()
    await room.set_clock(at("2026-09-24", "10:00"))
    await room.receive(case_no, received_on=date(2026, 9, 24), received_at=at("2026-09-24"))
    await room.step(case_no, "Accept")
    await room.settled()
    await room.kill()
    await room.set_clock(at("2026-10-19", "12:00"))
    await room.start_again()
    [accepted] = await wait_until(lambda: room.heard(case_no, "case.accepted"))
    assert (accepted["accepted_on"], accepted["promised_due_on"]) == ("2026-09-24", "2026-10-12")
    assert await _said(room, case_no, "promised") == ["overdue 5"]
    [stopped] = [each for each in await room.heard(case_no, "timer.stopped") if each["element"] == "Accept"]
    assert (stopped["overdue_workdays"], stopped["stopped_at"]) == (0, "2026-10-09T09:00:00Z")
    overdue = await room.heard(case_no, "timer.overdue")
    assert [each["clock_id"] for each in overdue] == ["promised"]
