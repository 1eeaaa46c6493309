"""The minutes of a session (会议纪要) as an official document (GB/T 9704-2012): what stands on the paper. Pure."""

from collections.abc import Callable, Iterator
from datetime import datetime

from services.kernel.documents import Block, Form, Heading, Paragraph, Sheet, Signature, Table, written_date
from services.kernel.worktime.hours import SHANGHAI
from services.workflow.meetings.bodies import MeetingBody
from services.workflow.meetings.models import Minutes, Session
from services.workflow.meetings.models import Signature as Name

_PROOF = "草稿"
_INTERNAL = "内部文件，不对外公开。"
_NUMERALS = "一二三四五六七八九十"


def minutes_sheet(
    session: Session, minutes: Minutes, body: MeetingBody, *, organ: str, named: Callable[[str], str]
) -> Sheet:
    """The minutes on paper: before the chair has signed a proof, then as they stood with that signature.

    `named` says what people and departments are called. Minutes bear no seal (GB/T 9704-2012 §10.3).
    """
    kind = "评审报告" if body.is_panel else "纪要"
    names = names_under(session, minutes)
    stands = any(each.person == session.chair for each in names)
    made_at = names[-1].at if stands else minutes.drafted_at
    day = written_date(made_at.astimezone(SHANGHAI).date())
    return Sheet(
        form=Form.OFFICIAL,
        organ=organ,
        mark=f"{organ}{body.name}{kind}",
        number=minutes.number,
        signer=named(session.chair) if stands else "",
        title=f"{body.name}{kind}",
        blocks=(*_text(minutes, title=f"{body.name}{kind}"), *_names(names, named)),
        signature=Signature(organ=organ, date=day, seal=""),
        note=_INTERNAL,
        copy_to=tuple(dict.fromkeys(named(item.department) for item in session.items)),
        printed_by=organ,
        printed_on=day,
        watermark="" if stands else _PROOF,
        made_at=made_at,
    )


def names_under(session: Session, minutes: Minutes) -> tuple[Name, ...]:
    """The signatures with which the minutes stood: up to the chair's; all that there are while that is missing."""
    chair = next((place for place, each in enumerate(minutes.signatures) if each.person == session.chair), None)
    return minutes.signatures if chair is None else minutes.signatures[: chair + 1]


def _text(minutes: Minutes, *, title: str) -> Iterator[Block]:
    """The text as it was signed; title and number stand above it already."""
    lines = [line.strip("　 ") for line in minutes.text.splitlines()]
    for line in lines:
        if not line or line in {title, minutes.number}:
            continue
        is_item = line[0] in _NUMERALS and "、" in line[:3]
        yield Heading(text=line) if is_item else Paragraph(text=line)


def _names(names: tuple[Name, ...], named: Callable[[str], str]) -> Iterator[Block]:
    if names:
        yield Paragraph(text="签字", strong=True)
        yield Table(head=("姓名", "签字时间"), rows=tuple((named(each.person), _moment(each.at)) for each in names))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y年%m月%d日 %H:%M}"
