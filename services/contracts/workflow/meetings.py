"""What the process says of meetings: of a session under its id, of what it means for a case under the case's number."""

from datetime import date, datetime
from typing import ClassVar

from services.contracts.events import Said


class MeetingSaid(Said, frozen=True):
    """What is said of a session. `body` is a collective body such as `bureau_meeting`."""

    KEY: ClassVar[str] = "session_id"

    session_id: str
    body: str
    at: datetime


class MeetingPlanned(MeetingSaid, frozen=True):
    """A session is planned, or planned anew for another time, place or chair."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.planned.v1"

    held_on: date
    begins_at: datetime
    place: str
    chair: str
    secretary: str
    members: tuple[str, ...]
    papers_due_at: datetime


class MeetingAgendaSet(MeetingSaid, frozen=True):
    """These cases are on the agenda, in this order. `conflicts` are those whose clocks run out before the session."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.agenda_set.v1"

    held_on: date
    cases: tuple[str, ...]
    conflicts: tuple[str, ...]


class MeetingPapersFrozen(MeetingSaid, frozen=True):
    """The papers are frozen: what comes later needs the chair's consent. `without` are cases that have none."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.papers_frozen.v1"

    without: tuple[str, ...]


class MeetingPaperFiled(MeetingSaid, frozen=True):
    """A paper came for an item; a late one with the chair's consent."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.paper_filed.v1"

    on_case: str
    name: str
    filed_by: str
    consented_by: str


class MeetingHeld(MeetingSaid, frozen=True):
    """The session was opened with enough members."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.held.v1"

    held_on: date
    chair: str
    members: int
    present: tuple[str, ...]
    needed: int


class MeetingItemDecided(MeetingSaid, frozen=True):
    """An item was decided. `differing` are those whose opinion differs, by name."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.item_decided.v1"

    on_case: str
    decision: str
    votes_for: int
    votes_against: int
    abstained: int
    recused: tuple[str, ...]
    differing: tuple[str, ...]


class MeetingMinutesDrafted(MeetingSaid, frozen=True):
    """The minutes were drafted from the record, or edited."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.minutes_drafted.v1"

    minutes_no: str
    person: str


class MeetingMinutesSigned(MeetingSaid, frozen=True):
    """Somebody signed the minutes; with the chair's signature they stand."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.minutes_signed.v1"

    minutes_no: str
    person: str
    final: bool


class MeetingMinutesFiled(MeetingSaid, frozen=True):
    """The minutes were printed as they stand. `sha256` by format (`pdf`, `docx`): what the files are known by."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.minutes_filed.v1"

    minutes_no: str
    sha256: dict[str, str]


class MeetingClosed(MeetingSaid, frozen=True):
    """Everything of a session was handed over; or it is not held, and `reason` says why."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.closed.v1"

    cancelled: bool
    reason: str


class MeetingResolutionHanded(Said, frozen=True):
    """The waiting process of a case got what a meeting decided."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.resolution_handed.v1"

    case_no: str
    task_id: str
    element: str
    session_id: str
    body: str
    held_on: date
    minutes_no: str
    decision: str
    conditions: tuple[str, ...]
    person: str
    at: datetime


class MeetingConditionClosed(Said, frozen=True):
    """A condition of a decision in principle is fulfilled; `left` are still open."""

    TYPE: ClassVar[str] = "guihua.workflow.meeting.condition_closed.v1"

    case_no: str
    condition_id: str
    condition: str
    evidence: str
    person: str
    at: datetime
    left: int
