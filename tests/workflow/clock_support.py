"""Clocks as tests want them: short to write, dates as in the books."""

from datetime import UTC, date, datetime, time

from services.contracts.words import ClockKind, HoldGround
from services.kernel.worktime import SHANGHAI, Calendar, OfficeHours
from services.workflow.clocks import deeds
from services.workflow.clocks.dues import OfficeTime
from services.workflow.clocks.grounds import Policy
from services.workflow.clocks.ledgers import Clock
from services.workflow.clocks.plans import ClockPlan
from services.workflow.clocks.rooms import ClockRoom
from services.workflow.clocks.sayings import Heading

TIME = OfficeTime(Calendar.builtin(), OfficeHours())
ROOM = ClockRoom(TIME, Policy(), Heading("51200020260917PT0500001", "某小学教学楼", "PT-05"))


def at(day: str, clock: str = "10:00") -> datetime:
    """A moment in the office, as aware UTC."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), tzinfo=SHANGHAI).astimezone(UTC)


def on(day: str) -> date:
    return date.fromisoformat(day)


def started(
    day: str, limit: int, *, kind: ClockKind = ClockKind.STATUTORY, warn: str = "90%", room: ClockRoom = ROOM
) -> Clock:
    plan = ClockPlan(
        clock_id=kind.value,
        kind=kind,
        name="法定时限",
        department="D06",
        limit_workdays=limit,
        warn=warn,
        basis="行政许可法 §42",
    )
    return deeds.start(plan, on=on(day), at=at(day), actor="u.accept", room=room)[0]


def held(
    clock: Clock,
    since: str,
    until: str | None,
    *,
    ground: HoldGround = HoldGround.EXPERT_REVIEW,
    hold_id: str = "h1",
    notice_no: str = "特告〔2026〕1号",
    room: ClockRoom = ROOM,
) -> Clock:
    clock, _ = deeds.hold(
        clock, ground, hold_id=hold_id, notice_no=notice_no, at=at(since), actor="u.handler.d06", room=room
    )
    if until is not None:
        clock, _ = deeds.resume(clock, hold_id=hold_id, at=at(until), actor="u.experts", room=room)
    return clock
