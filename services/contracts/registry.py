"""Facts of the books: who works where, who stands in for whom, which days are worked."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel

from services.contracts.events import Said
from services.contracts.words import Attendance, DayKind, Role


class DepartmentChanged(Said, frozen=True):
    """A department (科室) or township office as it now is."""

    TYPE: ClassVar[str] = "guihua.registry.department.changed.v1"
    KEY: ClassVar[str] = "code"

    code: str
    name: str
    name_en: str
    leader_in_charge: str | None
    township: bool
    changed_at: datetime
    changed_by: str | None = None


class PostChanged(Said, frozen=True):
    """A post (岗位): duty, authority and standard as data (B-43), and the departments that have it."""

    TYPE: ClassVar[str] = "guihua.registry.post.changed.v1"
    KEY: ClassVar[str] = "code"

    code: str
    name: str
    name_en: str
    duty: str
    may_decide: str
    limit_workdays: int | None
    departments: tuple[str, ...]
    changed_at: datetime
    changed_by: str | None = None


class PersonChanged(Said, frozen=True):
    """A person with the posts held (`P04@D06`), roles, deputy (AB岗) and ways to be reached."""

    TYPE: ClassVar[str] = "guihua.registry.person.changed.v1"
    KEY: ClassVar[str] = "code"

    code: str
    name: str
    department: str
    posts: tuple[str, ...]
    roles: tuple[Role, ...]
    deputy: str | None
    attendance: Attendance
    phone: str
    mail: str
    chat: str | None
    active: bool
    changed_at: datetime
    changed_by: str | None = None


class CalendarDay(BaseModel, frozen=True):
    """One day that differs from Monday-to-Friday, or is confirmed as it is."""

    day: date
    kind: DayKind
    name: str


class CalendarPublished(Said, frozen=True):
    """The official days of one year, complete: replaces what was known of that year."""

    TYPE: ClassVar[str] = "guihua.registry.calendar.published.v1"
    KEY: ClassVar[str] = "year"

    year: int
    version: int
    source: str
    days: tuple[CalendarDay, ...]
    published_at: datetime
    published_by: str
