"""How much of a diagram its walks pass: every sequence flow, every event on a border."""

from collections.abc import Collection
from dataclasses import dataclass

from services.workflow.engine.bundles import Bundle
from services.workflow.engine.diagrams.model import Process


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is in one diagram, and what no walk passed, in the order of the file."""

    file: str
    flows: tuple[str, ...]
    events: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """What was passed of all there is: 1.0 is everything."""
        return 1 - len(self.missing) / max(1, len(self.flows) + len(self.events))


def coverage(bundle: Bundle, seen: Collection[str], drawings: Collection[str]) -> tuple[Coverage, ...]:
    """Hold the elements and flows that walks passed against drawings of the bundle: those that are its own."""
    return tuple(_of(process, seen) for process in bundle.processes.values() if process.file in drawings)


def _of(process: Process, seen: Collection[str]) -> Coverage:
    bodies = list(process.body.bodies())
    flows = tuple(flow for body in bodies for flow in body.flows)
    events = tuple(
        node.id for body in bodies for node in body.nodes.values() if node.attached_to and not node.undone_by
    )
    return Coverage(process.file, flows, events, tuple(each for each in (*flows, *events) if each not in seen))
