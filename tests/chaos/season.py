"""A season at the office: cases come in, people work, the weather does what it does; in the end all is calm again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx

from services.local.client import Api, Refusal
from services.local.layout import SERVICES, Layout
from services.local.runner import Run
from tests.chaos.client import Client, LookAgain
from tests.chaos.figures import Figures
from tests.chaos.office import SITUATIONS, Office, at_work, attendance, collection, officer, phone, receive
from tests.chaos.weather import FIRST_MORNING, Weather, calendar, set_clock, storm
from tests.support.process import ROOT
from tests.support.wait import wait_until

EXPECTED_WAITS: Final = frozenset({"Receive_FarmlandApproval"})
"""Where a case may rightly stay: until somebody outside the bureau says something."""

_WINDOWS: Final = 4
_REGISTRAR: Final = "u.registrar"
_MUST_BE_NOUGHT: Final = frozenset(
    {
        "timers-due",
        "timers-due-not-fired",
        "received-not-started",
        "incidents-open",
        "cases-on-old-calendar",
        "messages-under-way",
        "messages-due",
        "messages-due-not-tried",
        "messages-waiting-for-contact",
        "messages-failed",
        "link-decisions-not-carried-out",
        "delivered-not-noticed",
    }
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many cases, how long the storm, how long everything may take to come to rest after it."""

    cases: int
    seconds: float
    weather: Weather
    patience: float = 240.0


class NotAtRest(AssertionError):
    """Cases were lost or stuck, or the services did not become idle."""


@asynccontextmanager
async def system(folder: Path, *, workers: int = 1) -> AsyncIterator[Run]:
    """A whole running system of its own; whatever dies is started again."""
    run = Run(Layout.free(folder, workers=workers))
    await run.start()
    try:
        await run.furnish(ROOT / "bpmn")
        run.keep()
        yield run
    finally:
        await run.stop()


async def season(run: Run, plan: Plan, figures: Figures) -> Office:
    """From the first application to the moment when nothing moves any more. Raises NotAtRest."""
    async with Api(run.layout) as api:
        office = Office(Client(api, figures), now=FIRST_MORNING)
        figures.cases = plan.cases
        papers = await _papers(office)
        people = await _people(api)
        await set_clock(office, FIRST_MORNING)
        async with asyncio.TaskGroup() as group:
            windows = [group.create_task(receive(office, each, papers)) for each in _shares(plan.cases)]
            for who in people:
                group.create_task(at_work(office, officer(office, who)))
            for work in (collection, attendance, phone):
                group.create_task(at_work(office, work(office)))
            group.create_task(calendar(office, plan.weather))
            await storm(run, plan.weather, figures, seconds=plan.seconds)
            try:
                await _come_to_rest(office, windows, within=plan.patience)
            finally:
                office.closing.set()
        await _idle(api, within=plan.patience)
        await _one_time(office, api)
        return office


async def _papers(office: Office) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The papers that each item asks for in each situation, once the window offers the items."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for item_code, situation, _ in SITUATIONS:
        offer = await _offered(office, item_code)
        found[item_code, situation] = [
            {"code": paper["code"], "originals": 1, "copies": 1}
            for paper in offer["item"]["documents"]
            if paper["mandatory"] and situation in paper["situations"]
        ]
    return found


async def _offered(office: Office, item_code: str) -> dict[str, Any]:
    while True:
        try:
            offer: dict[str, Any] = await office.client.get("intake", f"/items/{item_code}", who="u.window")
        except LookAgain:
            await asyncio.sleep(0.2)
        else:
            return offer


async def _people(api: Api) -> list[str]:
    """Everybody who holds a post; their tokens are fetched while the registry is there."""
    people = await api.call("GET", "registry", "/people", who=_REGISTRAR)
    for person in people:
        await api.token(person["code"])
    return [person["code"] for person in people if person["posts"]]


def _shares(cases: int) -> list[range]:
    return [range(first, cases, _WINDOWS) for first in range(_WINDOWS)]


async def _come_to_rest(office: Office, windows: list[asyncio.Task[None]], *, within: float) -> None:
    """Wait until every received case is at its end or at an expected wait."""
    try:
        async with asyncio.timeout(within):
            await asyncio.gather(*windows)
            open_cases = set(office.received.values())
            while open_cases := {each for each in open_cases if await _standing(office, each)}:  # noqa: ASYNC110 - as below
                await asyncio.sleep(0.5)
    except TimeoutError:
        stuck = {case_no: await _standing(office, case_no) for case_no in sorted(open_cases)}
        msg = f"{len(stuck)} cases did not come to an end: {stuck}"
        raise NotAtRest(msg) from None


async def _standing(office: Office, case_no: str) -> list[str]:
    """Where an unfinished case is; empty when it is at its end or at an expected wait."""
    try:
        case = await office.client.get("workflow", f"/cases/{case_no}", who="u.ops")
    except LookAgain:
        return ["not started"]
    steps = [step["element"] for step in case["steps"]]
    if case["status"] == "ended" or (steps and EXPECTED_WAITS.issuperset(steps)):
        return []
    return [*steps, *case["waiting_for"], *(incident["reason_en"] for incident in case["incidents"])] or ["nowhere"]


async def _idle(api: Api, *, within: float) -> None:
    """Wait until every service has nothing unsent, nothing unheard, nothing under way.

    Asked twice: what the first one had still to be told when it was asked may come from the last one.
    """
    left: list[str] = []
    try:
        async with asyncio.timeout(within):
            while left := await _left(api) or await _left(api):  # noqa: ASYNC110 - it would be in five other processes
                await asyncio.sleep(0.5)
    except TimeoutError:
        msg = f"the services did not come to rest: {left} {await _dead_letters(api)}"
        raise NotAtRest(msg) from None


async def _dead_letters(api: Api) -> list[str]:
    """What was given up and why, of the services that answer."""
    told: list[str] = []
    for service in SERVICES:
        with suppress(httpx.TransportError, Refusal):
            letters = await api.call("GET", service, "/dead-letters", who="u.ops")
            told += [f"{service}: {letter}" for letter in letters]
    return told


async def _one_time(office: Office, api: Api) -> None:
    """All services show the time that was set last. A process that was away learns it within seconds."""
    times: dict[str, Any] = {}

    async def agree() -> bool:
        for service in api.layout.services:
            times[service] = datetime.fromisoformat((await api.call("GET", service, "/status"))["clock"]["now"])
        return set(times.values()) == {office.now}

    try:
        await wait_until(agree, within=30)
    except AssertionError:
        office.surprise(f"the office has {office.now}, the services show {times}")


async def _left(api: Api) -> list[str]:
    left: list[str] = []
    for service in api.layout.services:
        try:
            status = await api.call("GET", service, "/status")
        except (httpx.TransportError, Refusal) as trouble:
            left.append(f"{service} is away: {type(trouble).__name__}")
        else:
            left += [f"{service}: {line}" for line in _unfinished(status)]
    return left


def _unfinished(status: dict[str, Any]) -> list[str]:
    """What a service still has to do, or cannot say."""
    lines = {"outbox": status["outbox"] and status["outbox"]["documents"], "dead letters": status["dead_letters"]}
    lines |= {
        f"lag {stream}": count
        for stream, count in ({"unknown": None} if status["lag"] is None else status["lag"]).items()
    }
    lines |= {line: count for line, count in status["backlog"].items() if line in _MUST_BE_NOUGHT}
    return [f"{name} {count}" for name, count in lines.items() if count != 0]
