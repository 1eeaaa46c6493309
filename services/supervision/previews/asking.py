"""A preview of a rule table, made from what was heard: nothing is written, nothing is said."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from services.supervision.desk import Deps, latest_table, office_day
from services.supervision.previews.counting import Tally, effects
from services.supervision.previews.models import Preview, PreviewEntry
from services.supervision.previews.replaying import compared, occurrences
from services.supervision.records.heard import Heard
from services.supervision.rules import RuleTable, lawful
from services.supervision.statistics.periods import Period

_MANY: Final = 100_000
_AT_ONCE: Final = 100
_MONTHS: Final = 3


async def preview(deps: Deps, entry: PreviewEntry) -> Preview:
    """Judge the period by the table that is thought of. Raises RulesNotLawful, PeriodReversed."""
    lawful(entry.rules)
    today = office_day(deps.clock.now())
    until = entry.until or today
    period = Period.of(entry.since or _months_before(until), until, today=today, scope={})
    latest = await latest_table(deps)
    replay = Replay({table.number: table for table in await deps.tables.known()}, _thought(entry, latest), period)
    numbers = await _cases(deps, period)
    unrecorded = await _unrecorded(deps, numbers)
    whole = [number for number in numbers if number not in unrecorded]
    for start in range(0, len(whole), _AT_ONCE):
        await asyncio.to_thread(replay.go_through, await _heard(deps, whole[start : start + _AT_ONCE], period))
    return Preview(
        since=period.since,
        until=period.as_of,
        latest=latest.number,
        cases=len(whole),
        events=replay.events,
        unrecorded=len(unrecorded),
        rules=effects(replay.tally, entry.rules, latest),
        **replay.tally.totals(),
    )


class Replay:
    """Goes through cases, each judged by the versions that held and by the one thought of."""

    def __init__(self, tables: Mapping[int, RuleTable], thought: RuleTable, period: Period) -> None:
        self._tables, self._thought = tables, thought
        self._begin = period.begin
        self.tally, self.events = Tally(), 0

    def go_through(self, heard: Sequence[Heard]) -> None:
        """Add the differences of these cases, whose events stand together."""
        for _, each in groupby(heard, key=lambda one: one.case_no):
            case = tuple(each)
            self.events += sum(one.heard_at >= self._begin for one in case)
            was, would = occurrences(case, self._held), occurrences(case, self._thought_of)
            self.tally.add(compared(was, would, since=self._begin))

    def _held(self, heard: Heard) -> RuleTable:
        return self._tables[heard.rules]

    def _thought_of(self, heard: Heard) -> RuleTable:
        """What came before the period is as it was."""
        return self._thought if heard.heard_at >= self._begin else self._held(heard)


async def _cases(deps: Deps, period: Period) -> list[str]:
    """The cases of which anything was heard in the period."""
    group = ({"$group": {"_id": "$body.case_no"}}, {"$sort": {"_id": 1}})
    return [str(row["_id"]) for row in await deps.heard.tally(period.moments("body.heard_at"), *group)]


async def _unrecorded(deps: Deps, numbers: Sequence[str]) -> frozenset[str]:
    """Those whose beginning was not kept."""
    begun = await deps.cases.tally({"body.recorded": {"$ne": True}}, {"$project": {"_id": 1}})
    return frozenset(numbers) & {str(row["_id"]) for row in begun}


async def _heard(deps: Deps, numbers: Sequence[str], period: Period) -> Sequence[Heard]:
    where = {"body.case_no": {"$in": list(numbers)}, "body.heard_at": {"$lt": period.end}}
    return await deps.heard.query(where, sort=[("body.case_no", 1), ("_id", 1)], limit=_MANY)


def _thought(entry: PreviewEntry, latest: RuleTable) -> RuleTable:
    return latest.model_copy(update={"rules": entry.rules})


def _months_before(day: date) -> date:
    """The same day of the month three months ago, or the last of that month."""
    first = day.replace(day=1)
    for _ in range(_MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first.replace(day=min(day.day, 28)) + timedelta(days=max(day.day - 28, 0)), last)
