"""A table as a workbook (XLSX), for those who go on with it in a spreadsheet. The only importer of its writer."""

import io
from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(title: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet: a fixed head of names with their widths, and rows of texts. No cell is a formula."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    sheet.title = title
    _row(sheet, [name for name, _ in columns])
    for place, (_, width) in enumerate(columns, start=1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    for row in rows:
        _row(sheet, row)
    sheet.auto_filter.ref = sheet.dimensions
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _row(sheet: Worksheet, values: Sequence[str]) -> None:
    sheet.append([ILLEGAL_CHARACTERS_RE.sub("", value) for value in values])
    for cell in sheet[sheet.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"
