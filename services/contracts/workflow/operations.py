"""What the process says of operations on its tasks and cases (docs/operations.md): who, when and why."""

from datetime import datetime
from typing import ClassVar

from services.contracts.events import Said


class TaskOperated(Said, frozen=True):
    """What all operations on a task share."""

    case_no: str
    task_id: str
    element: str
    name: str
    person: str
    at: datetime


class TaskDraftSaved(TaskOperated, frozen=True):
    """The holder of a task keeps what is filled in so far; what it says is seen by nobody else."""

    TYPE: ClassVar[str] = "guihua.workflow.task.draft_saved.v1"

    version: int


class TaskDelegated(TaskOperated, frozen=True):
    """Another person works the task for its holder (委托办理); it comes back to be confirmed."""

    TYPE: ClassVar[str] = "guihua.workflow.task.delegated.v1"

    to: str
    reason: str


class TaskResolved(TaskOperated, frozen=True):
    """A delegated task is back with its holder; `called_back` says that the holder took it back unworked."""

    TYPE: ClassVar[str] = "guihua.workflow.task.resolved.v1"

    owner: str
    called_back: bool


class TaskHandedOver(TaskOperated, frozen=True):
    """A task went to another person for good (转办)."""

    TYPE: ClassVar[str] = "guihua.workflow.task.handed_over.v1"

    to: str
    reason: str


class TaskSubmitted(TaskOperated, frozen=True):
    """The holder is done; the task is completed with these answers as soon as its signers have signed."""

    TYPE: ClassVar[str] = "guihua.workflow.task.submitted.v1"

    waiting_for: tuple[str, ...]


class SignerAdded(TaskOperated, frozen=True):
    """Another person or post signs the task too (加签): before the holder, beside, or after."""

    TYPE: ClassVar[str] = "guihua.workflow.task.signer_added.v1"

    seat_id: str
    place: str
    rule: str
    signer: str
    reason: str


class SignerRemoved(TaskOperated, frozen=True):
    """A signer who has not signed is asked no more (减签)."""

    TYPE: ClassVar[str] = "guihua.workflow.task.signer_removed.v1"

    seat_id: str
    signer: str
    reason: str


class TaskSigned(TaskOperated, frozen=True):
    """A signer gave an opinion (会签)."""

    TYPE: ClassVar[str] = "guihua.workflow.task.signed.v1"

    seat_id: str
    place: str
    agrees: bool
    opinion: str


class SigningSettled(TaskOperated, frozen=True):
    """The signers of one place have come to a result by their rule; those not needed any more are spared."""

    TYPE: ClassVar[str] = "guihua.workflow.task.signing_settled.v1"

    place: str
    rule: str
    passed: bool
    agreed: int
    disagreed: int
    spared: int


class TaskUrged(TaskOperated, frozen=True):
    """Somebody asks for a task to be done soon (催办); `recipients` are those who are told."""

    TYPE: ClassVar[str] = "guihua.workflow.task.urged.v1"

    title: str
    message: str
    recipients: tuple[str, ...]


class TaskSentBack(TaskOperated, frozen=True):
    """The case went back to an earlier step (退回).

    `undone` are tasks that were done, `cancelled` those that were open.
    """

    TYPE: ClassVar[str] = "guihua.workflow.task.sent_back.v1"

    reason: str
    to_element: str
    to_name: str
    reopened: tuple[str, ...]
    undone: tuple[str, ...]
    cancelled: tuple[str, ...]
    times: int


class TaskPulledBack(TaskOperated, frozen=True):
    """Who completed a step took it back before anybody went on (撤回)."""

    TYPE: ClassVar[str] = "guihua.workflow.task.pulled_back.v1"

    reason: str
    reopened: tuple[str, ...]
    cancelled: tuple[str, ...]


class CaseSuspended(Said, frozen=True):
    """Nobody works on the case until it is resumed (挂起). No clock stands still for it."""

    TYPE: ClassVar[str] = "guihua.workflow.case.suspended.v1"

    case_no: str
    person: str
    reason: str
    at: datetime


class CaseResumed(Said, frozen=True):
    """The case is worked on again (恢复)."""

    TYPE: ClassVar[str] = "guihua.workflow.case.resumed.v1"

    case_no: str
    person: str
    reason: str
    at: datetime


class DecisionKept(TaskOperated, frozen=True):
    """A decision by link came while the case was suspended; it waits until the case is resumed."""

    TYPE: ClassVar[str] = "guihua.workflow.decision.kept.v1"

    title: str
    decided_at: datetime
    suspended_by: str
    recipients: tuple[str, ...]


class DecisionDropped(TaskOperated, frozen=True):
    """A proven decision by link that its step could not take; `reason` says why, in both languages."""

    TYPE: ClassVar[str] = "guihua.workflow.decision.dropped.v1"

    title: str
    decided_at: datetime
    reason: str
    recipients: tuple[str, ...]


class JumpProposed(Said, frozen=True):
    """Somebody proposes to let the process go on at another step (跳转); another person decides."""

    TYPE: ClassVar[str] = "guihua.workflow.jump.proposed.v1"

    case_no: str
    proposal_id: str
    task_id: str
    to_element: str
    person: str
    reason: str
    at: datetime


class JumpDecided(Said, frozen=True):
    """A proposed jump was approved and carried out, or rejected."""

    TYPE: ClassVar[str] = "guihua.workflow.jump.decided.v1"

    case_no: str
    proposal_id: str
    to_element: str
    proposed_by: str
    person: str
    approved: bool
    reason: str
    cancelled: tuple[str, ...]
    reopened: tuple[str, ...]
    at: datetime
