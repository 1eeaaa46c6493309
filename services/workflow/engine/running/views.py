"""What the caller sees of an instance after a command."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from services.contracts.words import StepKind
from services.workflow.engine.diagrams.model import EventKind
from services.workflow.engine.models import ArmedTimer, ExternalTask, OpenActivity, OpenTask
from services.workflow.engine.running.events import AT, CatchSpec
from services.workflow.engine.running.nodes import ExternalSpec, HumanSpec
from services.workflow.engine.running.several import COUNTER, SeveralSpec
from services.workflow.engine.running.tokens import ROOT, Instance, Token
from services.workflow.engine.running.undoing import UNDO

_UUID_VERSION: Final = 5  # made from a name, here the seed and the number
_GOING_ON: Final = frozenset({"subProcess", "transaction", "adHocSubProcess", "callActivity"})


def public_id(instance: Instance, token: Token) -> str:
    """Give the UUID the world knows a token by: from the instance's seed and the token's number."""
    return numbered_id(instance, token.id)


def numbered_id(instance: Instance, number: int) -> str:
    """Give the UUID of the token of this number, be it alive or gone."""
    made = hashlib.blake2b(number.to_bytes(8, "big"), key=instance.seed, digest_size=16).digest()
    return str(UUID(bytes=made, version=_UUID_VERSION))


def branch_of(token: Token) -> Token:
    """Give the token of the sequence flow that a token hangs from: itself, or that of an instance of several."""
    while token.parent.id != ROOT:
        token = token.parent
    return token


def way_back(token: Token) -> tuple[str, ...]:
    """Give the ids of the steps that a task can be sent back to, oldest first: of each step the latest time."""
    latest: dict[tuple[str, str], int] = {}
    for each in outward(token):
        process = each.scope.spec.name.partition("/")[0]
        for node, number in each.path.done.items():
            if number in each.scope.before:
                latest[process, node] = max(number, latest.get((process, node), number))
    return tuple(numbered_id(token.scope.instance, number) for number in sorted(latest.values()))


def outward(token: Token) -> Iterator[Token]:
    """Give a token and those of the subprocesses around it: what led to them led to it."""
    found: Token | None = token
    while found is not None and not found.scope.spec.name.endswith(UNDO):
        yield found
        found = None if found.scope.parent_token is None else branch_of(found.scope.parent_token)


def find(instance: Instance, wanted: str, fits: Callable[[Token], bool]) -> Token | None:
    """Find the living token with a public id among those that fit."""
    for scope in instance.scopes():
        for token in scope.tokens():
            if fits(token) and public_id(instance, token) == wanted:
                return token
    return None


def is_open_human(token: Token) -> bool:
    """Say whether a person can complete the token's task."""
    return isinstance(token.task_spec, HumanSpec) and token.state == TaskState.READY


def is_open_external(token: Token) -> bool:
    """Say whether an outside system can answer the token's task."""
    return isinstance(token.task_spec, ExternalSpec) and token.state == TaskState.STARTED


def is_waiting_event(token: Token) -> bool:
    """Say whether the token waits for an event."""
    return isinstance(token.task_spec, CatchSpec) and token.state == TaskState.WAITING


def is_armed_timer(token: Token) -> bool:
    """Say whether the token waits for a timer."""
    return is_waiting_event(token) and AT in token.internal_data


def awaited_message(token: Token) -> str | None:
    """Give the name of the message the token waits for; None when it waits for something else."""
    if not is_waiting_event(token) or token.task_spec.node.event.kind is not EventKind.MESSAGE:
        return None
    return str(token.task_spec.node.event.name)


class View:
    """Everything open in an instance."""

    def __init__(self, instance: Instance) -> None:
        self.tasks: list[OpenTask] = []
        self.external: list[ExternalTask] = []
        self.timers: list[ArmedTimer] = []
        self.awaits: list[str] = []
        self.signals: list[str] = []
        self.conditions: list[str] = []
        self._waits = False
        self.activities: list[OpenActivity] = []
        self._instance = instance
        for scope in instance.scopes():
            for token in scope.tokens():
                self._look(token)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is open: nothing can ever happen again."""
        return not (self.tasks or self.external or self.timers or self.awaits or self._waits)

    def _look(self, token: Token) -> None:
        if is_open_human(token):
            self.tasks.append(self._task(token, StepKind.HUMAN, None))
        elif is_open_external(token):
            self.external.append(self._external(token))
        elif is_armed_timer(token):
            self.timers.append(self._timer(token))
        elif awaited_message(token) is not None:
            self._look_for_message(token, str(awaited_message(token)))
        elif is_waiting_event(token):
            self._look_for_signal(token)
        elif token.parent.id == ROOT and token.task_spec.node.tag in _GOING_ON:
            self.activities.append(self._activity(token))

    def _look_for_message(self, token: Token, message: str) -> None:
        if message not in self.awaits:
            self.awaits.append(message)
        if token.task_spec.node.attached_to is None and not token.task_spec.is_guard:
            self.tasks.append(self._task(token, StepKind.RECEIVE, message))

    def _look_for_signal(self, token: Token) -> None:
        """Note a signal or condition. One that only accompanies something else opens no way out of a dead end."""
        spec = token.task_spec
        if spec.node.event.kind is EventKind.SIGNAL and spec.node.event.name not in self.signals:
            self.signals.append(spec.node.event.name)
        if spec.node.event.kind is EventKind.CONDITIONAL and spec.bpmn_id not in self.conditions:
            self.conditions.append(spec.bpmn_id)
        self._waits = self._waits or (spec.node.attached_to is None and not spec.is_guard)

    def _task(self, token: Token, kind: StepKind, message: str | None) -> OpenTask:
        spec, local = token.task_spec, token.local or {}
        several = token.parent.task_spec
        item = local.get(several.goes.item) if isinstance(several, SeveralSpec) else None
        return OpenTask(
            public_id(self._instance, token),
            spec.bpmn_id,
            spec.bpmn_name or "",
            kind,
            spec.node.settings,
            spec.lane,
            message,
            item,
            local.get(COUNTER),
            _local_variables(token),
            public_id(self._instance, branch_of(token)),
            way_back(token) if kind is StepKind.HUMAN else (),
        )

    def _activity(self, token: Token) -> OpenActivity:
        spec = token.task_spec
        return OpenActivity(public_id(self._instance, token), spec.bpmn_id, spec.bpmn_name or "", spec.node.settings)

    def _external(self, token: Token) -> ExternalTask:
        spec = token.task_spec
        variables: dict[str, Any] = {}
        for layer in reversed(token.layers):
            variables |= layer
        name, topic = spec.bpmn_name or "", spec.node.topic
        return ExternalTask(public_id(self._instance, token), spec.bpmn_id, name, topic, spec.node.settings, variables)

    def _timer(self, token: Token) -> ArmedTimer:
        spec = token.task_spec
        return ArmedTimer(
            public_id(self._instance, token),
            spec.bpmn_id,
            spec.bpmn_name or "",
            datetime.fromisoformat(token.internal_data[AT]),
            spec.node.settings,
            spec.node.attached_to,
            _local_variables(token),
        )


def _local_variables(token: Token) -> dict[str, Any]:
    """Give what a token sees besides the variables of the instance: of instances of several, of a called process."""
    known = token.scope.instance.variables.own
    return {name: value for layer in reversed(token.layers) if layer is not known for name, value in layer.items()}
