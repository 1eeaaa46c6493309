"""Internal processes that staff begin by a message start event: which there are, and beginning one."""

import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.contracts.external import Id
from services.contracts.words import Outcome
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import IdempotencyKey, KeyTaken, Request
from services.workflow.api.common import With
from services.workflow.instances.models import Instance, Status
from services.workflow.starts import doors
from services.workflow.starts.doors import Door, NoSuchStart, StartNotYours, WhichStart, Wish
from services.workflow.starts.facts import FactsUnfit

router = APIRouter(tags=["starts"])

Starter = Annotated[Person, Depends(allowed(Permission.INTERNAL_START))]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", examples=["vehicle-request"])]
Element = Annotated[str, Field(min_length=1, max_length=200)]


class StartEntry(Request, frozen=True):
    """Which process, and its start form filled in; `start` only where a process has several message start events.

    Messages from outside that bear the `business_key` are for the case.
    """

    process: Key
    facts: dict[str, Any] = Field(default_factory=dict)
    business_key: Id | None = None
    start: Element | None = None


class DoorView(BaseModel, frozen=True):
    """A process that the caller may begin. `form` is a JSON Schema; null: nothing is asked.

    `posts` may begin it; none named: all staff who may begin any.
    """

    process: str
    start: str
    name: str
    name_en: str
    item_code: str
    department: str
    posts: tuple[str, ...]
    form_key: str | None
    form: dict[str, Any] | None


class BegunView(BaseModel, frozen=True):
    """The case that was begun. One that is `waiting` has an incident: its first step could not be placed.

    A rule may have ended it at once: `outcome` says how, and `data` what its tables decided, and why.
    """

    case_no: str
    process: str
    start: str
    title: str
    status: Status
    outcome: Outcome | None
    data: dict[str, Any]
    started_by: str
    department: str
    at: datetime


@router.get("/starts")
async def list_starts(deps: With, who: Starter) -> list[DoorView]:
    """The processes that the caller may begin now, each with the form to be filled in."""
    return [_door(each) for each in await doors.doors_for(deps, who)]


@router.post(
    "/starts", status_code=201, responses=problems(NoSuchStart, WhichStart, StartNotYours, FactsUnfit, KeyTaken)
)
async def begin_case(deps: With, who: Starter, entry: StartEntry, key: IdempotencyKey = None) -> BegunView:
    """Begin an internal process; the same request with the same key begins it once."""
    wish = Wish(entry.process, entry.facts, entry.business_key or "", entry.start or "")
    return _begun(await doors.begin_by(deps, who, wish, key=key or secrets.token_hex(16)), entry.process)


def _door(door: Door) -> DoorView:
    way = door.entrance
    item = way.version.item
    return DoorView(
        process=way.definition.process_key,
        start=way.event.element,
        name=item.name,
        name_en=item.name_en,
        item_code=item.code,
        department=item.department,
        posts=way.version.starts.posts,
        form_key=way.event.form or None,
        form=dict(door.form) if door.form is not None else None,
    )


def _begun(case: Instance, process: str) -> BegunView:
    application = case.application
    return BegunView(
        case_no=case.case_no,
        process=process,
        start=application.origin.element if application.origin else "",
        title=application.title,
        status=case.status,
        outcome=case.outcome,
        data=case.data,
        started_by=application.received_by,
        department=application.department,
        at=application.received_at,
    )
