"""Notices and bulletins as official documents (公文, GB/T 9704-2012): what stands on the paper."""

from datetime import date, datetime
from typing import Final

from services.kernel.documents import Block, Form, Paragraph, Sheet, Signature, Table, written_date
from services.kernel.worktime import SHANGHAI
from services.supervision.bulletins import Bulletin
from services.supervision.notices import Notice

_OFFICE: Final = "局党委督查室"
_PROOF: Final = "草稿"
_INTERNAL: Final = "内部文件，不对外公开。"
_LIGHTS: Final = {"yellow": "黄灯", "red": "红灯", "red2": "红灯（法定）", "green": "绿灯", "grey": "灰灯"}


def notice_sheet(notice: Notice, *, organ: str, department: str) -> Sheet:
    """A notice on paper; before it is issued a proof."""
    day = _day(notice.issued_at or notice.drafted_at)
    by = notice.rectify_by
    limit = (
        (f"整改期限：{written_date(by)}。请于期限内书面反馈办理情况，由科室负责人签字，报{_OFFICE}。",) if by else ()
    )
    return Sheet(
        form=Form.OFFICIAL,
        organ=organ,
        mark=f"{organ}文件",
        number=notice.notice_no or "",
        signer=notice.approved_by or "",
        title=notice.title,
        recipient=f"{department}：",
        blocks=_paragraphs(notice.text, *limit),
        signature=Signature(organ=_OFFICE, date=written_date(day)),
        note=_INTERNAL,
        printed_by=f"{organ}{_OFFICE}",
        printed_on=written_date(day),
        watermark="" if notice.issued_at else _PROOF,
        made_at=notice.issued_at or notice.drafted_at,
    )


def bulletin_sheet(bulletin: Bulletin, *, organ: str, names: dict[str, str]) -> Sheet:
    """A bulletin on paper; before it is published a proof. Its table names the lights of the period."""
    day = _day(bulletin.published_at or bulletin.drafted_at)
    number = f"{bulletin.year}年第{bulletin.issue}期" if bulletin.issue else ""
    return Sheet(
        form=Form.OFFICIAL,
        organ=organ,
        mark="督查通报",
        number=number,
        signer=bulletin.approved_by or "",
        title=bulletin.heading,
        recipient="各科室（单位）：",
        blocks=(*_paragraphs(bulletin.text), *_lights(bulletin, names)),
        signature=Signature(organ=_OFFICE, date=written_date(day)),
        note=_INTERNAL,
        printed_by=f"{organ}{_OFFICE}",
        printed_on=written_date(day),
        watermark="" if bulletin.published_at else _PROOF,
        made_at=bulletin.published_at or bulletin.drafted_at,
    )


def _paragraphs(text: str, *more: str) -> tuple[Block, ...]:
    lines = [line.strip("　 ") for line in text.splitlines()]
    return tuple(Paragraph(text=line) for line in (*lines, *more) if line)


def _lights(bulletin: Bulletin, names: dict[str, str]) -> tuple[Block, ...]:
    if not bulletin.rows:
        return ()
    since, until = bulletin.since, bulletin.until
    period = f"{written_date(since)}至{written_date(until)}" if since and until else ""
    rows = tuple(
        (row.lit_on.isoformat(), _LIGHTS[row.light], row.title, row.name, names.get(row.department, row.department))
        for row in bulletin.rows
    )
    head = Paragraph(text=f"附表：{period}亮灯情况（{len(rows)} 件）", strong=True)
    return head, Table(head=("亮灯日期", "灯", "事项", "环节", "科室"), rows=rows, shares=(3, 2, 6, 4, 4))


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()
