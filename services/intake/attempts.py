"""Lookups counted by case number and by network address: after too many wrong ones, both are locked for a while.

A try is entered as wrong before the password is looked at, and struck out when it was right: however many tries come
at the same moment, no more than the limit are ever looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import ClassVar, Final

from services.kernel.problem import Problem
from services.kernel.store import Body


class LookupLocked(Problem):
    """Too many wrong passwords for this number or from this address."""

    status = 423
    code = "lookup-locked"
    zh = "查询密码错误次数过多，查询已锁定，约 {minutes} 分钟后自动解除"
    en = "too many wrong passwords: lookups are locked for about {minutes} more minutes"
    remedy_zh = "请稍后再试；忘记密码的，请持身份证件到接件窗口补发"
    remedy_en = "try again later; if the password is lost, bring your identity document to the receiving window"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "{seconds}", "Cache-Control": "no-store"}


class TooManyLookups(Problem):
    """More lookups from one address than people make."""

    status = 429
    code = "too-many-lookups"
    zh = "查询过于频繁"
    en = "too many lookups from this address"
    remedy_zh = "请在 {seconds} 秒后再试"
    remedy_en = "try again in {seconds} seconds"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "{seconds}", "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How many wrong tries within which time lock for how long, and how many lookups at all in a minute."""

    wrong: int
    within: timedelta
    lock: timedelta
    a_minute: int | None = None


OF_A_NUMBER: Final = Limits(wrong=5, within=timedelta(minutes=15), lock=timedelta(minutes=30))
OF_AN_ADDRESS: Final = Limits(wrong=20, within=timedelta(minutes=15), lock=timedelta(minutes=30), a_minute=30)

_MINUTE: Final = timedelta(minutes=1)


class Tries(Body, frozen=True):
    """The recent tries for one number or from one address, in wall time. MongoDB forgets it at `expires_at`."""

    key: str
    asked: tuple[datetime, ...] = ()
    wrong: tuple[datetime, ...] = ()
    locked_until: datetime | None = None
    expires_at: datetime


def untried(key: str, now: datetime) -> Tries:
    """Nothing tried yet."""
    return Tries(key=key, expires_at=now + _MINUTE)


def entered(tries: Tries, limits: Limits, *, now: datetime) -> Tries:
    """With one more try, taken to be wrong until it is `struck`; `LookupLocked` or `TooManyLookups` if none is left."""
    if tries.locked_until is not None and now < tries.locked_until:
        left = tries.locked_until - now
        raise LookupLocked(minutes=ceil(left / _MINUTE), seconds=ceil(left.total_seconds()))
    asked = _since(tries.asked, now - _MINUTE)
    if limits.a_minute is not None and len(asked) >= limits.a_minute:
        raise TooManyLookups(seconds=ceil((asked[0] + _MINUTE - now).total_seconds()))
    wrong = (*_since(tries.wrong, now - limits.within), now)
    locked_until = now + limits.lock if len(wrong) >= limits.wrong else None
    return tries.model_copy(
        update={
            "asked": (*asked, now) if limits.a_minute is not None else (),
            "wrong": wrong,
            "locked_until": locked_until,
            "expires_at": now + max(limits.lock, limits.within),
        }
    )


def cleared(tries: Tries) -> Tries:
    """After the right password for a number: its wrong tries are forgotten."""
    return tries.model_copy(update={"wrong": (), "locked_until": None})


def struck(tries: Tries, limits: Limits, *, at: datetime) -> Tries:
    """After a right password from an address: that one try was not wrong. The others stay, and so does their lock."""
    wrong = list(tries.wrong)
    if at in wrong:
        wrong.remove(at)
    locked_until = tries.locked_until if len(wrong) >= limits.wrong else None
    return tries.model_copy(update={"wrong": tuple(wrong), "locked_until": locked_until})


def _since(moments: Sequence[datetime], start: datetime) -> tuple[datetime, ...]:
    return tuple(moment for moment in moments if moment > start)
