"""What notices and bulletins have in common: states, receipts, refusals, and the record of each act."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from services.contracts.supervision import PaperMoved
from services.kernel.problem import Problem
from services.kernel.requests import Reason, Request
from services.kernel.store import Chained
from services.supervision.records.chains import digest


class PaperKind(StrEnum):
    """Which paper."""

    NOTICE = "notice"
    BULLETIN = "bulletin"


class Scope(StrEnum):
    """Who may read an issued paper. Naming people is personnel information: nothing of it leaves the bureau."""

    INTERNAL = "internal"


class PaperFileMissing(Problem):
    """Only what is issued has a file; before that there is a proof, made anew each time."""

    status = 404
    code = "paper-not-issued"
    zh = "文件尚未印发，没有定稿"
    en = "the paper is not issued; there is no final file"
    remedy_zh = "请在印发后下载"
    remedy_en = "fetch it once it is issued"


class PaperNotFilledIn(Problem):
    """A paper is approved with all that it needs."""

    status = 422
    code = "paper-not-filled-in"
    zh = "尚未填写完整：{missing_zh}"
    en = "not filled in yet: {missing}"
    remedy_zh = "请补充后再提交审签"
    remedy_en = "fill it in, then have it approved"


class ReasonEntry(Request, frozen=True):
    """Why a paper is returned, made void, or not accepted."""

    reason: Reason


class Receipt(BaseModel, frozen=True):
    """Somebody has read it."""

    person: str
    at: datetime


class PaperFile(BaseModel, frozen=True):
    """A file of the issued paper, and the SHA-256 by which everybody can tell that it is this one."""

    file_id: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: int


def moved(
    body: Chained, kind: PaperKind, paper_id: str, verb: str, *, by: str, now: datetime, note: str = ""
) -> PaperMoved:
    """The record of one act on a paper."""
    return PaperMoved(
        paper=kind, paper_id=paper_id, verb=verb, moved_by=by, moved_at=now, note=note, state=digest(body)
    )


def received(receipts: tuple[Receipt, ...], *, by: str, now: datetime) -> tuple[Receipt, ...]:
    """The receipts with one more; reading it again changes nothing."""
    return receipts if any(each.person == by for each in receipts) else (*receipts, Receipt(person=by, at=now))


def spelled(day: date) -> str:
    """A day as it stands in a paper."""
    return f"{day.year}年{day.month}月{day.day}日"
