"""The values a diagram consists of. BPMN's words; `id`s are those of the drawing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

TASKS: Final = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
    }
)
SUBPROCESSES: Final = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES: Final = TASKS | SUBPROCESSES | {"callActivity"}
GATEWAYS: Final = frozenset(
    {"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"}
)
EVENTS: Final = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
FLOW_NODES: Final = ACTIVITIES | GATEWAYS | EVENTS


class EventKind(StrEnum):
    """What an event waits for or throws; the value is the BPMN tag without `EventDefinition`."""

    NONE = "none"
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    ERROR = "error"
    ESCALATION = "escalation"
    TERMINATE = "terminate"
    CANCEL = "cancel"
    COMPENSATE = "compensate"
    LINK = "link"
    CONDITIONAL = "conditional"
    MULTIPLE = "multiple"


class TimerForm(StrEnum):
    """How a timer is told its moment; the value is the BPMN tag."""

    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


@dataclass(frozen=True, slots=True)
class TimerText:
    """A timer as written."""

    form: TimerForm
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """What an event waits for or throws. `name` is that of the message or signal, `code` of the error or escalation.

    A multiple event has `parts`, of which one is enough or, with `all_parts`, all are needed. A compensation undoes
    the activity `undoes`, or all that is done, and `waits` until that is over.
    """

    kind: EventKind = EventKind.NONE
    name: str = ""
    code: str | None = None
    timers: tuple[TimerText, ...] = ()
    condition: str = ""
    parts: tuple["Event", ...] = ()
    all_parts: bool = False
    undoes: str = ""
    waits: bool = True

    @property
    def each(self) -> tuple["Event", ...]:
        """The events it consists of: its parts, or itself alone."""
        return self.parts or (self,)


@dataclass(frozen=True, slots=True)
class Telling:
    """An event that a multi-instance activity throws of itself: each time, or once `condition` holds."""

    event: Event
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Several:
    """Multi-instance: the activity runs once for each item of a collection, or `cardinality` times."""

    sequential: bool
    collection: str | None = None
    item: str | None = None
    cardinality: str | None = None
    completion: str | None = None
    output: str | None = None
    output_item: str | None = None
    behavior: str = "All"
    tells: tuple[Telling, ...] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """Standard loop: the activity runs again while the condition holds, at most `maximum` times."""

    condition: str | None
    maximum: str | None
    test_before: bool


@dataclass(frozen=True, slots=True)
class AtWill:
    """An ad-hoc subprocess: what is in it is done in any order until the condition holds, or each thing once."""

    sequential: bool
    condition: str | None
    cancels_rest: bool


@dataclass(frozen=True, slots=True)
class Mapped:
    """One variable handed into a called process or back: from a variable or an expression, to a name."""

    target: str
    source: str | None = None
    expression: str | None = None


@dataclass(frozen=True, slots=True)
class Calls:
    """What a call activity calls and hands over. `all_in`, `all_out`: every variable, as `variables="all"` says."""

    process: str
    ins: tuple[Mapped, ...] = ()
    outs: tuple[Mapped, ...] = ()
    all_in: bool = False
    all_out: bool = False


@dataclass(frozen=True, slots=True)
class Decides:
    """What a business rule task decides with, and where the answer goes."""

    decision: str
    result: str
    mapping: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node: activity, gateway or event. `tag` is its BPMN tag; `settings` come from the dialect.

    `by_event` marks an event subprocess, `undoes` an activity done only to compensate another. `undone_by` is, of a
    compensation boundary event, the activity that undoes. `begins` marks a task that starts its process.
    """

    id: str
    tag: str
    name: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    lane: str | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    event: Event = Event()
    attached_to: str | None = None
    interrupting: bool = True
    loop: Several | Again | None = None
    script: str | None = None
    script_format: str = ""
    topic: str | None = None
    calls: Calls | None = None
    decides: Decides | None = None
    body: "Body | None" = None
    by_event: bool = False
    undoes: bool = False
    undone_by: str = ""
    begins: bool = False
    takes: int = 1
    gives: int = 1
    at_will: AtWill | None = None
    activation: str = ""
    oddities: tuple[tuple[str, str], ...] = ()

    @property
    def is_activity(self) -> bool:
        """Whether boundary events may be attached to it."""
        return self.tag in ACTIVITIES


@dataclass(frozen=True, slots=True)
class Body:
    """What is drawn inside a process or a subprocess."""

    id: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]

    def boundaries(self, node_id: str) -> tuple[Node, ...]:
        """The boundary events attached to an activity, in document order."""
        return tuple(node for node in self.nodes.values() if node.attached_to == node_id)

    def starts(self) -> tuple[Node, ...]:
        """The nodes a process or subprocess starts with: start events, else tasks that start it."""
        events = tuple(node for node in self.nodes.values() if node.tag == "startEvent")
        return events or tuple(node for node in self.nodes.values() if node.begins)

    def by_events(self) -> tuple[Node, ...]:
        """The event subprocesses."""
        return tuple(node for node in self.nodes.values() if node.by_event and node.body is not None)

    def offered(self) -> tuple[Node, ...]:
        """What can be done first in an ad-hoc subprocess: everything no flow leads to."""
        return tuple(
            node
            for node in self.nodes.values()
            if not node.incoming and node.attached_to is None and not node.by_event and not node.undoes
        )

    def bodies(self) -> Iterator["Body"]:
        """Go through this body and every one nested in it."""
        yield self
        for node in self.nodes.values():
            if node.body is not None:
                yield from node.body.bodies()

    def all_nodes(self) -> Iterator[Node]:
        """Go through the nodes of this body and of every one nested in it."""
        for body in self.bodies():
            yield from body.nodes.values()


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a file."""

    id: str
    name: str
    file: str
    executable: bool
    body: Body
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Diagram:
    """One BPMN file."""

    file: str
    processes: tuple[Process, ...]
