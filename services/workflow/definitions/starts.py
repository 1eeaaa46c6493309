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

    `result` is the variable that takes what the message or signal brings; empty if it is not wanted. `form` is the
    form that it must fit.
    """

    element: str
    kind: StartKind
    name: str = ""
    result: str = ""
    form: str = ""
    timer_form: str = ""
    timer_text: str = ""


class Starts(BaseModel, frozen=True):
    """All that begins a case of a version: `at_window` says that one can be received.

    `posts` may begin one by a message: `P20`, or at one department `P20@D01`; none named: all staff who may at all.
    """

    at_window: bool = True
    events: tuple[StartEvent, ...] = ()
    posts: tuple[str, ...] = ()

    def event(self, element: str) -> StartEvent | None:
        """The start event of this id, or its first part."""
        return next((event for event in self.events if event.element == element), None)


def starts_of_files(files: Mapping[str, bytes], key: str) -> Starts:
    """What begins the cases of the process `key` of a bundle, as far as anybody carries it."""
    main = next((process for process in _processes(files) if process.id == key), None)
    if main is None:
        return Starts()
    events = tuple(_event(start) for start in starts_in(main) if start.kind in _KINDS)
    posts = tuple(main.settings.get("starters", "").replace(",", " ").split())
    return Starts(at_window=begins_plainly(main), events=events, posts=posts)


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
        form=start.form,
        timer_form=start.timer.form if start.timer else "",
        timer_text=start.timer.text if start.timer else "",
    )
