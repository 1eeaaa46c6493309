"""Whether every text that is reckoned can be read, and reads only what somebody sets."""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Final

from services.workflow.engine.diagrams.model import Again, EventKind, Node, Process, Several, TimerText
from services.workflow.engine.diagrams.results import STARTER, result_of
from services.workflow.engine.findings import Report
from services.workflow.engine.language.errors import Unwritable
from services.workflow.engine.language.texts import Script, expression, script
from services.workflow.engine.timers import Timer, read_timer

_COUNTS: Final = frozenset({"nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances", "loopCounter"})
_ALWAYS: Final = frozenset({"case", "activationCount"}) | _COUNTS
_DAYS: Final = ("P", "R")

_CONDITION: Final = ("条件", "condition")
_SCRIPT: Final = ("脚本", "script")
_TIMER: Final = ("定时器", "timer")
_LOOP: Final = ("多实例设置", "multi-instance setting")
_HANDED: Final = ("变量映射", "variable mapping")
_CLOCK: Final = ("permit:clock_from", "permit:clock_from")
_PATHS: Final = {key: (f"permit:{key}", f"permit:{key}") for key in ("department", "due_on")}


@dataclass(frozen=True, slots=True)
class Written:
    """One text of a diagram: where it stands, what it is called, and how it is read."""

    element: str
    where: tuple[str, str]
    source: str
    read: Callable[[str], Any]
    callee: bool = False

    @property
    def is_clock(self) -> bool:
        """Whether it is reckoned when its element is left."""
        return self.where is _CLOCK


def written_in(process: Process) -> Iterator[Written]:
    """Go through every text of a process that is reckoned at run time."""
    for body in process.body.bodies():
        for flow in body.flows.values():
            if flow.condition is not None and flow.id != body.nodes[flow.source].default:
                yield Written(flow.id, _CONDITION, flow.condition, expression)
        for node in body.nodes.values():
            yield from _of_node(node)


def _of_node(node: Node) -> Iterator[Written]:
    if node.tag == "scriptTask":
        yield Written(node.id, _SCRIPT, node.script or "", script)
    if node.settings.get("clock_from"):
        yield Written(node.id, _CLOCK, node.settings["clock_from"], expression)
    for key in sorted(_PATHS.keys() & node.settings.keys()):
        yield Written(node.id, _PATHS[key], node.settings[key], expression)
    yield from _of_events(node)
    yield from _of_loop(node)
    if node.calls is not None:
        for mapped in node.calls.ins:
            yield Written(node.id, _HANDED, mapped.expression or mapped.source or "", expression)
        for mapped in node.calls.outs:
            yield Written(node.id, _HANDED, mapped.expression or mapped.source or "", expression, callee=True)


def _of_events(node: Node) -> Iterator[Written]:
    for event in node.event.each:
        if len(event.timers) == 1:
            yield Written(node.id, _TIMER, event.timers[0].text, _timer_reader(event.timers[0]))
        if event.kind is EventKind.CONDITIONAL:
            yield Written(node.id, _CONDITION, event.condition, expression)
    for text in (node.activation, node.at_will.condition if node.at_will else None):
        if text:
            yield Written(node.id, _CONDITION, text, expression)


def _of_loop(node: Node) -> Iterator[Written]:
    loop = node.loop
    loops: tuple[str | None, ...] = ()
    if isinstance(loop, Several):
        told = (tells.condition for tells in loop.tells)
        loops = (loop.collection, loop.cardinality, loop.completion, *told)
    for text in (loop.condition,) if isinstance(loop, Again) else loops:
        if text is not None:
            yield Written(node.id, _LOOP, text, expression)


def _timer_reader(written: TimerText) -> Callable[[str], Timer]:
    return lambda _: read_timer(written)


def check_texts(report: Report, process: Process) -> None:
    """Check that every text can be read."""
    for text in written_in(process):
        try:
            text.read(text.source)
        except Unwritable as error:
            if text.where is _TIMER:
                report.say("GH-E403", text.element, reason_zh=error.zh, reason_en=error.en, source=text.source)
            else:
                report.say(
                    "GH-E401",
                    text.element,
                    where=text.where[0],
                    where_en=text.where[1],
                    reason_zh=error.zh,
                    reason_en=error.en,
                    source=text.source,
                )


def check_timer_words(report: Report, process: Process, processes: Mapping[str, Process]) -> None:
    """Check that a timer that is one bare word names a variable; any other word is a mistaken ISO 8601 text."""
    known = known_in(process, processes)
    for text in written_in(process) if known is not None else ():
        if _is_word(text) and text.source not in (known or ()):
            report.say("GH-E406", text.element, source=text.source)


def _is_word(text: Written) -> bool:
    return text.where is _TIMER and text.source.isidentifier() and bool(names_in(text))


def check_names(
    report: Report, process: Process, processes: Mapping[str, Process], inputs: Mapping[str, AbstractSet[str]]
) -> None:
    """Warn about variables that are read and never set. `inputs` are those each decision reads, by its id."""
    known = known_in(process, processes)
    if known is None:
        return
    for text in written_in(process):
        names = () if text.callee or _is_word(text) else names_in(text)
        for name in sorted(set(names) - known):
            report.say("GH-W402", text.element, where=text.where[0], where_en=text.where[1], variable=name)
    for node in process.body.all_nodes():
        decision = node.decides.decision if node.decides else ""
        for name in sorted(inputs.get(decision, frozenset()) - known):
            report.say("GH-W402", node.id, where="决策表", where_en="decision table", variable=name)


def check_calendar_days(report: Report, process: Process) -> None:
    """Warn about timers that count calendar days: a legal limit counts working days (行政许可法 §82)."""
    for text in written_in(process):
        if text.where is _TIMER and text.source.startswith(_DAYS) and "T" not in text.source:
            report.say("GH-W405", text.element, source=text.source)


def names_in(text: Written) -> AbstractSet[str]:
    """Give the variables that a text reads; none when it cannot be read."""
    try:
        read = text.read(text.source)
    except Unwritable:
        return frozenset()
    if isinstance(read, Timer):
        return frozenset() if read.reckoned is None else read.reckoned.names
    names: AbstractSet[str] = read.names
    return names


def known_in(process: Process, processes: Mapping[str, Process], *, inside: bool = True) -> set[str] | None:
    """Give the variables somebody sets, or only those given from outside; None when that cannot be known."""
    known = set(_ALWAYS)
    known |= {name.strip() for name in process.settings.get("inputs", "").split(",")}
    if any(event.kind is not EventKind.NONE for node in process.body.starts() for event in node.event.each):
        known.add(STARTER)
    for caller in processes.values():
        for node in caller.body.all_nodes():
            if node.calls is not None and node.calls.process == process.id:
                if node.calls.all_in:
                    return None
                known |= {mapped.target for mapped in node.calls.ins}
    for node in process.body.all_nodes():
        if node.calls is not None:
            if node.calls.all_out:
                return None
            known |= {mapped.target for mapped in node.calls.outs} if inside else set()
        if inside:
            known |= set_by(node)
    return known


def set_by(node: Node) -> frozenset[str]:
    """Give the variables that a node sets."""
    found = {result_of(replace(node, event=event)) for event in node.event.each}
    found |= {mapped.target for mapped in (node.calls.outs if node.calls else ())}
    if isinstance(node.loop, Several):
        found |= {name for name in (node.loop.item, node.loop.output, node.loop.output_item) if name}
    if node.tag == "scriptTask":
        try:
            read: Script = script(node.script or "")
            found |= read.assigns
        except Unwritable:
            pass
    return frozenset(found - {""})
