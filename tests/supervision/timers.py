"""Timer events as the workflow service says them, for one late step of one case."""

from datetime import UTC, date, datetime
from typing import Any

from services.contracts.words import ClockKind, HoldGround, StepKind
from services.contracts.workflow import (
    CaseMigrated,
    MigratedStep,
    TimerDue,
    TimerHeld,
    TimerMoved,
    TimerOverdue,
    TimerResumed,
    TimerStarted,
    TimerStopped,
    TimerWarned,
)

CASE = "51200020170306PT0500001"
NOW = datetime(2017, 4, 5, 1, 0, tzinfo=UTC)
CAST = {
    "handler": ("u.handler.d06",),
    "chief": ("u.chief.d06",),
    "leader": ("u.leader",),
    "head": ("u.head",),
    "supervision": ("u.supervisor",),
}


REDRAWN = {"name": "汇总议题材料", "element": "Task_AgendaPapers", "post": "P05", "department": "D08"}
"""The step as a later version draws it."""


def migrated() -> CaseMigrated:
    """The case follows a version in which the step is called otherwise and another department's."""
    step = MigratedStep(
        task_id="t1",
        was_element="Task_AgendaMaterial",
        **REDRAWN,
        assignee=None,
        desk_moved=True,
        kind=StepKind.HUMAN,
        opened_at=NOW,
    )
    return CaseMigrated(
        case_no=CASE,
        migration_id="m1",
        process_key="works-planning-permit",
        from_version=1,
        to_version=2,
        reverted=False,
        migrated_at=NOW,
        migrated_by="u.it",
        steps=(step, step.model_copy(update={"task_id": "without a limit"})),
        title="雁城危房重建",
    )


def facts(kind: ClockKind = ClockKind.STEP, **changed: Any) -> dict[str, Any]:
    """What all timer events share."""
    own = {"step": ("step:t1", "形成议题材料", "Task_AgendaMaterial", "P04", ("SL-16",), 10)}
    clock_id, name, element, post, rules, limit = own.get(kind, (kind.value, "时限", None, None, (), 20))
    return {
        "case_no": CASE,
        "title": "雁城危房重建",
        "item_code": "PT05",
        "clock_id": clock_id,
        "kind": kind,
        "name": name,
        "element": element,
        "post": post,
        "department": "D06",
        "person": None,
        "light_rules": rules,
        "limit_workdays": limit,
        "started_on": date(2017, 3, 20),
        "due_on": date(2017, 4, 1),
        "due_at": datetime(2017, 4, 1, 9, 0, tzinfo=UTC),
        "provisional": False,
    } | changed


def started(**changed: Any) -> TimerStarted:
    return TimerStarted(**facts(**changed), started_at=NOW)


def warned(**changed: Any) -> TimerWarned:
    return TimerWarned(**facts(**changed), warned_at=NOW, remaining_workdays=2)


def due(**changed: Any) -> TimerDue:
    return TimerDue(**facts(**changed), said_at=NOW)


def overdue(workdays: int, **changed: Any) -> TimerOverdue:
    return TimerOverdue(**facts(**changed), overdue_at=NOW, overdue_workdays=workdays)


def held(**changed: Any) -> TimerHeld:
    return TimerHeld(
        **facts(**changed), held_at=NOW, ground=HoldGround.EXPERT_REVIEW, basis="行政许可法 §45", notice_no="特告1号"
    )


def resumed(**changed: Any) -> TimerResumed:
    return TimerResumed(**facts(**changed), resumed_at=NOW, was_due_on=date(2017, 3, 28), held_workdays=3)


def moved(due_on: date, **changed: Any) -> TimerMoved:
    return TimerMoved(**facts(**changed, due_on=due_on), moved_at=NOW, was_due_on=date(2017, 4, 1), reason="extension")


def stopped(workdays: int = 0, **changed: Any) -> TimerStopped:
    return TimerStopped(**facts(**changed), stopped_at=NOW, overdue_workdays=workdays)
