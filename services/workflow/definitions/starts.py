"""By what a version begins cases besides the window: read from its diagram at deploy, kept with the version."""

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from services.workflow.engine import findings
from services.workflow.engine.diagrams.model import EventKind, Process
from services.workflow.engine.diagrams.reading import read_diagram
from services.workflow.engine.documents import read_xml
from services.workflow.engine.starts import Start, begins_plainly, starts_in
from services.workflow.instances.origins import StartKind

_SHARED = "shared/"

_KINDS = {
    EventKind.MESSAGE: StartKind.MESSAGE,
    EventKind.TIMER: StartKind.TIMER,
    EventKind.SIGNAL: StartKind.SIGNAL,
}


class StartEvent(BaseModel, frozen=True):
    """One start event: the name of its message or signal, or its timer as written.

    `result` is the variable that takes what the message or signal brings; empty if it is not wanted.
    """

    element: str
    kind: StartKind
    name: str = ""
    result: str = ""
    timer_form: str = ""
    timer_text: str = ""


class Starts(BaseModel, frozen=True):
    """All that begins a case of a version: `at_window` says that one can be received."""

    at_window: bool = True
    events: tuple[StartEvent, ...] = ()

    def event(self, element: str) -> StartEvent | None:
        """The start event of this id, or its first part."""
        return next((event for event in self.events if event.element == element), None)


def starts_of_files(files: Mapping[str, bytes], key: str) -> Starts:
    """What begins the cases of the process `key` of a bundle, as far as anybody carries it."""
    main = next((process for process in _processes(files) if process.id == key), None)
    if main is None:
        return Starts()
    events = tuple(_event(start) for start in starts_in(main) if start.kind in _KINDS)
    return Starts(at_window=begins_plainly(main), events=events)


def _processes(files: Mapping[str, bytes]) -> Iterator[Process]:
    for path, content in files.items():
        if path.endswith(".bpmn") and not path.startswith(_SHARED):
            unheard = findings.Report(path)
            root = read_xml(unheard, content)
            yield from (read_diagram(unheard, root).processes if root is not None else ())


def _event(start: Start) -> StartEvent:
    return StartEvent(
        element=start.element,
        kind=_KINDS[start.kind],
        name=start.name,
        result=start.result,
        timer_form=start.timer.form if start.timer else "",
        timer_text=start.timer.text if start.timer else "",
    )
