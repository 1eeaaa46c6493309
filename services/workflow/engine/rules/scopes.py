"""Whether what interrupts, accompanies and undoes is drawn so that it can be run.

Event subprocesses, ad-hoc subprocesses, transactions, compensation.
"""

from collections.abc import Iterator

from services.workflow.engine.diagrams.model import Body, EventKind, Node
from services.workflow.engine.findings import Report

_COMPENSATE = EventKind.COMPENSATE


def check_scopes(report: Report, body: Body) -> None:
    """Check a process and every subprocess in it."""
    for each, owner, repeated in _with_owner(body, None, repeated=False):
        for node in each.nodes.values():
            _start(report, node, owner)
            if node.by_event:
                _by_event(report, each, node)
            elif node.at_will is not None and node.body is not None:
                _at_will(report, node, node.body)
            if node.begins and (owner is not None or node.incoming or not all(one.begins for one in each.starts())):
                report.say("GH-E203", node.id, name="instantiate")
            _cancel(report, each, node, owner)
            _compensation(report, each, node, repeated=repeated)
            if node.event.kind is _COMPENSATE and node.tag in ("intermediateThrowEvent", "endEvent"):
                _throws(report, _undoable(body, each, owner), node)


def _with_owner(body: Body, owner: Node | None, *, repeated: bool) -> Iterator[tuple[Body, Node | None, bool]]:
    """Go through bodies: with the node each belongs to, and whether it runs several times."""
    yield body, owner, repeated
    for node in body.nodes.values():
        if node.body is not None:
            yield from _with_owner(node.body, node, repeated=repeated or node.loop is not None)


def _start(report: Report, node: Node, owner: Node | None) -> None:
    """Check what a start event waits for: a subprocess is started by its token, an event subprocess never."""
    if node.tag != "startEvent":
        return
    kind = node.event.kind
    by_event = owner is not None and owner.by_event
    only_inside = (EventKind.ERROR, EventKind.ESCALATION, _COMPENSATE)
    wrong = kind is not EventKind.NONE if owner is not None else kind in only_inside
    if not by_event and wrong:
        report.say("GH-E202", node.id, what=kind)
    if by_event and kind is EventKind.NONE:
        report.say("GH-E229", owner.id if owner else "", reason_zh="开始事件没有触发条件", reason_en="no trigger")
    if kind is EventKind.ERROR and not node.interrupting:
        report.say("GH-E203", node.id, name="isInterrupting")


def _by_event(report: Report, body: Body, node: Node) -> None:
    if node.tag != "subProcess" or node.loop is not None:
        report.say("GH-E229", node.id, reason_zh="不能重复，也不能是事务", reason_en="repeated, or a transaction")
    if node.incoming or node.outgoing or body.boundaries(node.id):
        report.say("GH-E229", node.id, reason_zh="不能有连线和边界事件", reason_en="it has flows or boundary events")


def _at_will(report: Report, node: Node, inner: Body) -> None:
    ends = [each for each in inner.nodes.values() if each.tag in ("startEvent", "endEvent") or each.by_event]
    for each in ends:
        report.say("GH-E230", each.id, name=node.name or node.id)
    if not inner.offered():
        report.say("GH-E225", node.id, name=node.name or node.id)


def _cancel(report: Report, body: Body, node: Node, owner: Node | None) -> None:
    """Check that what cancels stands in a transaction that is left by a cancel boundary event."""
    if node.event.kind is not EventKind.CANCEL:
        return
    if node.tag == "boundaryEvent":
        activity = body.nodes.get(node.attached_to or "")
        if activity is None or activity.tag != "transaction":
            report.say("GH-E232", node.id, name=node.name or node.id)
    elif owner is None or owner.tag != "transaction":
        report.say("GH-E232", node.id, name=node.name or node.id)


def _compensation(report: Report, body: Body, node: Node, *, repeated: bool) -> None:
    """Check that a compensation has one activity that undoes, and that this one has nothing else to do."""
    if node.undoes:
        associated = [other for other in body.nodes.values() if other.undone_by == node.id]
        if node.incoming or node.outgoing or body.boundaries(node.id) or len(associated) != 1:
            _wrong(
                report, node, "须由且只由一个补偿边界事件关联，不能有连线和边界事件", "needs one association, no flow"
            )
        return
    if node.tag != "boundaryEvent" or node.event.kind is not _COMPENSATE:
        return
    activity = body.nodes.get(node.attached_to or "")
    others = [each for each in body.boundaries(node.attached_to or "") if each.event.kind is _COMPENSATE]
    if not node.undone_by or node.outgoing or len(others) > 1:
        _wrong(report, node, "须关联且只关联一个补偿活动，不能有连线", "needs one compensating activity, no flow")
    if activity is not None and (activity.loop is not None or activity.undoes or repeated):
        _wrong(report, node, "重复执行的活动不能补偿", "what is done repeatedly cannot be compensated")


def _wrong(report: Report, node: Node, zh: str, en: str) -> None:
    report.say("GH-E231", node.id, name=node.name or node.id, reason_zh=zh, reason_en=en)


def _undoable(whole: Body, body: Body, owner: Node | None) -> set[str]:
    """Give the activities that a compensation thrown in a body can name: those beside it."""
    if owner is None or not owner.by_event:
        return set(body.nodes)
    around, above, _ = next(each for each in _with_owner(whole, None, repeated=False) if owner.id in each[0].nodes)
    return _undoable(whole, around, above)


def _throws(report: Report, undoable: set[str], node: Node) -> None:
    if node.event.undoes and node.event.undoes not in undoable:
        _wrong(report, node, "activityRef 不在本层", "activityRef names nothing beside it")
    if not node.event.waits:
        _wrong(report, node, "须等待补偿完成", "waitForCompletion has to be true")
