"""The sheet of one person, department or leader for one year: entries that are added and never taken away."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from services.contracts.events import Said
from services.contracts.supervision import ScoreMoved
from services.kernel.problem import Problem
from services.kernel.requests import Reason, Request
from services.kernel.store import Chained
from services.supervision.records.chains import digest
from services.supervision.scores.tables import Cause, Level

Decided = tuple["Sheet", tuple[Said, ...]]


class EntryState(StrEnum):
    """Whether an entry counts: `open` and `upheld` do, `frozen` waits for its appeal, the others do not."""

    OPEN = "open"
    CLEARED = "cleared"
    FROZEN = "frozen"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"


COUNTING = frozenset({EntryState.OPEN, EntryState.UPHELD})


class NoSuchEntry(Problem):
    """The sheet has no entry of this number."""

    status = 404
    code = "no-such-entry"
    zh = "考核表没有第 {number} 条"
    en = "the sheet has no entry {number}"
    remedy_zh = "请从考核表中选择"
    remedy_en = "choose one of the sheet"


class EntryNotReady(Problem):
    """An appeal is raised once, and decided once."""

    status = 409
    code = "entry-not-ready"
    zh = "第 {number} 条现为“{state}”，不能{verb_zh}"
    en = "entry {number} is {state}; it cannot be {verb}"
    remedy_zh = "只有计分中的条目可以申诉，只有申诉中的条目可以裁定"
    remedy_en = "what counts can be appealed against; what is appealed against can be decided on"


class NotYourEntry(Problem):
    """An appeal is raised by whom the sheet is about."""

    status = 403
    code = "not-your-entry"
    zh = "只能由本人、本科室负责人或本领导就该考核表申诉"
    en = "only whom the sheet is about may appeal: the person, the department's chief, the leader"
    remedy_zh = "请由被考核的一方提出申诉"
    remedy_en = "let the one assessed raise it"


class ReviewerInvolved(Problem):
    """An appeal is decided by somebody who had no part in it."""

    status = 403
    code = "reviewer-involved"
    zh = "与该条目有关的人员应当回避，不能裁定这一申诉"
    en = "whoever had a part in this entry must stand aside; they cannot decide the appeal"
    remedy_zh = "请由无关的另一位领导裁定"
    remedy_en = "another leader, who had no part in it, must decide"


class Appeal(Request, frozen=True):
    """Why an entry should not count."""

    reason: Reason


class Ruling(Request, frozen=True):
    """What comes of an appeal: `upheld` means that the appeal is right and the entry does not count."""

    upheld: bool
    opinion: Annotated[str, Field(min_length=1, max_length=2000)]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is posted: its cause, the words of the entry, and who found it."""

    cause: Cause
    cause_id: str
    text: str
    by: str
    on: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Posting:
    """A finding, what it counts by which version of the table of amounts, and the department that it is about."""

    finding: Finding
    amount: Decimal
    table: int
    department: str


class Entry(BaseModel, frozen=True):
    """One line. `cause_id` is the light, notice or bulletin; `by` whoever issued it."""

    no: int
    cause: Cause
    cause_id: str
    text: str
    table: int
    amount: Decimal
    posted_on: date
    posted_at: datetime
    by: str
    state: EntryState = EntryState.OPEN
    note: str = ""
    appealed_by: str | None = None
    appealed_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def month(self) -> str:
        """Such as `2017-04`."""
        return f"{self.posted_on:%Y-%m}"

    @property
    def counts(self) -> Decimal:
        """What it adds to the year."""
        return self.amount if self.state in COUNTING else Decimal(0)


class Sheet(Chained, frozen=True):
    """The ledger of one subject for one year. `cap` is the most that the year may take away."""

    sheet_id: str
    year: int
    level: Level
    subject: str
    departments: tuple[str, ...]
    cap: Decimal
    entries: tuple[Entry, ...] = ()

    @property
    def total(self) -> Decimal:
        """The sum of the entries that count."""
        return sum((entry.counts for entry in self.entries), Decimal(0))

    @property
    def capped(self) -> Decimal:
        """The year's result: what is taken away ends at the cap."""
        return max(self.total, -self.cap)

    def months(self) -> Mapping[str, Decimal]:
        """What each month added; together they are the total."""
        found: dict[str, Decimal] = {}
        for entry in self.entries:
            found[entry.month] = found.get(entry.month, Decimal(0)) + entry.counts
        return found


def sheet_id(year: int, level: Level, subject: str) -> str:
    """The natural key."""
    return hashlib.sha256(f"sheet|{year}|{level}|{subject}".encode()).hexdigest()[:24]


def post(sheet: Sheet, postings: Iterable[Posting]) -> Decided:
    """Add an entry for each, in one write; the same cause again changes nothing."""
    fresh = {posting.finding.cause_id: posting for posting in postings}
    for entry in sheet.entries:
        fresh.pop(entry.cause_id, None)
    if not fresh:
        return sheet, ()
    added = [_added(posting, no) for no, posting in enumerate(fresh.values(), start=len(sheet.entries) + 1)]
    departments = tuple(sorted({*sheet.departments, *(posting.department for posting in fresh.values())}))
    posted = sheet.model_copy(update={"entries": (*sheet.entries, *added), "departments": departments})
    state = digest(posted)
    return posted, tuple(
        _said(posted, entry, "posted", by=entry.by, now=entry.posted_at, note=entry.text, state=state)
        for entry in added
    )


def _added(posting: Posting, number: int) -> Entry:
    finding = posting.finding
    return Entry(
        no=number,
        cause=finding.cause,
        cause_id=finding.cause_id,
        text=finding.text,
        table=posting.table,
        amount=posting.amount,
        posted_on=finding.on,
        posted_at=finding.at,
        by=finding.by,
    )


def clear(sheet: Sheet, cause_id: str, *, note: str, by: str, now: datetime) -> Decided:
    """What was explained counts no more, and stays to be seen."""
    found = next((entry for entry in sheet.entries if entry.cause_id == cause_id), None)
    if found is None or found.state is not EntryState.OPEN:
        return sheet, ()
    return _put(sheet, found.model_copy(update={"state": EntryState.CLEARED, "note": note}), "cleared", by=by, now=now)


def appeal(sheet: Sheet, number: int, entry: Appeal, *, by: str, now: datetime) -> Decided:
    """Freeze an entry until somebody decides. Raises NoSuchEntry, EntryNotReady."""
    found = _entry(sheet, number)
    if found.state is not EntryState.OPEN:
        raise EntryNotReady(number=number, state=found.state, verb="appealed against", verb_zh="申诉")
    facts = {"state": EntryState.FROZEN, "note": entry.reason, "appealed_by": by, "appealed_at": now}
    return _put(sheet, found.model_copy(update=facts), "appealed", by=by, now=now)


def rule(sheet: Sheet, number: int, ruling: Ruling, *, by: str, now: datetime) -> Decided:
    """Decide an appeal. Raises NoSuchEntry, EntryNotReady, ReviewerInvolved."""
    found = _entry(sheet, number)
    if found.state is not EntryState.FROZEN:
        raise EntryNotReady(number=number, state=found.state, verb="decided on", verb_zh="裁定")
    if by in {found.appealed_by, found.by, sheet.subject}:
        raise ReviewerInvolved
    state = EntryState.WITHDRAWN if ruling.upheld else EntryState.UPHELD
    facts = {"state": state, "note": ruling.opinion, "decided_by": by, "decided_at": now}
    return _put(sheet, found.model_copy(update=facts), state, by=by, now=now)


def _entry(sheet: Sheet, number: int) -> Entry:
    if not 0 < number <= len(sheet.entries):
        raise NoSuchEntry(number=number)
    return sheet.entries[number - 1]


def _put(sheet: Sheet, entry: Entry, verb: str, *, by: str, now: datetime) -> Decided:
    entries = (*sheet.entries[: entry.no - 1], entry, *sheet.entries[entry.no :])
    changed = sheet.model_copy(update={"entries": entries})
    return changed, (_said(changed, entry, verb, by=by, now=now, note=entry.note, state=digest(changed)),)


def _said(sheet: Sheet, entry: Entry, verb: str, *, by: str, now: datetime, note: str, state: str) -> ScoreMoved:
    return ScoreMoved(
        sheet_id=sheet.sheet_id,
        year=sheet.year,
        level=sheet.level,
        subject=sheet.subject,
        entry_no=entry.no,
        verb=verb,
        cause=entry.cause,
        amount=str(entry.amount),
        moved_by=by,
        moved_at=now,
        note=note,
        state=state,
    )
