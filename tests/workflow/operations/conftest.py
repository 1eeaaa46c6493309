"""Cases for the tests of operations, on the real service."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.kernel.identity import Person
from tests.workflow.clock_support import at
from tests.workflow.operations.joint import CODE, joint
from tests.workflow.room import ACCEPT, HANDLER, HEAD, Room


@dataclass
class Desk:
    """One case at its reviews, with short ways to operate on it."""

    room: Room
    case_no: str

    async def task(self, element: str) -> str:
        return str((await self.room.step(self.case_no, element))["task_id"])

    async def open(self) -> list[str]:
        case = await self.room.have(HEAD, f"/cases/{self.case_no}")
        return sorted(step["element"] for step in case["steps"])

    async def ask(
        self, who: Person, element: str, verb: str, body: dict[str, Any] | None = None, *, key: str = ""
    ) -> httpx.Response:
        """Operate on the open task of an element."""
        return await self.at(who, await self.task(element), verb, body, key=key)

    async def at(
        self, who: Person, task_id: str, verb: str, body: dict[str, Any] | None = None, *, key: str = ""
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        method = "PUT" if verb == "draft" else "POST"
        return await self.room.ask(who, method, f"/tasks/{task_id}/{verb}", body or {}, headers=headers)

    async def do(self, who: Person, element: str, verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self.ask(who, element, verb, body)
        assert answer.is_success, answer.text
        done: dict[str, Any] = answer.json()
        return done

    async def refused(
        self, who: Person, element: str, verb: str, body: dict[str, Any] | None = None
    ) -> tuple[int, str]:
        """The status and code of a refusal; both languages are there."""
        answer = await self.ask(who, element, verb, body)
        told = answer.json()
        assert told["detail"]
        assert told["remedy"]
        return answer.status_code, told["code"]

    async def case(self, who: Person, verb: str, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self.room.ask(who, "POST", f"/cases/{self.case_no}/{verb}", body or {"reason": "核实情况"})

    async def actions(self, who: Person, element: str) -> dict[str, dict[str, Any]]:
        task = await self.room.have(who, f"/tasks/{await self.task(element)}")
        return {action["name"]: action for action in task["actions"]}

    async def clocks(self) -> dict[str, dict[str, Any]]:
        case = await self.room.have(HEAD, f"/cases/{self.case_no}")
        return {clock["clock_id"]: clock for clock in case["clocks"]}


@pytest.fixture
async def reviews(room: Room) -> Callable[[], Awaitable[Desk]]:
    """Makes cases that were accepted on 2026-09-17 and are under both reviews."""

    async def made() -> Desk:
        case_no = room.new_case_no()
        await room.deploy(joint())
        await room.set_clock(at("2026-09-16", "15:00"))
        await room.receive(case_no, item_code=CODE)
        await room.step(case_no, "Accept")
        await room.set_clock(at("2026-09-17", "10:00"))
        await room.complete(case_no, "Accept", ACCEPT, decision="accept")
        await room.set_clock(at("2026-09-17", "11:00"))
        await room.complete(case_no, "Prepare", HANDLER, opinion="材料齐全")
        await room.set_clock(at("2026-09-18", "09:30"))
        return Desk(room, case_no)

    return made
