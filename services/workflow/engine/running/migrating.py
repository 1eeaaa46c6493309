"""Carrying a running instance to another version of its diagram, token by token, by the names of the nodes.

Every token keeps its number, so the ids of tasks and timers stay; what it waits for stays as it was armed. What only
the new version has (boundary events of an open activity, events that guard a scope) is armed; what only the old one
had goes. Nothing is guessed: a token for which there is no place, and a join that would wait for ever, are reasons
not to go.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace
from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.codec import PathRow, ScopeRow, State, TokenRow
from services.workflow.engine.running.events import MultipleSpec
from services.workflow.engine.running.inside import BodySpec
from services.workflow.engine.running.joins import ParallelSpec
from services.workflow.engine.running.nodes import GATHERING, PERSONS
from services.workflow.engine.running.passages import (
    JOINS,
    WHY,
    Cannot,
    Fit,
    Passage,
    Passages,
    Specs,
    blocked,
    fit,
    hanging,
)
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.tokens import ROOT, Instance, Scope
from services.workflow.engine.running.undoing import UNDO, UndoSpec
from services.workflow.engine.verdicts import Reason


@dataclass
class Carriage:
    """One instance on its way to another version: its rows as they are to be there, or the reasons why not."""

    passages: Passages
    state: State
    reasons: list[Reason] = field(default_factory=list)
    fresh: list[tuple[int, str]] = field(default_factory=list)
    guards: list[tuple[int, str]] = field(default_factory=list)
    _ways: dict[int, Passage] = field(default_factory=dict)
    _nodes: dict[int, str] = field(default_factory=dict)

    def carried(self, mark: bytes) -> State:
        """Give the state under the new version. What cannot be carried is in `reasons`; the state is then no good."""
        scopes = []
        for row in self.state.scopes:
            try:
                scopes.append(self._scope(row))
            except Cannot as cannot:
                self.reasons.append(cannot.reason)
        return replace(self.state, bundle=mark, scopes=tuple(scopes))

    def wake(self, instance: Instance) -> None:
        """Arm what only the new version has, and let joins go on that now have all they wait for."""
        scopes: dict[int, Scope] = {_number(scope): scope for scope in instance.scopes()}
        for number, name in self.guards:
            scopes[number].put(name)
        for scope in instance.scopes():
            for token in scope.tokens():
                for number, name in self.fresh:
                    if number == token.id:
                        scope.put(name, under=token)
        for scope in instance.scopes():
            for token in scope.tokens():
                spec = token.task_spec
                if isinstance(spec, ParallelSpec) and token.is_alive and token.state == TaskState.WAITING:
                    arrived = spec.waiting(token)
                    if spec.flows <= arrived.keys():
                        spec.fire(arrived)

    def _scope(self, row: ScopeRow) -> ScopeRow:
        way, before_it = self._way(row), len(self.reasons)
        tokens, kept = [], set[int]()
        for token in row.tokens:
            try:
                moved = self._token(way, token, kept)
            except Cannot as cannot:
                self.reasons.append(cannot.reason)
                continue
            if moved is not None:
                kept.add(token.number)
                self._ways[token.number], self._nodes[token.number] = way, token.node
                tokens.append(moved)
        self.guards += [(row.under, name) for name in way.new_guards]
        self._check_done(way, row)
        if len(self.reasons) == before_it:  # where a token has no place yet, what meets what is not known
            self.reasons += _stuck(way, row.tokens, tuple(tokens))
        if not way.undoes_alike:
            return replace(row, spec=way.new.name, tokens=tuple(tokens), before=None, sealed=None, inside=None)
        before = {number: _path(way, path) for number, path in (row.before or {}).items()}
        sealed = _renamed(way, row.sealed or {})
        path = {"before": before or None, "sealed": sealed or None, "inside": None}
        return replace(row, spec=way.new.name, tokens=tuple(tokens), **path)

    def _way(self, row: ScopeRow) -> Passage:
        if row.spec.endswith(UNDO):
            raise Cannot(blocked("", "undoing", "案件正在撤销已办事项", "the case is undoing what was done"))
        if row.under == ROOT:
            if self.state.process not in self.passages.new_specs:
                gone = "新版本没有流程“{}”", "the new version has no process {}"
                raise Cannot(blocked("", "gone", *(text.format(self.state.process) for text in gone)))
            return self.passages.between(row.spec, self.state.process)
        if row.under not in self._ways:
            raise Cannot(blocked("", "gone", "所在的子流程无法迁移", "the subprocess around it cannot be carried over"))
        outer, node = self._ways[row.under], self._nodes[row.under]
        inner = outer.spec(node)
        if not isinstance(inner, BodySpec):
            raise Cannot(blocked(node, "other-kind", "子流程已不再是子流程", "it is no subprocess any more"))
        return self.passages.between(row.spec, inner.body)

    def _token(self, way: Passage, token: TokenRow, kept: set[int]) -> TokenRow | None:
        """Give the token as it is to be; None when it goes with what it hangs from, or only the old version had it."""
        old = way.old.task_specs[token.node]
        if isinstance(old, UndoSpec):
            raise Cannot(blocked(old.bpmn_id, "undoing", "案件正在撤销已办事项", "the case is undoing what was done"))
        if token.under != ROOT:
            if token.under not in kept or not self._still_hangs(way, token):
                return None
        elif getattr(old, "is_guard", False) and way.named(token.node) not in way.new.guards:
            return None
        else:
            way.check(token.node)
        flow = self._flow(way, token)
        if flow is None:
            return None  # its branch is done, and the new version does not ask for it
        self.fresh += [(token.number, each) for each in way.new_boundaries(token.node)]
        return replace(token, node=way.named(token.node), flow=flow, path=_path(way, token.path))

    def _still_hangs(self, way: Passage, token: TokenRow) -> bool:
        """Say whether a token hangs from its holder in the new version. Raises `Cannot` for instances of several."""
        holder = self._nodes[token.under]
        if isinstance(way.old.task_specs[holder], MultipleSpec):
            return True
        if token.node in hanging(way.old.task_specs[holder]):
            return way.keeps(holder, token.node)
        found = fit(way.old.task_specs[token.node], way.new.task_specs.get(way.named(token.node)))
        if found is not Fit.FITS:
            old = way.old.task_specs[token.node]
            zh, en = (text.format(name=old.bpmn_name or old.bpmn_id) for text in WHY[found])
            raise Cannot(blocked(old.bpmn_id, found.value, zh, en))
        return True

    def _flow(self, way: Passage, token: TokenRow) -> str | None:
        """Give the flow a token came by; None when it waits at a join for branches that its own is none of any more."""
        waits = isinstance(way.spec(token.node), JOINS) and token.state & (TaskState.WAITING | GATHERING)
        return way.flow(token.node, token.flow) if waits and token.flow else token.flow

    def _check_done(self, way: Passage, row: ScopeRow) -> None:
        for name, *_ in row.done or ():
            if fit(way.old.task_specs[name], way.new.task_specs.get(name)) is not Fit.FITS:
                zh, en = "已办事项在新版本中无法撤销", "what was done could not be undone in the new version"
                raise Cannot(blocked(name, "undone-gone", zh, en))


def standing(state: State, specs: Specs) -> Iterator[tuple[str, str]]:
    """Go through the places where an instance stands: (specification, element) of every token of a flow."""
    for row in state.scopes:
        plan = specs[row.spec]
        for token in row.tokens:
            spec = plan.task_specs[token.node]
            if token.under == ROOT and not getattr(spec, "is_guard", False):
                yield row.spec, spec.bpmn_id


def _stuck(way: Passage, old: tuple[TokenRow, ...], new: tuple[TokenRow, ...]) -> tuple[Reason, ...]:
    """Say what would wait for ever. Where nothing waits for anything and one token is about, nothing can."""
    after = _flows(way.new, new)
    joins = any(node.tag == "parallelGateway" and len(node.incoming) > 1 for node in way.new_body.nodes.values())
    return way.would_stick(_flows(way.old, old), after) if joins or len(after) > 1 else ()


def _flows(plan: Plan, tokens: tuple[TokenRow, ...]) -> frozenset[str]:
    """Give flows that stand for the tokens of a scope: those they came by, else one into their node."""
    found: set[str] = set()
    for token in tokens:
        spec = plan.task_specs[token.node]
        if token.under != ROOT or getattr(spec, "is_guard", False):
            continue
        flows = [token.flow] if token.flow in spec.node.incoming else list(spec.node.incoming)
        found |= set([flow for flow in flows if flow not in found][:1])
    return frozenset(found)


def _path(way: Passage, row: PathRow | None) -> PathRow | None:
    """Give a path by the names of the new version; it begins anew where what was done could not be undone exactly."""
    if row is None or not way.undoes_alike:
        return None
    known = {way.named(name): number for name, number in row.done.items() if _is_step(way, name)}
    sealed = {way.named(name): number for name, number in (row.sealed or {}).items()}
    met = tuple(
        (
            way.named(join),
            number,
            tuple(
                (way.flow(join, flow) or flow, _renamed(way, done), _renamed(way, closed))
                for flow, done, closed in arrivals
            ),
        )
        for join, number, arrivals in row.met
    )
    return PathRow(known, met, sealed or None)


def _renamed(way: Passage, numbers: Mapping[str, int]) -> dict[str, int]:
    return {way.named(name): number for name, number in numbers.items()}


def _is_step(way: Passage, node: str) -> bool:
    spec = way.spec(node)
    return spec is not None and spec.node.tag == PERSONS


def _number(scope: Scope) -> int:
    return ROOT if scope.parent_token is None else int(scope.parent_token.id)
