"""Objections (异议) to what is posted: numbered, acknowledged, answered. Who objects is known to the window alone."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from services.contracts.events import Said
from services.contracts.intake import ObjectionAnswered, ObjectionReceived
from services.intake.applications import Line, Number
from services.intake.identities import is_mobile, mask_phone
from services.intake.moments import Moment
from services.intake.publicity.postings import PublicPosting, refuse_over
from services.intake.submissions import Submission
from services.kernel.identity import Person
from services.kernel.problem import FieldError, Problem
from services.kernel.requests import Request
from services.kernel.seals import Seals
from services.kernel.store import Body

Prose = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=5, max_length=2_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+$"
    ),
]
"""Some sentences, in lines."""


class Verdict(StrEnum):
    """What became of an objection."""

    UPHELD = "upheld"
    PARTLY = "partly"
    REJECTED = "rejected"

    @property
    def words(self) -> tuple[str, str]:
        """The verdict in both languages."""
        return _VERDICTS[self]


_VERDICTS = {
    Verdict.UPHELD: ("采纳", "upheld"),
    Verdict.PARTLY: ("部分采纳", "upheld in part"),
    Verdict.REJECTED: ("不采纳", "not upheld"),
}


class PhoneImpossible(Problem):
    """An answer cannot be told to this number."""

    status = 422
    code = "phone-impossible"
    zh = "手机号码不正确，无法告知处理结果"
    en = "this is no mobile number: nobody could be told the answer"
    remedy_zh = "请填写 11 位手机号码"
    remedy_en = "give a mobile number of eleven digits"


class AlreadyAnswered(Problem):
    """An objection is answered once, in writing."""

    status = 409
    code = "objection-already-answered"
    zh = "异议 {objection_no} 已经答复"
    en = "objection {objection_no} has been answered"
    remedy_zh = "请刷新页面查看答复；需要更正的，请另行书面告知异议人"
    remedy_en = "reload to read the answer; to correct it, write to whoever objected"


class ObjectionEntry(Request, frozen=True):
    """What somebody has against what is posted, and how they can be told the answer."""

    name: Line
    phone: Number
    text: Prose
    wants_hearing: bool = False


class AnswerEntry(Request, frozen=True):
    """The answer, with its reasons."""

    verdict: Verdict
    text: Prose


class Answer(BaseModel, frozen=True):
    """The answer as given."""

    verdict: Verdict
    text: str
    answered_by: str
    answered_at: datetime
    answered_on: date


class Objection(Body, frozen=True):
    """One objection. Name, telephone number and words are sealed: words often tell who wrote them."""

    objection_no: str
    case_no: str
    posting_id: str
    notice_no: str
    name_sealed: str
    name_masked: str
    phone_sealed: str
    phone_masked: str
    text_sealed: str
    wants_hearing: bool
    received_at: datetime
    received_on: date
    received_by: str | None
    """The clerk who wrote it down; nobody when it came by itself."""
    submission: Submission
    password_hash: str
    answer: Answer | None = None


def refuse_unreachable(entry: ObjectionEntry) -> None:
    """Raise `PhoneImpossible` for a number that nobody can be called at."""
    if not is_mobile(entry.phone):
        fault = FieldError("body.phone", zh=PhoneImpossible.remedy_zh, en=PhoneImpossible.remedy_en)
        raise PhoneImpossible(errors=(fault,))


@dataclass(frozen=True, slots=True)
class Filing:
    """What the window adds: numbers, the hash of the password, who wrote it down (nobody: it came by itself), when."""

    objection_no: str
    case_no: str
    password_hash: str
    submission: Submission
    who: Person | None
    now: Moment


def object_to(
    posting: PublicPosting, entry: ObjectionEntry, filing: Filing, *, seals: Seals
) -> tuple[Objection, tuple[Said, ...]]:
    """The objection and its event; raises `PostingOver`, `PhoneImpossible`."""
    refuse_over(posting)
    refuse_unreachable(entry)
    number = filing.objection_no
    objection = Objection(
        objection_no=number,
        case_no=filing.case_no,
        posting_id=posting.posting_id,
        notice_no=posting.notice_no,
        name_sealed=seals.seal(entry.name, place=f"{number}/name"),
        name_masked=f"{entry.name[:1]}某某",
        phone_sealed=seals.seal(entry.phone, place=f"{number}/phone"),
        phone_masked=mask_phone(entry.phone),
        text_sealed=seals.seal(entry.text, place=f"{number}/text"),
        wants_hearing=entry.wants_hearing,
        received_at=filing.now.at,
        received_on=filing.now.on,
        received_by=filing.who.code if filing.who else None,
        submission=filing.submission,
        password_hash=filing.password_hash,
    )
    said = ObjectionReceived(
        case_no=filing.case_no,
        objection_no=number,
        notice_no=posting.notice_no,
        wants_hearing=entry.wants_hearing,
        received_at=filing.now.at,
    )
    return objection, (said,)


def answer(objection: Objection, entry: AnswerEntry, *, who: Person, now: Moment) -> tuple[Objection, tuple[Said, ...]]:
    """The answered objection and its event; unchanged for the same answer of the same person again."""
    if objection.answer is not None:
        given = (objection.answer.verdict, objection.answer.text, objection.answer.answered_by)
        if given == (entry.verdict, entry.text, who.code):
            return objection, ()
        raise AlreadyAnswered(objection_no=objection.objection_no)
    told = Answer(verdict=entry.verdict, text=entry.text, answered_by=who.code, answered_at=now.at, answered_on=now.on)
    said = ObjectionAnswered(
        case_no=objection.case_no,
        objection_no=objection.objection_no,
        verdict=entry.verdict.value,
        answered_by=who.code,
        answered_at=now.at,
    )
    return objection.model_copy(update={"answer": told}), (said,)


def words_of(objection: Objection, *, seals: Seals) -> str:
    """What was objected, opened."""
    return seals.open(objection.text_sealed, place=f"{objection.objection_no}/text")
