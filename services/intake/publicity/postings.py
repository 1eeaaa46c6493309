"""What everybody may read while a notice is posted: what, where, how long, how to object. No names of officers."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel

from services.intake.cases import Case, Step, Wording, public_names
from services.intake.settings import IntakeSettings
from services.kernel.problem import Problem
from services.kernel.worktime import Calendar, OfficeHours, PeriodUnit


class Standing(StrEnum):
    """Whether objections are taken."""

    RUNNING = "running"
    OVER = "over"
    BROKEN_OFF = "broken_off"


class PostingNotFound(Problem):
    """No such notice was ever posted."""

    status = 404
    code = "posting-not-found"
    zh = "没有这份公示"
    en = "no such public notice"
    remedy_zh = "请从公示列表打开"
    remedy_en = "open it from the list of public notices"


class PostingOver(Problem):
    """Objections are taken while the notice is posted, and not after."""

    status = 409
    code = "posting-over"
    zh = "公示 {notice_no} 已经结束，不再接收异议"
    en = "the publicity {notice_no} is over: objections are not taken any more"
    remedy_zh = "仍有意见的，请到接件窗口反映；对许可决定不服的，可以依法申请行政复议或者提起行政诉讼"
    remedy_en = "tell the window; against the decision itself there is review and the court"


class PublicPosting(BaseModel, frozen=True):
    """A public notice. `days` counts the period as the law does, first day included, in `unit`."""

    posting_id: str
    notice_no: str
    item: str
    item_en: str
    project: str
    applicant: str
    location: str
    places: tuple[str, ...]
    basis: str
    first_on: date
    last_on: date | None
    closes_at: datetime | None
    days: int | None
    unit: PeriodUnit
    standing: Standing
    hall_address: str
    hall_hours: str
    inquiry_phone: str


def postings_of(
    case: Case, *, office: IntakeSettings, hours: OfficeHours, calendar: Calendar
) -> tuple[PublicPosting, ...]:
    """The notices of a case that are or were posted, the newest first. One that nobody worded is not shown."""
    shown = [(step, _wording(case, step)) for step in reversed(case.postings)]
    return tuple(
        _public(case, step, wording, office=office, hours=hours, calendar=calendar)
        for step, wording in shown
        if wording is not None
    )


def standing_of(case: Case, step: Step) -> Standing:
    """Whether the notice is posted still, and how it ended: completed before its timer, it was broken off."""
    if step.is_open and case.progress.ended_at is None:
        return Standing.RUNNING
    until = step.posting.until_at if step.posting else None
    early = step.is_done and until is not None and step.closed_at is not None and step.closed_at < until
    return Standing.BROKEN_OFF if early else Standing.OVER


def refuse_over(posting: PublicPosting) -> None:
    """Raise `PostingOver` unless objections are taken."""
    if posting.standing is not Standing.RUNNING:
        raise PostingOver(notice_no=posting.notice_no)


def _wording(case: Case, step: Step) -> Wording | None:
    """The notice that was written last before this step began."""
    before = [each for each in case.progress.wordings if each.position < step.position]
    return before[-1] if before else None


def _public(
    case: Case, step: Step, wording: Wording, *, office: IntakeSettings, hours: OfficeHours, calendar: Calendar
) -> PublicPosting:
    assert step.posting is not None  # noqa: S101 - `Case.postings` are those with one
    project, applicant = public_names(case)
    last_on = hours.day_of(step.posting.until_at) if step.posting.until_at else None
    return PublicPosting(
        posting_id=step.posting.posting_id,
        notice_no=wording.notice_no,
        item=case.item_name,
        item_en=case.item_name_en,
        project=project,
        applicant=applicant,
        location=_location(case),
        places=wording.places,
        basis=wording.basis,
        first_on=wording.posted_from,
        last_on=last_on,
        closes_at=step.posting.until_at,
        days=_days(wording.posted_from, last_on, calendar),
        unit=PeriodUnit.WORKDAYS,
        standing=standing_of(case, step),
        hall_address=office.hall_address,
        hall_hours=office.hall_hours,
        inquiry_phone=office.inquiry_phone,
    )


def _location(case: Case) -> str:
    """Where the project is: of a private person the township, since a house number tells who lives there."""
    told = case.facts.get("location")
    is_private = public_names(case)[1] != case.applicant.name
    return (case.township_name or "") if is_private or not isinstance(told, str) else told


def _days(first_on: date, last_on: date | None, calendar: Calendar) -> int | None:
    """How many working days the process gave, first day included: told, not decided, here."""
    if last_on is None or last_on < first_on:
        return None
    return calendar.workdays_between(first_on, last_on) + int(calendar.is_workday(first_on))
