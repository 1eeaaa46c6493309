"""The numbers of cases that the process itself begins. A case keeps its number for life."""

from datetime import date
from typing import Final

PREFIX: Final = "NB"
"""内部. A number that a window gave out begins with the code of its city: no two are alike."""

_LONGEST_ITEM: Final = 12


def case_no(*, item_code: str, on: date, serial: int) -> str:
    """The number of a case begun on a day: `NB{yyyymmdd}{item}{5-digit serial}`, e.g. NB20270104NJ0100017."""
    return f"{PREFIX}{on:%Y%m%d}{_mark(item_code)}{serial:05d}"


def serial_of(item_code: str, on: date) -> str:
    """The name of the counter that a serial is drawn from: per year, and per mark, so that no two numbers are alike."""
    return f"case.{_mark(item_code)}.{on.year}"


def _mark(item_code: str) -> str:
    """The item as it stands in a case number: letters and digits, of long national codes the telling end."""
    return "".join(sign for sign in item_code.upper() if sign.isascii() and sign.isalnum())[-_LONGEST_ITEM:]
