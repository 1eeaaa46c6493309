"""The numbers the window gives out. A case keeps its number for life."""

import re
from datetime import date
from typing import Final

_ITEM: Final = re.compile(r"[A-Z0-9]{2,12}")


def case_no(*, city: str, item_code: str, on: date, serial: int) -> str:
    """The case number printed on the receipt: `{city}{yyyymmdd}{item}{5-digit serial}`.

    `city` is the six-digit administrative code (GB/T 2260). Example: 512000, PT-05, 2026-11-23, 17 gives
    51200020261123PT0500017. The serial runs per item and year.
    """
    item = item_code.replace("-", "").upper()
    if not _ITEM.fullmatch(item):
        msg = f"item code {item_code!r} cannot stand in a case number: letters and digits only"
        raise ValueError(msg)
    return f"{city}{on:%Y%m%d}{item}{serial:05d}"


def serial_of(item_code: str, on: date) -> str:
    """The name of the counter that a case number's serial is drawn from."""
    return f"case.{item_code}.{on.year}"


def proof_no(case: str) -> str:
    """The number of the proof of service (送达回证): one a case, so it is the case number marked SD (送达)."""
    return f"SD{case}"
