"""Whether what is called exists: processes and decisions of the bundle."""

from collections.abc import Collection, Mapping

from services.workflow.engine.diagrams.model import Node, Process
from services.workflow.engine.diagrams.results import is_variable
from services.workflow.engine.findings import Report


def check_calls(report: Report, processes: Mapping[str, Process], decisions: Collection[str]) -> None:
    """Check every call activity and business rule task of a bundle."""
    for process in processes.values():
        page = report.at(process.file)
        for node in process.body.all_nodes():
            if node.calls is not None:
                _call(page, node, processes)
            decides = node.decides
            if decides and decides.decision and node.topic is None and decides.decision not in decisions:
                page.say("GH-E214", node.id, decision=decides.decision)
        chain = _back_to_itself(process.id, processes)
        if chain:
            page.say("GH-E219", process.id, chain=" → ".join(chain))


def called_by(process: Process) -> set[str]:
    """Give the processes that a process calls."""
    return {node.calls.process for node in process.body.all_nodes() if node.calls is not None}


def _call(report: Report, node: Node, processes: Mapping[str, Process]) -> None:
    calls = node.calls
    if calls is None:
        return
    if not calls.process or "{" in calls.process:
        report.say("GH-E217", node.id, name=node.name or node.id)
    elif calls.process not in processes:
        report.say("GH-E218", node.id, process=calls.process)
    for mapped in (*calls.ins, *calls.outs):
        if not is_variable(mapped.target) or not (mapped.source or mapped.expression):
            report.say("GH-E220", node.id, name=node.name or node.id, target=mapped.target)


def _back_to_itself(start: str, processes: Mapping[str, Process]) -> list[str]:
    """Give a chain of calls that leads from a process back to it; empty when there is none."""
    ahead, seen = [[start]], set[str]()
    while ahead:
        chain = ahead.pop()
        process = processes.get(chain[-1])
        if process is None:
            continue
        for called in sorted(called_by(process)):
            if called == start:
                return [*chain, called]
            if called not in seen:
                seen.add(called)
                ahead.append([*chain, called])
    return []
