"""Whether the paths of a drawing fit together: no join waits for ever, nothing is done twice, nothing spins.

Every body is played with all choices open: each way out of a gateway may be taken, each boundary event may happen.
What is found could happen unless the conditions forbid it, and is told with the shortest way to it. A body with more
than `MAX_STATES` situations is not played to the end.
"""

from collections import deque
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from services.workflow.engine.diagrams.model import SUBPROCESSES, Body, Node
from services.workflow.engine.diagrams.results import result_of
from services.workflow.engine.findings import Report
from services.workflow.engine.models import Finding
from services.workflow.engine.rules.tokens import MAX_STATES, Marking, Tokens, after, not_played
from services.workflow.engine.running.reach import linked


def check_soundness(report: Report, body: Body) -> None:
    """Play a body and every one nested in it."""
    for each in body.bodies():
        unplayed = not_played(each)
        for node, what in unplayed:
            report.say("GH-I127", node.id, name=node.name or node.id, what=what)
        for start in each.starts() if not unplayed else ():
            _Game(report, each).play(start.outgoing)
        for names in _endless(each):
            shown = [each.nodes[name].name or name for name in names]
            report.say("GH-E121", names[0], name=shown[0], names=", ".join(shown))


def stuck_from(body: Body, node_id: str) -> tuple[Finding, ...]:
    """Say which joins of a body would wait for ever if the one token in it stood on a node."""
    report = Report()
    _Game(report, body).play(body.nodes[node_id].incoming[:1])
    return tuple(finding for finding in report.findings if finding.rule == "GH-E119")


def stuck_with(body: Body, flows: frozenset[str]) -> tuple[Finding, ...]:
    """Say which joins would wait for ever, and what would be done twice, with tokens on these flows."""
    if not flows or not_played(body):
        return ()
    report = Report()
    _Game(report, body).play(tuple(flows))
    return tuple(finding for finding in report.findings if finding.rule in ("GH-E119", "GH-W120"))


class _Game:
    """One body, played through all its situations."""

    def __init__(self, report: Report, body: Body) -> None:
        self._report = report
        self._body = body
        self._tokens = Tokens(body)
        self._said: set[tuple[str, str]] = set()
        self._came: dict[Marking, tuple[Marking, Node] | None] = {}
        self._back: dict[Marking, list[Marking]] = {}

    def play(self, flows: tuple[str, ...] = ()) -> None:
        """Go through the situations from the start event, or from these flows, the nearest first; say what is wrong."""
        first = frozenset(flows or self._body.starts()[0].outgoing)
        self._came[first] = None
        ahead = deque([first])
        while ahead and len(self._came) < MAX_STATES:
            marking = ahead.popleft()
            self._together(marking)
            moved = False
            for node, following in self._moves(marking):
                moved = True
                self._back.setdefault(following, []).append(marking)
                if following not in self._came:
                    self._came[following] = (marking, node)
                    ahead.append(following)
            if not moved:
                self._stuck(marking)
        if not ahead and not any(rule == "GH-E119" for rule, _ in self._said):
            self._no_end()

    def _way(self, marking: Marking, *more: Node) -> str:
        """Tell the shortest way to a situation, by the names of what is passed."""
        passed = list(reversed(more))
        before = self._came.get(marking)
        while before is not None:
            marking, node = before
            passed.append(node)
            before = self._came[marking]
        return " → ".join(node.name or node.id for node in (*self._body.starts()[:1], *reversed(passed)))

    # ── what is wrong ──

    def _say(self, rule: str, node: Node, **values: str) -> None:
        key = (rule, node.id + values.get("other", ""))
        if key not in self._said:
            self._said.add(key)
            self._report.say(rule, node.id, name=node.name or node.id, **values)

    def _stuck(self, marking: Marking) -> None:
        """Say which joins wait for ever; other nodes always move."""
        for node in self._body.nodes.values():
            filled = [flow for flow in node.incoming if flow in marking]
            if filled:
                missing = [self._body.flows[flow].source for flow in node.incoming if flow not in marking]
                names = (self._body.nodes[source].name or source for source in missing)
                self._say("GH-E119", node, reason=", ".join(names), path=self._way(marking))

    def _no_end(self) -> None:
        """Say where the process comes into a part from which no way leads to an end."""
        ahead = [marking for marking in self._came if not any(flow in self._body.flows for flow in marking)]
        good = set(ahead)
        while ahead:
            for before in self._back.get(ahead.pop(), ()):
                if before not in good:
                    good.add(before)
                    ahead.append(before)
        lost = next((marking for marking in self._came if marking not in good), None)
        came = None if lost is None else self._came[lost]
        if lost is not None and came is not None and not any(_endless(self._body)):
            self._say("GH-E124", came[1], path=self._way(lost))

    def _together(self, marking: Marking) -> None:
        """Say which tasks that may be open at once write the same variable."""
        tasks: dict[str, Node] = {}
        for flow in marking:
            if flow in self._body.flows:
                node = self._body.nodes[self._body.flows[flow].target]
                if node.tag == "userTask":
                    tasks[node.id] = node
        for first, second in combinations(sorted(tasks), 2):
            if result_of(tasks[first]) == result_of(tasks[second]):
                other = tasks[second].name or second
                self._say("GH-W315", tasks[first], other=other, result=result_of(tasks[first]))

    # ── how tokens move ──

    def _moves(self, marking: Marking) -> Iterator[tuple[Node, Marking]]:
        for node, taken, given in self._tokens.moves(marking):
            left = marking - taken
            doubled = left & given
            for flow in doubled:
                if flow in self._body.flows:
                    again = self._body.nodes[self._body.flows[flow].target]
                    if ("GH-W120", again.id) not in self._said:
                        self._say("GH-W120", again, path=self._way(marking, node, again))
            if not doubled:
                yield node, after(node, left, given)


_WAITING: Final = SUBPROCESSES | {"userTask", "receiveTask", "intermediateCatchEvent", "callActivity"}


def _endless(body: Body) -> Iterator[list[str]]:
    """Give the loops of automatic nodes that nothing leads out of."""
    automatic = {
        node.id: node
        for node in body.nodes.values()
        if node.tag not in _WAITING and node.topic is None and node.tag != "eventBasedGateway"
    }
    after = {
        key: {body.flows[flow].target for flow in node.outgoing} | set(linked(body, node))
        for key, node in automatic.items()
    }
    told: set[str] = set()
    for key in automatic:
        ahead = _all_after(key, after)
        if key in ahead and ahead <= automatic.keys() and key not in told and all(after[each] for each in ahead):
            told |= ahead
            yield sorted(ahead)


def _all_after(start: str, after: dict[str, set[str]]) -> set[str]:
    seen, ahead = set[str](), list(after[start])
    while ahead:
        node = ahead.pop()
        if node not in seen:
            seen.add(node)
            ahead += after.get(node, ())
    return seen
