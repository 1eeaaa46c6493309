"""The meeting's own case (HY01): the clocks and lights of its minutes are those of bpmn/bureau-meeting (SL-17).

It begins when the session was held, and its steps are completed as the session comes so far. What was missed, because
the service stopped in between, is made good by the ticker.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from services.kernel import logs
from services.kernel.store import AlreadyApplied
from services.workflow.acts import ActRefused, Check, perform
from services.workflow.deps import Deps
from services.workflow.instances.models import Act, Instance, Verb
from services.workflow.instances.origins import StartKind
from services.workflow.meetings.bodies import MeetingBody, bodies_at_first
from services.workflow.meetings.minutes import unhanded
from services.workflow.meetings.models import Session, Stage
from services.workflow.meetings.planning import Written, frozen
from services.workflow.offices import Office
from services.workflow.starts.beginning import Occasion, begin_case, entrances

log = logs.get(__name__)

MESSAGE: Final = "meeting_held"
"""The message start event of bpmn/bureau-meeting by which a session that was held begins its case."""

_AT_ONCE: Final = 50
_MINDED: Final = (Stage.HELD, Stage.DRAFTED, Stage.SIGNED)


async def body_of(deps: Deps, body_id: str) -> MeetingBody | None:
    """A collective body as it was last set."""
    found = await deps.bodies.find(body_id)
    return found[0] if found else bodies_at_first().get(body_id)


async def mind(deps: Deps, session: Session, body: MeetingBody) -> Session:
    """Let the meeting's own case come as far as the session; gives the session with the number of that case."""
    if session.stage not in _MINDED and session.stage is not Stage.CLOSED:
        return session
    if not session.case_no:
        session = await _begun(deps, session, body)
    if session.case_no:
        for element, answers, actor in _steps(session):
            await _complete(deps, session, element, answers, actor)
    return session


async def mind_all(deps: Deps) -> int:
    """Freeze papers whose time has come, and let the cases of sessions come as far as these."""
    now = deps.clock.now()
    due = {"body.stage": Stage.PLANNED.value, "body.papers_due_at": {"$lte": now}}
    for session in await deps.sessions.query(due, sort=[("_id", 1)], limit=_AT_ONCE):
        await deps.sessions.change(session.session_id, lambda fresh: _freeze_due(fresh, now=now))
    behind = {"body.stage": {"$in": [stage.value for stage in _MINDED]}}
    for session in await deps.sessions.query(behind, sort=[("_id", 1)], limit=_AT_ONCE):
        body = await body_of(deps, session.body_id)
        if body is not None:
            await mind(deps, session, body)
    return 0


def _freeze_due(session: Session, *, now: datetime) -> Written:
    due = session.stage is Stage.PLANNED and now >= session.papers_due_at
    return frozen(session, at=now) if due else Written(session)


async def _begun(deps: Deps, session: Session, body: MeetingBody) -> Session:
    ways = await entrances(deps, StartKind.MESSAGE, MESSAGE)
    if not ways:
        log.info("no process takes the minutes of meetings", message=MESSAGE)
        return session
    payload = {"session": session.session_id, "body": body.name, "held_on": session.held_on.isoformat()}
    keeper = (await deps.copies.office()).books.people.get(session.secretary)
    occasion = Occasion(
        arrival_id=f"meeting.{session.session_id}",
        at=deps.clock.now(),
        by=session.secretary,
        payload=payload,
        name=f"{body.name} {session.held_on.isoformat()}",
        department=keeper.department if keeper else "",
    )
    case_no = await begin_case(deps, ways[0], occasion)
    return await deps.sessions.change(
        session.session_id, lambda fresh: (fresh.model_copy(update={"case_no": case_no}), ())
    )


def _steps(session: Session) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The steps of the meeting's case that a session is past, with what they are filled in with, and by whom."""
    minutes = session.minutes
    if minutes is not None:
        day = minutes.drafted_at.date().isoformat()
        summary = f"研究议题 {len(session.items)} 项。"
        yield (
            "Task_Minutes",
            {
                "minutes_no": minutes.number,
                "drafted_on": day,
                "summary": summary,
                "attendance_recorded": True,
                "votes_recorded": True,
            },
            minutes.drafted_by,
        )
    if session.stage in (Stage.SIGNED, Stage.CLOSED):
        yield "Task_MinutesSign", {"decision": "agree", "opinion": "同意。"}, session.chair
        if not unhanded(session) and minutes is not None:
            day = minutes.signatures[-1].at.date().isoformat()
            told = list(dict.fromkeys(item.department for item in session.items))
            yield "Task_Return", {"returned_on": day, "cases_entered": True, "units_told": told}, session.secretary


async def _complete(deps: Deps, session: Session, element: str, answers: dict[str, Any], actor: str) -> None:
    """Complete a step of the meeting's case, if it is open; only what the session says counts, not whose post it is."""
    found = await deps.instances.find(session.case_no)
    task = next((task for task in found[0].tasks if task.element == element), None) if found else None
    if task is None:
        return
    act = Act(
        verb=Verb.COMPLETE,
        target=task.task_id,
        payload=answers,
        actor=actor,
        channel="meeting",
        origin=session.session_id,
        at=deps.clock.now(),
    )
    try:
        await perform(deps, session.case_no, act, check=_still_open(task.task_id))
    except (ActRefused, AlreadyApplied, _Over):
        log.info("the step of the meeting's case is over", case_no=session.case_no, element=element)


class _Over(Exception):
    """Another was faster."""


def _still_open(task_id: str) -> Check:
    def check(instance: Instance, office: Office) -> None:
        del office
        task = instance.task(task_id)
        if task is None or instance.suspended is not None or instance.incident_about(task_id) is not None:
            raise _Over

    return check
