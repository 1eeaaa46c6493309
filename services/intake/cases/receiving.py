"""Receiving (收件, B-30..B-32): from a checked application to a case with a number and an expected date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.contracts.events import Said
from services.contracts.intake import CaseReceived, ContactGiven, ReceivedDocument
from services.contracts.workflow import Item, Situation
from services.intake.applications import Application
from services.intake.cases.findings import Finding
from services.intake.cases.parties import sealed_applicant
from services.intake.cases.records import Case, Online, QueryPassword
from services.intake.moments import Moment
from services.intake.submissions import Submission
from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.seals import Seals
from services.kernel.worktime import Calendar


class TownshipNotYours(Problem):
    """A township window works for its own township only."""

    status = 403
    code = "township-not-yours"
    zh = "乡镇窗口 {department} 只能办理本乡镇的案件"
    en = "the township window {department} serves its own township only"
    remedy_zh = "请由案件所在乡镇的窗口或局报建大厅办理"
    remedy_en = "let the window of that township, or the bureau's hall, do it"


@dataclass(frozen=True, slots=True)
class Registration:
    """What the window adds to an application: number, moment, dates, and the request it answers."""

    case_no: str
    submission: Submission
    password_hash: str
    township_name: str | None
    received_on: date
    expected_collection_on: date
    now: Moment
    findings: tuple[Finding, ...] = ()


def at_window(entry: Application, who: Person) -> Application:
    """The application with the township of a township window filled in; `TownshipNotYours` for a foreign one."""
    if not who.township:
        return entry
    refuse_foreign_township(entry.township or who.department, who)
    return entry.model_copy(update={"township": who.department})


def refuse_foreign_township(township: str | None, who: Person) -> None:
    """`TownshipNotYours` if a township window reaches for a case that is not its township's."""
    if who.township and township != who.department:
        raise TownshipNotYours(department=who.department)


def expected_collection_on(received_on: date, promised_workdays: int, *, target: int, calendar: Calendar) -> date:
    """The expected collection date (预取件日期): the promise counted from the day of acceptance aimed at."""
    return calendar.add_workdays(received_on, target + promised_workdays)


def receive(
    entry: Application,
    item: Item,
    situation: Situation,
    *,
    who: Person,
    at: Registration,
    seals: Seals,
    online: Online | None = None,
) -> tuple[Case, tuple[Said, ...]]:
    """The case of a complete application, and what is said about it."""
    case = Case(
        case_no=at.case_no,
        item_code=item.code,
        item_name=item.name,
        item_name_en=item.name_en,
        situation=situation.code,
        situation_name=situation.name,
        title=entry.title,
        applicant=sealed_applicant(entry.applicant, case_no=at.case_no, seals=seals),
        facts=entry.facts,
        documents=tuple(_received(entry, item)),
        department=item.department,
        township=entry.township,
        township_name=at.township_name,
        departments=tuple(sorted({item.department, entry.township or item.department})),
        received_at=at.now.at,
        received_on=at.received_on,
        received_by=who.code,
        received_by_name=who.name,
        recorded_at=at.now.wall,
        expected_collection_on=at.expected_collection_on,
        submission=at.submission,
        is_licence=item.statutory_workdays > 0,
        password=QueryPassword(hashed=at.password_hash, issue=1, issued_at=at.now.at),
        online=online,
        findings=at.findings,
    )
    return case, (_said(case), _contact(case, phone=entry.applicant.phone))


def _received(entry: Application, item: Item) -> Iterator[ReceivedDocument]:
    names = {paper.code: paper.name for paper in item.documents}
    for document in entry.documents:
        yield ReceivedDocument(name=names[document.code], **document.model_dump())


def _said(case: Case) -> CaseReceived:
    return CaseReceived(
        case_no=case.case_no,
        item_code=case.item_code,
        situation=case.situation,
        title=case.title,
        received_at=case.received_at,
        received_on=case.received_on,
        expected_collection_on=case.expected_collection_on,
        department=case.department,
        township=case.township,
        facts=case.facts,
        documents=case.documents,
        received_by=case.received_by,
        channel=case.channel,
    )


def _contact(case: Case, *, phone: str) -> ContactGiven:
    return ContactGiven(
        case_no=case.case_no,
        name=case.applicant.name,
        phone=phone,
        title=case.title,
        expected_collection_on=case.expected_collection_on,
    )
