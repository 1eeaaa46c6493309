"""The way from one process of a version to that of another: which node fits which, what meets, what lies ahead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from services.workflow.engine.diagrams.model import Body, Process
from services.workflow.engine.rules.soundness import stuck_with
from services.workflow.engine.running.at_will import AtWillSpec
from services.workflow.engine.running.events import CatchSpec, EventGatewaySpec, MultipleSpec
from services.workflow.engine.running.inside import CallSpec
from services.workflow.engine.running.joins import ComplexSpec, InclusiveSpec, ParallelSpec
from services.workflow.engine.running.nodes import NodeSpec
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.reach import linked
from services.workflow.engine.running.several import SeveralSpec
from services.workflow.engine.running.undoing import UNDO
from services.workflow.engine.verdicts import Reason, Verdict

Specs = Mapping[str, Plan]
JOINS = (ParallelSpec, InclusiveSpec)
_MEETS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})


class Cannot(Exception):
    """A token, or the whole instance, cannot be carried over."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Fit(StrEnum):
    """How a node of the old version fits one of the new."""

    FITS = "fits"
    GONE = "gone"
    OTHER_KIND = "other-kind"
    OTHER_ROUND = "other-round"
    OTHER_EVENT = "other-event"
    OTHER_CALL = "other-call"
    OTHER_OFFER = "other-offer"


WHY = {
    Fit.GONE: ("新版本没有环节“{name}”", "the new version has no “{name}”"),
    Fit.OTHER_KIND: ("新版本的“{name}”是另一种元素", "“{name}” is another kind of element in the new version"),
    Fit.OTHER_ROUND: ("新版本的“{name}”按另一种方式多实例办理", "“{name}” goes round differently in the new version"),
    Fit.OTHER_EVENT: ("新版本的“{name}”等待另一种事件", "“{name}” waits for another kind of event in the new version"),
    Fit.OTHER_CALL: ("新版本的“{name}”调用另一个流程", "“{name}” calls another process in the new version"),
    Fit.OTHER_OFFER: ("新版本的“{name}”提供的环节不同", "“{name}” offers other steps in the new version"),
}


_Likeness = tuple[type[NodeSpec], Callable[[Any], object], Fit]
_LIKE: Final[tuple[_Likeness, ...]] = (
    (SeveralSpec, lambda spec: (spec.goes.sequential, spec.goes.item), Fit.OTHER_ROUND),
    (MultipleSpec, lambda spec: spec.node.event, Fit.OTHER_EVENT),
    (CatchSpec, lambda spec: (spec.node.event.kind, spec.timer is None, spec.is_guard), Fit.OTHER_EVENT),
    (CallSpec, lambda spec: spec.body, Fit.OTHER_CALL),
    (AtWillSpec, lambda spec: spec.offered, Fit.OTHER_OFFER),
    (ComplexSpec, lambda spec: spec.flows, Fit.OTHER_KIND),
)
"""What must be the same of two nodes of a kind, and what it is called when it is not."""


def fit(old: NodeSpec, new: NodeSpec | None) -> Fit:
    """Say whether what waits at a node can wait at another."""
    if new is None:
        return Fit.GONE
    if type(old) is not type(new) or old.takes != new.takes:
        return Fit.OTHER_KIND
    for kind, likeness, otherwise in _LIKE:
        if isinstance(old, kind):
            return Fit.FITS if likeness(old) == likeness(new) else otherwise
    return Fit.FITS


@dataclass(frozen=True)
class Passage:
    """The way from one process or subprocess of the old version to that of the new: reckoned once for all cases."""

    old: Plan
    new: Plan
    old_body: Body
    new_body: Body
    mapping: Mapping[str, str]
    _stuck: dict[tuple[frozenset[str], frozenset[str]], tuple[Reason, ...]] = field(default_factory=dict, init=False)

    def named(self, node: str) -> str:
        """Give the name of a node in the new version: mapped by its element, with what the engine added to it."""
        spec = self.old.task_specs.get(node)
        element = spec.bpmn_id if spec is not None and hasattr(spec, "node") else node
        return self.mapping.get(element, element) + node.removeprefix(element)

    def spec(self, node: str) -> Any:  # noqa: ANN401 - the library is untyped
        """Give the specification in the new version for a node of the old; None when there is none."""
        return self.new.task_specs.get(self.named(node))

    def check(self, node: str) -> None:
        """Raise `Cannot` unless a token at a node has a place in the new version."""
        old = self.old.task_specs[node]
        found = fit(old, self.spec(node))
        if found is Fit.FITS:
            return
        place = self._candidates(old) and found is not Fit.OTHER_CALL
        zh, en = (text.format(name=old.bpmn_name or old.bpmn_id) for text in WHY[found])
        verdict = Verdict.NEEDS_MAPPING if place else Verdict.BLOCKED
        raise Cannot(Reason(verdict, old.bpmn_id, found.value, zh, en))

    def _candidates(self, old: NodeSpec) -> bool:
        return any(fit(old, new) is Fit.FITS for new in self.new.task_specs.values() if isinstance(new, NodeSpec))

    def new_boundaries(self, node: str) -> tuple[str, ...]:
        """Give the boundary events (or alternatives) that only the new version has at an activity."""
        before = {self.named(name) for name in hanging(self.old.task_specs[node]) if self.keeps(node, name)}
        return tuple(name for name in hanging(self.spec(node)) if name not in before)

    def keeps(self, holder: str, event: str) -> bool:
        """Say whether an event that hangs from an activity hangs from it in the new version too."""
        spec = self.spec(event)
        return self.named(event) in hanging(self.spec(holder)) and fit(self.old.task_specs[event], spec) is Fit.FITS

    @property
    def new_guards(self) -> tuple[str, ...]:
        """Give the events that guard this scope in the new version only."""
        before = {self.named(name) for name in self.old.guards}
        return tuple(name for name in self.new.guards if name not in before)

    def flow(self, join: str, flow: str) -> str | None:
        """Give the flow by which a token has come to a join, in the new version; None when there is none."""
        flows: frozenset[str] = self.spec(join).flows
        if flow in flows:
            return flow
        source = self.old_body.flows[flow].source if flow in self.old_body.flows else ""
        same = [name for name in flows if self.new_body.flows[name].source == self.mapping.get(source, source)]
        if len(same) == 1:
            return same[0]
        left = set(self.old.task_specs[join].flows) - flows
        fresh = flows - set(self.old.task_specs[join].flows)
        return next(iter(fresh)) if len(left) == len(fresh) == 1 else None

    @cached_property
    def undoes_alike(self) -> bool:
        """Whether what was done before can be undone after: nothing meets anywhere, or the ways are the same."""
        bodies = (self.old_body, self.new_body)
        meets = any(node.tag in _MEETS and len(node.incoming) > 1 for body in bodies for node in body.nodes.values())
        before = {(self.named(flow.source), self.named(flow.target)) for flow in self.old_body.flows.values()}
        return not meets or before == {(flow.source, flow.target) for flow in self.new_body.flows.values()}

    def would_stick(self, old: frozenset[str], new: frozenset[str]) -> tuple[Reason, ...]:
        """Say which joins would wait for ever and what would be done twice, unless that was so before."""
        if (old, new) not in self._stuck:
            before = {(each.rule, self.named(each.element)) for each in stuck_with(self.old_body, old)}
            self._stuck[old, new] = tuple(
                Reason(Verdict.BLOCKED, finding.element, "would-stick", finding.zh, finding.en)
                for finding in stuck_with(self.new_body, new)
                if (finding.rule, finding.element) not in before
            )
        return self._stuck[old, new]


def hanging(spec: Any) -> tuple[str, ...]:  # noqa: ANN401 - the library is untyped
    """Give the names of the events that hang from a token at a node."""
    return spec.alternatives if isinstance(spec, EventGatewaySpec) else spec.boundaries


@dataclass
class Passages:
    """All ways from one version to another."""

    old_specs: Specs
    new_specs: Specs
    old_processes: Mapping[str, Process]
    new_processes: Mapping[str, Process]
    mapping: Mapping[str, str]
    _known: dict[tuple[str, str], Passage] = field(default_factory=dict, init=False)

    def between(self, old: str, new: str) -> Passage:
        """Give the way between two specifications by name."""
        if (old, new) not in self._known:
            bodies = body_of(self.old_processes, old), body_of(self.new_processes, new)
            self._known[old, new] = Passage(self.old_specs[old], self.new_specs[new], *bodies, self.mapping)
        return self._known[old, new]


def body_of(processes: Mapping[str, Process], name: str) -> Body:
    """Give the drawing of a specification by its name."""
    process, _, inner = name.removesuffix(UNDO).partition("/")
    return next(body for body in processes[process].body.bodies() if body.id == (inner or process))


def ahead(body: Body, elements: set[str]) -> set[str]:
    """Give all that a token can come to from some nodes, these among them, and the events that guard the body."""
    seen: set[str] = set()
    left = [*elements, *(node.id for node in body.nodes.values() if node.by_event or node.undoes)]
    while left:
        name = left.pop()
        if name in seen or name not in body.nodes:
            continue
        seen.add(name)
        node = body.nodes[name]
        left += [body.flows[flow].target for flow in node.outgoing]
        left += [boundary.id for boundary in body.boundaries(name)]
        left += linked(body, node)
    return seen


def blocked(element: str, code: str, zh: str, en: str) -> Reason:
    """Give a reason that no mapping helps against."""
    return Reason(Verdict.BLOCKED, element, code, zh, en)
