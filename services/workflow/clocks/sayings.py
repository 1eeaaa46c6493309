"""The timer events: what is said aloud about a clock."""

from dataclasses import dataclass
from typing import Any

from services.workflow.clocks.ledgers import Clock


@dataclass(frozen=True, slots=True)
class Heading:
    """What every timer event says of its case."""

    case_no: str
    title: str
    item_code: str


def said_of(clock: Clock, heading: Heading) -> dict[str, Any]:
    """The fields that all timer events share (`TimerSaid`)."""
    return {
        "case_no": heading.case_no,
        "title": heading.title,
        "item_code": heading.item_code,
        "clock_id": clock.clock_id,
        "kind": clock.kind,
        "name": clock.name,
        "element": clock.element,
        "post": clock.post,
        "department": clock.department,
        "person": clock.person,
        "light_rules": clock.light_rules,
        "limit_workdays": clock.limit_workdays,
        "started_on": clock.started.on,
        "due_on": clock.due_on,
        "due_at": clock.due_at,
        "provisional": clock.provisional,
    }
