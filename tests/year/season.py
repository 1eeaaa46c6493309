"""A year at the office, day by day on the demonstration's clock, through the public APIs alone."""

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as hour
from typing import Any, Final

from rich.progress import Progress

from services.kernel.worktime import SHANGHAI, Calendar
from services.local.client import Api
from services.local.layout import SERVICES
from services.local.runner import Run
from tests.support.wait import wait_until
from tests.year.arrivals import Application, arriving, offers, proof
from tests.year.desks import Desks
from tests.year.letters import Outside, bus_of

_HOURS: Final = (hour(9, 10), hour(10, 40), hour(14, 10), hour(16, 0))
_EVENING: Final = hour(17, 31)
_LONGEST_AFTER: Final = timedelta(days=120)
_QUIET_WITHIN: Final = 120.0
_AT_ONCE: Final = 8
_MUST_BE_DONE: Final = frozenset({"timers-due", "messages-under-way", "received-not-started"})
_PAGE: Final = 200


class NotQuiet(AssertionError):
    """The services did not come to rest at one moment of the year."""


@dataclass(slots=True)
class Year:
    """What was done in the year, as the people of the office know it."""

    received: list[str] = field(default_factory=list)
    delivered: set[str] = field(default_factory=set)
    tasks: int = 0
    surprises: dict[str, int] = field(default_factory=dict)
    last_day: date | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class _Bureau:
    api: Api
    desks: Desks
    applications: Iterator[Application]
    year: Year
    round_no: int = 0


async def play(run: Run, *, cases: int, begin: date, working_days: int, seed: int) -> Year:
    """Let `cases` arrive over so many working days, and work until nothing is left to do. Raises NotQuiet."""
    began, dice = time.monotonic(), random.Random(seed)  # noqa: S311 - choices of a test
    bus = bus_of(run)
    await bus.connect(within=20)
    try:
        async with Api(run.layout) as api:
            people = await _people(api)
            on_offer = await offers(api)
            year = Year()
            bureau = _Bureau(api, Desks(api, people, Outside(bus), dice), on_offer.applications(dice), year)
            await _days(bureau, _calendar(begin, working_days), cases, dice)
            year.tasks, year.surprises = bureau.desks.done, dict(bureau.desks.surprises)
            year.seconds = time.monotonic() - began
            return year
    finally:
        await bus.close()


def _calendar(begin: date, working_days: int) -> list[date]:
    calendar = Calendar.builtin()
    first = calendar.workday_from(begin)
    return [first, *(calendar.add_workdays(first, count) for count in range(1, working_days))]


async def _days(bureau: _Bureau, days: list[date], cases: int, dice: random.Random) -> None:
    coming, calendar = arriving(days, cases, dice), Calendar.builtin()
    last = days[-1] + _LONGEST_AFTER
    day = days[0]
    with Progress(transient=True) as progress:
        bar = progress.add_task(f"{day}", total=cases)
        while day <= days[-1] or (day <= last and await _are_open(bureau)):
            await _day(bureau, day, coming.get(day, 0))
            bureau.year.last_day = day
            progress.update(bar, completed=len(bureau.year.received), description=f"{day} {bureau.desks.done} tasks")
            day = calendar.next_workday(day)


async def _are_open(bureau: _Bureau) -> bool:
    """Whether a case is still under way that somebody can do something for."""
    return bool(bureau.desks.plans) or bool(await _ready(bureau))


async def _day(bureau: _Bureau, day: date, arrivals: int) -> None:
    for part, moment in enumerate(_HOURS):
        await _set_clock(bureau.api, datetime.combine(day, moment, SHANGHAI))
        bureau.round_no += 1
        share = arrivals * (part + 1) // len(_HOURS) - arrivals * part // len(_HOURS)
        await _receive(bureau, share)
        await bureau.desks.work(bureau.round_no, day)
        await quiet(bureau.api)
        await _deliver(bureau)
    await _set_clock(bureau.api, datetime.combine(day, _EVENING, SHANGHAI))


async def _receive(bureau: _Bureau, count: int) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def receive(application: Application) -> str:
        async with gate:
            number = application.body["applicant"]["phone"]
            call = bureau.api.call(
                "POST", "intake", "/cases", who=application.who, body=application.body, key=f"year-{number}"
            )
            return str((await call)["case_no"])

    bureau.year.received += await asyncio.gather(*(receive(next(bureau.applications)) for _ in range(count)))
    if count:
        await quiet(bureau.api)


async def _ready(bureau: _Bureau) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await bureau.api.call(
        "GET", "intake", "/cases", who="u.collect", query={"status": "ready", "limit": _PAGE}
    )
    return found


async def _deliver(bureau: _Bureau) -> None:
    while ready := [case["case_no"] for case in await _ready(bureau) if case["case_no"] not in bureau.year.delivered]:
        for case_no in ready:
            path, key = f"/cases/{case_no}/delivery", f"deliver-{case_no}"
            await bureau.api.call("POST", "intake", path, who="u.collect", body=proof(), key=key)
            bureau.year.delivered.add(case_no)
        await quiet(bureau.api)


async def _people(api: Api) -> list[str]:
    people = await api.call("GET", "registry", "/people", who="u.registrar")
    return [person["code"] for person in people if person["posts"]]


async def _set_clock(api: Api, moment: datetime) -> None:
    body = {"as_of": moment.isoformat(), "speed": 0}
    answer = await api.call("PUT", "registry", "/clock", who="u.ops", body=body)
    await quiet(api, revision=answer["revision"])


async def quiet(api: Api, *, revision: int = 0) -> None:
    """Wait until every service shows the clock that was set, and has nothing left to do by itself, at two looks."""

    async def is_quiet() -> bool:
        return not (await _left(api, revision) or await _left(api, revision))

    try:
        await wait_until(is_quiet, within=_QUIET_WITHIN)
    except AssertionError:
        raise NotQuiet(str(await _left(api, revision))) from None


async def _left(api: Api, revision: int) -> list[str]:
    statuses = await asyncio.gather(*(api.call("GET", name, "/status") for name in SERVICES))
    return [
        f"{name}: {line}" for name, status in zip(SERVICES, statuses, strict=True) for line in _of(status, revision)
    ]


def _of(status: dict[str, Any], revision: int) -> Iterator[str]:
    if status["clock"]["revision"] < revision:
        yield "the clock"
    if status["outbox"] is None or status["outbox"]["documents"]:
        yield "outbox"
    for stream, count in ({"unknown": 1} if status["lag"] is None else status["lag"]).items():
        if count:
            yield f"lag {stream}"
    for line, count in status["backlog"].items():
        if count and line in _MUST_BE_DONE:
            yield line
