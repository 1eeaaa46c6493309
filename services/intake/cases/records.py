"""The case (案卷) as the window keeps it: what was received, from whom, how far it is, and to whom it went."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field, computed_field

from services.contracts.intake import ReceivedDocument
from services.contracts.words import Channel, HoldGround, Light, Outcome, StepKind
from services.intake.applications import ApplicantKind
from services.intake.cases.findings import Finding
from services.intake.cases.postings import Posting, Wording
from services.intake.cases.standing import Status
from services.intake.submissions import Submission
from services.kernel.store import Body

Position = tuple[int, int]
"""Where in its source's story an event stands: (sequence, place within the write). Later is greater."""

READY: str = "ready_for_delivery"
"""The milestone (`permit:milestone`) after which the collection window may hand the result over."""


class Party(BaseModel, frozen=True):
    """A person or organisation with its number sealed; `number_masked` is what may be shown."""

    name: str
    number_sealed: str
    number_masked: str


class Applicant(Party, frozen=True):
    """The applicant (申请人), and the agent if one comes to the window."""

    kind: ApplicantKind
    phone_sealed: str
    phone_masked: str
    agent: Party | None


class Capacity(StrEnum):
    """In which capacity somebody stands at the window."""

    APPLICANT = "applicant"
    AGENT = "agent"
    AUTHORISED = "authorised"


class Reissue(BaseModel, frozen=True):
    """A query password given anew: who came, which identity document was seen, who saw it."""

    submission: Submission
    issue: int
    at: datetime
    by: str
    holder: Party
    capacity: Capacity
    identity_document: str
    authorisation: str | None


class QueryPassword(BaseModel, frozen=True):
    """The Argon2id hash of the password in force, and which issue it is (1 is the one of the first receipt)."""

    hashed: str
    issue: int
    issued_at: datetime


class Delivery(BaseModel, frozen=True):
    """The proof of service (送达回证, B-33)."""

    submission: Submission
    proof_no: str
    delivered_at: datetime
    delivered_on: date
    delivered_by: str
    recorded_at: datetime
    receiver: Party
    capacity: Capacity
    authorisation: str | None
    signature: str


class Signed(BaseModel, frozen=True):
    """A request that somebody signed at the window, and who they are."""

    submission: Submission
    signer: Party
    capacity: Capacity
    authorisation: str | None
    signature: str


class Withdrawal(BaseModel, frozen=True):
    """The applicant's request to withdraw the application (撤回申请); `signed` if it was brought to the window."""

    channel: Channel
    registered_by: str
    requested_at: datetime
    recorded_at: datetime
    signed: Signed | None = None


class Step(BaseModel, frozen=True):
    """A step of the process as far as the window hears of it. Open when opened and not closed.

    Nobody says when a wait for an outside system is over: it is over once the process opened something later.
    """

    task_id: str
    is_outside: bool = False
    name: str = ""
    name_en: str = ""
    kind: StepKind = StepKind.HUMAN
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    position: Position = (0, 0)
    is_done: bool = False
    """Somebody completed it; it was not taken away by the process."""
    posting: Posting | None = None

    @property
    def is_open(self) -> bool:
        """Whether it was opened and not closed."""
        return self.opened_at is not None and self.closed_at is None

    @property
    def revision(self) -> int:
        """The write of its process that opened it."""
        return self.position[0]


class Hold(BaseModel, frozen=True):
    """One hold that a case clock heard of."""

    ground: HoldGround
    basis: str
    held_at: datetime
    position: Position


class HeldClock(BaseModel, frozen=True):
    """The holds of one case clock; those before `resumed` are over."""

    clock_id: str
    holds: tuple[Hold, ...] = ()
    resumed: Position = (0, 0)

    @property
    def standing(self) -> tuple[Hold, ...]:
        """The holds in force now."""
        return tuple(hold for hold in self.holds if hold.position > self.resumed)


class Correction(BaseModel, frozen=True):
    """The one-time correction notice (补正告知书, 行政许可法 §32(4)): its number, and all that is missing."""

    notice_no: str
    defects: tuple[str, ...]
    position: Position


class Progress(BaseModel, frozen=True):
    """How far the case is, as other services said. Any order and any repetition of events gives the same."""

    started: bool = False
    accepted_on: date | None = None
    deemed: bool = False
    decided_on: date | None = None
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    expected_position: Position = (0, 0)
    steps: tuple[Step, ...] = ()
    clocks: tuple[HeldClock, ...] = ()
    light: Light = Light.GREEN
    light_position: Position = (0, 0)
    correction: Correction | None = None
    too_late: str = ""
    """Why a withdrawal had no effect, as the process said."""
    worked: Position = (0, 0)
    """Where the latest step was done that is no correction notice."""
    wordings: tuple[Wording, ...] = ()
    """The public notices that were written, oldest first."""


class Online(BaseModel, frozen=True):
    """That a case was filed online: from which draft, and when its truth was stated (行政许可法 §31)."""

    draft_no: str
    declared_at: datetime


class PublicLine(BaseModel, frozen=True):
    """What everybody may read of a granted licence; `words` are what it is found by (see `publishing`)."""

    item: str
    item_en: str
    project: str
    applicant: str
    decision: Outcome
    decided_on: date
    words: tuple[str, ...]


class Case(Body, frozen=True):
    """One case file. `departments` are those who may see it besides the window, leaders and supervision.

    `is_licence` tells an administrative licence from a consultation, a confirmation or an internal matter.
    """

    case_no: str
    item_code: str
    item_name: str
    item_name_en: str
    situation: str
    situation_name: str
    title: str
    applicant: Applicant
    facts: dict[str, Any]
    documents: tuple[ReceivedDocument, ...]
    department: str
    township: str | None
    township_name: str | None
    departments: tuple[str, ...]
    received_at: datetime
    received_on: date
    received_by: str
    received_by_name: str
    recorded_at: datetime
    expected_collection_on: date
    submission: Submission
    password: QueryPassword
    reissues: tuple[Reissue, ...] = ()
    progress: Progress = Field(default_factory=Progress)
    delivery: Delivery | None = None
    withdrawal: Withdrawal | None = None
    is_licence: bool = True
    online: Online | None = None
    published: PublicLine | None = None
    findings: tuple[Finding, ...] = ()

    @computed_field  # type: ignore[prop-decorator]  # stored with the body, so that lists can be filtered by it
    @property
    def status(self) -> Status:
        """Where the case stands."""
        progress = self.progress
        if progress.ended_at is not None:
            return Status.ENDED
        if self.delivery is not None:
            return Status.DELIVERED
        if progress.ready_at is not None:
            return Status.READY
        if progress.decided_on is not None:
            return Status.DECIDED
        if self.holds:
            return Status.PAUSED
        return Status.IN_REVIEW if progress.accepted_on is not None else Status.RECEIVED

    @computed_field  # type: ignore[prop-decorator]  # as above: the list of public notices, newest first
    @property
    def posted_at(self) -> datetime | None:
        """When the latest public notice was posted."""
        return max((step.posting.opened_at for step in self.postings if step.posting), default=None)

    @property
    def postings(self) -> tuple[Step, ...]:
        """The steps that waited, or wait, with a public notice posted: oldest first."""
        return tuple(step for step in self.progress.steps if step.posting is not None)

    @property
    def channel(self) -> Channel:
        """By which way it came in."""
        return Channel.ONLINE if self.online else Channel.WINDOW

    @property
    def open_steps(self) -> tuple[Step, ...]:
        """The steps that the case waits at now, the longest open first."""
        steps = self.progress.steps
        latest = max((step.revision for step in steps), default=0)
        return tuple(step for step in steps if step.is_open and (step.revision == latest or not step.is_outside))

    @property
    def holds(self) -> tuple[Hold, ...]:
        """What keeps the case clocks standing still now, oldest first."""
        return tuple(hold for clock in self.progress.clocks for hold in clock.standing)

    @property
    def correction_awaited(self) -> Correction | None:
        """The correction notice that waits for the applicant: told, not answered by a later step, not overtaken."""
        told = self.progress.correction
        is_open = told is not None and told.position > self.progress.worked and self.status is Status.RECEIVED
        return told if is_open else None
