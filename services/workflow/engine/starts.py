"""By what the processes of a bundle can be started besides plainly: a message, a signal, a timer, a condition.

The engine waits for none of it: whoever hears the message or the alarm starts an instance by that start event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.workflow.engine.bundles import Bundle
from services.workflow.engine.diagrams.model import EventKind, Process, TimerText
from services.workflow.engine.diagrams.results import result_of
from services.workflow.engine.language.office import Office
from services.workflow.engine.language.texts import expression
from services.workflow.engine.timers import Due, read_timer


@dataclass(frozen=True, slots=True)
class Start:
    """A start event of a process that waits for something.

    `name` is that of the message or signal; `result` is the variable in which a message's payload is handed in, and
    `form` the form that it must fit.
    """

    process: str
    element: str
    kind: EventKind
    name: str = ""
    result: str = ""
    timer: TimerText | None = None
    condition: str = ""
    form: str = ""

    def due(self, office: Office) -> Due | None:
        """Say when a timer start is due, counted from now; None for the others. Raises `Miscalculated`."""
        return None if self.timer is None else read_timer(self.timer).due((), office)

    def holds(self, variables: Mapping[str, Any], office: Office) -> bool:
        """Say whether the condition of a conditional start holds. Raises `Miscalculated`."""
        return bool(self.condition) and expression(self.condition).holds((variables,), office)


def starts_of(bundle: Bundle) -> tuple[Start, ...]:
    """Give every start event of a bundle's processes that waits for something, each part of a multiple one."""
    return tuple(start for process in bundle.processes.values() for start in starts_in(process))


def starts_in(process: Process) -> tuple[Start, ...]:
    """Give every start event of a process that waits for something, each part of a multiple one."""
    return tuple(
        Start(
            process.id,
            node.id,
            event.kind,
            event.name,
            result_of(node),
            event.timers[0] if event.timers else None,
            event.condition,
            node.settings.get("form", ""),
        )
        for node in process.body.starts()
        for event in node.event.each
        if event.kind is not EventKind.NONE
    )


def begins_plainly(process: Process) -> bool:
    """Say whether a process has a start event that waits for nothing."""
    return any(event.kind is EventKind.NONE for node in process.body.starts() for event in node.event.each)
