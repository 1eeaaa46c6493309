"""Identity and telephone numbers: checked by their standards, shown in part only."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.identities import is_mobile, is_resident_id, mask_number, mask_phone, tidy
from services.kernel.codes import is_credit_code
from tests.intake.builders import COMPANY, RESIDENT, STRANGER, TODAY

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize(
    "code",
    [
        "11512000MBD0000127",  # the demo office of docs/domain.md
        "12512000MBDEM0023Y",
        "91512000MADEM0011G",
        COMPANY,
        "11130200MBDEM0031U",
        "11100000MB03271699",  # real organs, from published item codes
        "11370800MB28559184",
        "114401005799639727",
        "11321000014407127R",
        "11211300MB19587206",
        "11440100007483180K",
        "11430000006122244L",
    ],
)
def test_a_real_credit_code_is_accepted(code: str) -> None:
    assert is_credit_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        COMPANY[:17],
        COMPANY + "1",
        "91512000MADEM00464",
        "91512000IADEM00463",
        "915120O0MADEM00463",
        COMPANY.lower(),
    ],
)
def test_a_wrong_credit_code_is_refused(code: str) -> None:
    assert not is_credit_code(code)


@given(place=st.integers(0, 17), character=st.sampled_from(ALPHABET))
def test_one_wrong_character_in_a_credit_code_is_always_found(place: int, character: str) -> None:
    changed = COMPANY[:place] + character + COMPANY[place + 1 :]
    assert is_credit_code(changed) == (changed == COMPANY)


@given(place=st.integers(0, 15))
def test_two_neighbours_swapped_in_a_credit_code_are_always_found(place: int) -> None:
    changed = COMPANY[:place] + COMPANY[place + 1] + COMPANY[place] + COMPANY[place + 2 :]
    assert is_credit_code(changed) == (changed == COMPANY)


@pytest.mark.parametrize("number", [RESIDENT, STRANGER, "512000198506150021", "512002199003071230"])
def test_a_real_resident_number_is_accepted(number: str) -> None:
    assert is_resident_id(number, today=TODAY)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("512002200001010019", "check character"),
        ("51200220000101001", "seventeen digits"),
        ("5120022000010100181", "nineteen digits"),
        ("012002200001010018", "region beginning with nought"),
        ("11010119491001001x", "small x, which tidy makes large"),
        ("", "nothing"),
    ],
)
def test_a_wrong_resident_number_is_refused(number: str, why: str) -> None:
    assert not is_resident_id(number, today=TODAY), why


def _with_check(seventeen: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(digit) for weight, digit in zip(weights, seventeen, strict=True))
    return seventeen + "10X98765432"[total % 11]


@pytest.mark.parametrize(
    ("born", "is_good"),
    [
        ("20000229", True),
        ("19000229", False),  # 1900 was no leap year
        ("20230230", False),
        ("20231301", False),
        ("20261123", True),  # born today
        ("20261124", False),  # not born yet
        ("18791231", False),
        ("00000101", False),
    ],
)
def test_the_date_of_birth_must_be_a_day_that_has_come(born: str, is_good: bool) -> None:
    assert is_resident_id(_with_check(f"512002{born}001"), today=TODAY) is is_good


@given(born=st.dates(date(1880, 1, 1), TODAY), order=st.integers(0, 999))
def test_every_number_made_by_the_standard_is_accepted(born: date, order: int) -> None:
    assert is_resident_id(_with_check(f"512002{born:%Y%m%d}{order:03d}"), today=TODAY)


@given(place=st.integers(0, 16), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_in_a_resident_number_is_always_found(place: int, digit: str) -> None:
    changed = RESIDENT[:place] + digit + RESIDENT[place + 1 :]
    assert is_resident_id(changed, today=TODAY) == (changed == RESIDENT)


@pytest.mark.parametrize(
    ("phone", "is_good"),
    [
        ("13800000001", True),
        ("19912345678", True),
        ("12800000001", False),
        ("1380000000", False),
        ("+8613800000001", False),
    ],
)
def test_a_mobile_number_has_eleven_digits(phone: str, is_good: bool) -> None:
    assert is_mobile(phone) is is_good


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("５１２００２２００００１０１００１８", RESIDENT),
        (" 512002 20000101 0018 ", RESIDENT),
        ("138-0000-0001", "13800000001"),
        ("x", "X"),
    ],
)
def test_numbers_are_compared_as_they_are_meant(typed: str, meant: str) -> None:
    assert tidy(typed) == meant


@given(number=st.text(alphabet="0123456789X", min_size=9, max_size=40))
def test_a_mask_keeps_length_and_shows_eight_characters(number: str) -> None:
    masked = mask_number(number)
    assert len(masked) == len(number)
    assert masked.replace("*", "") == number[:6] + number[-2:]


@given(number=st.text(max_size=8))
def test_a_short_number_is_masked_whole(number: str) -> None:
    assert set(mask_number(number)) <= {"*"}


@pytest.mark.parametrize(("phone", "shown"), [("13800000001", "138****0001"), ("12345", "*****")])
def test_a_phone_is_masked_in_the_middle(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown
