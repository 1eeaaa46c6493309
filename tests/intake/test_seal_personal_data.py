"""Identity and telephone numbers at rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.seals import SealBroken, Seals
from tests.intake.builders import RESIDENT, SEALS

OLD = "the key of last year: at least 32 characters"
NEW = "the key of this year: at least 32 characters"


@given(text=st.text(max_size=100), place=st.text(min_size=1, max_size=50))
def test_what_was_sealed_opens_again_in_its_place(text: str, place: str) -> None:
    assert SEALS.open(SEALS.seal(text, place=place), place=place) == text


def test_a_seal_shows_nothing_and_is_never_the_same_twice() -> None:
    first, second = SEALS.seal(RESIDENT, place="a"), SEALS.seal(RESIDENT, place="a")
    assert first != second
    assert RESIDENT not in first


def test_a_value_moved_to_another_case_does_not_open() -> None:
    sealed = SEALS.seal(RESIDENT, place="case-1/applicant")
    with pytest.raises(SealBroken, match="moved"):
        SEALS.open(sealed, place="case-2/applicant")


def test_a_new_key_opens_what_the_old_one_sealed() -> None:
    sealed = Seals.of(OLD).seal(RESIDENT, place="a")
    both = Seals.of(f"{NEW}, {OLD}")
    assert both.open(sealed, place="a") == RESIDENT
    assert both.seal(RESIDENT, place="a").partition(".")[0] != sealed.partition(".")[0]


def test_without_the_old_key_the_reason_names_the_setting() -> None:
    with pytest.raises(SealBroken, match="GUIHUA_FIELD_KEYS"):
        Seals.of(NEW).open(Seals.of(OLD).seal(RESIDENT, place="a"), place="a")


@pytest.mark.parametrize("text", ["", "short", f"{OLD},short", f"{OLD},"])
def test_a_short_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="32"):
        Seals.of(text)


@pytest.mark.parametrize("keys", [(), (b"short",)])
def test_only_whole_keys_make_seals(keys: tuple[bytes, ...]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Seals(keys)


def test_a_seal_with_a_secret_needs_the_secret() -> None:
    sealed = SEALS.with_secret("request-key-1").seal("7KMQ4XPW", place="a")
    assert SEALS.with_secret("request-key-1").open(sealed, place="a") == "7KMQ4XPW"
    for other in (SEALS, SEALS.with_secret("request-key-2"), Seals.of(OLD).with_secret("request-key-1")):
        with pytest.raises(SealBroken):
            other.open(sealed, place="a")


def test_a_fingerprint_is_the_same_for_the_same_text_and_key_only() -> None:
    assert SEALS.fingerprint("a") == SEALS.fingerprint("a")
    assert SEALS.fingerprint("a") != SEALS.fingerprint("b")
    assert SEALS.fingerprint("a") != Seals.of(OLD).fingerprint("a")
