"""Operations on an open task over HTTP (docs/operations.md)."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from services.kernel.problem import problems
from services.kernel.requests import IdempotencyKey, Reason, Request
from services.kernel.store import Conflict
from services.workflow.answers import AnswersInvalid
from services.workflow.api.common import SeatId, TaskId, With, Worker
from services.workflow.instances.desks import Place
from services.workflow.instances.operations.refusals import (
    AlreadySubmitted,
    CaseIsSuspended,
    DraftStale,
    IsDelegated,
    NotClaimed,
    NotDelegated,
    NotSigner,
    NotUndoable,
    NotYourTurn,
    PersonUnfit,
    SeatFixed,
    SignerUnfit,
    UrgedLately,
)
from services.workflow.instances.operations.signing import Wish
from services.workflow.instances.working import (
    ClaimedByOther,
    NotHuman,
    NotYourTask,
    TaskInIncident,
    TaskNotFound,
    TaskOver,
)
from services.workflow.operations import desks
from services.workflow.views.moves import OperationView, operation_view
from services.workflow.views.operations import DraftView, draft_view

router = APIRouter(tags=["tasks"])

_OPEN = (TaskNotFound, TaskOver, CaseIsSuspended, Conflict)
_WORKING = (*_OPEN, NotHuman, NotYourTask, ClaimedByOther, TaskInIncident)
_HOLDING = (*_WORKING, NotClaimed, IsDelegated, AlreadySubmitted)

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,99}$")]


class DraftEntry(Request, frozen=True):
    """What is filled in so far; `version` is that of the draft it is based on, 0 for none."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    answers: dict[str, Any]


class PersonEntry(Request, frozen=True):
    """To whom, and why."""

    to: Code
    reason: Reason


class ResolveEntry(Request, frozen=True):
    """What the delegate has filled in; the holder finds it as a draft."""

    answers: dict[str, Any] | None = None


class UrgeEntry(Request, frozen=True):
    """What is asked."""

    message: Reason


class SignerEntry(Request, frozen=True):
    """Who is to sign too: a person's code or a post such as `P05@D06`; when, by which rule, and why."""

    signer: Code
    place: Place
    rule: Annotated[str, StringConstraints(pattern=r"^(all|any|veto|[1-9][0-9]?)$")] | None = None
    reason: Reason


class ReasonEntry(Request, frozen=True):
    """Why."""

    reason: Reason


class OpinionEntry(Request, frozen=True):
    """A signer's opinion."""

    agrees: bool
    opinion: Reason


@router.get("/tasks/{task_id}/draft", responses=problems(*_WORKING))
async def show_draft(deps: With, who: Worker, task_id: TaskId) -> DraftView:
    """One's own draft of a task; nobody else can read it."""
    return draft_view(await desks.draft_of(deps, task_id, who))


@router.put("/tasks/{task_id}/draft", responses=problems(*_WORKING, NotClaimed, DraftStale, AnswersInvalid))
async def save_draft(deps: With, who: Worker, task_id: TaskId, entry: DraftEntry) -> DraftView:
    """Keep what is filled in so far; the same again changes nothing."""
    return draft_view(await desks.save_draft(deps, task_id, entry.answers, version=entry.version, who=who))


@router.post("/tasks/{task_id}/delegate", responses=problems(*_HOLDING, PersonUnfit))
async def delegate_task(
    deps: With, who: Worker, task_id: TaskId, entry: PersonEntry, key: IdempotencyKey = None
) -> OperationView:
    """Let another person work the task; it comes back to be confirmed (委托办理)."""
    return operation_view(await desks.delegate(deps, task_id, to=entry.to, reason=entry.reason, who=who, key=key))


@router.post("/tasks/{task_id}/resolve", responses=problems(*_OPEN, NotDelegated, NotYourTask, AnswersInvalid))
async def resolve_task(
    deps: With, who: Worker, task_id: TaskId, entry: ResolveEntry, key: IdempotencyKey = None
) -> OperationView:
    """Give a delegated task back with what is filled in; its holder takes it back the same way."""
    return operation_view(await desks.resolve(deps, task_id, entry.answers, who=who, key=key))


@router.post("/tasks/{task_id}/hand-over", responses=problems(*_HOLDING, PersonUnfit))
async def hand_over_task(
    deps: With, who: Worker, task_id: TaskId, entry: PersonEntry, key: IdempotencyKey = None
) -> OperationView:
    """Give the task to another person for good (转办)."""
    return operation_view(await desks.hand_over(deps, task_id, to=entry.to, reason=entry.reason, who=who, key=key))


@router.post("/tasks/{task_id}/urge", responses=problems(*_OPEN, NotHuman, UrgedLately))
async def urge_task(
    deps: With, who: Worker, task_id: TaskId, entry: UrgeEntry, key: IdempotencyKey = None
) -> OperationView:
    """Ask for the task to be done soon; those who can do it get a message (催办)."""
    return operation_view(await desks.urge(deps, task_id, message=entry.message, who=who, key=key))


@router.post("/tasks/{task_id}/signers", responses=problems(*_HOLDING, SignerUnfit, SeatFixed))
async def add_signer(
    deps: With, who: Worker, task_id: TaskId, entry: SignerEntry, key: IdempotencyKey = None
) -> OperationView:
    """Ask somebody more to sign: before, beside or after the holder (加签)."""
    wish = Wish(entry.place, entry.signer, entry.rule, entry.reason)
    return operation_view(await desks.add_signer(deps, task_id, wish, who=who, key=key))


@router.post(
    "/tasks/{task_id}/signers/{seat_id}/remove", responses=problems(*_WORKING, NotClaimed, SeatFixed, NotUndoable)
)
async def remove_signer(
    deps: With, who: Worker, task_id: TaskId, seat_id: SeatId, entry: ReasonEntry, key: IdempotencyKey = None
) -> OperationView:
    """Ask a signer no more who has not signed (减签)."""
    return operation_view(await desks.remove_signer(deps, task_id, seat_id, reason=entry.reason, who=who, key=key))


@router.post("/tasks/{task_id}/sign", responses=problems(*_OPEN, NotSigner, NotYourTurn, NotUndoable))
async def sign_task(
    deps: With, who: Worker, task_id: TaskId, entry: OpinionEntry, key: IdempotencyKey = None
) -> OperationView:
    """Give one's opinion as a signer (会签)."""
    return operation_view(await desks.sign(deps, task_id, agrees=entry.agrees, opinion=entry.opinion, who=who, key=key))
