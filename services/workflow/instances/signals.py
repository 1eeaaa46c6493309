"""Signals in the life of a case: what it threw and heard, and what it waits for now."""

from services.contracts.events import Said
from services.contracts.workflow import SignalHeard, SignalThrown
from services.workflow.instances.models import Instance, Verb
from services.workflow.instances.origins import AwaitedSignal
from services.workflow.instances.turns import Decided, Turn


def say_signals(instance: Instance, turn: Turn) -> Decided:
    """Say that the case heard a signal, and which it threw: the others hear of them by what is said."""
    act, origin = turn.act, instance.application.origin
    said: list[Said] = []
    if act.verb is Verb.SIGNAL:
        heard = SignalHeard(
            case_no=instance.case_no,
            signal=act.target,
            broadcast_id=act.origin,
            by=act.actor,
            thrown_at=act.at,
            heard_at=turn.now,
        )
        said.append(heard)
    depth = origin.depth if origin else 0
    said += [
        SignalThrown(case_no=instance.case_no, signal=name, thrown_at=turn.now, depth=depth)
        for name in turn.step.signals
    ]
    return Decided(instance, tuple(said))


def await_anew(instance: Instance, turn: Turn) -> Decided:
    """Note which signals and messages the case waits for now; one that it goes on waiting for keeps its moment."""
    known = {each.name: each for each in instance.signals}
    signals = tuple(known.get(name) or AwaitedSignal(name=name, since=turn.now) for name in turn.step.awaits_signals)
    return Decided(instance.model_copy(update={"signals": signals, "messages": turn.step.awaits}))
