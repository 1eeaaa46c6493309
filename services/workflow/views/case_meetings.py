"""What meetings mean for one case, as people read it on its page."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel

from services.workflow.instances.models import Instance
from services.workflow.instances.resolutions import Ruled
from services.workflow.meetings.bodies import MeetingBody
from services.workflow.meetings.models import Handing, Item, Session, Stage
from services.workflow.meetings.planning import is_late
from services.workflow.views.meetings import BodyView, ConditionView, body_view, condition_view


class CaseMeeting(BaseModel, frozen=True):
    """A session that had or has a case on its agenda, and what became of it there."""

    session_id: str
    body_id: str
    body_name: str
    body_name_en: str
    held_on: date
    stage: Stage
    place: int
    decision: Ruled | None
    handing: Handing | None
    conflict: bool


class CaseMeetings(BaseModel, frozen=True):
    """What meetings mean for a case: the bodies it waits for, its sessions, the conditions of its decisions."""

    waits_for: list[BodyView]
    due_on: date | None
    sessions: list[CaseMeeting]
    conditions: list[ConditionView]


def case_meetings(
    instance: Instance, sessions: list[Session], bodies: Mapping[str, MeetingBody], *, due_on: date | None
) -> CaseMeetings:
    """What meetings mean for a case."""
    waits = {task.decision_body for task in instance.tasks} & bodies.keys()
    return CaseMeetings(
        waits_for=[body_view(bodies[body_id], frozenset()) for body_id in sorted(waits)],
        due_on=due_on,
        sessions=[
            _of_case(session, place, item, bodies)
            for session in sessions
            for place, item in enumerate(session.items, 1)
            if item.case_no == instance.case_no
        ],
        conditions=[condition_view(instance, one, each) for one in instance.resolutions for each in one.conditions],
    )


def _of_case(session: Session, place: int, item: Item, bodies: Mapping[str, MeetingBody]) -> CaseMeeting:
    body = bodies[session.body_id]
    return CaseMeeting(
        **session.model_dump(include={"session_id", "body_id", "held_on", "stage"}),
        body_name=body.name,
        body_name_en=body.name_en,
        place=place,
        decision=item.ruling.decision if item.ruling else None,
        handing=item.handing,
        conflict=is_late(item.due_on, session.held_on),
    )
