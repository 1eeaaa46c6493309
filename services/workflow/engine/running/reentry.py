"""Back into a subprocess that is over: only where what it would hold then is known exactly, the one step alone.

Its paths end with it. For each step that a person did in it the process around it keeps where that was (`Inside`),
unless something in the subprocess may have ended or begun elsewhere because of the step: then nobody can go back there.
"""

from collections.abc import Iterator

from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.diagrams.model import EventKind
from services.workflow.engine.running.nodes import NodeSpec
from services.workflow.engine.running.paths import Inside, Path
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.tokens import Scope
from services.workflow.engine.running.undoing import UNDO_ALL

_PLAIN = frozenset({EventKind.NONE, EventKind.TIMER, EventKind.MESSAGE, EventKind.ERROR})


def reopens(plan: Plan) -> bool:
    """Say whether a subprocess follows its sequence flows alone: nothing in it reaches, or is ended by, what is not."""
    if plan.reopens is None:
        nodes = [spec for spec in plan.task_specs.values() if isinstance(spec, NodeSpec) and spec.name != UNDO_ALL]
        plan.reopens = not (plan.guards or plan.at_will) and all(_is_plain(spec) for spec in nodes)
    return bool(plan.reopens)


def _is_plain(spec: NodeSpec) -> bool:
    kinds = {event.kind for event in spec.node.event.each} | {spec.node.event.kind}
    single = spec.takes == spec.gives == 1
    return kinds <= _PLAIN and single and not spec.undone_by and spec.node.tag != "complexGateway"


def kept(inner: Scope, name: str) -> Iterator[tuple[str, int, Inside]]:
    """Give the steps done in a subprocess that has just ended, each with its number and where it was."""
    for node, number in inner.ended.items():
        if number in inner.before and inner.sealed.get(node, -1) < number:
            yield node, number, Inside(name, inner.before[number], inner.inside.get(number))


def enter(scope: Scope, inside: Inside, node: str, *, path: Path) -> None:
    """Open a subprocess again with a token on one of its steps; `path` leads to the subprocess."""
    instance = scope.instance
    token = scope.place(inside.node, under=None, number=instance.next_number())
    token.path = path
    inner = instance.open_subprocess(token, token.task_spec.body, token.task_spec.variables(token))
    token.task_spec.await_(token, TaskState.STARTED)
    known = {number: each for number, each in scope.inside.items() if each.node == inside.node}
    inner.before = {number: each.path for number, each in known.items()}
    inner.inside = {number: each.inner for number, each in known.items() if each.inner is not None}
    if inside.inner is None:
        inner.put(node, path=inside.path)
    else:
        enter(inner, inside.inner, node, path=inside.path)
