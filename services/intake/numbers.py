"""The numbers the window gives out. A case keeps its number for life."""

from datetime import date
from typing import Final

LONGEST_ITEM: Final = 12


def case_no(*, city: str, item_code: str, on: date, serial: int) -> str:
    """The case number printed on the receipt: `{city}{yyyymmdd}{item}{5-digit serial}`.

    `city` is the six-digit administrative code (GB/T 2260). Example: 512000, PT-05, 2026-11-23, 17 gives
    51200020261123PT0500017.
    """
    return f"{city}{on:%Y%m%d}{item_mark(item_code)}{serial:05d}"


def item_mark(item_code: str) -> str:
    """The item as it stands in a case number: letters and digits, of long national codes the telling end."""
    return "".join(character for character in item_code.upper() if character.isalnum())[-LONGEST_ITEM:]


def serial_of(item_code: str, on: date) -> str:
    """The name of the counter that a serial is drawn from: per year, and per mark, so that no two numbers are alike."""
    return f"case.{item_mark(item_code)}.{on.year}"


def proof_no(case: str) -> str:
    """The number of the proof of service (送达回证): one a case, so it is the case number marked SD (送达)."""
    return f"SD{case}"
