"""The bulletin of the month (A-34): drafted by itself on the office's day, from the records of the month before.

It names the matters that were registered or archived in that month, and the red lights that became no matter. Whether
and how it is published is for people to say, as of every draft.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from services.kernel.store import AlreadyExists
from services.supervision import bulletins
from services.supervision.bulletins import NothingToReport, Row, Subject
from services.supervision.desk import Deps, office_day
from services.supervision.issuing import red_lights
from services.supervision.matters import NAMES, Matter, Step
from services.supervision.statistics.periods import Period

_BY: Final = "system:monthly"
_MANY: Final = 10_000


async def draft_monthly(deps: Deps) -> int:
    """Draft it once for each month, from the configured day on; a month without anything has none. Gives 0."""
    today = office_day(deps.clock.now())
    if today.day < deps.bulletin_day:
        return 0
    month = month_before(today)
    key = hashlib.sha256(f"monthly|{month.since:%Y-%m}".encode()).hexdigest()[:24]
    if await deps.bulletins.find(key) is None:
        with suppress(AlreadyExists, NothingToReport):
            now = deps.clock.now()
            drafted = bulletins.draft(key, await _subject(deps, month), by=_BY, now=now, year=month.as_of.year)
            await deps.bulletins.create(*drafted)
    return 0


def month_before(day: date) -> Period:
    """The whole month before that of a day."""
    last = day.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last, {})


def told(matter: Matter) -> str:
    """A matter as the bulletin tells of it: what it was about, and how far it has come."""
    stands = "已归档" if matter.step is Step.ARCHIVE else f"现在“{NAMES[matter.step]}”"
    return f"{matter.facts[0].note}（{matter.matter_no}，{stands}）"


def summary(month: Period, matters: Sequence[Matter], rows: Sequence[Row]) -> str:
    """What the month came to, in numbers that are counted."""
    archived = sum(matter.step is Step.ARCHIVE for matter in matters)
    units = len({*(matter.department for matter in matters), *(row.department for row in rows)})
    return (
        f"{month.since.year}年{month.since.month}月，督查事项{len(matters)}件，其中已归档{archived}件；"
        f"另有未列入督查事项的红灯{len(rows)}次；涉及{units}个科室。"
    )


async def _subject(deps: Deps, month: Period) -> Subject:
    moved = {
        "$or": [month.moments("body.registered_at"), {"body.step": Step.ARCHIVE, **month.moments("body.facts.at")}]
    }
    found = await deps.matters.query(moved, sort=[("body.registered_at", 1), ("_id", 1)], limit=_MANY)
    named = {(matter.case_no, matter.clock_id) for matter in found}
    red = await red_lights(deps, {}, month.since, month.as_of)
    rows = tuple([row for row in red if (row.case_no, await _clock_of(deps, row)) not in named])
    return Subject(
        matters=tuple(found),
        reasons=tuple(told(matter) for matter in found),
        rows=rows,
        since=month.since,
        until=month.as_of,
        summary=summary(month, found, rows),
    )


async def _clock_of(deps: Deps, row: Row) -> str:
    return (await deps.ledgers.alerts.load(row.alert_id))[0].clock_id
