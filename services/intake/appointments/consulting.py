"""Consultants on duty (B-38): who is there on which day, what was asked, what was answered; contact outside (SL-25)."""

from datetime import date, datetime
from typing import Annotated, Final

from pydantic import BaseModel, Field, StringConstraints

from services.contracts.events import Said
from services.contracts.intake import ContactReported
from services.intake.applications import Line
from services.intake.appointments.cards import Channel, StaffCode
from services.intake.moments import Moment
from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.store import Body

MOST_ON_DUTY: Final = 20

Telling = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=2, max_length=2_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+$"
    ),
]


class QuestionAnswered(Problem):
    """A question is answered once; another one is another question."""

    status = 409
    code = "question-answered"
    zh = "咨询 {question_no} 已经答复"
    en = "question {question_no} was answered"
    remedy_zh = "再次咨询请另行登记"
    remedy_en = "write a further question down by itself"


class Consultant(BaseModel, frozen=True, extra="forbid"):
    """Somebody on duty, and for what."""

    person: StaffCode
    name: Line
    topic: Line
    counter: Line


class RosterEntry(Request, frozen=True):
    """Who is on duty on a day."""

    consultants: tuple[Consultant, ...] = Field(max_length=MOST_ON_DUTY)


class Roster(Body, frozen=True):
    """The same as kept."""

    on: str
    consultants: tuple[Consultant, ...]
    kept_by: str


class QuestionEntry(Request, frozen=True):
    """What somebody asks. Write nothing down of who asks: no answer needs it."""

    topic: Line
    question: Telling
    channel: Channel = Channel.WINDOW
    answer: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] = ""


class AnswerEntry(Request, frozen=True):
    """What was answered; `handed_to` names the department that the question went to."""

    answer: Telling
    handed_to: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{0,20}$")] = ""


class Question(Body, frozen=True):
    """A question in the log."""

    question_no: str
    topic: str
    question: str
    channel: Channel
    asked_at: datetime
    taken_by: str
    answer: str = ""
    handed_to: str = ""
    answered_by: str | None = None
    answered_at: datetime | None = None


class ReportEntry(Request, frozen=True):
    """Somebody met an applicant without a card."""

    person: StaffCode
    happened_on: date
    what: Telling
    case_no: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{0,40}$")] = ""


class Report(Body, frozen=True):
    """The same as kept; for supervision alone."""

    report_no: str
    person: str
    happened_on: date
    what: str
    case_no: str
    reported_by: str
    reported_at: datetime


def ask(entry: QuestionEntry, *, question_no: str, who: Person, now: Moment) -> Question:
    """The question as it goes into the log, answered if it was answered at once."""
    question = Question(
        question_no=question_no,
        topic=entry.topic,
        question=entry.question,
        channel=entry.channel,
        asked_at=now.at,
        taken_by=who.code,
    )
    if not entry.answer:
        return question
    told = {"answer": entry.answer, "answered_by": who.code, "answered_at": now.at}
    return question.model_copy(update=told)


def answer(question: Question, entry: AnswerEntry, *, who: Person, now: Moment) -> tuple[Question, tuple[Said, ...]]:
    """The question with its answer; unchanged for the same again. Raises `QuestionAnswered`."""
    if question.answered_by is not None:
        if (question.answer, question.answered_by) == (entry.answer, who.code):
            return question, ()
        raise QuestionAnswered(question_no=question.question_no)
    told = {"answer": entry.answer, "handed_to": entry.handed_to, "answered_by": who.code, "answered_at": now.at}
    return question.model_copy(update=told), ()


def report(entry: ReportEntry, *, report_no: str, who: Person, now: Moment) -> tuple[Report, tuple[Said, ...]]:
    """The report and its event, which does not tell what happened in the reporter's words."""
    kept = Report(report_no=report_no, **entry.model_dump(), reported_by=who.code, reported_at=now.at)
    said = ContactReported(
        report_no=report_no,
        person=entry.person,
        case_no=entry.case_no,
        happened_on=entry.happened_on,
        reported_at=now.at,
    )
    return kept, (said,)
