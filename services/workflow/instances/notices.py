"""The one-time correction notice: told once, it is not told again by going back (行政许可法 §32(4), §72(4))."""

from collections.abc import Mapping
from typing import Any, Final

from services.workflow.instances.models import ClosedTask, Instance, Verb
from services.workflow.instances.turns import Decided, Turn

NOTICE_FIELDS: Final = frozenset({"notice_no", "defects", "complete"})
"""What is filled in for such a notice (docs/law.md): its number, what is missing, and that this is all."""


def is_notice(answers: Mapping[str, Any]) -> bool:
    """Whether answers are a one-time correction notice."""
    return answers.keys() >= NOTICE_FIELDS


def mark_notice(instance: Instance, turn: Turn) -> Decided:
    """Mark the step just completed if it was the notice."""
    act = turn.act
    if act.verb is not Verb.COMPLETE or not is_notice(act.payload):
        return Decided(instance)
    closed = (
        one.model_copy(update={"notice": True}) if one.task_id == act.target and one.completed else one
        for one in instance.closed
    )
    return Decided(instance.model_copy(update={"closed": tuple(closed)}))


def is_told(instance: Instance, closed: ClosedTask) -> bool:
    """Whether a step is the notice, or one that led to it: done again, it would be a second one."""
    place = next(place for place, one in enumerate(instance.closed) if one.task_id == closed.task_id)
    notices = (one for one in instance.closed if one.notice and not one.undone)
    return any(one.task_id == closed.task_id or place in one.after for one in notices)
