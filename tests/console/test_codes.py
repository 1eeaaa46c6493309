"""One-time codes (RFC 6238): each is good once, whenever within its reach it comes."""

from datetime import UTC, datetime, timedelta

import pyotp

from services.console.accounts import Account, is_right_code, used
from services.kernel.seals import Seals

SEALS = Seals((b"k" * 32,), service="console")
TOTP = pyotp.TOTP(pyotp.random_base32())
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HALF_MINUTE = timedelta(seconds=30)


def account() -> Account:
    return Account(code="u.experts", hash="–", totp=SEALS.seal(TOTP.secret, place="totp:u.experts"))


def test_given_a_code_that_was_used_then_it_is_refused_also_in_the_next_half_minute() -> None:
    code = TOTP.at(NOON)
    assert is_right_code(account(), code, seals=SEALS, now=NOON)
    after = used(account(), code, seals=SEALS, now=NOON)
    for later in (NOON, NOON + HALF_MINUTE):
        assert not is_right_code(after, code, seals=SEALS, now=later)
    assert is_right_code(after, TOTP.at(NOON + HALF_MINUTE), seals=SEALS, now=NOON + HALF_MINUTE)


def test_given_a_slow_typist_then_the_code_of_before_is_good_and_an_older_one_is_not() -> None:
    assert is_right_code(account(), TOTP.at(NOON - HALF_MINUTE), seals=SEALS, now=NOON)
    assert not is_right_code(account(), TOTP.at(NOON - 2 * HALF_MINUTE), seals=SEALS, now=NOON)
    after = used(account(), TOTP.at(NOON), seals=SEALS, now=NOON)
    assert not is_right_code(after, TOTP.at(NOON - HALF_MINUTE), seals=SEALS, now=NOON)
