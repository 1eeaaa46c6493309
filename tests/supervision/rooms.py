"""The running service, the people who ask it, and the voices it hears."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from services.contracts.registry import DepartmentChanged, PersonChanged
from services.contracts.words import Attendance, Role
from services.kernel.identity import Person, Tokens
from tests.supervision import timers
from tests.supervision.timers import CASE, NOW
from tests.support.process import Process
from tests.support.voice import Voice
from tests.support.wait import wait_until

SUPERVISOR = Person(code="u.supervisor", name="孔某", roles=frozenset({Role.SUPERVISOR}), department="D02")
HEAD = Person(code="u.head", name="张某", roles=frozenset({Role.BUREAU_HEAD}), department="D00")
CHIEF = Person(
    code="u.chief.d06",
    name="刘某",
    roles=frozenset({Role.SECTION_CHIEF}),
    department="D06",
    posts=frozenset({"P06@D06"}),
)
STRANGER = Person(
    code="u.chief.d08",
    name="韩某",
    roles=frozenset({Role.SECTION_CHIEF}),
    department="D08",
    posts=frozenset({"P06@D08"}),
)


def person(who: Person) -> PersonChanged:
    return PersonChanged(
        code=who.code,
        name=who.name,
        department=who.department,
        posts=tuple(sorted(who.posts)),
        roles=tuple(who.roles),
        deputy=None,
        attendance=Attendance.ON_DUTY,
        phone="13800000001",
        mail="a@guihua.example",
        chat=None,
        active=True,
        changed_at=NOW,
    )


def department(code: str) -> DepartmentChanged:
    return DepartmentChanged(
        code=code, name=f"科室{code}", name_en=code, leader_in_charge="u.head", township=False, changed_at=NOW
    )


@dataclass(slots=True)
class Room:
    """The running service and the voices it hears."""

    service: Process
    workflow: Voice
    registry: Voice
    tokens: Tokens
    environment: Mapping[str, str]

    async def ask(
        self, who: Person, method: str, path: str, body: object = None, key: str | None = None
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens.issue(who)}"} | ({"Idempotency-Key": key} if key else {})
        async with httpx.AsyncClient(base_url=self.service.url, timeout=30) as client:
            return await client.request(method, path, json=body, headers=headers)

    async def have(self, who: Person, path: str) -> Any:
        return (await self.ask(who, "GET", path)).raise_for_status().json()

    async def idle(self) -> bool:
        """Whether everything said to the service is handled and everything it said is out."""
        status = (await self.service.get("/status")).json()
        return status["outbox"] and not status["outbox"]["documents"] and not any((status["lag"] or {"": 1}).values())


async def late(room: Room) -> None:
    """The agenda material is late by a day."""
    await room.workflow.say(timers.started(), timers.warned(), timers.overdue(0), timers.overdue(1))
    await wait_until(lambda: matters_of(room))
    await wait_until(room.idle)


async def matters_of(room: Room) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await room.have(SUPERVISOR, f"/matters?case_no={CASE}"))["matters"]
    return found
