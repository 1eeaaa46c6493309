"""What becomes of a running instance that is to follow another version. Plain values, as `models`."""

from dataclasses import dataclass
from enum import StrEnum

from services.workflow.engine.models import Step


class Verdict(StrEnum):
    """What becomes of a running instance when it is to follow another version.

    Nothing that lies ahead of it differs; it moves; somebody has to say where it is to go; or it cannot go.
    """

    UNAFFECTED = "unaffected"
    MOVES = "moves"
    NEEDS_MAPPING = "needs-mapping"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an instance does not move: the element at which it stands, a code, and the words."""

    verdict: Verdict
    element: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of one instance. `step` is the instance under the new version, when it moves."""

    verdict: Verdict
    standing: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()
    step: Step | None = None
