"""The ledger of one clock: what was entered, by whom, on which legal basis and document.

A ledger is only ever added to. When the clock is due follows from it and the calendar (`dues.py`), not from a counter.
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel

from services.contracts.words import ClockKind, HoldGround
from services.kernel.problem import Problem

CALENDAR: Final = "system:calendar"
"""Who acts when time itself does: deemed acceptance, timers, a new calendar."""

EXTENSION_WORKDAYS: Final = 10
"""行政许可法 §42: once, by the head of the organ, with reasons told to the applicant."""

ARTICLE_42: Final = "行政许可法 §42"


class EntryKind(StrEnum):
    """What can be entered in a ledger."""

    START = "start"
    HOLD = "hold"
    RESUME = "resume"
    EXTEND = "extend"
    STOP = "stop"


class Entry(BaseModel, frozen=True):
    """One line of a ledger. `on` is the day from which it counts, `at` the moment it took effect."""

    kind: EntryKind
    at: datetime
    on: date
    actor: str
    basis: str
    document: str | None = None
    ground: HoldGround | None = None
    hold_id: str | None = None
    workdays: int = 0
    reason: str | None = None


class Spoken(BaseModel, frozen=True):
    """What has been said aloud about a clock, so that nothing is said twice."""

    warned: bool = False
    due: bool = False
    overdue_workdays: int | None = None


class Clock(BaseModel, frozen=True):
    """A statutory, promised or step clock with its ledger and the due moment last announced."""

    clock_id: str
    kind: ClockKind
    name: str
    element: str | None = None
    post: str | None = None
    department: str
    person: str | None = None
    light_rules: tuple[str, ...] = ()
    limit_workdays: int
    warn: str
    entries: tuple[Entry, ...] = ()
    due_on: date
    due_at: datetime
    provisional: bool
    spoken: Spoken = Spoken()

    @property
    def started(self) -> Entry:
        """The first entry: every clock is made by starting it."""
        return self.entries[0]

    @property
    def stopped(self) -> Entry | None:
        """The entry that ended the clock, if it has ended."""
        return next((entry for entry in self.entries if entry.kind is EntryKind.STOP), None)

    @property
    def extension_workdays(self) -> int:
        """Working days granted beyond the limit."""
        return sum(entry.workdays for entry in self.entries if entry.kind is EntryKind.EXTEND)

    @property
    def open_holds(self) -> tuple[Entry, ...]:
        """The holds not resumed yet, oldest first."""
        resumed = {entry.hold_id for entry in self.entries if entry.kind is EntryKind.RESUME}
        return tuple(entry for entry in self.entries if entry.kind is EntryKind.HOLD and entry.hold_id not in resumed)

    @property
    def is_held(self) -> bool:
        """Whether the clock stands still: its light is grey and it says nothing."""
        return self.stopped is None and bool(self.open_holds)

    @property
    def is_running(self) -> bool:
        """Whether time counts against somebody now."""
        return self.stopped is None and not self.open_holds

    def spells(self) -> Iterator[tuple[Entry, Entry | None]]:
        """Each hold with the entry that resumed it (None while it lasts)."""
        ends = {entry.hold_id: entry for entry in self.entries if entry.kind is EntryKind.RESUME}
        for entry in self.entries:
            if entry.kind is EntryKind.HOLD:
                yield entry, ends.get(entry.hold_id)

    def with_entry(self, entry: Entry) -> "Clock":
        """The clock with one more line in its ledger."""
        return self.model_copy(update={"entries": (*self.entries, entry)})


class ClockStopped(Problem):
    """The clock has ended; nothing more can be entered."""

    status = 409
    code = "clock-stopped"
    zh = "“{name}”计时已经结束，不能再登记"
    en = "the clock {name!r} has ended; nothing more can be entered"
    remedy_zh = "请刷新案件，查看计时台账"
    remedy_en = "reload the case and look at the clock's ledger"


class NoticeMissing(Problem):
    """A hold without a written notice has no effect (行政许可法 §45)."""

    status = 422
    code = "hold-notice-missing"
    zh = "“{name}”不能中止计时：没有书面告知文书编号"
    en = "the clock {name!r} cannot be held: the written notice has no number"
    remedy_zh = "依据行政许可法第四十五条，先将所需时间书面告知申请人，再登记文书编号"
    remedy_en = "tell the applicant in writing how long it takes (art. 45), then enter the notice's number"


class AlreadyExtended(Problem):
    """The one extension of §42 is used up."""

    status = 409
    code = "already-extended"
    zh = "“{name}”已经延长过一次，不能再次延长"
    en = "the clock {name!r} has been extended once already"
    remedy_zh = "依据行政许可法第四十二条，期限只能延长一次，请在现有期限内作出决定"
    remedy_en = "article 42 allows one extension; decide within the present limit"


class ExtensionTooLate(Problem):
    """An extension cannot mend a limit that has already passed."""

    status = 409
    code = "extension-too-late"
    zh = "“{name}”已于 {due_on} 到期，不能再延长"
    en = "the clock {name!r} ran out on {due_on}; it cannot be extended any more"
    remedy_zh = "请尽快作出决定，并按督查要求书面说明超期原因"
    remedy_en = "decide now, and explain the delay in writing to the supervision office"


class ReasonMissing(Problem):
    """The reasons are told to the applicant, so there must be some."""

    status = 422
    code = "extension-reason-missing"
    zh = "延长期限必须写明理由"
    en = "an extension needs its reasons"
    remedy_zh = "请填写告知申请人的延期理由"
    remedy_en = "write the reasons that are told to the applicant"


def enter_hold(clock: Clock, entry: Entry) -> Clock:
    """Hold the clock; the entry names ground and notice. Raises `NoticeMissing`, `ClockStopped`."""
    _not_stopped(clock)
    if not (entry.document or "").strip():
        raise NoticeMissing(name=clock.name)
    return clock.with_entry(entry)


def enter_resume(clock: Clock, entry: Entry) -> Clock:
    """End one hold of the clock. Other holds that overlap go on."""
    _not_stopped(clock)
    return clock.with_entry(entry)


def enter_extension(clock: Clock, entry: Entry) -> Clock:
    """Extend the clock once. Raises `ReasonMissing`, `AlreadyExtended`, `ExtensionTooLate`, `ClockStopped`."""
    _not_stopped(clock)
    if not (entry.reason or "").strip():
        raise ReasonMissing
    if clock.extension_workdays:
        raise AlreadyExtended(name=clock.name)
    if not clock.is_held and entry.at > clock.due_at:
        raise ExtensionTooLate(name=clock.name, due_on=clock.due_on)
    return clock.with_entry(entry)


def enter_stop(clock: Clock, entry: Entry) -> Clock:
    """End the clock for good."""
    _not_stopped(clock)
    return clock.with_entry(entry)


def _not_stopped(clock: Clock) -> None:
    if clock.stopped:
        raise ClockStopped(name=clock.name)
