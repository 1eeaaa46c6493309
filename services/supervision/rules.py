"""The rule table: which timer event sets which light, tells whom, and has which effect (SL-01 to SL-30; A-29)."""

import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Final

from pydantic import Field

from services.contracts.events import Said
from services.contracts.words import ClockKind, Light
from services.contracts.workflow import TimerDue, TimerOverdue, TimerSaid, TimerStopped, TimerWarned
from services.kernel.problem import FieldError, Problem
from services.kernel.requests import Request
from services.kernel.store import Body


class RulesNotLawful(Problem):
    """A table that could not be followed; `errors` says where."""

    status = 422
    code = "rules-not-lawful"
    zh = "规则表有 {count} 处不能执行"
    en = "the rule table cannot be followed in {count} places"
    remedy_zh = "请按 errors 逐项更正后重新提交"
    remedy_en = "correct each place listed in errors and send it again"


class Trigger(StrEnum):
    """Which timer event a rule listens to."""

    WARNED = "warned"
    DUE = "due"
    OVERDUE = "overdue"
    LAPSED = "lapsed"


class Audience(StrEnum):
    """Who is told: handler (H), section chief (C), leader in charge (L), bureau head (B), supervision office (S)."""

    HANDLER = "handler"
    CHIEF = "chief"
    LEADER = "leader"
    HEAD = "head"
    SUPERVISION = "supervision"


class Rung(StrEnum):
    """The steps of the escalation ladder (docs/domain.md §5.4) that the system climbs by itself."""

    REMINDER = "reminder"
    YELLOW = "yellow"
    RED = "red"
    MATTER = "matter"
    NOTICE = "notice"
    BULLETIN = "bulletin"


class Effect(StrEnum):
    """What a rule sets going besides the light."""

    EXPLAIN = "explain"
    MATTER = "matter"
    NOTICE = "notice"
    BULLETIN = "bulletin"


class Rule(Request, frozen=True):
    """One line of the table. `id` is a rule id of docs/domain.md, with `/n` where one id needs several lines."""

    id: Annotated[str, Field(pattern=r"^SL-[0-9]{2}(/[0-9]{1,2})?$")]
    on: Trigger
    kinds: Annotated[tuple[ClockKind, ...], Field(min_length=1, max_length=3)]
    at: Annotated[int, Field(ge=0, le=999)] = 0
    special: bool = False
    light: Light
    rung: Rung
    to: Annotated[tuple[Audience, ...], Field(min_length=1, max_length=5)]
    effects: Annotated[tuple[Effect, ...], Field(max_length=4)] = ()
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    basis: Annotated[str, Field(min_length=1, max_length=200)]

    @property
    def family(self) -> str:
        """The rule id without its line number: what diagrams name in `permit:light_rules`."""
        return self.id.partition("/")[0]


class RuleTable(Body, frozen=True):
    """One version of the table. Versions are never changed; the one in force on a day is the newest effective."""

    version: str
    effective_from: date
    rules: tuple[Rule, ...]
    made_by: str
    made_at: datetime | None
    note: str

    @property
    def number(self) -> int:
        """The version as a number."""
        return int(self.version)


class RuleTableEntry(Request, frozen=True):
    """A new version as the office writes it."""

    effective_from: date
    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=200)]
    note: Annotated[str, Field(min_length=1, max_length=500)]


@cache
def default_table() -> RuleTable:
    """Version 1, as shipped."""
    raw = tomllib.loads(files("services.supervision").joinpath("rules.toml").read_text(encoding="utf-8"))
    rules = tuple(Rule.model_validate(row) for row in raw["rule"])
    return RuleTable(
        version="1", effective_from=date.min, rules=rules, made_by="system:default", made_at=None, note="默认规则"
    )


def new_version(entry: RuleTableEntry, *, latest: RuleTable, by: str, now: datetime) -> RuleTable:
    """The next version of the table. Raises RulesNotLawful with every place that is wrong."""
    errors = _unlawful(entry.rules)
    if entry.effective_from < latest.effective_from:
        errors.append(
            FieldError(
                "body.effective_from", zh="早于上一版本的生效日期", en="is before the latest version takes effect"
            )
        )
    if errors:
        raise RulesNotLawful(count=len(errors), errors=errors)
    return RuleTable(version=str(latest.number + 1), made_by=by, made_at=now, **entry.model_dump())


def lawful(rules: tuple[Rule, ...]) -> None:
    """Refuse rules that could not be followed. Raises RulesNotLawful with every place that is wrong."""
    if errors := _unlawful(rules):
        raise RulesNotLawful(count=len(errors), errors=errors)


def in_force(tables: Iterable[RuleTable], day: date) -> RuleTable:
    """The table that holds on a day: the newest of those that have taken effect."""
    return max((table for table in tables if table.effective_from <= day), key=lambda table: table.number)


_TRIGGERS: Final[dict[type[Said], Trigger]] = {
    TimerWarned: Trigger.WARNED,
    TimerDue: Trigger.DUE,
    TimerOverdue: Trigger.OVERDUE,
}


def matching(table: RuleTable, timer: TimerSaid) -> tuple[Rule, ...]:
    """The rules that a timer event meets, in the table's order.

    A clock whose step names special rules (`light_rules`) obeys those alone. A count of overdue working days meets
    every line up to it: after a downtime only the newest count is said, and what a lower one asks for still happens.
    """
    trigger = Trigger.LAPSED if isinstance(timer, TimerStopped) and timer.lapsed else _TRIGGERS.get(type(timer))
    overdue = timer.overdue_workdays if isinstance(timer, TimerOverdue) else 0
    own = {rule.family for rule in table.rules if rule.special} & set(timer.light_rules)
    return tuple(
        rule
        for rule in table.rules
        if rule.on is trigger
        and timer.kind in rule.kinds
        and (rule.family in own if own else not rule.special)
        and rule.at <= overdue
    )


def _unlawful(rules: tuple[Rule, ...]) -> list[FieldError]:
    return [*_doubled(rules), *_pale(rules)]


def _doubled(rules: Iterable[Rule]) -> list[FieldError]:
    seen: set[str] = set()
    found = []
    for index, rule in enumerate(rules):
        if rule.id in seen:
            found.append(FieldError(f"body.rules.{index}.id", zh="编号重复", en="this id occurs twice"))
        seen.add(rule.id)
    return found


def _pale(rules: Iterable[Rule]) -> list[FieldError]:
    """A rule sets a light that warns; green and grey are not set by rules."""
    return [
        FieldError(f"body.rules.{index}.light", zh="规则只能亮黄灯或红灯", en="a rule sets yellow or red lights only")
        for index, rule in enumerate(rules)
        if rule.light in {Light.GREEN, Light.GREY}
    ]
