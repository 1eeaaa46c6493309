"""What every service serves besides its own work: health, measures, state of work, dead letters."""

import asyncio
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field

from services.kernel import requests
from services.kernel.app.kernel import Kernel
from services.kernel.app.survey import Status, survey
from services.kernel.audits import LONGEST, AuditLine, Source, Wanted, trail
from services.kernel.bus import ReplayFailed
from services.kernel.identity import NotAllowed, Permission, Person, allowed, scope_of
from services.kernel.problem import problems
from services.kernel.requests import After, Day, Limit
from services.kernel.store import LetterState, NoSuchLetter
from services.kernel.telemetry.metrics import CONTENT_TYPE
from services.kernel.worktime import SHANGHAI

operations: Final = APIRouter(tags=["operations"])

LetterId = Annotated[str, Path(min_length=1, max_length=300)]
Operator = Annotated[Person, Depends(allowed(Permission.DEAD_LETTER_WORK))]
Auditor = Annotated[Person, Depends(allowed(Permission.AUDIT_READ))]

_NOT_READY: Final = 503
_CODE: Final = r"^[a-z][a-z0-9._-]{0,79}$"
_ABOUT: Final = r"^[^\s*>]{1,120}$"
_ACT: Final = r"^[a-z]+\.[a-z_]+\.[a-z_]+$"
_EARLIEST: Final = date(2000, 1, 1)
_LATEST: Final = date(2200, 1, 1)


class Alive(BaseModel, frozen=True):
    """The process runs."""

    alive: bool = True


class Readiness(BaseModel, frozen=True):
    """Whether work sent here now would be done."""

    ready: bool
    database: bool
    broker: bool
    stopping: bool


class GivenUp(BaseModel, frozen=True):
    """An event that could not be handled. Not what it said: those who run the system need no personal data."""

    id: str
    stream: str
    subject: str
    handler: str
    reason: str
    tries: int
    at: datetime
    state: LetterState
    closed_at: datetime | None
    closed_by: str | None
    closed_because: str | None


class Discard(requests.Request, frozen=True):
    """Why an event shall not be handled after all."""

    reason: str = Field(min_length=1, max_length=500)


class AuditAsked(BaseModel, frozen=True):
    """Which acts, and which page of them."""

    person: Annotated[str | None, Query(pattern=_CODE, description="who did it")] = None
    about: Annotated[str | None, Query(pattern=_ABOUT, description="a case number, or what else it was done to")] = None
    act: Annotated[str | None, Query(pattern=_ACT, examples=["workflow.task.completed"])] = None
    since: Annotated[Day | None, Query(description="the first day; a quarter before the last one if absent")] = None
    until: Annotated[Day | None, Query(description="the last day wanted; today if absent")] = None
    limit: Limit = 50
    after: After = None


@operations.get("/healthz")
async def healthz() -> Alive:
    """The process is alive. Asks nobody else, so that an absent database never restarts a healthy service."""
    return Alive()


@operations.get("/readyz", responses={_NOT_READY: {"model": Readiness}})
async def readyz(request: Request, response: Response) -> Readiness:
    """Whether work can be done: not told to stop, and both servers answer."""
    kernel: Kernel = request.app.state.kernel
    stopping = kernel.stopping.is_set()
    database, broker = await asyncio.gather(kernel.store.is_ready(), kernel.bus.is_ready())
    ready = database and broker and not stopping
    response.status_code = 200 if ready else _NOT_READY
    return Readiness(ready=ready, database=database, broker=broker, stopping=stopping)


@operations.get("/status")
async def status(request: Request) -> Status:
    """What is under way and what waits: counts only, so nobody needs to sign in to see them."""
    return await survey(request.app.state)


@operations.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """All numbers for Prometheus. Those that only an absent server could tell keep their last value."""
    kernel: Kernel = request.app.state.kernel
    (await survey(request.app.state)).write_to(kernel.metrics)
    kernel.metrics.shards.set(len(request.app.state.listener.shards))
    return Response(kernel.metrics.text(), headers={"Content-Type": CONTENT_TYPE})


@operations.get("/dead-letters")
async def dead_letters(
    request: Request,
    _: Operator,
    limit: Limit = 50,
    after: After = None,
    state: LetterState = LetterState.OPEN,
) -> list[GivenUp]:
    """Events given up, by id; `after` is the last id of the page before."""
    kernel: Kernel = request.app.state.kernel
    letters = await kernel.store.dead_letters.find(state, limit=limit, after=after or "")
    return [GivenUp.model_validate(letter.model_dump(exclude={"wire"})) for letter in letters]


@operations.post("/dead-letters/{letter_id}/replay", status_code=204, responses=problems(NoSuchLetter, ReplayFailed))
async def replay(request: Request, letter_id: LetterId, who: Operator) -> None:
    """Handle the event once more; the letter is done with when that succeeds."""
    await request.app.state.listener.replay(letter_id, who=who.code)


@operations.post("/dead-letters/{letter_id}/discard", status_code=204, responses=problems(NoSuchLetter))
async def discard(request: Request, letter_id: LetterId, who: Operator, order: Discard) -> None:
    """Give the event up for good, for a reason that stays on record."""
    await request.app.state.listener.discard(letter_id, reason=order.reason, who=who.code)


@operations.get("/audit")
async def audit(request: Request, who: Auditor, asked: Annotated[AuditAsked, Query()]) -> list[AuditLine]:
    """Who did what when, newest first, in wall time; `after` is the last key of the page before.

    Acts on all cases stand here, so it is for those who may see all cases.
    """
    if not scope_of(who).everything:
        raise NotAllowed(permission=Permission.AUDIT_READ.value, permission_zh=Permission.AUDIT_READ.zh)
    kernel: Kernel = request.app.state.kernel
    source: Source | None = request.app.state.audits
    wanted = _wanted(asked, today=kernel.clock.wall().astimezone(SHANGHAI).date())
    return await trail(kernel.store, wanted, *([source(request.app.state.deps, wanted)] if source else []))


def _wanted(asked: AuditAsked, *, today: date) -> Wanted:
    until = min(max(asked.until or today, _EARLIEST), _LATEST)
    return Wanted(
        person=asked.person,
        about=asked.about,
        act=asked.act,
        since=max(asked.since or until - LONGEST, _EARLIEST),
        until=until,
        before=asked.after,
        limit=asked.limit,
    )
