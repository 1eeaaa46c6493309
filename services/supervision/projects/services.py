"""The guide's service log (A-12) and the obstacle register (A-25). An open obstacle shows amber and blocks nothing."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.kernel.requests import Reason
from services.supervision.projects.acts import Act, Decided, Entry, No, noted, part, replaced
from services.supervision.projects.fiveones import CaseNumber
from services.supervision.projects.records import Contact, LogEntry, Obstacle, Project, Service
from services.supervision.projects.refusals import NotProjectState


class ServiceEntry(Entry, frozen=True):
    """One service: a visit, a call, a pre-check of papers, or a first contact."""

    act: Literal["serve"]
    kind: Service
    on: date
    note: Reason


class ObstacleEntry(Entry, frozen=True):
    """What stands in the way, whose it is, and since when it is known."""

    act: Literal["open_obstacle"]
    name: Annotated[str, Field(min_length=2, max_length=200)]
    owner: Annotated[str, Field(min_length=1, max_length=200)]
    opened_on: date


class ContactEntry(Entry, frozen=True):
    """A talk with the owner of an obstacle."""

    act: Literal["contact_owner"]
    no: No
    on: date
    note: Reason


class SettleEntry(Entry, frozen=True):
    """What was agreed, on which paper, and the siting case that follows from it, if any."""

    act: Literal["settle_obstacle"]
    no: No
    agreement: Reason
    agreement_file: Annotated[str | None, Field(max_length=200)] = None
    linked_case: CaseNumber | None = None
    settled_on: date


def serve(project: Project, entry: ServiceEntry, act: Act) -> Decided:
    """Enter a service. The log has no end: it stays open after the project is completed (A-22). Raises DayNotPast."""
    act.past(entry.on)
    line = LogEntry(no=len(project.log) + 1, **entry.words, by=act.by, at=act.at)
    served = project.model_copy(update={"log": (*project.log, line)})
    return served, noted(served, act, "service", number=line.no, note=entry.note, on=entry.on)


def obstruct(project: Project, entry: ObstacleEntry, act: Act) -> Decided:
    """Enter an obstacle. Raises DayNotPast."""
    act.past(entry.opened_on)
    found = Obstacle(no=len(project.obstacles) + 1, **entry.words, opened_by=act.by)
    hindered = project.model_copy(update={"obstacles": (*project.obstacles, found)})
    return hindered, noted(hindered, act, "obstacle_opened", number=found.no, note=entry.name, on=entry.opened_on)


def talk(project: Project, entry: ContactEntry, act: Act) -> Decided:
    """Enter a talk with the owner. Raises NoSuchPart, DayNotPast, NotProjectState."""
    found = _open(project, entry.no)
    act.past(entry.on)
    contacts = (*found.contacts, Contact(**entry.words, by=act.by, at=act.at))
    changed = found.model_copy(update={"contacts": contacts})
    after = project.model_copy(update={"obstacles": replaced(project.obstacles, changed)})
    return after, noted(after, act, "obstacle_contacted", number=entry.no, note=entry.note, on=entry.on)


def settle(project: Project, entry: SettleEntry, act: Act) -> Decided:
    """Agreed: the obstacle is out of the way. Raises NoSuchPart, DayNotPast, NotProjectState."""
    found = _open(project, entry.no)
    act.past(entry.settled_on)
    changed = found.model_copy(update={**entry.words, "settled_by": act.by})
    after = project.model_copy(update={"obstacles": replaced(project.obstacles, changed)})
    return after, noted(after, act, "obstacle_settled", number=entry.no, note=entry.agreement, on=entry.settled_on)


def _open(project: Project, no: int) -> Obstacle:
    found = part(project.obstacles, no, what_zh="障碍", what_en="obstacle")
    if found.settled_on is not None:
        raise NotProjectState(
            act_zh="登记障碍的进展",
            act_en="entering progress of the obstacle",
            why_zh=f"障碍已于 {found.settled_on} 解决",
            why_en=f"it was settled on {found.settled_on}",
        )
    return found
