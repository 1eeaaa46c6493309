"""Windows of silence: while one holds, what lights up is recorded as ever, and blames nobody (an outage, a flood)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.kernel.requests import Reason, Request
from services.kernel.store import Body

Department = Annotated[str, Field(pattern=r"^[A-Z][0-9A-Z]{1,9}$")]


class SilenceEntry(Request, frozen=True):
    """From when to when, for which departments (none named: all), and why."""

    since: date
    until: date
    departments: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Z][0-9A-Z]{1,9}$")], ...], Field(max_length=60)
    ] = ()
    reason: Reason

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until < self.since:
            msg = "until is before since / 结束日早于开始日"
            raise ValueError(msg)
        return self


class Silence(Body, frozen=True):
    """One window."""

    silence_id: str
    since: date
    until: date
    departments: tuple[str, ...]
    reason: str
    made_by: str
    made_at: datetime

    def holds(self, day: date, department: str) -> bool:
        """Whether it holds for a department on a day."""
        return self.since <= day <= self.until and (not self.departments or department in self.departments)


def silence_for(windows: Iterable[Silence], day: date, department: str) -> str | None:
    """The window that holds, if any."""
    return next((each.silence_id for each in windows if each.holds(day, department)), None)
