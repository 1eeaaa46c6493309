"""The year as a workbook (XLSX): the results, and every entry with its cause, as the records have them."""

import io
from collections.abc import Mapping, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from services.kernel.documents.sheets import clean
from services.supervision.scores.sheets import EntryState, Sheet
from services.supervision.scores.tables import Cause, Level

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LEVELS: Final = {Level.PERSON: "个人", Level.DEPARTMENT: "科室", Level.LEADER: "分管领导"}
CAUSES: Final = {
    Cause.YELLOW: "黄灯",
    Cause.RED_STEP: "红灯（环节）",
    Cause.RED_PROMISED: "红灯（承诺）",
    Cause.RED_STATUTORY: "红灯（法定）",
    Cause.REPETITION: "黄灯累计",
    Cause.NOTICE: "督查督办通知",
    Cause.BULLETIN: "督查通报（批评）",
    Cause.PRAISE: "督查通报（表扬）",
}
STATES: Final = {
    EntryState.OPEN: "计分",
    EntryState.CLEARED: "说明已采纳，不计分",
    EntryState.FROZEN: "申诉中，暂不计分",
    EntryState.UPHELD: "申诉不成立，计分",
    EntryState.WITHDRAWN: "申诉成立，不计分",
}
_WIDTHS: Final = (10, 22, 12, 12, 26, 60, 12, 14, 22, 40)


def workbook(sheets: Sequence[Sheet], *, year: int, names: Mapping[str, str]) -> bytes:
    """The year's sheets as a file. A text that begins like a formula stays text."""
    book = Workbook()
    results = book.active
    assert isinstance(results, Worksheet)  # noqa: S101 - a new workbook has one
    results.title = f"{year}年考核结果"
    _head(results, ("级别", "对象", "条数", "合计", "上限", "结果"))
    for sheet in sheets:
        whose = names.get(sheet.subject, sheet.subject)
        row = (LEVELS[sheet.level], whose, len(sheet.entries), float(sheet.total), float(sheet.cap))
        _row(results, (*row, float(sheet.capped)))
    entries = book.create_sheet("逐条明细")
    _head(entries, ("级别", "对象", "日期", "月份", "情形", "事由", "分值", "计入", "状态", "说明"))
    for sheet in sheets:
        whose = names.get(sheet.subject, sheet.subject)
        for entry in sheet.entries:
            cause = (entry.posted_on.isoformat(), entry.month, CAUSES[entry.cause], entry.text)
            counted = (float(entry.amount), float(entry.counts), STATES[entry.state], entry.note)
            _row(entries, (LEVELS[sheet.level], whose, *cause, *counted))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _head(sheet: Worksheet, names: Sequence[str]) -> None:
    _row(sheet, names)
    for place, cell in enumerate(sheet[1]):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place + 1)].width = _WIDTHS[place]
    sheet.freeze_panes = "A2"


def _row(sheet: Worksheet, values: Sequence[str | float]) -> None:
    sheet.append([clean(value) if isinstance(value, str) else value for value in values])
    for cell in sheet[sheet.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"
