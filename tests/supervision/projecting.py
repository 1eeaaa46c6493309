"""A key project in the hands of the tests: the park of 2017, and one act after another."""

from datetime import date, datetime
from typing import Any, Final

from pydantic import TypeAdapter

from services.contracts.events import Said
from services.kernel.worktime import SHANGHAI
from services.supervision.projects.acts import Act
from services.supervision.projects.commands import LeadEntry, WorkEntry, decide
from services.supervision.projects.fiveones import ProjectEntry, propose
from services.supervision.projects.records import Project, Stage

DAY: Final = date(2017, 3, 13)
PAGE: Final = "http://screens.example/projects/p1"
_WORK: Final[TypeAdapter[Any]] = TypeAdapter(WorkEntry)
_LEAD: Final[TypeAdapter[Any]] = TypeAdapter(LeadEntry)
_LEADS: Final = frozenset({"activate", "hand_over", "instruct", "supervise", "approve_data"})

PLAN: Final = {
    "act": "draft_plan",
    "summary": "六月底前完成方案审查，同步办理微波站迁建。",
    "tasks": [
        {"title": "完成公园总平面方案", "department": "D07", "person": "u.handler.d07", "due_on": "2017-06-30"},
        {"title": "微波站迁建选址", "department": "D05", "person": "u.handler.d05", "due_on": "2017-05-31"},
    ],
}
ONES: Final = {
    "act": "name_ones",
    "leader": "u.leader",
    "department": "D07",
    "follower": "u.chief.d07",
    "guide": "u.handler.d07",
}


def act(by: str = "u.chief.d07", day: date = DAY) -> Act:
    """Something done at ten o'clock of a day."""
    return Act(by=by, at=datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI), page=PAGE)


def proposed(**more: Any) -> Project:
    """天台山公园 as proposed, with nothing but its name."""
    entry = {"name": "天台山公园", "owner": "市园林局", "stage": Stage.IN_PROGRESS, "stage_on": DAY, **more}
    project, _ = propose("p1", ProjectEntry.model_validate(entry), act(), departments=("D07",))
    return project


def done(project: Project, *bodies: dict[str, Any], by: str = "u.chief.d07", day: date = DAY) -> Project:
    """The project after these acts."""
    for body in bodies:
        project, _ = told(project, body, by=by, day=day)
    return project


def told(
    project: Project, body: dict[str, Any], *, by: str = "u.chief.d07", day: date = DAY
) -> tuple[Project, tuple[Said, ...]]:
    """The project after an act, and what was said."""
    entries = _LEAD if body["act"] in _LEADS else _WORK
    return decide(project, entries.validate_python(body), act(by, day))


def active() -> Project:
    """The park with all of its five ones and a guide, activated by the leader in charge."""
    ready = done(proposed(), ONES, PLAN, {"act": "publish_plan"})
    return done(ready, {"act": "activate"}, by="u.leader")
