"""Who does something to a project, when, and where its page is; and the entry in its books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import Field

from services.contracts.events import Said
from services.contracts.projects import ProjectNoted
from services.kernel.requests import Request
from services.kernel.worktime import SHANGHAI
from services.supervision.projects.records import Project
from services.supervision.projects.refusals import DayNotPast, NoSuchPart

Decided = tuple[Project, tuple[Said, ...]]


class Entry(Request, frozen=True):
    """What somebody does to a project; `act` says which of the things there are."""

    act: str

    @property
    def words(self) -> dict[str, Any]:
        """What was entered, without the name of the act and the number of the part that it is on."""
        return self.model_dump(exclude={"act", "no"})


No = Annotated[int, Field(ge=1, le=100_000)]
"""The number of a part of a project."""


class Numbered(Protocol):
    """A part of a project: tasks, obstacles, reports and the like are counted from one."""

    @property
    def no(self) -> int:
        """Its number."""


P = TypeVar("P", bound=Numbered)


@dataclass(frozen=True, slots=True)
class Act:
    """One act on a project: by whom, at which moment of the office, and the address of the project's page."""

    by: str
    at: datetime
    page: str = ""

    @property
    def today(self) -> date:
        """The office's day."""
        return self.at.astimezone(SHANGHAI).date()

    def past(self, day: date) -> date:
        """The day, which must have come. Raises DayNotPast."""
        if day > self.today:
            raise DayNotPast(day=day.isoformat())
        return day

    def about(self, project: Project, recipients: Sequence[str | None] = ()) -> dict[str, Any]:
        """What every event of the project says."""
        told = tuple(dict.fromkeys(each for each in recipients if each and each != self.by))
        shared = {"project_id": project.project_id, "name": project.name, "recipients": told}
        return {**shared, "at": self.at, "by": self.by, "page": self.page}


def noted(project: Project, act: Act, kind: str, *, number: int, note: str, on: date) -> tuple[Said, ...]:
    """The entry in the project's history; those who answer for it are told by their own pages, not by messages."""
    return (ProjectNoted(**act.about(project), kind=kind, number=number, note=note, on=on),)


def part(parts: Sequence[P], no: int, *, what_zh: str, what_en: str) -> P:
    """The part of this number. Raises NoSuchPart."""
    found = next((each for each in parts if each.no == no), None)
    if found is None:
        raise NoSuchPart(no=no, what_zh=what_zh, what_en=what_en)
    return found


def replaced(parts: Sequence[P], new: P) -> tuple[P, ...]:
    """The parts with one of them as it is now."""
    return tuple(new if each.no == new.no else each for each in parts)


def concerned(project: Project) -> Project:
    """The project with the departments that take part in it: who sees it follows from its records."""
    plan = project.plan
    named = [
        project.department,
        *(task.department for task in (plan.tasks if plan else ())),
        *(each.department for each in project.instructions),
    ]
    departments = tuple(sorted({*project.departments, *(each for each in named if each)}))
    return project.model_copy(update={"departments": departments})
