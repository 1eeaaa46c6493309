"""The models of the public BPMN suite: read, their script keywords mapped, played in a time of their own.

What computes (`SET_STRING_DATA`) becomes a script; what touches the world outside (`SCRIPT_task1`, which writes to a
log; `WAIT_TEN_SECONDS`) becomes an external task that this program answers. So every script of a model is a step of
its own, with the state written and read again before and after it. Nothing of this is known to the engine.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, Final

from lxml import etree

from services.kernel.worktime import Calendar
from services.workflow.engine.bundles import Bundle
from services.workflow.engine.models import Answer, Command, EngineFault, Fail, Fire, Message, Signal, StandsStill, Step
from services.workflow.engine.run import apply, start
from services.workflow.engine.starts import starts_of

BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA: Final = "{http://camunda.org/schema/1.0/bpmn}"
NOW: Final = datetime(2026, 1, 5, 1, tzinfo=UTC)
LONG: Final = timedelta(seconds=10)

_COMPUTED: Final = {
    "CREATE_LOG_FILE": "log_file = True",
    "SET_STRING_DATA": 'data = "String"',
    "LOG_DATA": 'trace = trace + (["data_correct"] if data == "String" else [])',
    "INCREMENT_INTEGER_VARIABLE": "integerVariable = integerVariable + 1",
    "INCREMENT_INTEGER_VARIABLE_AND_LOG": 'integerVariable = integerVariable + 1; trace = trace + ["increment"]',
}
_TAKES_LONG: Final = re.compile("WAIT_TEN_SECONDS|CREATE_TIMESTAMP_LOG_.*")
_CONDITIONS: Final = ("conditionExpression", "loopCondition", "condition", "completionCondition")
_CONTAINS: Final = re.compile(r'(!?)\s*test\.contains\("(\w)"\)\s*>?')
"""One model of the suite has a stray `>` behind its condition."""
_WORDS: Final = {"true": "True", "false": "False"}


def mapped(model: bytes) -> bytes:
    """Give a model with its keywords mapped."""
    root = etree.fromstring(model, etree.XMLParser(resolve_entities=False))
    for task in root.iter(f"{BPMN}scriptTask", f"{BPMN}globalScriptTask"):
        _map_script(task)
    for call in root.iter(f"{BPMN}callActivity"):
        handed = etree.SubElement(etree.Element("x"), f"{BPMN}extensionElements")
        etree.SubElement(handed, f"{CAMUNDA}in", variables="all")
        etree.SubElement(handed, f"{CAMUNDA}out", variables="all")
        call.insert(0, handed)
    for condition in root.iter(*(BPMN + tag for tag in _CONDITIONS)):
        text = (condition.text or "").strip()
        condition.text = _WORDS.get(text) or _CONTAINS.sub(_contains, text)
    return etree.tostring(root)


def _contains(found: re.Match[str]) -> str:
    return f'"{found[2]}" {"not in" if found[1] else "in"} test'


def _map_script(task: etree._Element) -> None:
    written = task.find(f"{BPMN}script")
    if written is None:
        return
    keyword = (written.text or "").strip()
    if task.tag == f"{BPMN}globalScriptTask":
        written.text = f'trace = trace + ["{keyword.removeprefix("SCRIPT_")}"]'
    elif keyword in _COMPUTED:
        written.text = _COMPUTED[keyword]
    else:
        task.remove(written)
        task.tag = f"{BPMN}serviceTask"
        task.set(f"{CAMUNDA}type", "external")
        task.set(f"{CAMUNDA}topic", keyword)


@dataclass(slots=True)
class _Running:
    """One instance: its newest step, and when each external task was seen first."""

    step: Step
    seen: dict[str, datetime] = field(default_factory=dict)


@dataclass(slots=True)
class Play:
    """All instances of a model's processes, in a time of their own that jumps to whatever is due next."""

    bundle: Bundle
    variables: Mapping[str, Any]
    trace: list[str] = field(default_factory=list)
    faults: list[EngineFault] = field(default_factory=list)
    now: datetime = NOW
    _running: list[_Running] = field(default_factory=list)
    _long: list[tuple[datetime, datetime]] = field(default_factory=list)

    def begin(self, process: str, event: str = "") -> None:
        """Start an instance of a process."""
        data = {"trace": [], "case": {}, **self.variables}
        try:
            step = start(
                self.bundle,
                process,
                data,
                now=self.now,
                calendar=Calendar.builtin(),
                instance_id=f"{process} {len(self._running)}",
                start_event=event,
            )
        except EngineFault as fault:
            self._note(fault)
            return
        running = _Running(step)
        self._running.append(running)
        self._after(running)

    def go_on(self, until: datetime) -> None:
        """Answer and fire whatever is due, in order, until then."""
        while True:
            due = min(self._due(), key=lambda each: each[0], default=None)
            if due is None or due[0] > until:
                return
            self.now = max(self.now, due[0])
            self._do(due[1], due[2])

    def seen(self) -> list[str]:
        """Give the whole trace."""
        computed = [word for running in self._running for word in running.step.data["trace"]]
        overlap = any(a[0] < b[1] and b[0] < a[1] for a, b in combinations(self._long, 2))
        return [*self.trace, *computed, *(["parallel"] if overlap else [])]

    def _due(self) -> Iterator[tuple[datetime, _Running, Command]]:
        for running in self._running:
            for task in running.step.external:
                long = LONG if _TAKES_LONG.fullmatch(task.topic) else timedelta()
                failing = task.topic == "THROW_ERROR"
                yield (
                    running.seen[task.id] + long,
                    running,
                    Fail(task.id, "ERR_CODE") if failing else Answer(task.id, 1),
                )
            for timer in running.step.timers:
                yield timer.at, running, Fire(timer.id)

    def _do(self, running: _Running, command: Command) -> None:
        if isinstance(command, Answer):
            task = next(task for task in running.step.external if task.id == command.task_id)
            self._log(task.topic, running.seen[task.id])
        try:
            running.step = apply(self.bundle, running.step.state, command, now=self.now, calendar=Calendar.builtin())
        except EngineFault as fault:
            self._note(fault)
            self._running.remove(running)
            return
        self._after(running)

    def _log(self, topic: str, since: datetime) -> None:
        if topic.startswith("SCRIPT_"):
            self.trace.append(topic.removeprefix("SCRIPT_"))
        elif topic.startswith("CREATE_TIMESTAMP_LOG"):
            self._long.append((since, self.now))
        elif topic == "CREATE_MARKER_FILE" and "marker" not in self.trace:
            self.trace.append("marker")

    def _note(self, fault: EngineFault) -> None:
        """Keep a fault. A process that stands still for ever is told; BPMN says only that it waits."""
        if not isinstance(fault, StandsStill):
            self.faults.append(fault)

    def _after(self, running: _Running) -> None:
        """Look what opened, and carry what was thrown to those who wait for it or start by it."""
        for task in running.step.external:
            running.seen.setdefault(task.id, self.now)
        step = running.step
        for message in step.thrown:
            self._carry(message.name, Message(message.name), running)
        for signal in step.signals:
            self._carry(signal, Signal(signal), running)

    def _carry(self, name: str, command: Message | Signal, sender: _Running) -> None:
        for other in list(self._running):
            awaited = other.step.awaits if isinstance(command, Message) else other.step.awaits_signals
            if other is not sender and name in awaited:
                self._do(other, command)
        kind = type(command).__name__.lower()
        for found in starts_of(self.bundle):
            if (found.kind, found.name) == (kind, name):
                self.begin(found.process, found.element)
