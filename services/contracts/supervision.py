"""What the supervision office says.

`state` is the digest of the document as the event left it, so that a later change behind its records shows; the first
events of their types had none.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import Field

from services.contracts.events import Said
from services.contracts.words import ClockKind, Light


class LightChanged(Said, frozen=True):
    """A light on a step or a case changed. One for each (clock, rule, occurrence); never taken back."""

    TYPE: ClassVar[str] = "guihua.supervision.light.changed.v1"

    case_no: str
    title: str
    clock_id: str
    kind: ClockKind
    name: str
    light: Light
    was: Light
    case_light: Light
    rule: str | None
    rule_version: int
    department: str
    person: str | None
    due_on: date
    overdue_workdays: int
    changed_at: datetime
    recipients: tuple[str, ...]
    post: str | None = None
    """The first events of this type did not name it."""


class EscalationClimbed(Said, frozen=True):
    """The ladder (docs/domain.md §5.4) went one rung up for a light."""

    TYPE: ClassVar[str] = "guihua.supervision.escalation.climbed.v1"

    case_no: str
    title: str
    clock_id: str
    name: str
    rung: str
    rule: str
    reason: str
    climbed_at: datetime
    recipients: tuple[str, ...]


class MatterRegistered(Said, frozen=True):
    """A supervision matter (督查事项) was registered, step 登记."""

    TYPE: ClassVar[str] = "guihua.supervision.matter.registered.v1"

    case_no: str
    matter_no: str
    title: str
    department: str
    rule: str | None
    due_on: date | None
    registered_at: datetime
    recipients: tuple[str, ...]
    state: str | None = None


class MatterMoved(Said, frozen=True):
    """A matter went from one of the seven steps to the next (or back to 督办)."""

    TYPE: ClassVar[str] = "guihua.supervision.matter.moved.v1"

    case_no: str
    matter_no: str
    step: str
    was: str
    moved_at: datetime
    moved_by: str
    note: str = ""
    state: str | None = None


class MatterNoted(Said, frozen=True):
    """Something else was added to a matter's file: a further rule, a bulletin, an objection and what came of it."""

    TYPE: ClassVar[str] = "guihua.supervision.matter.noted.v1"

    case_no: str
    matter_no: str
    step: str
    note: str
    noted_at: datetime
    noted_by: str
    state: str | None = None


class ProcessCalled(Said, frozen=True):
    """A message for a process: for the case begun under `business_key` that waits for it, else for a new case.

    The same `message_id` again is the same message. Where no process takes it, it is for nobody, and nothing is amiss.
    """

    TYPE: ClassVar[str] = "guihua.supervision.process.called.v1"
    KEY: ClassVar[str] = "business_key"

    message_id: str
    name: str
    business_key: str
    payload: dict[str, Any] = Field(default_factory=dict)
    called_at: datetime


class NoticeIssued(Said, frozen=True):
    """A supervision notice (督查督办通知) went to a department."""

    TYPE: ClassVar[str] = "guihua.supervision.notice.issued.v1"

    case_no: str
    notice_no: str
    matter_no: str
    department: str
    title: str
    text: str
    issued_at: datetime
    rectify_by: date
    recipients: tuple[str, ...]
    state: str | None = None


class BulletinPublished(Said, frozen=True):
    """A supervision bulletin (督查通报) was approved and published inside the bureau."""

    TYPE: ClassVar[str] = "guihua.supervision.bulletin.published.v1"
    KEY: ClassVar[str] = "bulletin_id"

    bulletin_id: str
    year: int
    issue: int
    heading: str
    text: str
    case_nos: tuple[str, ...]
    departments: tuple[str, ...]
    published_at: datetime
    published_by: str
    recipients: tuple[str, ...]
    state: str | None = None


class PaperMoved(Said, frozen=True):
    """A notice or a bulletin was drafted, edited, approved, returned, read, made void; or its rectification went on."""

    TYPE: ClassVar[str] = "guihua.supervision.paper.moved.v1"
    KEY: ClassVar[str] = "paper_id"

    paper: str
    paper_id: str
    verb: str
    moved_by: str
    moved_at: datetime
    note: str
    state: str | None


class AlertMoved(Said, frozen=True):
    """A yellow or red light entered the register of lights, or was acknowledged, explained, settled."""

    TYPE: ClassVar[str] = "guihua.supervision.alert.moved.v1"
    KEY: ClassVar[str] = "alert_id"

    alert_id: str
    case_no: str
    verb: str
    light: Light
    rule: str
    department: str
    moved_by: str
    moved_at: datetime
    note: str
    state: str | None


class ScoreMoved(Said, frozen=True):
    """An entry of the yearly assessment was posted, cleared, appealed against or decided on."""

    TYPE: ClassVar[str] = "guihua.supervision.score.moved.v1"
    KEY: ClassVar[str] = "sheet_id"

    sheet_id: str
    year: int
    level: str
    subject: str
    entry_no: int
    verb: str
    cause: str
    amount: str
    moved_by: str
    moved_at: datetime
    note: str
    state: str | None
