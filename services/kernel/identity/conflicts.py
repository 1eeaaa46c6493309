"""Separation of duty: posts and roles that one person may not hold together (docs/domain.md §8).

Window, handler and signer are different people; supervision does not handle cases; those who run the system or keep
its books decide nothing in it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Final, Self

from services.contracts.words import Role


class Duty(StrEnum):
    """A kind of work that must be kept apart from other kinds."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Self:
        """A duty's code and its names for people."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh, member.en = zh, en
        return member

    WINDOW = "window", "窗口收发件", "serving at the window"
    HANDLING = "handling", "经办", "handling cases"
    REVIEW = "review", "科室审核", "reviewing for the section"
    SIGNING = "signing", "领导审签", "signing as a leader"
    CASE_SERVICE = "case-service", "案件辅助", "other case work"
    SUPERVISION = "supervision", "督查", "supervision"
    SYSTEM = "system", "系统管理", "running the system"


_OF_POST: Final = {
    "P02": Duty.WINDOW,
    "P13": Duty.WINDOW,
    "P21": Duty.WINDOW,
    "P04": Duty.HANDLING,
    "P05": Duty.HANDLING,
    "P16": Duty.HANDLING,
    "P22": Duty.HANDLING,
    "P06": Duty.REVIEW,
    "P09": Duty.SIGNING,
    "P11": Duty.SIGNING,
    "P15": Duty.SUPERVISION,
}

_NO_CASE_WORK: Final = frozenset({"P01", "P19", "P20"})
"""Advice, appointments and house affairs: compatible with everything."""

_OF_ROLE: Final = {
    Role.CLERK: Duty.WINDOW,
    Role.SECTION_CHIEF: Duty.REVIEW,
    Role.LEADER: Duty.SIGNING,
    Role.BUREAU_HEAD: Duty.SIGNING,
    Role.SECRETARY: Duty.CASE_SERVICE,
    Role.OFFICER: Duty.CASE_SERVICE,
    Role.SUPERVISOR: Duty.SUPERVISION,
    Role.IT_STAFF: Duty.SYSTEM,
    Role.OPERATOR: Duty.SYSTEM,
    Role.REGISTRAR: Duty.SYSTEM,
}

_DECIDING: Final = frozenset({Duty.HANDLING, Duty.REVIEW, Duty.SIGNING})
_CASE_WORK: Final = _DECIDING | {Duty.WINDOW, Duty.CASE_SERVICE}

_APART: Final = frozenset(
    frozenset(pair)
    for pair in (
        *((Duty.WINDOW, duty) for duty in _DECIDING),
        (Duty.HANDLING, Duty.REVIEW),
        (Duty.HANDLING, Duty.SIGNING),
        *((Duty.SUPERVISION, duty) for duty in _CASE_WORK),
        *((Duty.SYSTEM, duty) for duty in _DECIDING | {Duty.SUPERVISION}),
    )
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two things that one person may not hold together: posts (`P04@D06`) or roles."""

    one: str
    other: str
    zh: str
    en: str


def conflicts(posts: Collection[str], roles: Collection[Role]) -> tuple[Conflict, ...]:
    """What a person with these posts and roles may not hold together; empty when all is well.

    A post unknown to the matrix counts as case work, so a new one is never forgotten when supervision is kept apart.
    """
    held = sorted(_held(posts, roles))
    return tuple(_conflict(one, other) for one, other in combinations(held, 2) if {one[1], other[1]} in _APART)


def _held(posts: Collection[str], roles: Collection[Role]) -> Iterator[tuple[str, Duty]]:
    for post in posts:
        code = post.partition("@")[0]
        if code not in _NO_CASE_WORK:
            yield post, _OF_POST.get(code, Duty.CASE_SERVICE)
    for role in roles:
        yield role.value, _OF_ROLE[role]


def _conflict(one: tuple[str, Duty], other: tuple[str, Duty]) -> Conflict:
    (first, duty), (second, other_duty) = one, other
    return Conflict(
        one=first,
        other=second,
        zh=f"{first}({duty.zh})与 {second}({other_duty.zh})不得由同一人担任",
        en=f"{first} ({duty.en}) and {second} ({other_duty.en}) may not be held by one person",
    )
