"""Starts an instance and applies commands to it. Pure: the same bundle, state, command and moment give the same step.

A step is all or nothing: whatever is raised, the caller's stored state is untouched and still good.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, assert_never

from SpiffWorkflow.exceptions import SpiffWorkflowException

from services.kernel.worktime import Calendar, OfficeHours
from services.workflow.engine import codec
from services.workflow.engine.answers import amend, checked_answers
from services.workflow.engine.bundles import Bundle
from services.workflow.engine.language.office import Office
from services.workflow.engine.models import (
    WHOLE,
    Amend,
    Answer,
    Cancel,
    Command,
    Complete,
    Ended,
    EngineFault,
    Fail,
    Fire,
    Jump,
    Message,
    Refusal,
    Refused,
    Signal,
    StandsStill,
    Step,
    Undo,
)
from services.workflow.engine.running.events import raise_error, signal
from services.workflow.engine.running.moves import jump, undo
from services.workflow.engine.running.tokens import Instance, Token
from services.workflow.engine.running.views import (
    View,
    awaited_message,
    find,
    is_armed_timer,
    is_open_external,
    is_open_human,
    public_id,
)

_HOURS: Final = OfficeHours()


def start(
    bundle: Bundle,
    process_key: str,
    data: Mapping[str, Any],
    *,
    now: datetime,
    calendar: Calendar,
    hours: OfficeHours = _HOURS,
    instance_id: str = "",
    start_event: str = "",
) -> Step:
    """Start an instance of a process with these variables, by its plain start event or by the one named.

    `instance_id` (the case number) makes the ids of its tasks unique; without it they come from the data and the
    moment. Raises `Refused` (unknown process, bad data) and `EngineFault`.
    """
    if process_key not in bundle.processes:
        raise Refused(Refusal.UNKNOWN_PROCESS, f"没有流程“{process_key}”", f"there is no process {process_key}")
    variables = checked_answers(data)
    seed = _seed(process_key, instance_id, variables, now)
    instance = _instance(bundle, process_key, seed, Office(now, calendar, hours))
    instance.variables.own.update(variables)
    if start_event and start_event not in instance.spec.starts:
        raise Refused(
            Refusal.UNKNOWN_PROCESS,
            f"流程“{process_key}”没有开始事件“{start_event}”",
            f"the process {process_key} has no start event {start_event}",
        )
    instance.begin(start_event)
    return _step(instance, codec.Stamp(bundle.mark, process_key))


def apply(
    bundle: Bundle,
    state: bytes,
    command: Command,
    *,
    now: datetime,
    calendar: Calendar,
    hours: OfficeHours = _HOURS,
) -> Step:
    """Apply a command to an instance. Raises `Refused` when it does not fit, `EngineFault` when it cannot go on."""
    saved = codec.read_state(state, bundle.mark)
    if saved.completed:
        raise Refused(Refusal.ALREADY_ENDED, "流程已经结束", "the process has ended")
    instance = _instance(bundle, saved.process, saved.seed, Office(now, calendar, hours))
    codec.restore(saved, instance)
    cancelled = command.reason if isinstance(command, Cancel) else None
    _act(bundle, instance, command)
    return _step(instance, codec.Stamp(saved.bundle, saved.process, cancelled))


def look(bundle: Bundle, state: bytes, *, now: datetime, calendar: Calendar, hours: OfficeHours = _HOURS) -> Step:
    """Show what is open in an instance without doing anything. Raises `EngineFault`."""
    saved = codec.read_state(state, bundle.mark)
    instance = _instance(bundle, saved.process, saved.seed, Office(now, calendar, hours))
    codec.restore(saved, instance)
    return _shown(instance, View(instance), codec.Stamp(saved.bundle, saved.process, saved.cancelled), state)


def go_on(
    bundle: Bundle,
    state: codec.State,
    wake: Callable[[Instance], None],
    *,
    now: datetime,
    calendar: Calendar,
    hours: OfficeHours = _HOURS,
) -> Step:
    """Let an instance go on that was carried over to a bundle; `wake` is called once. Raises `EngineFault`."""
    instance = _instance(bundle, state.process, state.seed, Office(now, calendar, hours))
    codec.restore(state, instance)
    wake(instance)
    return _step(instance, codec.Stamp(bundle.mark, state.process))


def _instance(bundle: Bundle, process_key: str, seed: bytes, office: Office) -> Instance:
    return Instance(bundle.specs[process_key], bundle.specs, office, seed)


def _seed(process_key: str, instance_id: str, variables: Mapping[str, Any], now: datetime) -> bytes:
    parts = (process_key, instance_id) if instance_id else (process_key, repr(variables), now.isoformat())
    return hashlib.sha256("\0".join(parts).encode()).digest()[:16]


def _act(bundle: Bundle, instance: Instance, command: Command) -> None:
    match command:
        case Complete():
            _complete(instance, command)
        case Answer():
            token = _external(instance, command.task_id)
            token.task_spec.write(token, token.task_spec.result, checked_answers({"result": command.result})["result"])
            token.complete()
        case Fail():
            token = _external(instance, command.task_id)
            element = str(token.task_spec.bpmn_id)
            raise_error(token, command.error_code, command.message, element=element)
        case Fire():
            token = _waiting(find(instance, command.timer_id, is_armed_timer))
            token.task_spec.occur(token)
        case Message() | Signal():
            _hear(instance, command)
        case Undo():
            undo(instance, command)
        case Jump():
            jump(instance, bundle.processes, command)
        case Amend():
            amend(instance.variables.own, checked_answers(command.values))
        case Cancel():
            instance.clear()
            instance.completed = True
        case _:
            assert_never(command)


def _complete(instance: Instance, command: Complete) -> None:
    token = find(instance, command.task_id, is_open_human)
    if token is None:
        raise Refused(Refusal.NOT_OPEN, "任务已不在办理中", "the task is not open")
    answers = checked_answers(command.answers)
    if token.task_spec.result:
        token.task_spec.write(token, token.task_spec.result, answers)
    token.complete()


def _external(instance: Instance, task_id: str) -> Token:
    return _waiting(find(instance, task_id, is_open_external))


def _waiting(token: Token | None) -> Token:
    if token is None:
        raise Refused(Refusal.NOT_WAITING, "流程已不在等待它", "nothing waits for it any more")
    return token


def _hear(instance: Instance, command: Message | Signal) -> None:
    """Give a message to the token that has waited for it longest, a signal to all. Raises `Refused`."""
    name = command.name
    if not (_received(instance, command) if isinstance(command, Message) else _signalled(instance, command)):
        raise Refused(Refusal.NOT_WAITING, f"流程没有在等待“{name}”", f"nothing waits for {name}")


def _signalled(instance: Instance, command: Signal) -> bool:
    """Let everything hear a signal that waits for it; nothing is written where it brings nothing."""
    return signal(instance, command.name, checked_answers(command.payload) or None)


def _received(instance: Instance, command: Message) -> bool:
    payload = checked_answers(command.payload)
    wanted = command.correlation
    for scope in instance.scopes():
        for token in scope.tokens():
            if awaited_message(token) == command.name and wanted in (None, public_id(instance, token)):
                token.task_spec.occur(token, payload)
                return True
    return False


def _step(instance: Instance, stamp: codec.Stamp) -> Step:
    """Run what runs by itself and show the result. Raises `EngineFault`, also when nothing could ever happen again."""
    try:
        instance.work()
    except SpiffWorkflowException as error:
        raise EngineFault(WHOLE, "流程引擎出错", f"the engine failed: {error}") from error
    view = View(instance)
    if not instance.completed and view.is_empty:
        raise _stuck(instance)
    return _shown(instance, view, stamp, codec.dump(instance, stamp))


def _stuck(instance: Instance) -> StandsStill:
    """Say where the tokens stand that nothing can move any more."""
    places = sorted({str(token.task_spec.bpmn_id) for scope in instance.scopes() for token in scope.tokens()})
    shown = ", ".join(places)
    return StandsStill(places[0], f"流程停在 {shown}，再也走不下去", f"the process stands still for ever at {shown}")


def _shown(instance: Instance, view: View, stamp: codec.Stamp, state: bytes) -> Step:
    return Step(
        state,
        tuple(view.tasks),
        tuple(view.external),
        tuple(view.timers),
        tuple(view.awaits),
        tuple(instance.happened.passed),
        tuple(instance.happened.thrown),
        _ended(instance, stamp),
        instance.variables.own,
        tuple(view.activities),
        tuple(instance.happened.signals),
        tuple(view.signals),
        tuple(view.conditions),
        tuple(instance.happened.flows),
    )


def _ended(instance: Instance, stamp: codec.Stamp) -> Ended | None:
    if not instance.completed:
        return None
    if stamp.cancelled is not None:
        return Ended("", {}, stamp.cancelled)
    plans = [instance.spec, *instance.subprocess_specs.values()]
    spec = next((plan.task_specs[instance.ended_at] for plan in plans if instance.ended_at in plan.task_specs), None)
    return Ended(instance.ended_at, dict(spec.node.settings) if spec is not None else {})
