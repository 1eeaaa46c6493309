"""What is stored of a session: one document with its agenda, attendance, rulings and minutes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, Field

from services.kernel.store import Body
from services.workflow.instances.resolutions import Ruled


class Stage(StrEnum):
    """How far a session is."""

    PLANNED = "planned"
    FROZEN = "frozen"
    HELD = "held"
    DRAFTED = "drafted"
    SIGNED = "signed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


BEFORE_IT: Final = frozenset({Stage.PLANNED, Stage.FROZEN})
"""The agenda may still be changed."""

RECORDED: Final = frozenset({Stage.HELD, Stage.DRAFTED})
"""What was decided is written down, and may still be corrected: nothing was handed to any case."""


class Vote(StrEnum):
    """How a member voted."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Ballot(BaseModel, frozen=True):
    """One member's vote, by name."""

    person: str
    vote: Vote


class Statement(BaseModel, frozen=True):
    """What a member said of an item; one that differs from the decision is kept as such."""

    person: str
    text: str
    differs: bool = False


class Recusal(BaseModel, frozen=True):
    """A member who takes no part in an item, and why."""

    person: str
    reason: str


class Paper(BaseModel, frozen=True):
    """A paper for an item. One that came after the papers were frozen names who consented, and why."""

    name: str
    filed_by: str
    filed_at: datetime
    consented_by: str = ""
    consent_reason: str = ""


class Ruling(BaseModel, frozen=True):
    """What was decided of an item. `answer` is the word of the step's own form that it is handed over as."""

    decision: Ruled
    opinion: str
    reason: str = ""
    conditions: tuple[str, ...] = ()
    answer: str = ""
    ballots: tuple[Ballot, ...] = ()
    statements: tuple[Statement, ...] = ()
    recorded_by: str
    recorded_at: datetime


class Handing(BaseModel, frozen=True):
    """What became of a resolution at its case: handed over, or refused with a code and the reason in both languages."""

    done: bool
    at: datetime
    code: str = ""
    zh: str = ""
    en: str = ""


class Item(BaseModel, frozen=True):
    """One case on the agenda, with the step that waits for the body. `due_on`: when its first clock runs out."""

    item_id: str
    case_no: str
    task_id: str
    element: str
    title: str
    department: str
    due_on: date | None = None
    papers: tuple[Paper, ...] = ()
    recused: tuple[Recusal, ...] = ()
    no_interest: tuple[str, ...] = ()
    ruling: Ruling | None = None
    handing: Handing | None = None

    def is_recused(self, person: str) -> bool:
        """Whether a member takes no part in it."""
        return any(each.person == person for each in self.recused)

    @property
    def is_to_be_handed(self) -> bool:
        """Whether its case waits for what was decided. What was deferred stays in the queue."""
        return self.ruling is not None and self.ruling.decision is not Ruled.DEFER


class Signature(BaseModel, frozen=True):
    """A name under the minutes."""

    person: str
    at: datetime


class MinutesFile(BaseModel, frozen=True):
    """The minutes as a file: printed once they stood, and what its content is known by."""

    file_id: str
    sha256: str
    size: int


class Minutes(BaseModel, frozen=True):
    """The minutes: drafted from the record, read-only once the chair has signed. `files` by their format, then."""

    number: str
    text: str
    drafted_by: str
    drafted_at: datetime
    signatures: tuple[Signature, ...] = ()
    files: dict[str, MinutesFile] = Field(default_factory=dict)


class Session(Body, frozen=True):
    """A session of a body. `members` are those of this session: people by code, or outside experts by name.

    `case_no` is the meeting's own case (HY01), begun when it was held: its steps have the clocks of the minutes.
    `departments` take part in it: who may see it.
    """

    session_id: str
    body_id: str
    held_on: date
    begins_at: datetime
    place: str
    chair: str
    secretary: str
    members: tuple[str, ...]
    departments: tuple[str, ...]
    papers_due_at: datetime
    stage: Stage = Stage.PLANNED
    items: tuple[Item, ...] = ()
    present: tuple[str, ...] = ()
    minutes: Minutes | None = None
    number: str = ""
    case_no: str = ""
    cancelled_because: str = ""
    digest: str = ""

    def item(self, item_id: str) -> Item | None:
        """The item of this id."""
        return next((item for item in self.items if item.item_id == item_id), None)

    def with_item(self, item: Item) -> "Session":
        """The session with one item put in place of the one of the same id."""
        items = tuple(item if each.item_id == item.item_id else each for each in self.items)
        return self.model_copy(update={"items": items})

    def are_papers_frozen(self, now: datetime) -> bool:
        """Whether papers are late by now."""
        return self.stage is not Stage.PLANNED or now >= self.papers_due_at

    def voices(self, item: Item) -> tuple[str, ...]:
        """The members who count for an item: all but those recused."""
        return tuple(person for person in self.members if not item.is_recused(person))
