"""Lint of time: the steps of every path fit into the promise, and the promise into the law (docs/domain.md §0.12)."""

from collections.abc import Iterable, Mapping

from services.workflow.definitions.items import ItemFile
from services.workflow.engine.diagrams.model import Body, Node, Process
from services.workflow.lint.paths import Longest, TooDeep, Walk
from services.workflow.lint.reports import Report
from services.workflow.lint.settings import label


def check_limits(report: Report, process: Process, item: ItemFile, bodies: Mapping[str, Body]) -> None:
    """Add up the steps' limits from acceptance to decision on the longest path of each situation."""
    starts = [node for node in process.body.nodes.values() if _does(node, "start", bodies)]
    stops = [node for node in process.body.all_nodes() if _does(node, "stop", bodies)]
    _check_clocks(report, process, item, does={"start": bool(starts), "stop": bool(stops)})
    for situation in item.situations:
        try:
            longest = _longest(process, starts, situation.code, bodies)
        except TooDeep:
            report.say("GH-E731", process.file, process.id, name=process.name or process.id)
            return
        if longest.workdays > situation.promised_workdays:
            report.say(
                "GH-E704",
                process.file,
                longest.steps[-1].id,
                situation=situation.code,
                sum=longest.workdays,
                promised=situation.promised_workdays,
                path=" → ".join(f"{label(step)} {step.settings['limit_wd']}" for step in longest.steps),
            )


def _check_clocks(report: Report, process: Process, item: ItemFile, *, does: Mapping[str, bool]) -> None:
    """The clocks start and stop; what is no licence (`statutory_workdays = 0`) may do without any."""
    if item.statutory_workdays == 0 and not any(does.values()):
        return
    for value, does_zh, word in (("start", "开始", "start"), ("stop", "停止", "stop")):
        if not does[value]:
            report.say("GH-W724", process.file, value=value, does_zh=does_zh, does=word)


def _does(node: Node, what: str, bodies: Mapping[str, Body]) -> bool:
    """Whether the case's clocks start or stop at a node, or in the process that it calls."""
    called = bodies.get(node.calls.process) if node.calls else None
    inside = called.all_nodes() if called is not None else ()
    return any(each.settings.get("case_clock") == what for each in (node, *inside))


def _longest(process: Process, starts: Iterable[Node], situation: str, bodies: Mapping[str, Body]) -> Longest:
    walk = Walk(process.body, situation, bodies)
    return max((walk.since(start) for start in starts), key=lambda path: path.workdays, default=Longest())
