"""One line of a case's history as it is exported: whole, or with only what its reader may see."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from services.contracts.chains import data_digest
from services.contracts.events import Envelope
from services.kernel.identity import Permission, Person, may

_WORDS: Final = """
acceptance accepted_on added_by agreed agrees alternative_on approved assignee at basis called_back cancelled
cancelled_at case_no cause channel claimed_at clock_id completed_at completed_on decided_by decided_on deemed
department disagreed due_at due_on edit_id element end_element ended_at fired_at from_version ground held_at
held_on held_workdays hold how incident_id item_code kind lapsed limit_workdays light_rules migration_id milestone
minutes_no moved_at name
name_en opened_at outcome overdue_at overdue_workdays owner passed person place planned_at post process_key
promised_due_on promised_overdue_workdays proposal_id proposed_by provisional quick_approval reached_at released_at
remaining_workdays reopened requested_at resolved_at resolved_by resumed_at reverted rule said_at saved_workdays
seat_id signer situation spared started_at started_on statutory_due_on statutory_overdue_workdays stopped_at task_id
timer_at times title to to_element to_name to_version topic township tries undone version waiting_for warned_at
was_due_on
"""
_PLAIN: Final = frozenset(_WORDS.split())
"""What those who run the system see of an event: what happened, when, by whom. No answers, facts, opinions, reasons."""


class Line(BaseModel, frozen=True):
    """One event of a case. Where `data` is withheld, `salt` is too, and `excerpt` is what its reader may see of it.

    The hash covers `digest`; an excerpt is a service to the reader and is not covered.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    previous: str | None
    hash: str | None
    digest: str
    salt: str | None = None
    data: dict[str, Any] | None = None
    excerpt: dict[str, Any] | None = None

    @property
    def shown(self) -> dict[str, Any]:
        """What its reader knows of the event."""
        return self.data if self.data is not None else (self.excerpt or {})

    @property
    def verb(self) -> str:
        """What happened, such as `task.completed`."""
        return self.type.removeprefix("guihua.workflow.").rpartition(".v")[0]


def sees_everything(who: Person) -> bool:
    """Whether a person reads cases as one who works on them; those who only run the system see less."""
    return may(who, Permission.TASK_WORK)


def lines_for(who: Person, said: Sequence[Envelope]) -> list[Line]:
    """What was said, as a person may see it."""
    whole = [line_of(each) for each in said]
    return whole if sees_everything(who) else [withheld(line) for line in whole]


def data_for(who: Person, said: Envelope) -> Mapping[str, Any]:
    """What an event says, as a person may see it."""
    return said.data if sees_everything(who) else _excerpt(said.data)


def line_of(envelope: Envelope) -> Line:
    """An event as a line, with everything in it."""
    fields = envelope.model_dump(include=set(Line.model_fields))
    return Line(**fields, digest=data_digest(envelope.data, envelope.salt or ""))


def withheld(line: Line) -> Line:
    """The line without what only case staff may see; it can be verified all the same."""
    excerpt = _excerpt(line.shown)
    if excerpt == line.data:
        return line
    return line.model_copy(update={"data": None, "salt": None, "excerpt": excerpt})


def _excerpt(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in _PLAIN}
