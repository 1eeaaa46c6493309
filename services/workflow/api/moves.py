"""Operations that move a case over HTTP (docs/operations.md): send back, pull back, suspend, jump."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints

from services.contracts.words import TerminationGround
from services.kernel.problem import problems
from services.kernel.requests import IdempotencyKey, Reason, Request
from services.kernel.store import Conflict
from services.workflow import queries
from services.workflow.api.common import (
    Approver,
    CaseNo,
    Halter,
    ProposalId,
    Proposer,
    Reader,
    TaskId,
    Terminator,
    With,
    Worker,
)
from services.workflow.api.desks import ReasonEntry
from services.workflow.instances.operations.case_actions import case_actions_of, pullable
from services.workflow.instances.operations.closures import CaseIsDecided, CaseIsOver, NobodyApplied, Ruling
from services.workflow.instances.operations.refusals import (
    AlreadySubmitted,
    CaseIsSuspended,
    CaseNotRunning,
    FourEyes,
    IsDelegated,
    LegalActStands,
    MayNotSendBack,
    NextStepTaken,
    NotOnPath,
    NotSuspended,
    NotUndoable,
    NotYours,
    ProposalGone,
    ProposalOutdated,
    SeveralSign,
)
from services.workflow.instances.working import (
    ClaimedByOther,
    NotHuman,
    NotYourTask,
    TaskInIncident,
    TaskNotFound,
    TaskOver,
)
from services.workflow.operations import cases, closures, returns
from services.workflow.queries import CaseNotFound
from services.workflow.views.moves import CaseActionsView, OperationView, case_actions_view, operation_view

router = APIRouter(tags=["cases"])

Element = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,199}$")]
Target = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Open = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]


class SendBackEntry(Request, frozen=True):
    """Where to: the id of a done task or its element, as `send_back_to` lists them; and why."""

    to: Target
    reason: Reason


class TerminationEntry(Request, frozen=True):
    """Why the handling ends, on which legal basis, proven by which paper; the reason is told to the applicant."""

    ground: TerminationGround
    basis: Words
    evidence: Words
    reason: Reason


class JumpEntry(Request, frozen=True):
    """From which open task to which step (element of the same diagram), and why."""

    task_id: Open
    to: Element
    reason: Reason


@router.post(
    "/tasks/{task_id}/send-back",
    responses=problems(
        TaskNotFound,
        TaskOver,
        CaseIsSuspended,
        NotHuman,
        NotYourTask,
        ClaimedByOther,
        TaskInIncident,
        MayNotSendBack,
        IsDelegated,
        AlreadySubmitted,
        NotOnPath,
        LegalActStands,
        NotUndoable,
        Conflict,
    ),
)
async def send_back_task(
    deps: With, who: Worker, task_id: TaskId, entry: SendBackEntry, key: IdempotencyKey = None
) -> OperationView:
    """Send the case back to an earlier step of this task's path (退回)."""
    return operation_view(await returns.send_back(deps, task_id, to=entry.to, reason=entry.reason, who=who, key=key))


@router.post(
    "/tasks/{task_id}/pull-back",
    responses=problems(
        TaskNotFound,
        CaseIsSuspended,
        CaseNotRunning,
        NotYours,
        SeveralSign,
        NextStepTaken,
        LegalActStands,
        NotUndoable,
        Conflict,
    ),
)
async def pull_back_task(
    deps: With, who: Worker, task_id: TaskId, entry: ReasonEntry, key: IdempotencyKey = None
) -> OperationView:
    """Take back a step one has completed, as long as nobody goes on (撤回)."""
    return operation_view(await returns.pull_back(deps, task_id, reason=entry.reason, who=who, key=key))


@router.get("/cases/{case_no}/actions", responses=problems(CaseNotFound))
async def show_case_actions(deps: With, who: Reader, case_no: CaseNo) -> CaseActionsView:
    """What can be done with the case as a whole, allowed or why not, and what one can pull back."""
    instance = await queries.case_of(deps, case_no, who)
    return case_actions_view(instance, case_actions_of(instance, who), pullable(instance, who))


@router.post("/cases/{case_no}/suspend", responses=problems(CaseNotFound, CaseNotRunning, CaseIsSuspended, Conflict))
async def suspend_case(
    deps: With, who: Halter, case_no: CaseNo, entry: ReasonEntry, key: IdempotencyKey = None
) -> OperationView:
    """Let nobody work on the case until it is resumed; no clock stands still (挂起)."""
    return operation_view(await cases.suspend(deps, case_no, reason=entry.reason, who=who, key=key))


@router.post("/cases/{case_no}/resume", responses=problems(CaseNotFound, NotSuspended, Conflict))
async def resume_case(
    deps: With, who: Halter, case_no: CaseNo, entry: ReasonEntry, key: IdempotencyKey = None
) -> OperationView:
    """Let the case be worked on again (恢复)."""
    return operation_view(await cases.resume(deps, case_no, reason=entry.reason, who=who, key=key))


@router.post(
    "/cases/{case_no}/termination",
    responses=problems(CaseNotFound, NobodyApplied, CaseIsDecided, CaseIsOver, Conflict),
)
async def terminate_case(
    deps: With, who: Terminator, case_no: CaseNo, entry: TerminationEntry, key: IdempotencyKey = None
) -> OperationView:
    """End the handling of an application that is not decided yet (终止办理)."""
    ruling = Ruling(**entry.model_dump())
    return operation_view(await closures.terminate(deps, case_no, ruling, who=who, key=key))


@router.post(
    "/cases/{case_no}/jumps",
    responses=problems(CaseNotFound, CaseNotRunning, CaseIsSuspended, TaskNotFound, TaskOver, NotUndoable, Conflict),
)
async def propose_jump(deps: With, who: Proposer, case_no: CaseNo, entry: JumpEntry) -> OperationView:
    """Propose to go on at another step (跳转); another person decides. Again changes nothing."""
    return operation_view(
        await cases.propose_jump(deps, case_no, task_id=entry.task_id, to=entry.to, reason=entry.reason, who=who)
    )


@router.post(
    "/cases/{case_no}/jumps/{proposal_id}/approve",
    responses=problems(CaseNotFound, CaseIsSuspended, ProposalGone, FourEyes, ProposalOutdated, NotUndoable, Conflict),
)
async def approve_jump(
    deps: With, who: Approver, case_no: CaseNo, proposal_id: ProposalId, entry: ReasonEntry, key: IdempotencyKey = None
) -> OperationView:
    """Approve another's proposal: it is carried out at once."""
    return operation_view(await cases.approve_jump(deps, case_no, proposal_id, reason=entry.reason, who=who, key=key))


@router.post("/cases/{case_no}/jumps/{proposal_id}/reject", responses=problems(CaseNotFound, ProposalGone, Conflict))
async def reject_jump(
    deps: With, who: Proposer, case_no: CaseNo, proposal_id: ProposalId, entry: ReasonEntry, key: IdempotencyKey = None
) -> OperationView:
    """Drop a proposed jump: one's own, or another's."""
    return operation_view(await cases.reject_jump(deps, case_no, proposal_id, reason=entry.reason, who=who, key=key))
