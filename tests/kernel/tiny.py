"""A service small enough to see the kernel through it: it holds, notes, counts and stumbles as a test tells it.

Run as `python -m tests.kernel.tiny`; it takes the place of `workflow` and hears what `intake` says.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.contracts.intake import CaseDelivered
from services.contracts.workflow import TaskClaimed
from services.kernel.app import Kernel, Service, Ticker, deps_of, run
from services.kernel.bus import Event
from services.kernel.clock import Clock
from services.kernel.problem import problems
from services.kernel.requests import CaseNo
from services.kernel.settings import Settings
from services.kernel.store import Aggregates, AlreadyExists, Body
from tests.support.wait import wait_until


class TinySettings(Settings):
    """`folder` is where a test puts files to tell the service what to do."""

    folder: Path


class Claim(Body, frozen=True):
    case_no: str


@dataclass(slots=True)
class Deps:
    claims: Aggregates[Claim]
    folder: Path
    clock: Clock
    heard: list[str] = field(default_factory=list)
    ticks: int = 0
    first_tick_at: datetime | None = None
    poke: asyncio.Event = field(default_factory=asyncio.Event)


class Now(BaseModel, frozen=True):
    now: datetime
    revision: int


async def deps(kernel: Kernel) -> Deps:
    assert isinstance(kernel.settings, TinySettings)
    claims = kernel.store.aggregates("claims", Claim, key="case_no")
    return Deps(claims=claims, folder=kernel.settings.folder, clock=kernel.clock)


router = APIRouter()
Tools = Annotated[Deps, Depends(deps_of)]


@router.post("/held/{case_no}", responses=problems(AlreadyExists))
async def held(case_no: CaseNo, deps: Tools) -> str:
    """Begin, wait while the file `hold` is there, then save a claim and say so."""
    (deps.folder / "begun").touch()
    await wait_until(lambda: not (deps.folder / "hold").exists(), within=60)
    claimed = TaskClaimed(
        case_no=case_no, task_id="t", element="e", person="u", claimed_at=datetime(2026, 9, 16, tzinfo=UTC)
    )
    await deps.claims.create(Claim(case_no=case_no), [claimed])
    return case_no


@router.get("/heard")
async def heard(deps: Tools) -> list[str]:
    return deps.heard


@router.get("/ticks")
async def ticks(deps: Tools) -> int:
    return deps.ticks


@router.get("/first-tick")
async def first_tick(deps: Tools) -> datetime | None:
    return deps.first_tick_at


@router.post("/poke")
async def poke(deps: Tools) -> None:
    deps.poke.set()


@router.get("/now")
async def now(deps: Tools) -> Now:
    return Now(now=deps.clock.now(), revision=deps.clock.revision)


async def note(deps: Deps, event: Event[CaseDelivered]) -> None:
    """Note what was heard, once the file `hold` is away; stumble while the file `stumble` is there."""
    if (deps.folder / "stumble").exists():
        raise ZeroDivisionError
    (deps.folder / "handling").touch()
    await wait_until(lambda: not (deps.folder / "hold").exists(), within=60)
    deps.heard.append(event.said.proof_no)


async def stumble(deps: Deps) -> int:
    """Do one thing each time; crash the first time, as files remember."""
    crashed = deps.folder / "crashed"
    if not crashed.exists():
        crashed.touch()
        raise ZeroDivisionError
    deps.ticks += 1
    deps.first_tick_at = deps.first_tick_at or deps.clock.now()
    return 0


async def count_claims(deps: Deps) -> int:
    return await deps.claims.count({})


SERVICE = Service(
    name="workflow",
    settings=TinySettings,
    deps=deps,
    routers=[router],
    hears={CaseDelivered: note},
    tickers=[Ticker("stumble", every=timedelta(hours=1), run=stumble, wake=lambda deps: deps.poke)],
    backlog={"claims": count_claims},
)

if __name__ == "__main__":
    run(SERVICE)
