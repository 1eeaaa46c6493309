"""What a preview of a rule table tells."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from services.contracts.words import Light
from services.kernel.requests import Request
from services.supervision.rules import Rule


class Register(StrEnum):
    """Where a rule leaves something: what the board shows, the register of lights, matters, drafts of notices."""

    LIGHTS = "lights"
    ALERTS = "alerts"
    MATTERS = "matters"
    NOTICES = "notices"


class How(StrEnum):
    """What the changed table makes of an occurrence."""

    ADDED = "added"
    DROPPED = "dropped"
    EARLIER = "earlier"
    LATER = "later"


class PreviewEntry(Request, frozen=True):
    """A table that is thought of, and the period that it is tried on; by default the three months until today."""

    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=200)]
    since: date | None = None
    until: date | None = None


class Affected(BaseModel, frozen=True):
    """One light, entry, matter or notice that would be otherwise.

    `was_at` and `was_rule` tell what really came, `would_at` and `would_rule` what would have come; each is empty
    where nothing did or would have. `colour` is the light's, empty for matters and notices.
    """

    how: How
    case_no: str
    title: str
    clock_id: str
    clock: str
    department: str
    due_on: date
    colour: Light | None
    was_at: datetime | None
    was_rule: str | None
    would_at: datetime | None
    would_rule: str | None


class Changes(BaseModel, frozen=True):
    """How many would be otherwise and how many as they were; the first hundred of the former, oldest first."""

    added: int = 0
    dropped: int = 0
    earlier: int = 0
    later: int = 0
    same: int = 0
    affected: tuple[Affected, ...] = ()


class RuleState(StrEnum):
    """A rule of the table that is thought of, beside the newest version that there is."""

    KEPT = "kept"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


class RuleEffects(BaseModel, frozen=True):
    """One rule: what became of it, and what would have come of that."""

    id: str
    reason: str
    light: Light
    state: RuleState
    lights: Changes
    alerts: Changes
    matters: Changes
    notices: Changes


class Preview(BaseModel, frozen=True):
    """The whole preview. `unrecorded` cases began before what is heard was kept, and are left out.

    `latest` is the version that the states of the rules are told by. What really came is told by the version that
    each event was judged by when it was heard, so it may be of several versions.
    """

    since: date
    until: date
    latest: int
    cases: int
    events: int
    unrecorded: int
    rules: tuple[RuleEffects, ...]
    lights: Changes
    alerts: Changes
    matters: Changes
    notices: Changes
