"""What the process tells of a notice posted for the public (公示): its words, and the step that waits meanwhile."""

import hashlib
from datetime import date, datetime
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from services.contracts.words import HoldGround
from services.contracts.workflow import TaskOpened

FIELDS: Final = frozenset({"notice_no", "posted_from", "places", "basis"})
"""What is filled in when a notice is posted (bpmn/shared, 发布公示)."""

_DAY: Final = TypeAdapter(date)


class Wording(BaseModel, frozen=True):
    """A notice as it was posted: its number, first day, places and legal basis, and where in its story it was said."""

    notice_no: str
    posted_from: date
    places: tuple[str, ...]
    basis: str
    position: tuple[int, int]


class Posting(BaseModel, frozen=True):
    """The step that waits while a notice is posted, until the process says that its timer came."""

    posting_id: str
    opened_at: datetime
    until_at: datetime | None
    position: tuple[int, int]


def wording(answers: dict[str, Any], position: tuple[int, int]) -> Wording | None:
    """The notice that was filled in; None if these answers are of something else."""
    if not answers.keys() >= FIELDS:
        return None
    places = answers["places"]
    try:
        posted_from = _DAY.validate_python(answers["posted_from"])
    except ValidationError:  # a form of somebody's own, with the same names for other things
        return None
    return Wording(
        notice_no=str(answers["notice_no"]),
        posted_from=posted_from,
        places=tuple(str(place) for place in (places if isinstance(places, list) else [places])),
        basis=str(answers["basis"]),
        position=position,
    )


def posting(said: TaskOpened, position: tuple[int, int]) -> Posting | None:
    """The publicity that began with this step; None for any other step.

    It goes by a number of its own: the case's number would tell strangers what to try passwords for.
    """
    if said.hold is not HoldGround.PUBLICITY:
        return None
    return Posting(
        posting_id=hashlib.sha256(f"posting {said.task_id}".encode()).hexdigest()[:16],
        opened_at=said.opened_at,
        until_at=said.timer_at,
        position=position,
    )
