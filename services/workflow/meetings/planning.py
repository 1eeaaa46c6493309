"""Planning a session: when and where, the agenda and its order, the papers and when they freeze. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from services.contracts.events import Said
from services.contracts.workflow import (
    MeetingAgendaSet,
    MeetingClosed,
    MeetingPaperFiled,
    MeetingPapersFrozen,
    MeetingPlanned,
)
from services.workflow.clocks.dues import OfficeTime
from services.workflow.meetings.bodies import MeetingBody
from services.workflow.meetings.models import BEFORE_IT, Item, Paper, Session, Stage
from services.workflow.meetings.refusals import ConsentMissing, ItemUnknown, RecordUnfit, SessionPastThat


class Written(NamedTuple):
    """A session as it is after something was done with it, and what was said."""

    session: Session
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """When, where and by whom a session is held."""

    held_on: date
    begins: time
    place: str
    chair: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """That the chair lets a late paper in, and why."""

    reason: str = ""


STAGES = {
    Stage.PLANNED: "筹备",
    Stage.FROZEN: "材料截止",
    Stage.HELD: "已召开",
    Stage.DRAFTED: "纪要起草",
    Stage.SIGNED: "纪要签发",
    Stage.CLOSED: "办结",
    Stage.CANCELLED: "取消",
}


def planned(session_id: str, body: MeetingBody, plan: Plan, *, secretary: str, office: OfficeTime) -> Session:
    """A session that is to be held. Raises RecordUnfit for no working day, no chair, too few members."""
    _check(plan, body, office)
    frozen_on = office.calendar.workdays_before(plan.held_on, body.material_workdays)
    return Session(
        session_id=session_id,
        body_id=body.body_id,
        held_on=plan.held_on,
        begins_at=datetime.combine(plan.held_on, plan.begins, tzinfo=office.hours.zone),
        place=plan.place,
        chair=plan.chair,
        secretary=secretary,
        members=plan.members,
        departments=(),
        papers_due_at=office.hours.close_of(frozen_on),
    )


def replanned(session: Session, body: MeetingBody, plan: Plan, *, office: OfficeTime, at: datetime) -> Written:
    """The session at another time or place, under another chair; the agenda stays. A session of papers frozen thaws."""
    check_stage(session, BEFORE_IT, "改期", "plan it anew")
    fresh = planned(session.session_id, body, plan, secretary=session.secretary, office=office)
    kept = {"items": session.items, "departments": session.departments, "digest": session.digest}
    after = fresh.model_copy(update=kept)
    if after == session.model_copy(update={"stage": Stage.PLANNED}):
        return Written(session)
    return Written(after, (said_planned(after, at),))


def agenda_set(session: Session, entries: Sequence[Item], *, at: datetime) -> Written:
    """These steps are the agenda, in this order; what was filed for those that stay is kept."""
    check_stage(session, BEFORE_IT, "调整议程", "change the agenda")
    known = {item.task_id: item for item in session.items}
    items = tuple(_listed(known.get(entry.task_id), entry) for entry in entries)
    departments = tuple(dict.fromkeys((*session.departments, *(item.department for item in items))))
    after = session.model_copy(update={"items": items, "departments": departments})
    if after == session:
        return Written(session)
    said = MeetingAgendaSet(
        session_id=session.session_id,
        body=session.body_id,
        at=at,
        held_on=session.held_on,
        cases=tuple(item.case_no for item in items),
        conflicts=tuple(item.case_no for item in items if is_late(item.due_on, session.held_on)),
    )
    return Written(after, (said,))


def is_late(due_on: date | None, held_on: date) -> bool:
    """Whether a case's clock runs out before a session: no meeting holds a clock (行政许可法 §45)."""
    return due_on is not None and due_on < held_on


def paper_filed(session: Session, item_id: str, name: str, consent: Consent, *, by: str, at: datetime) -> Written:
    """A paper for an item; once they are frozen only with the chair's consent, which is kept with it."""
    check_stage(session, BEFORE_IT, "收材料", "take papers")
    item = item_of(session, item_id)
    if any(paper.name == name for paper in item.papers):
        return Written(session)
    late = session.are_papers_frozen(at)
    if late and not consent.reason:
        raise ConsentMissing(due=session.papers_due_at.isoformat(), chair=session.chair)
    paper = Paper(
        name=name,
        filed_by=by,
        filed_at=at,
        consented_by=session.chair if late else "",
        consent_reason=consent.reason if late else "",
    )
    after = session.with_item(item.model_copy(update={"papers": (*item.papers, paper)}))
    said = MeetingPaperFiled(
        session_id=session.session_id,
        body=session.body_id,
        at=at,
        on_case=item.case_no,
        name=name,
        filed_by=by,
        consented_by=paper.consented_by,
    )
    return Written(after, (said,))


def frozen(session: Session, *, at: datetime) -> Written:
    """No more papers without the chair; doing it again changes nothing."""
    if session.stage is Stage.FROZEN:
        return Written(session)
    check_stage(session, {Stage.PLANNED}, "截止材料", "freeze the papers")
    without = tuple(item.case_no for item in session.items if not item.papers)
    said = MeetingPapersFrozen(session_id=session.session_id, body=session.body_id, at=at, without=without)
    return Written(session.model_copy(update={"stage": Stage.FROZEN}), (said,))


def cancelled(session: Session, *, reason: str, at: datetime) -> Written:
    """The session is not held: its cases are back in the queue."""
    if session.stage is Stage.CANCELLED:
        return Written(session)
    check_stage(session, BEFORE_IT, "取消", "cancel it")
    said = MeetingClosed(session_id=session.session_id, body=session.body_id, at=at, cancelled=True, reason=reason)
    return Written(session.model_copy(update={"stage": Stage.CANCELLED, "cancelled_because": reason}), (said,))


def said_planned(session: Session, at: datetime) -> MeetingPlanned:
    """What is said of a session that is planned, or planned anew."""
    return MeetingPlanned(
        session_id=session.session_id,
        body=session.body_id,
        at=at,
        held_on=session.held_on,
        begins_at=session.begins_at,
        place=session.place,
        chair=session.chair,
        secretary=session.secretary,
        members=session.members,
        papers_due_at=session.papers_due_at,
    )


def check_stage(session: Session, stages: Iterable[Stage], what_zh: str, what: str) -> None:
    """Raise `SessionPastThat` unless the session is at one of some stages."""
    if session.stage not in stages:
        raise SessionPastThat(stage=f"{STAGES[session.stage]} ({session.stage})", what_zh=what_zh, what=what)


def item_of(session: Session, item_id: str) -> Item:
    """The item of the agenda. Raises ItemUnknown."""
    item = session.item(item_id)
    if item is None:
        raise ItemUnknown(item=item_id)
    return item


def _listed(known: Item | None, entry: Item) -> Item:
    if known is None:
        return entry
    return known.model_copy(update={"due_on": entry.due_on, "title": entry.title})


def _check(plan: Plan, body: MeetingBody, office: OfficeTime) -> None:
    if not office.calendar.is_workday(plan.held_on):
        why = f"{plan.held_on} is no working day"
        raise RecordUnfit(why_zh=f"{plan.held_on} 不是工作日", why=why)
    if not plan.chair:
        raise RecordUnfit(why_zh="没有主持人", why="nobody is in the chair")
    if len(set(plan.members)) < max(1, body.least_members):
        least = max(1, body.least_members)
        raise RecordUnfit(why_zh=f"成员少于 {least} 人", why=f"fewer than {least} members")
