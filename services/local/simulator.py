"""Stands in for the national system that gives supervision numbers (电子监管号): answers external tasks over NATS.

It is what an integrator's adapter looks like: hear `workflow.external.requested`, do the work, publish the answer
under an id made of the task's, acknowledge. `PUT /mode {"mode": "hold"}` lets requests wait, as the real system does.
"""

import asyncio
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from services.contracts.events import Envelope, stream_of
from services.contracts.external import AnswerCompleted
from services.contracts.workflow import ExternalRequested
from services.kernel.bus import BrokerAway, Bus
from services.kernel.bus.pull import Pull
from services.kernel.clock import RealClock

_TOPIC: Final = "certificate-number"
_CITY: Final = "512000"
_SIGNS: Final = {"PT01": "用字第", "PT03": "地字第", "PT06": "乡字第"}
"""What the number of an item begins with; of all others, those of works."""


class Delivery(Protocol):
    """A message in hand."""

    data: bytes

    async def ack(self) -> None:
        """Say that it is dealt with."""


class Mode(StrEnum):
    """Whether the simulated system answers now."""

    ANSWER = "answer"
    HOLD = "hold"


class ModeEntry(BaseModel, extra="forbid", frozen=True):
    """What the simulated system should do."""

    mode: Mode


@dataclass(slots=True)
class Numbers:
    """Numbers given so far, by task, a line each in a file: the same task always gets the same number."""

    path: Path
    given: dict[str, str] = field(default_factory=dict)

    def open(self) -> None:
        """Read what earlier runs gave; a line that a stop cut off was never given."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
        self.given = dict(json.loads(line) for line in lines if line.endswith("\n"))
        self.path.write_text("".join(_line(*each) for each in self.given.items()), encoding="utf-8")

    def number(self, request: ExternalRequested) -> str:
        """A number in the form of the real ones; its inner structure is invented."""
        if request.task_id not in self.given:
            prefix = next((sign for item, sign in _SIGNS.items() if item in request.case_no), "建字第")
            self.given[request.task_id] = f"{prefix}{_CITY}{request.requested_at.year}GG{len(self.given) + 1:07}号"
            with self.path.open("a", encoding="utf-8") as file:
                file.write(_line(request.task_id, self.given[request.task_id]))
        return self.given[request.task_id]


def _line(task_id: str, number: str) -> str:
    return json.dumps([task_id, number], ensure_ascii=False) + "\n"


@dataclass(slots=True)
class Simulator:
    """One adapter process."""

    bus: Bus
    numbers: Numbers
    mode: Mode = Mode.ANSWER
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Hear requests for ever."""
        self.open.set()
        async with asyncio.TaskGroup() as group:

            def take(message: Delivery) -> None:
                group.create_task(self._answer(message))

            subjects = [f"{ExternalRequested.TYPE}.>"]
            await Pull(self.bus, stream_of(ExternalRequested.TYPE), subjects).run(take)

    async def _answer(self, message: Delivery) -> None:
        """Answer one request; unanswered ones come again, and the same answer twice is one answer."""
        request = ExternalRequested.model_validate(Envelope.model_validate_json(message.data).data)
        if request.topic == _TOPIC:
            await self.open.wait()
            with suppress(BrokerAway):
                await self._publish(request)
                await message.ack()
            return
        await message.ack()

    async def _publish(self, request: ExternalRequested) -> None:
        answer = AnswerCompleted(
            case_no=request.case_no,
            task_id=request.task_id,
            result={"certificate_no": self.numbers.number(request)},
            answered_at=RealClock().wall(),
        )
        envelope = Envelope(
            id=f"external.answers.{request.task_id}.1.0",
            source="/guihua/external",
            type=answer.TYPE,
            subject=answer.key,
            time=answer.answered_at,
            sequence=1,
            data=answer.model_dump(mode="json"),
        )
        wire = envelope.model_dump_json().encode()
        await self.bus.publish(envelope.nats_subject, wire, event_id=envelope.id, stream=stream_of(answer.TYPE))

    def set_mode(self, mode: Mode) -> None:
        """Hold or answer from now on."""
        self.mode = mode
        if mode is Mode.ANSWER:
            self.open.set()
        else:
            self.open.clear()


def web(simulator: Simulator) -> FastAPI:
    """The switch."""
    app = FastAPI(title="Guihua simulator", docs_url=None, redoc_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok", "mode": simulator.mode}

    @app.put("/mode")
    async def put_mode(entry: ModeEntry) -> ModeEntry:
        simulator.set_mode(entry.mode)
        return entry

    return app


async def serve(*, port: int, var: Path) -> None:
    """Run until the process is told to stop."""
    numbers = Numbers(var / "simulator.jsonl")
    numbers.open()
    bus = Bus(
        os.environ["GUIHUA_NATS_URL"],
        user=os.environ["GUIHUA_NATS_USER"],
        password=os.environ["GUIHUA_NATS_PASSWORD"],
    )
    await bus.connect(within=20)
    simulator = Simulator(bus, numbers)
    config = uvicorn.Config(web(simulator), host="127.0.0.1", port=port, log_level="warning", timeout_keep_alive=75)
    server = uvicorn.Server(config)
    hearing = asyncio.create_task(simulator.run())
    await server.serve()
    hearing.cancel()
    await bus.close()


def main() -> None:
    """`python -m services.local.simulator PORT FOLDER`."""
    port, var = sys.argv[1:]
    asyncio.run(serve(port=int(port), var=Path(var)))


if __name__ == "__main__":
    main()
