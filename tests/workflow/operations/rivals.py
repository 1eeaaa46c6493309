"""Two who do something to one case, in a controlled order: the service without its doors, on the real database."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from services.contracts.events import Envelope, Said
from services.contracts.intake import WithdrawalRequested
from services.contracts.words import Channel, ClockKind, TerminationGround
from services.kernel.bus import Event
from services.kernel.clock import FrozenClock
from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.store import Aggregates
from services.workflow import deploys, tasks
from services.workflow.consumers import start_case
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance
from services.workflow.instances.operations.closures import Ruling
from services.workflow.operations import cases, closures, desks, returns
from tests.support.office import Office
from tests.workflow.bundle_support import as_bytes, bundle
from tests.workflow.case_support import received
from tests.workflow.clock_support import at
from tests.workflow.operations.joint import CODE, joint
from tests.workflow.parts import deps_on
from tests.workflow.room import (
    ACCEPT,
    HANDLER,
    HEAD,
    IT,
    LEADER,
    REVIEW,
)


class Slow(Aggregates[Instance]):
    """Waits before its first write, until it is let go; notes what it says."""

    def __init__(self, like: Aggregates[Instance]) -> None:
        super().__init__(like._ground, like.documents.name, Instance, key="case_no")
        self.reached, self.go = asyncio.Event(), asyncio.Event()
        self.said: list[Said] = []

    async def save(
        self, body: Instance, revision: int, events: Sequence[Said] = (), *, cause: str | None = None
    ) -> int:
        self.reached.set()
        await self.go.wait()
        saved = await super().save(body, revision, events, cause=cause)
        self.said += events
        return saved


@dataclass
class Bureau:
    """The service without its doors, and cases to quarrel over."""

    deps: Deps
    clock: FrozenClock
    cases: int = 0

    async def at_reviews(self) -> "Quarrel":
        case_no = await self._received(CODE)
        self.clock.set(at("2026-09-17", "10:00"))
        quarrel = Quarrel(self, case_no)
        await quarrel.complete("Accept", ACCEPT, decision="accept")
        self.clock.set(at("2026-09-17", "11:00"))
        quarrel.prepared = await quarrel.complete("Prepare", HANDLER, opinion="材料齐全")
        return quarrel

    async def at_acceptance(self) -> "Quarrel":
        return Quarrel(self, await self._received("PT-90"))

    async def _received(self, item_code: str) -> str:
        self.cases += 1
        said = received(case_no=f"51200020260916PT91{self.cases:05}", item_code=item_code)
        self.clock.set(at("2026-09-16", "15:00"))
        envelope = Envelope(
            id=f"intake.cases.{said.case_no}.1.0",
            source="/guihua/intake",
            type=said.TYPE,
            subject=said.key,
            time=said.received_at,
            sequence=1,
            data=said.model_dump(mode="json"),
        )
        await start_case(self.deps, Event(envelope, said))
        return said.case_no


@dataclass
class Quarrel:
    """One case, and what two do to it."""

    bureau: Bureau
    case_no: str
    prepared: str = ""
    seen: str = ""
    late: list[Said] = field(default_factory=list)

    async def case(self) -> Instance:
        return (await self.bureau.deps.instances.load(self.case_no))[0]

    async def task(self, element: str) -> str:
        return next(task.task_id for task in (await self.case()).tasks if task.element == element)

    async def complete(self, element: str, who: Person, **answers: Any) -> str:
        task_id = await self.task(element)
        await tasks.complete(self.bureau.deps, task_id, answers, who)
        return task_id

    async def loses(self, slow: "Deed", fast: "Deed") -> Problem | None:
        """Let the fast one do everything between the slow one's look and its write; give what the slow one reads."""
        deps = self.bureau.deps
        gate = Slow(deps.instances)
        self.late = gate.said
        late = asyncio.create_task(slow(replace(deps, instances=gate)))
        async with asyncio.timeout(20):
            await gate.reached.wait()
            await fast(deps)
            gate.go.set()
            try:
                await late
            except Problem as refusal:
                await self.sound()
                return refusal
        await self.sound()
        return None

    async def sound(self) -> None:
        """Each open step has one running clock, each running step clock its step; nothing was said twice."""
        case = await self.case()
        running = [clock.clock_id for clock in case.clocks if clock.kind is ClockKind.STEP and not clock.stopped]
        assert sorted(running) == sorted(f"step:{task.task_id}" for task in case.tasks)
        ids = [task.task_id for task in case.tasks] + [closed.task_id for closed in case.closed]
        assert len(ids) == len(set(ids))
        said = [entry.envelope.id for entry in await self.bureau.deps.journal.find(self.case_no, limit=200, after="")]
        assert len(said) == len(set(said))


Deed = Callable[[Deps], Awaitable[object]]
ANSWERS: dict[str, dict[str, Any]] = {"Review": REVIEW, "Survey": {"opinion": "可行"}, "Accept": {"decision": "accept"}}


def complete(element: str, who: Person, ids: dict[str, str]) -> Deed:
    return lambda deps: tasks.complete(deps, ids[element], ANSWERS[element], who)


def claim(element: str, who: Person, ids: dict[str, str]) -> Deed:
    return lambda deps: tasks.claim(deps, ids[element], who)


def send_back(who: Person, ids: dict[str, str]) -> Deed:
    return lambda deps: returns.send_back(deps, ids["Review"], to="Prepare", reason="缺件", who=who, key=None)


def pull_back(quarrel: Quarrel) -> Deed:
    return lambda deps: returns.pull_back(deps, quarrel.prepared, reason="漏传", who=HANDLER, key=None)


def hand_over(who: Person, to: Person, ids: dict[str, str]) -> Deed:
    return lambda deps: desks.hand_over(deps, ids["Review"], to=to.code, reason="调离", who=who, key=None)


def suspend(quarrel: Quarrel) -> Deed:
    return lambda deps: cases.suspend(deps, quarrel.case_no, reason="核实", who=LEADER, key=None)


def withdraw(quarrel: Quarrel) -> Deed:
    """The applicant's withdrawal, as the window said it."""

    def heard(deps: Deps) -> Awaitable[object]:
        moment = deps.clock.now()
        asked = WithdrawalRequested(
            case_no=quarrel.case_no, channel=Channel.ONLINE, registered_by="applicant", requested_at=moment
        )
        return closures.withdraw(deps, asked, cause=f"intake.cases.{quarrel.case_no}.{secrets.token_hex(4)}.0")

    return heard


def terminate(quarrel: Quarrel) -> Deed:
    ruling = Ruling(ground=TerminationGround.APPLICANT_DISSOLVED, basis="省规", evidence="注销通知书", reason="已注销")
    return lambda deps: closures.terminate(deps, quarrel.case_no, ruling, who=LEADER, key=None)


def approve(quarrel: Quarrel, proposal: str) -> Deed:
    return lambda deps: cases.approve_jump(deps, quarrel.case_no, proposal, reason="属实", who=HEAD, key=None)


@pytest.fixture(scope="module")
async def bureau(servers: Office, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bureau]:
    """The service's own dependencies on the real servers, with books and two processes."""
    clock = FrozenClock(at("2026-09-16", "15:00"))
    async with deps_on(servers, tmp_path_factory.mktemp("keys"), clock) as deps:
        for files in (bundle(), joint()):
            await deploys.deploy(deps, as_bytes(files), who=IT, activate=True)
        yield Bureau(deps, clock)


async def ids_of(quarrel: Quarrel) -> dict[str, str]:
    return {task.element: task.task_id for task in (await quarrel.case()).tasks}
