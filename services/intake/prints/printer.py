"""Sets the receipt with typst, in a thread of its own."""

import asyncio
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import segno
import typst

from services.intake.passwords import grouped
from services.intake.receipts import Receipt


class Paper(StrEnum):
    """What the window's printers hold: sheets of A5, or a roll of 80 mm."""

    A5 = "a5"
    ROLL = "80mm"


_TEMPLATES: Final = {Paper.A5: "receipt.typ", Paper.ROLL: "slip.typ"}


class Printer:
    """Prints receipts. The fonts are read once; a page takes some ten milliseconds after that.

    One thread: a compiler serves one caller at a time. It works without the interpreter, so requests go on.
    """

    def __init__(self, font_dir: Path) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="typst")
        self._compilers = {
            paper: typst.Compiler(Path(__file__).with_name(name), font_paths=[font_dir], ignore_system_fonts=True)
            for paper, name in _TEMPLATES.items()
        }

    async def pdf(self, receipt: Receipt, *, printed_at: datetime, paper: Paper = Paper.A5) -> bytes:
        """The receipt as PDF/A-2b; it must carry its query password."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._set, receipt, printed_at, paper)

    def _set(self, receipt: Receipt, printed_at: datetime, paper: Paper) -> bytes:
        page = self._compilers[paper].compile(
            format="pdf",
            sys_inputs={"receipt": _content(receipt, printed_at)},
            pdf_standards=["a-2b"],
            timestamp=printed_at.astimezone(UTC).replace(microsecond=0),  # typst takes whole seconds only
        )
        assert isinstance(page, bytes)  # noqa: S101 - one PDF, not a picture for each page
        return page

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown()


def _content(receipt: Receipt, printed_at: datetime) -> str:
    """What the template shows, as JSON: all text, so that nothing entered at the window is taken for typst markup."""
    return json.dumps(
        receipt.model_dump(mode="json")
        | {
            "query_password": grouped(receipt.query_password or ""),
            "qr": _qr(receipt.status_url),
            "received": _in_chinese(receipt.received_on.year, receipt.received_on.month, receipt.received_on.day),
            "expected": _in_chinese(
                receipt.expected_collection_on.year,
                receipt.expected_collection_on.month,
                receipt.expected_collection_on.day,
            ),
            "printed": _in_chinese(printed_at.year, printed_at.month, printed_at.day),
        },
        ensure_ascii=False,
    )


def _in_chinese(year: int, month: int, day: int) -> str:
    return f"{year}年{month}月{day}日"


def _qr(url: str) -> str:
    """The QR code (ISO/IEC 18004, level M) as SVG, with no quiet zone: the template leaves one."""
    image = io.BytesIO()
    segno.make_qr(url, error="m").save(image, kind="svg", border=0, xmldecl=False)
    return image.getvalue().decode()
