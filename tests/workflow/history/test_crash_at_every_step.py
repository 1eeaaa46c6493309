"""A service or an engine that is killed at every step leaves every case as if nothing had happened.

Three groups of cases go through the same days: one in peace, one whose service gets a SIGKILL in the middle of every
step, one whose engine processes do. What is stored and everything that was said must be equal, write by write.
"""

import asyncio
import io
import json
import os
import random
import re
import signal
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.kernel.identity import Person
from tests.support.office import Office
from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.room import ACCEPT, EXPERTS, HANDLER, HEAD, LEADER, REVIEW, Room, room_on

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_PATIENCE = 60.0
_AT_ONCE = 16
_UNLIKE = frozenset({"previous", "salt", "hash", "digest", "chain", "state"})
"""Of each case's own making: hashes, salts, and bytes with a seed made of its number."""

Work = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: when, what is done to each case, and how its effect shows in the database."""

    moment: datetime
    work: Work
    effect: Mapping[str, Any]
    among: Callable[[int], bool] = lambda _: True


@dataclass(slots=True)
class Journey:
    """Cases that go through the same steps."""

    room: Room
    chance: random.Random
    calm: list[str]
    shot: list[str]
    lamed: list[str]
    tasks: dict[tuple[str, str], str] = field(default_factory=dict)

    async def complete(self, case_no: str, element: str, who: Person, answers: Mapping[str, Any]) -> None:
        """Complete the step; sent again with the same answers it changes nothing."""
        if (case_no, element) not in self.tasks:
            self.tasks[case_no, element] = (await self.room.step(case_no, element))["task_id"]
        path = f"/tasks/{self.tasks[case_no, element]}/complete"
        answer = await self.room.ask(who, "POST", path, {"answers": answers})
        assert answer.status_code == 200, answer.text

    async def go(self, step: Step) -> None:
        """Let all do one step: the calm ones first, then those whose service and whose engine are killed meanwhile."""
        await self.room.set_clock(step.moment)
        await wait_until(self._time_is_served, within=_PATIENCE)
        for group, kill in ((self.calm, None), (self.shot, self._kill_service), (self.lamed, self._kill_engine)):
            cases = [case_no for place, case_no in enumerate(group) if step.among(place)]
            work = asyncio.create_task(self._all(cases, step))
            if kill is not None:
                some = self.chance.randrange(len(cases) + 1)
                await wait_until(lambda some=some, cases=cases: self._reached(cases, step, some), within=_PATIENCE)
                await kill()
            await work
            await wait_until(lambda cases=cases: self._insist(cases, step), within=_PATIENCE)
        await wait_until(self.room.idle, within=_PATIENCE)

    async def _insist(self, cases: list[str], step: Step) -> bool:
        """Do the step again to all, as people do who got no answer; whether it is done."""
        if not await self._reached(cases, step, len(cases)):
            await self._all(cases, step)
        return await self._reached(cases, step, len(cases))

    async def _all(self, cases: list[str], step: Step) -> None:
        """Do the step to each; when the service dies meanwhile, that is all the same to us."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(case_no: str) -> None:
            async with places:
                try:
                    await step.work(case_no)
                except httpx.HTTPError:
                    return

        async with asyncio.TaskGroup() as group:
            for case_no in cases:
                group.create_task(one(case_no))

    async def _reached(self, cases: list[str], step: Step, some: int) -> bool:
        rows = self.room.office.mongo["guihua_workflow"]["instances"]
        return await rows.count_documents({"_id": {"$in": cases}, **step.effect}) >= some

    async def _time_is_served(self) -> bool:
        status = (await self.room.service.get("/status")).json()
        return status["backlog"]["timers-due"] == 0

    async def _kill_service(self) -> None:
        await self.room.kill()
        await self.room.start_again()

    async def _kill_engine(self) -> None:
        """SIGKILL to the processes in which the engine works."""
        working = await wait_until(lambda: _engines(self.room.service.child.pid), within=_PATIENCE)
        for child in working:
            os.kill(child, signal.SIGKILL)


def _engines(pid: int) -> list[int]:
    """Its worker processes, whichever of its threads started them."""
    told = [task.read_text().split() for task in Path(f"/proc/{pid}/task").glob("*/children")]
    children = [child for each in told for child in each]
    return [int(child) for child in children if b"workflow.worker" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _once() -> Callable[[str, Work], Work]:
    """Events are said once: whoever says them keeps them until they are heard."""
    said: set[tuple[str, str]] = set()

    def once(what: str, say: Work) -> Work:
        async def work(case_no: str) -> None:
            if (what, case_no) not in said:
                await say(case_no)
                said.add((what, case_no))

        return work

    return once


def _steps(journey: Journey) -> list[Step]:
    room = journey.room
    once = _once()

    def done(element: str, who: Person, **answers: object) -> tuple[Work, dict[str, Any]]:
        return (
            lambda case_no: journey.complete(case_no, element, who, answers),
            {"body.closed": {"$elemMatch": {"element": element, "completed": True}}},
        )

    def to_experts(place: int) -> bool:
        return place % 2 == 0

    async def review(case_no: str) -> None:
        group = next(each for each in (journey.calm, journey.shot, journey.lamed) if case_no in each)
        notice = {"notice_no": "规特告〔2026〕5号"} if to_experts(group.index(case_no)) else {}
        await journey.complete(case_no, "Review", HANDLER, {**REVIEW, **notice})

    async def deliver(case_no: str) -> None:
        await room.delivered(case_no, delivered)

    delivered = at("2026-10-12", "10:00")
    return [
        Step(at("2026-09-16", "15:00"), once("received", room.receive), {"body.tasks.element": "Accept"}),
        Step(at("2026-09-17"), *done("Accept", ACCEPT, decision="accept")),
        Step(at("2026-09-21"), review, done("Review", HANDLER)[1]),
        Step(at("2026-09-24"), *done("Experts", EXPERTS, opinion="原则可行"), among=to_experts),
        Step(at("2026-10-09"), *done("Lead", LEADER, decision="agree", opinion="同意")),
        Step(
            at("2026-10-09", "15:00"),
            once("answered", lambda case_no: room.answer_outside(case_no, {"certificate_no": "512000GG0000001"})),
            {"body.tasks.element": "Deliver"},
        ),
        Step(delivered, once("delivered", deliver), {"body.status": "ended"}),
    ]


async def _account(room: Room, case_no: str) -> Any:
    """Everything that was said of a case and what is stored of it, without what must differ."""
    answer = await room.ask(HEAD, "GET", f"/cases/{case_no}/file")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        lines = [json.loads(line) for line in archive.read("history.jsonl").splitlines()]
    stored = await room.office.mongo["guihua_workflow"]["instances"].find_one({"_id": case_no})
    assert stored
    assert (stored["outbox"], len(stored["inbox"])) == ([], 3)
    assert (await room.have(HEAD, f"/cases/{case_no}/chain"))["whole"]
    text = json.dumps(_alike([lines, stored["body"], stored["revision"]]), default=str).replace(case_no, "CASE")
    known: dict[str, str] = {}
    return json.loads(_ID.sub(lambda found: known.setdefault(found[0], f"id{len(known)}"), text))


def _alike(value: Any) -> Any:
    match value:
        case dict():
            return {name: _alike(each) for name, each in value.items() if name not in _UNLIKE}
        case list():
            return [_alike(each) for each in value]
        case _:
            return value


async def _played(servers: Office, folder: Path, *, cases: int) -> None:
    await servers.empty()
    async with room_on(servers, folder) as room:
        groups = [[room.new_case_no() for _ in range(cases)] for _ in range(3)]
        journey = Journey(room, random.Random(cases), *groups)  # noqa: S311 - the same moments every time
        await room.deploy()
        for step in _steps(journey):
            await journey.go(step)
        await room.settled()
        wanted = [await _account(room, case_no) for case_no in journey.calm[:2]]
        for group in (journey.calm, journey.shot, journey.lamed):
            for place, case_no in enumerate(group):
                assert await _account(room, case_no) == wanted[place % 2], f"{case_no} is not as in peace"
        assert room.launch.times == 1 + len(_steps(journey))


@pytest.mark.timeout(300)
async def test_given_a_kill_at_every_step_then_every_case_ends_as_in_peace(servers: Office, tmp_path: Path) -> None:
    await _played(servers, tmp_path, cases=3)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
async def test_given_200_cases_and_a_kill_at_every_step_then_every_case_ends_as_in_peace(
    servers: Office, tmp_path: Path
) -> None:
    await _played(servers, tmp_path, cases=67)
