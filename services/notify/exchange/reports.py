"""The reconciliation of a day: what we told, what became of it, and what the platform has. Plain functions."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final

from pydantic import BaseModel

from services.kernel.store import Body
from services.notify.exchange.facts import FactState, ToldCase
from services.notify.exchange.records import RecordKind

COLUMNS: Final = ("记录编号", "办件编号", "类型", "状态", "平台流水号", "发送时间", "原因")
_WORDS: Final = {
    FactState.WAITING: "待上报",
    FactState.SENDING: "上报中",
    FactState.SENT: "已上报",
    FactState.ACCEPTED: "已接收",
    FactState.REFUSED: "被拒收",
}


class ReportLine(BaseModel, frozen=True):
    """One record. `state` is `sent`, `accepted`, `refused` or `waiting`; `missing`: the platform has it not."""

    record_no: str
    case_no: str
    kind: RecordKind
    state: FactState
    missing: bool
    reference: str
    sent_at: datetime | None
    reason: str


class DayReport(Body, frozen=True):
    """One day (China). Until it was `compared` with the platform, nothing is known to be missing.

    `sent` were taken by the platform and wait for its verdict, `waiting` are not told yet, `strange` the platform has
    and we never told it.
    """

    day: str
    made_at: datetime
    compared: bool
    sent: int
    accepted: int
    refused: int
    waiting: int
    missing: int
    strange: tuple[str, ...]
    lines: tuple[ReportLine, ...]


def report_of(
    on: date,
    cases: Iterable[ToldCase],
    *,
    held: Collection[str] | None,
    made_at: datetime,
    strange: Collection[str] = (),
) -> DayReport:
    """The report of a day. `held` are the numbers that the platform took around that day; None: it was not asked."""
    lines = tuple(line for case in cases for line in _lines(case, on, held=held))
    counted = Counter(line.state for line in lines)
    return DayReport(
        day=on.isoformat(),
        made_at=made_at,
        compared=held is not None,
        sent=counted[FactState.SENT],
        accepted=counted[FactState.ACCEPTED],
        refused=counted[FactState.REFUSED],
        waiting=counted[FactState.WAITING] + counted[FactState.SENDING],
        missing=sum(line.missing for line in lines),
        strange=tuple(sorted(strange)),
        lines=lines,
    )


def as_csv(report: DayReport) -> str:
    """The lines as a table that a spreadsheet opens; a text that would be a formula there is none."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for line in report.lines:
        state = "平台缺失" if line.missing else _WORDS[line.state]
        sent = line.sent_at.isoformat(timespec="seconds") if line.sent_at else ""
        cells = (line.record_no, line.case_no, line.kind.value, state, line.reference, sent, line.reason)
        writer.writerow([_plain(cell) for cell in cells])
    return "\ufeff" + stream.getvalue()


def _lines(case: ToldCase, on: date, *, held: Collection[str] | None) -> Iterable[ReportLine]:
    for fact in case.facts:
        is_waiting = fact.sent_on is None and fact.state in {FactState.WAITING, FactState.SENDING}
        if fact.sent_on != on and not is_waiting:
            continue
        is_told = fact.sent_on == on and fact.state in {FactState.SENT, FactState.ACCEPTED}
        yield ReportLine(
            record_no=fact.record_no,
            case_no=case.case_no,
            kind=fact.kind,
            state=fact.state,
            missing=held is not None and is_told and fact.record_no not in held,
            reference=fact.reference,
            sent_at=fact.sent_at,
            reason=fact.reason,
        )


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
