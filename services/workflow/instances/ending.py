"""The end of a case's process: whatever still runs is stopped, and the outcome is said."""

from services.contracts.events import Said
from services.contracts.words import Outcome
from services.contracts.workflow import CaseEnded
from services.workflow.clocks import deeds
from services.workflow.instances.models import Instance, Status
from services.workflow.instances.turns import Decided, Turn, room_of

_END_BASIS = "办结"


def end(instance: Instance, turn: Turn) -> Decided:
    """Close the case when its process is over."""
    ended = turn.step.ended
    if ended is None:
        return Decided(instance)
    said: list[Said] = []
    for clock in instance.clocks:
        stopped, more = deeds.stop(
            clock, at=turn.act.at, actor=turn.act.actor, basis=_END_BASIS, room=room_of(instance, turn.office)
        )
        instance = instance.with_clock(stopped)
        said += more
    outcome = Outcome(ended.settings.get("outcome", Outcome.DONE))
    over = instance.model_copy(
        update={
            "status": Status.ENDED,
            "outcome": outcome,
            "ended_at": turn.act.at,
            "timers": (),
            "external": (),
            "early": (),
        },
    )
    said.append(CaseEnded(case_no=instance.case_no, outcome=outcome, end_element=ended.element, ended_at=turn.act.at))
    return Decided(over, tuple(said))
