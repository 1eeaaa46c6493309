"""National codes: real ones are known, and a wrong character is found (docs/domain.md §6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.codes import (
    is_certificate_identifier,
    is_credit_code,
    is_item_code,
    is_project_code,
    is_region,
)

ITEMS = [
    "11100000MB032716991000115035000",
    "11370800MB28559184337011505600001",
    "114401005799639727344011203500219",
    "11321000014407127R300011704800001",
    "11211300MB19587206300011501300006",
    "11440100007483180K344010901400901",
]
CERTIFICATES = [
    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
    "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",
    "1.2.156.3005.2.11100000MB03271699999.11512000MBD0000127.2026DEM00000001.001.5",
]


@pytest.mark.parametrize("code", ITEMS)
def test_real_item_codes_are_known_by_their_organs_check_digit(code: str) -> None:
    assert is_item_code(code)
    assert is_credit_code(code[:18])
    wrong = ("2" if code[17] != "2" else "3") if code[17].isdigit() else "0"
    assert not is_item_code(code[:17] + wrong + code[18:])


@pytest.mark.parametrize(
    "code", ["", "11100000MB03271699", ITEMS[0][:-1], ITEMS[0] + "1", ITEMS[0][:18] + "9" + ITEMS[0][19:]]
)
def test_what_is_no_item_code_is_none(code: str) -> None:
    assert not is_item_code(code)


@pytest.mark.parametrize("code", CERTIFICATES)
def test_real_certificate_identifiers_have_the_right_check_character(code: str) -> None:
    assert is_certificate_identifier(code)


@given(st.sampled_from(CERTIFICATES), st.integers(0, 20), st.sampled_from("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"))
def test_one_wrong_character_in_a_certificates_type_is_found(code: str, place: int, sign: str) -> None:
    parts = code.split(".")
    parts[5] = parts[5][:place] + sign + parts[5][place + 1 :]
    changed = ".".join(parts)
    assert is_certificate_identifier(changed) == (changed == code)


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("2101-420100-04-01-123456", True),
        ("2611-512000-04-01-100017", True),
        ("2017-510100-50-03-123456", True),
        ("2113-420100-04-01-123456", False),
        ("2101-020100-04-01-123456", False),
        ("2101-420100-04-01-12345", False),
        ("2101420100040112345", False),
        ("", False),
    ],
)
def test_project_codes_new_and_old_are_known_by_their_form(code: str, *, is_one: bool) -> None:
    assert is_project_code(code) is is_one


@pytest.mark.parametrize(("code", "is_one"), [("512000", True), ("130205", True), ("012000", False), ("51200", False)])
def test_regions_have_six_digits(code: str, *, is_one: bool) -> None:
    assert is_region(code) is is_one
