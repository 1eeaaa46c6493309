"""Sets the receipt in its own layouts, on the press of all documents."""

import json
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from services.intake.keypads import keys_of
from services.intake.passwords import grouped
from services.intake.receipts import Receipt
from services.kernel.documents import Press, qr_svg, written_date


class Paper(StrEnum):
    """What the window's printers hold: sheets of A5, or a roll of 80 mm."""

    A5 = "a5"
    ROLL = "80mm"


_LAYOUTS: Final = {
    Paper.A5: Path(__file__).with_name("receipt.typ"),
    Paper.ROLL: Path(__file__).with_name("slip.typ"),
}


class Printer:
    """Prints receipts."""

    def __init__(self, press: Press) -> None:
        self._press = press

    async def pdf(self, receipt: Receipt, *, printed_at: datetime, paper: Paper = Paper.A5) -> bytes:
        """The receipt as PDF/A-2b; it must carry its query password."""
        return await self._press.layout(_LAYOUTS[paper], {"receipt": _content(receipt, printed_at)}, at=printed_at)


def _content(receipt: Receipt, printed_at: datetime) -> str:
    """What the layout shows, as JSON: all text, so that nothing entered at the window is taken for typst markup."""
    return json.dumps(
        receipt.model_dump(mode="json")
        | {
            "query_password": grouped(receipt.query_password or ""),
            "case_keys": keys_of(receipt.case_no),
            "password_keys": keys_of(receipt.query_password or ""),
            "qr": qr_svg(receipt.status_url),
            "received": written_date(receipt.received_on),
            "expected": written_date(receipt.expected_collection_on),
            "printed": written_date(printed_at.date()),
        },
        ensure_ascii=False,
    )
