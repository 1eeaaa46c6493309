"""Meetings over HTTP: bodies, the queue, sessions and what is done with them, conditions."""

import secrets
from datetime import date, time
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import IdempotencyKey, KeyTaken, Limit, Reason, Request
from services.kernel.store import Conflict
from services.workflow.answers import AnswersInvalid
from services.workflow.api.acts import Act, carry_out
from services.workflow.api.common import CaseNo, Reader, With, Worker
from services.workflow.deps import Deps
from services.workflow.instances.operations.meetings import ConditionUnknown
from services.workflow.instances.operations.refusals import CaseIsSuspended
from services.workflow.instances.working import NotYourTask
from services.workflow.meetings import filing, handing, keeping
from services.workflow.meetings.bodies import MeetingBody
from services.workflow.meetings.models import RECORDED, Session
from services.workflow.meetings.planning import Plan
from services.workflow.meetings.queues import MOST, due_of, queue_of
from services.workflow.meetings.refusals import (
    BodyUnknown,
    ConsentMissing,
    ItemUnknown,
    NoQuorum,
    NotAllHanded,
    NotInQueue,
    NotTheSigner,
    NotYourSession,
    RecordUnfit,
    SessionNotFound,
    SessionPastThat,
)
from services.workflow.queries import CaseNotFound, case_of
from services.workflow.views.case_meetings import CaseMeetings, case_meetings
from services.workflow.views.meetings import (
    BodyView,
    QueueView,
    SessionLine,
    SessionView,
    body_view,
    is_shown_whole,
    queue_view,
    session_line,
    session_view,
)

router = APIRouter(tags=["meetings"])

Setter = Annotated[Person, Depends(allowed(Permission.MEETING_SET))]
BodyId = Annotated[str, Path(pattern=r"^[a-z][a-z_]{0,39}$", examples=["bureau_meeting"])]
SessionId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
ConditionId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}\.[0-9a-f]{8}\.[0-9]{1,3}$")]
BodyCode = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$", examples=["bureau_meeting"])]
QueueOf = Annotated[str, Query(pattern=r"^[a-z][a-z_]{0,39}$", description="whose queue")]
WhichBody = Annotated[str | None, Query(pattern=r"^[a-z][a-z_]{0,39}$", description="one body's alone")]
Member = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$")]
Members = Annotated[tuple[Member, ...], Field(max_length=60)]
Post = Annotated[str, Field(pattern=r"^P[0-9]{2}$")]


class PlanEntry(Request, frozen=True):
    """When and where a session is held. Without chair and members it has those of its body."""

    body_id: BodyCode
    held_on: date
    begins: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["09:30"])]
    place: Reason
    chair: Annotated[str, Field(max_length=100)] = ""
    members: Members = ()


class BodyEntry(Request, frozen=True):
    """What can be set of a body. People by code; without any, the holders of the posts sit in it."""

    members: Members = ()
    member_posts: tuple[Post, ...] = ()
    chair: Annotated[str, Field(max_length=100)] = ""
    chair_posts: tuple[Post, ...] = ()
    quorum_pct: Annotated[int, Field(ge=50, le=100)]
    votes: bool
    material_workdays: Annotated[int, Field(ge=0, le=30)]


class EvidenceEntry(Request, frozen=True):
    """What proves that a condition is fulfilled."""

    evidence: Reason


@router.get("/meetings/bodies")
async def list_bodies(deps: With, who: Reader) -> list[BodyView]:
    """The collective bodies."""
    seats = (await deps.copies.office()).books.posts_of(who.code, who.posts)
    return [body_view(body, seats) for body in (await keeping.bodies(deps)).values()]


@router.put("/meetings/bodies/{body_id}", responses=problems(BodyUnknown, NotYourSession, Conflict))
async def set_body(deps: With, who: Setter, body_id: BodyId, entry: BodyEntry) -> BodyView:
    """Set who sits in a body, from how many on it decides, when its papers freeze."""
    body = await keeping.body_named(deps, body_id)
    if who.township:  # a township's leaders lead no body of the bureau
        raise NotYourSession(body=body.name, post=body.post)
    fresh = MeetingBody.model_validate(body.model_dump() | entry.model_dump())
    seats = (await deps.copies.office()).books.posts_of(who.code, who.posts)
    return body_view(await keeping.set_body(deps, fresh), seats)


@router.get("/meetings/queue", responses=problems(BodyUnknown))
async def show_queue(deps: With, who: Reader, *, body: QueueOf = "bureau_meeting", limit: Limit = MOST) -> QueueView:
    """Who waits for a body, as far as the caller may see the cases; what is due first comes first."""
    found = await keeping.body_named(deps, body)
    seats = (await deps.copies.office()).books.posts_of(who.code, who.posts)
    return queue_view(await queue_of(deps, body, who, limit=limit), body_view(found, seats))


@router.get("/meetings")
async def list_sessions(deps: With, who: Reader, *, body: WhichBody = None, limit: Limit = 50) -> list[SessionLine]:
    """The newest sessions that the caller may see."""
    known = await keeping.bodies(deps)
    found = await keeping.sessions_for(deps, who, body_id=body or "", limit=limit)
    return [session_line(each, known[each.body_id], who) for each in found]


@router.post("/meetings", status_code=201, responses=problems(BodyUnknown, NotYourSession, RecordUnfit, KeyTaken))
async def plan_session(deps: With, who: Worker, entry: PlanEntry, key: IdempotencyKey = None) -> SessionView:
    """Plan a session; the same request with the same key plans it once."""
    wish = Plan(entry.held_on, time.fromisoformat(entry.begins), entry.place, entry.chair, entry.members)
    return await _view(
        deps, await keeping.plan(deps, entry.body_id, wish, who=who, key=key or secrets.token_hex(16)), who
    )


@router.get("/meetings/{session_id}", responses=problems(SessionNotFound))
async def show_session(deps: With, who: Reader, session_id: SessionId) -> SessionView:
    """A session."""
    return await _view(deps, await keeping.session_of(deps, session_id, who), who)


@router.get(
    "/meetings/{session_id}/minutes/{file_format}",
    summary="会议纪要文件",
    response_class=Response,
    responses={
        200: {"content": {media_type: {} for media_type in filing.TYPES.values()}},
        **problems(SessionNotFound, filing.NoMinutes),
    },
)
async def print_minutes(deps: With, who: Reader, session_id: SessionId, file_format: filing.Format) -> Response:
    """The minutes as they were printed when the chair had signed; before that a proof."""
    session = await keeping.session_of(deps, session_id, who)
    content = await filing.content(deps, session, file_format, whole=is_shown_whole(session, who))
    name = f"minutes-{session_id}.{file_format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=filing.TYPES[file_format], headers=headers)


@router.post(
    "/meetings/{session_id}/acts",
    responses=problems(
        *(SessionNotFound, NotYourSession, NotTheSigner, SessionPastThat, ItemUnknown, NotInQueue, ConsentMissing),
        *(NoQuorum, RecordUnfit, AnswersInvalid, NotAllHanded, Conflict),
    ),
)
async def act_on_session(
    deps: With, who: Worker, session_id: SessionId, entry: Act, key: IdempotencyKey = None
) -> SessionView:
    """Do something with a session: agenda, papers, attendance, decisions, minutes. Again it changes nothing."""
    session = await keeping.session_of(deps, session_id, who)
    return await _view(deps, await carry_out(deps, session, entry, who=who, key=key), who)


@router.get("/cases/{case_no}/meetings", responses=problems(CaseNotFound))
async def show_case_meetings(deps: With, who: Reader, case_no: CaseNo) -> CaseMeetings:
    """The bodies that a case waits for, its sessions, and the conditions of what was decided."""
    instance = await case_of(deps, case_no, who)
    sessions = await keeping.meetings_of(deps, case_no)
    return case_meetings(instance, sessions, await keeping.bodies(deps), due_on=due_of(instance))


@router.post(
    "/cases/{case_no}/conditions/{condition_id}/close",
    responses=problems(CaseNotFound, ConditionUnknown, NotYourTask, CaseIsSuspended, Conflict),
)
async def close_condition(
    deps: With,
    who: Worker,
    case_no: CaseNo,
    condition_id: ConditionId,
    entry: EvidenceEntry,
    key: IdempotencyKey = None,
) -> CaseMeetings:
    """Close a condition of a decision in principle: who, when, with which evidence."""
    await handing.close_condition(deps, case_no, condition_id, evidence=entry.evidence, who=who, key=key)
    return await show_case_meetings(deps, who, case_no)


async def _view(deps: Deps, session: Session, who: Person) -> SessionView:
    body, books = await keeping.body_named(deps, session.body_id), (await deps.copies.office()).books
    is_recording = session.stage in RECORDED and body.is_kept_by(books.posts_of(who.code, who.posts))
    choices = await handing.choices_for(deps, session) if is_recording else {}
    return session_view(session, body, who, books=books, now=deps.clock.now(), choices=choices)
