"""The order of a drawing: which step comes after which, however it is laid out."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from services.workflow.engine.diagrams.model import Body, Node
from services.workflow.engine.running.reach import linked


@dataclass(frozen=True)
class Order:
    """The nodes of one body from its start on; activities are its steps, counted from 1."""

    body: Body

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """All nodes, each after what leads to it; ways back do not count, what nothing leads to comes last."""
        seen: set[str] = set()
        left: list[str] = []
        for start in (*(node.id for node in self.body.starts()), *self.body.nodes):
            self._visit(start, seen, left)
        starts = {node.id for node in self.body.starts()}
        order = [name for name in reversed(left) if name not in starts]
        return (*(name for name in self.body.nodes if name in starts), *order)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The activities in this order."""
        return tuple(name for name in self.nodes if self.body.nodes[name].is_activity)

    def number(self, node_id: str) -> int | None:
        """The place of a step among the steps, from 1; None for what is none."""
        return self.steps.index(node_id) + 1 if node_id in self.steps else None

    def step_before(self, node_id: str) -> Node | None:
        """The step that a node comes after: the nearest against the flow, of several the last."""
        seen, ahead = {node_id}, [*self._sources(node_id)]
        found: list[str] = []
        while ahead:
            name = ahead.pop()
            if name in seen or self.nodes.index(name) > self.nodes.index(node_id):
                continue
            seen.add(name)
            if name in self.steps:
                found.append(name)
            else:
                ahead += self._sources(name)
        return self.body.nodes[max(found, key=self.nodes.index)] if found else None

    def _sources(self, node_id: str) -> list[str]:
        node = self.body.nodes[node_id]
        attached = [node.attached_to] if node.attached_to in self.body.nodes else []
        return [self.body.flows[flow].source for flow in node.incoming] + [name for name in attached if name]

    def _targets(self, node_id: str) -> list[str]:
        node = self.body.nodes[node_id]
        ahead = [self.body.flows[flow].target for flow in node.outgoing]
        return [*ahead, *linked(self.body, node), *(boundary.id for boundary in self.body.boundaries(node_id))]

    def _visit(self, start: str, seen: set[str], left: list[str]) -> None:
        """Go deep first and note each node when all behind it is noted; without recursion: drawings are long."""
        if start in seen:
            return
        seen.add(start)
        stack = [(start, iter(reversed(self._targets(start))))]
        while stack:
            name, ahead = stack[-1]
            following = next((target for target in ahead if target not in seen), None)
            if following is None:
                left.append(name)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(reversed(self._targets(following)))))


def moved_between(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """Which of the names that both have stand in another order: the fewest that explain it."""
    both = set(old) & set(new)
    before, after = [name for name in old if name in both], [name for name in new if name in both]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    kept = {before[block.a + place] for block in matcher.get_matching_blocks() for place in range(block.size)}
    return both - kept
