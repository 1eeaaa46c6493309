"""The table of amounts: what each finding counts, at three levels, in versions with their day (docs/domain.md §5.6)."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Annotated, Final

from pydantic import Field

from services.contracts.words import ClockKind, Light
from services.kernel.problem import FieldError, Problem
from services.kernel.requests import Request
from services.kernel.store import Body
from services.supervision.alerts import Alert

Amount = Annotated[Decimal, Field(ge=-100, le=100, max_digits=5, decimal_places=2)]


class Level(StrEnum):
    """Whom an entry is about."""

    PERSON = "person"
    DEPARTMENT = "department"
    LEADER = "leader"


class Cause(StrEnum):
    """What may count."""

    YELLOW = "yellow"
    RED_STEP = "red_step"
    RED_PROMISED = "red_promised"
    RED_STATUTORY = "red_statutory"
    REPETITION = "repetition"
    NOTICE = "notice"
    BULLETIN = "bulletin"
    PRAISE = "praise"


class ScoresNotLawful(Problem):
    """A table of amounts that could not be followed; `errors` says where."""

    status = 422
    code = "scores-not-lawful"
    zh = "计分表有 {count} 处不能执行"
    en = "the table of amounts cannot be followed in {count} places"
    remedy_zh = "请按 errors 逐项更正后重新提交"
    remedy_en = "correct each place listed in errors and send it again"


class ScoreLine(Request, frozen=True):
    """What one cause counts at each level; negative takes away."""

    cause: Cause
    person: Amount = Decimal(0)
    department: Amount = Decimal(0)
    leader: Amount = Decimal(0)

    def at(self, level: Level) -> Decimal:
        """The amount at a level."""
        return {Level.PERSON: self.person, Level.DEPARTMENT: self.department, Level.LEADER: self.leader}[level]


class Caps(Request, frozen=True):
    """The most that a year may take away at each level."""

    person: Annotated[Decimal, Field(ge=0, le=1000, max_digits=6, decimal_places=2)]
    department: Annotated[Decimal, Field(ge=0, le=1000, max_digits=6, decimal_places=2)]
    leader: Annotated[Decimal, Field(ge=0, le=1000, max_digits=6, decimal_places=2)]

    def at(self, level: Level) -> Decimal:
        """The cap of a level."""
        return {Level.PERSON: self.person, Level.DEPARTMENT: self.department, Level.LEADER: self.leader}[level]


class ScoreEntry(Request, frozen=True):
    """A new version as the office writes it. The two counts are those of the repetition rules."""

    effective_from: date
    lines: Annotated[tuple[ScoreLine, ...], Field(min_length=1, max_length=20)]
    caps: Caps
    yellows_for_red: Annotated[int, Field(ge=2, le=99)] = 3
    reds_for_bulletin: Annotated[int, Field(ge=2, le=99)] = 2
    note: Annotated[str, Field(min_length=1, max_length=500)]


class ScoreTable(Body, frozen=True):
    """One version. Versions are never changed; the one in force on a day is the newest effective."""

    version: str
    effective_from: date
    lines: tuple[ScoreLine, ...]
    caps: Caps
    yellows_for_red: int
    reds_for_bulletin: int
    made_by: str
    made_at: datetime | None
    note: str

    @property
    def number(self) -> int:
        """The version as a number."""
        return int(self.version)

    def amount(self, cause: Cause, level: Level) -> Decimal:
        """What a cause counts at a level; 0 when the table does not name it."""
        return next((line.at(level) for line in self.lines if line.cause is cause), Decimal(0))


_DEFAULTS: Final = (
    (Cause.YELLOW, "-0.2", "0", "0"),
    (Cause.RED_STEP, "-1", "-0.5", "0"),
    (Cause.RED_PROMISED, "-2", "-1", "-0.5"),
    (Cause.RED_STATUTORY, "-5", "-3", "-2"),
    (Cause.REPETITION, "-1", "-0.5", "0"),
    (Cause.NOTICE, "0", "-1", "0"),
    (Cause.BULLETIN, "0", "-3", "-1.5"),
    (Cause.PRAISE, "0", "1", "0"),
)


@cache
def default_table() -> ScoreTable:
    """Version 1, as shipped: defaults, to be set by each bureau."""
    lines = tuple(
        ScoreLine(cause=cause, person=Decimal(person), department=Decimal(department), leader=Decimal(leader))
        for cause, person, department, leader in _DEFAULTS
    )
    return ScoreTable(
        version="1",
        effective_from=date.min,
        lines=lines,
        caps=Caps(person=Decimal(20), department=Decimal(30), leader=Decimal(20)),
        yellows_for_red=3,
        reds_for_bulletin=2,
        made_by="system:default",
        made_at=None,
        note="默认计分表（示例，可编辑）",
    )


def new_version(entry: ScoreEntry, *, latest: ScoreTable, by: str, now: datetime) -> ScoreTable:
    """The next version. Raises ScoresNotLawful with every place that is wrong."""
    named = [line.cause for line in entry.lines]
    errors = [
        FieldError(f"body.lines.{place}.cause", zh="情形重复", en="this cause occurs twice")
        for place, cause in enumerate(named)
        if cause in named[:place]
    ]
    if entry.effective_from < latest.effective_from:
        zh, en = "早于上一版本的生效日期", "is before the latest version takes effect"
        errors.append(FieldError("body.effective_from", zh=zh, en=en))
    if errors:
        raise ScoresNotLawful(count=len(errors), errors=errors)
    return ScoreTable(version=str(latest.number + 1), made_by=by, made_at=now, **entry.model_dump())


def in_force(tables: Iterable[ScoreTable], day: date) -> ScoreTable:
    """The table that holds on a day."""
    return max((table for table in tables if table.effective_from <= day), key=lambda table: table.number)


def cause_of(alert: Alert) -> Cause:
    """What a light counts as."""
    if alert.clock_id.startswith("repetition:"):
        return Cause.REPETITION
    if alert.light is Light.YELLOW:
        return Cause.YELLOW
    of_kind = {ClockKind.PROMISED: Cause.RED_PROMISED, ClockKind.STATUTORY: Cause.RED_STATUTORY}
    return of_kind.get(alert.kind, Cause.RED_STEP)
