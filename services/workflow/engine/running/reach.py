"""What can be reached from where inside a body: by sequence flows, boundary events and links."""

from collections.abc import Iterator

from services.workflow.engine.diagrams.model import Body, EventKind, Node


def linked(body: Body, node: Node) -> tuple[str, ...]:
    """Give the catching link event that a throwing one leads to; nothing for other nodes."""
    if node.event.kind is not EventKind.LINK or node.tag != "intermediateThrowEvent":
        return ()
    return tuple(
        other.id
        for other in body.nodes.values()
        if other.tag == "intermediateCatchEvent"
        and other.event.kind is EventKind.LINK
        and other.event.name == node.event.name
    )


def reached(body: Body) -> set[str]:
    """Give every node a token can come to."""
    return _from_start(body, [node for node in body.nodes.values() if node.tag == "boundaryEvent"])


def main_line(body: Body) -> set[str]:
    """Give the nodes a token can come to without a non-interrupting boundary event: not what is done beside."""
    boundaries = [node for node in body.nodes.values() if node.tag == "boundaryEvent" and node.interrupting]
    return _from_start(body, boundaries)


def _from_start(body: Body, boundaries: list[Node]) -> set[str]:
    ahead, seen = [node.id for node in _firsts(body)], set[str]()
    while ahead:
        node = body.nodes[ahead.pop()]
        if node.id in seen:
            continue
        seen.add(node.id)
        ahead += [body.flows[flow_id].target for flow_id in node.outgoing]
        ahead += [boundary.id for boundary in boundaries if boundary.attached_to == node.id]
        ahead += linked(body, node)
    return seen


def _firsts(body: Body) -> Iterator[Node]:
    """Give what is reached by no flow: starts, what is done in any order, event subprocesses, what compensates."""
    yield from body.starts() or body.offered()
    for node in body.nodes.values():
        if node.by_event or node.undoes:
            yield node


def predecessors(body: Body) -> dict[str, set[str]]:
    """Give, for each node, the nodes a token comes from."""
    before: dict[str, set[str]] = {node_id: set() for node_id in body.nodes}
    for flow in body.flows.values():
        before[flow.target].add(flow.source)
    for node in body.nodes.values():
        if node.attached_to in before:
            before[node.id].add(node.attached_to or "")
        for target in linked(body, node):
            before[target].add(node.id)
    return before


def reach(body: Body, gateway: Node) -> dict[str, frozenset[str]]:
    """Give, for each node, the incoming flows of a gateway that lie ahead of it without passing the gateway."""
    before = predecessors(body)
    found: dict[str, set[str]] = {}
    for flow_id in gateway.incoming:
        ahead, seen = [body.flows[flow_id].source], {gateway.id}
        while ahead:
            node = ahead.pop()
            if node in seen:
                continue
            seen.add(node)
            found.setdefault(node, set()).add(flow_id)
            ahead.extend(before[node])
    return {node: frozenset(flows) for node, flows in found.items()}
