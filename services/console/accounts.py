"""Local accounts: who may sign in with a password (Argon2id), and when too many wrong ones lock the account.

For offices without an identity provider, and for the demonstration. Five wrong passwords lock an account for fifteen
minutes (GB/T 22239-2019 8.1.4.1: locked out after failures).
"""

from datetime import datetime, timedelta
from hmac import compare_digest
from math import ceil
from typing import Final

import pyotp

from services.kernel.problem import Problem
from services.kernel.seals import Seals
from services.kernel.store import Body

TRIES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)
SHORTEST: Final = 10


class SignInRefused(Problem):
    """No such account, or the wrong password: nobody learns which."""

    status = 401
    code = "sign-in-refused"
    zh = "工号或密码不正确"
    en = "the account or the password is not right"
    remedy_zh = "请核对后重试；忘记密码请联系名册管理员重置"
    remedy_en = "check both and try again; if the password is lost, ask the registrar to set a new one"


class AccountLocked(Problem):
    """Too many wrong passwords."""

    status = 423
    code = "account-locked"
    zh = "密码错误次数过多，账号已锁定，约 {minutes} 分钟后自动解除"
    en = "too many wrong passwords: the account is locked for about {minutes} more minutes"
    remedy_zh = "请稍后再试，或联系名册管理员重置密码"
    remedy_en = "try again later, or ask the registrar to set a new password"


class PasswordTooSimple(Problem):
    """A password that is guessed soon."""

    status = 422
    code = "password-too-simple"
    zh = "密码至少 10 个字符，且不能与工号相同"
    en = "a password needs at least 10 characters and must not be the account itself"
    remedy_zh = "请换一个更长的密码"
    remedy_en = "choose a longer one"


class Account(Body, frozen=True):
    """How one person signs in. `totp` is the sealed secret of one-time codes, if the person uses them.

    `code_used_at` is the half minute of the last one, so that none is good twice.
    """

    code: str
    hash: str
    must_change: bool = False
    wrong: int = 0
    locked_until: datetime | None = None
    totp: str | None = None
    code_used_at: int | None = None


def check_new(code: str, password: str) -> None:
    """Raises PasswordTooSimple."""
    if len(password) < SHORTEST or password.lower() == code.lower():
        raise PasswordTooSimple


def check_lock(account: Account, *, now: datetime) -> None:
    """Raises AccountLocked."""
    if account.locked_until is not None and now < account.locked_until:
        raise AccountLocked(minutes=ceil((account.locked_until - now) / timedelta(minutes=1)))


def is_right_code(account: Account, code: str, *, seals: Seals, now: datetime) -> bool:
    """Whether a one-time code (RFC 6238) is right and was not used before; True for who uses none."""
    return account.totp is None or _half_minute(account, code, seals=seals, now=now) is not None


def _half_minute(account: Account, code: str, *, seals: Seals, now: datetime) -> int | None:
    """The half minute that a code is of: this one, the one before or the next, if later than the last one used."""
    totp = pyotp.TOTP(seals.open(account.totp or "", place=f"totp:{account.code}"))
    step = totp.timecode(now)
    fresh = [one for one in (step - 1, step, step + 1) if account.code_used_at is None or one > account.code_used_at]
    given = code.strip().encode()
    return next((one for one in fresh if compare_digest(totp.generate_otp(one).encode(), given)), None)


def used(account: Account, code: str, *, seals: Seals, now: datetime) -> Account:
    """After a one-time code: none of its half minute, or of one before, is good again."""
    if account.totp is None:
        return account
    return account.model_copy(update={"code_used_at": _half_minute(account, code, seals=seals, now=now)})


def entered(account: Account, *, now: datetime) -> Account:
    """With one more try, taken to be wrong until it is known: however many come at once, no more are ever looked at.

    Raises AccountLocked.
    """
    check_lock(account, now=now)
    return failed(account, now=now)


def failed(account: Account, *, now: datetime) -> Account:
    """After a wrong password, or a wrong one-time code."""
    wrong = account.wrong + 1
    if wrong < TRIES:
        return account.model_copy(update={"wrong": wrong})
    return account.model_copy(update={"wrong": 0, "locked_until": now + LOCKED_FOR})


def succeeded(account: Account) -> Account:
    """After the right one."""
    return account.model_copy(update={"wrong": 0, "locked_until": None})
