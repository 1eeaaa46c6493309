"""What arrives from outside the bureau: the messages for which diagrams wait."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lxml import etree

from services.contracts.events import Envelope, stream_of
from services.contracts.external import MessageSent
from services.kernel.bus import Bus
from services.kernel.bus.permissions import EXTERNAL
from services.kernel.clock import RealClock
from services.local.runner import Run
from tests.support.process import ROOT

_BPMN: Final = {"bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL"}
_BY_THE_WINDOW: Final = "case_delivered"


@dataclass(slots=True)
class Outside:
    """Everybody who writes to the bureau."""

    bus: Bus
    messages: dict[str, str] = field(default_factory=lambda: dict(_messages()))
    payloads: dict[str, dict[str, Any]] = field(default_factory=lambda: dict(_payloads()))

    async def tell(self, line: dict[str, Any]) -> None:
        """Send what this step waits for, once. What the window says by handing over is not sent."""
        name = self.messages.get(line["element"])
        if name is None or name == _BY_THE_WINDOW:
            return
        said = MessageSent(
            message_id=line["task_id"],
            name=name,
            payload=self.payloads.get(name, {}),
            case_no=line["case_no"],
            sent_at=RealClock().wall(),
        )
        envelope = Envelope(
            id=f"external.messages.{said.message_id}.1.0",
            source="/guihua/external",
            type=said.TYPE,
            subject=said.key,
            time=said.sent_at,
            sequence=1,
            data=said.model_dump(mode="json"),
        )
        wire = envelope.model_dump_json().encode()
        await self.bus.publish(envelope.nats_subject, wire, event_id=envelope.id, stream=stream_of(said.TYPE))


def bus_of(run: Run) -> Bus:
    """A connection as an integrator has it."""
    nats = f"nats://{run.layout.host}:{run.layout.ports['nats']}"
    return Bus(nats, user=EXTERNAL, password=run.servers.passwords[EXTERNAL])


def _messages() -> Iterator[tuple[str, str]]:
    """For each element that waits for a message: the message's name."""
    for path in _files("*.bpmn"):
        tree = etree.parse(path)
        names = {each.get("id"): each.get("name") for each in tree.iterfind(".//bpmn:message", _BPMN)}
        for each in tree.iterfind(".//*[@messageRef]"):
            waiting = each if each.tag.endswith("receiveTask") else each.getparent()
            if waiting is not None:
                yield str(waiting.get("id")), str(names.get(each.get("messageRef")))


def _payloads() -> Iterator[tuple[str, dict[str, Any]]]:
    """For each message: what the golden walks bring with it."""
    for path in sorted(_files("*.toml"), reverse=True):
        for step in tomllib.loads(path.read_text(encoding="utf-8")).get("step", []):
            if "message" in step and "payload" in step:
                yield step["message"], step["payload"]


def _files(pattern: str) -> list[Path]:
    return [path for path in (ROOT / "bpmn").rglob(pattern) if "templates" not in path.parts]
