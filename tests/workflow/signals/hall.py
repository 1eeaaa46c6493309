"""The service without its doors, its clock, and cases that throw, hear and begin by signals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.contracts.events import Envelope, Said
from services.contracts.workflow import SignalThrown
from services.kernel.bus import Event
from services.kernel.clock import FrozenClock
from services.workflow import deploys, tasks
from services.workflow.consumers import spread_signal, start_case
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance
from services.workflow.signals import broadcasts
from services.workflow.signals.models import Broadcast
from services.workflow.signals.spreading import carry_on
from tests.workflow.bundle_support import as_bytes
from tests.workflow.case_support import received
from tests.workflow.room import HANDLER, IT


def event_of(said: Said, event_id: str, service: str) -> Event[Said]:
    """Something said, as a consumer gets it."""
    envelope = Envelope(
        id=event_id,
        source=f"/guihua/{service}",
        type=said.TYPE,
        subject=said.key,
        time="2026-09-16T07:00:00Z",
        sequence=1,
        data=said.model_dump(mode="json"),
    )
    return Event(envelope, said)


@dataclass
class Hall:
    """Where cases are received and worked on."""

    deps: Deps
    clock: FrozenClock
    cases: int = 0

    async def deploy(self, files: Mapping[str, str]) -> None:
        await deploys.deploy(self.deps, as_bytes(files), who=IT, activate=True)

    async def receive(self, item_code: str, **facts: object) -> str:
        self.cases += 1
        said = received(
            case_no=f"51200020260916SG{self.cases:05}",
            item_code=item_code,
            facts={"level": 1, **facts},
            received_at=self.clock.now(),
        )
        await start_case(self.deps, event_of(said, f"intake.cases.{said.case_no}.1.0", "intake"))
        return said.case_no

    async def receive_many(self, item_code: str, count: int) -> list[str]:
        return [await self.receive(item_code) for _ in range(count)]

    async def case(self, case_no: str) -> Instance:
        return (await self.deps.instances.load(case_no))[0]

    async def complete(self, case_no: str, element: str) -> None:
        task_id = next(each.task_id for each in (await self.case(case_no)).tasks if each.element == element)
        await tasks.complete(self.deps, task_id, {}, HANDLER)

    async def open(self, case_no: str) -> list[str]:
        """The open steps of a case."""
        return sorted(task.element for task in (await self.case(case_no)).tasks)

    async def said(self, case_no: str, kind: str) -> list[Envelope]:
        """What was said of a case, of one kind such as `signal.heard`: it is all still in its outbox."""
        row = await self.deps.instances.documents.rows.find_one({"_id": case_no})
        said = [Envelope.model_validate_json(each["wire"]) for each in (row or {})["outbox"]]
        return [each for each in said if f".workflow.{kind}.v" in each.type]

    async def hear_thrown(self, case_no: str) -> list[str]:
        """Let the service hear, twice each, the signals that a case threw; gives the broadcasts that begin."""
        thrown = [
            Event(each, SignalThrown.model_validate(each.data)) for each in await self.said(case_no, "signal.thrown")
        ]
        for event in (*thrown, *thrown):
            await spread_signal(self.deps, event)
        return [broadcasts.broadcast_id(event.envelope.id) for event in thrown]

    async def spread(self, deps: Deps | None = None) -> None:
        """Let the ticker bring all broadcasts to their end."""
        while await carry_on(deps or self.deps):
            pass

    async def broadcast(self, signal: str, key: str, **payload: object) -> Broadcast:
        """A signal from outside; the same key again is the same signal."""
        wanted = Broadcast(
            broadcast_id=broadcasts.broadcast_id(key),
            signal=signal,
            payload=payload,
            by="u.leader",
            at=self.clock.now(),
        )
        return await broadcasts.begin(self.deps, wanted)

    async def report(self, broadcast_id: str) -> Broadcast:
        return await broadcasts.broadcast_of(self.deps, broadcast_id)

    async def cases_of(self, process_key: str) -> Sequence[Instance]:
        """The cases that follow a process."""
        return await self.deps.instances.query({"body.pin.process_key": process_key}, sort=[("_id", 1)], limit=500)
