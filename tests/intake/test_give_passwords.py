"""Query passwords: easy to read aloud, hard to guess, kept as a hash only."""

import time
from collections.abc import Iterator
from statistics import median

import pytest

from services.intake.passwords import ALPHABET, LENGTH, Passwords, grouped, invent


@pytest.fixture(scope="module")
def passwords() -> Iterator[Passwords]:
    made = Passwords()
    yield made
    made.close()


def test_a_password_has_eight_characters_without_look_alikes() -> None:
    made = [invent() for _ in range(500)]
    assert {len(password) for password in made} == {LENGTH}
    assert set("".join(made)) == set(ALPHABET)
    assert not set(ALPHABET) & set("0O1IL2Z5S8B")


def test_no_two_of_many_passwords_are_alike() -> None:
    assert len({invent() for _ in range(2_000)}) == 2_000


def test_a_password_is_printed_in_two_groups() -> None:
    assert grouped("7KMQ4XPW") == "7KMQ 4XPW"


async def test_the_hash_is_argon2id_and_says_nothing_of_the_password(passwords: Passwords) -> None:
    first, second = await passwords.hash("7KMQ4XPW"), await passwords.hash("7KMQ4XPW")
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert "7KMQ" not in first


@pytest.mark.parametrize("typed", ["7KMQ4XPW", "7kmq4xpw", "7KMQ 4XPW", "７ＫＭＱ－４ＸＰＷ"])
async def test_the_password_matches_however_it_is_typed(passwords: Passwords, typed: str) -> None:
    assert await passwords.matches(typed, await passwords.hash("7KMQ4XPW"))


@pytest.mark.parametrize("typed", ["7KMQ4XPX", "", "7KMQ4XP", "x" * 64])
async def test_another_password_does_not_match(passwords: Passwords, typed: str) -> None:
    assert not await passwords.matches(typed, await passwords.hash("7KMQ4XPW"))


async def test_nothing_matches_a_case_that_does_not_exist(passwords: Passwords) -> None:
    assert not await passwords.matches("7KMQ4XPW", None)


async def test_an_unknown_case_takes_as_long_as_a_wrong_password(passwords: Passwords) -> None:
    kept = await passwords.hash("7KMQ4XPW")
    wrong, unknown = [], []
    for _ in range(15):
        wrong.append(await _seconds(passwords, kept))
        unknown.append(await _seconds(passwords, None))
    assert median(unknown) == pytest.approx(median(wrong), rel=0.5)
    assert median(unknown) > 0.005


async def _seconds(passwords: Passwords, kept: str | None) -> float:
    began = time.perf_counter()
    assert not await passwords.matches("AAAAAAAA", kept)
    return time.perf_counter() - began
