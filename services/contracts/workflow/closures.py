"""What the process says when an application is given up undecided: withdrawn by the applicant, or terminated."""

from datetime import datetime
from typing import ClassVar

from services.contracts.events import Said
from services.contracts.words import Channel, TerminationGround


class CaseWithdrawn(Said, frozen=True):
    """The applicant withdrew the application (撤回申请); `left` are the open steps that nobody works on any more.

    `recipients` had one of them in hand, or could have taken it.
    """

    TYPE: ClassVar[str] = "guihua.workflow.case.withdrawn.v1"

    case_no: str
    title: str
    channel: Channel
    registered_by: str
    requested_at: datetime
    at: datetime
    left: tuple[str, ...]
    recipients: tuple[str, ...]


class CaseTerminated(Said, frozen=True):
    """A leader ended the handling of an application (终止办理): on which ground, by which proof and legal basis."""

    TYPE: ClassVar[str] = "guihua.workflow.case.terminated.v1"

    case_no: str
    title: str
    ground: TerminationGround
    basis: str
    evidence: str
    reason: str
    person: str
    at: datetime
    left: tuple[str, ...]
    recipients: tuple[str, ...]


class WithdrawalRefused(Said, frozen=True):
    """A withdrawal came too late: the case was decided or closed before. `code` is that of the refusal."""

    TYPE: ClassVar[str] = "guihua.workflow.withdrawal.refused.v1"

    case_no: str
    code: str
    reason_zh: str
    reason_en: str
    requested_at: datetime
    at: datetime
