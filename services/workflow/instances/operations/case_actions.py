"""What a person may do with a case as a whole now, and why not the rest."""

from collections.abc import Callable
from functools import partial

from services.kernel.identity import Permission, Person
from services.kernel.identity.permissions import may
from services.workflow.instances.models import Instance
from services.workflow.instances.operations import checks, closures, returns
from services.workflow.instances.operations.actions import Action, RoleForbids, refusal_of
from services.workflow.instances.operations.refusals import FourEyes, NotSuspended, ProposalGone
from services.workflow.instances.operations.returns import Goal


def case_actions_of(instance: Instance, who: Person) -> tuple[Action, ...]:
    """Every operation on a case, allowed or with the reason why not."""
    asked: dict[str, Callable[[], None]] = {
        "suspend": partial(_suspend, instance, who),
        "resume": partial(_resume, instance, who),
        "terminate": partial(_terminate, instance, who),
        "propose_jump": partial(_propose, instance, who),
        "approve_jump": partial(_approve, instance, who),
    }
    return tuple(Action(name, refusal_of(check)) for name, check in asked.items())


def pullable(instance: Instance, who: Person) -> tuple[Goal, ...]:
    """The steps that a person can pull back now."""
    if instance.suspended is not None or not may(who, Permission.TASK_WORK):
        return ()
    done = [closed.task_id for closed in instance.closed if closed.person == who.code]
    open_to = [one for one in done if refusal_of(partial(returns.pulled_goal, instance, one, who.code)) is None]
    return tuple(returns.pulled_goal(instance, one, who.code) for one in open_to)


def _role(who: Person, permission: Permission) -> None:
    if not may(who, permission):
        raise RoleForbids(permission=permission.zh)


def _suspend(instance: Instance, who: Person) -> None:
    _role(who, Permission.CASE_SUSPEND)
    checks.check_running(instance)
    checks.check_not_suspended(instance)


def _resume(instance: Instance, who: Person) -> None:
    _role(who, Permission.CASE_SUSPEND)
    if instance.suspended is None:
        raise NotSuspended(case_no=instance.case_no)


def _terminate(instance: Instance, who: Person) -> None:
    _role(who, Permission.CASE_TERMINATE)
    closures.check_undecided(instance)


def _propose(instance: Instance, who: Person) -> None:
    _role(who, Permission.JUMP_PROPOSE)
    checks.check_running(instance)
    checks.check_not_suspended(instance)


def _approve(instance: Instance, who: Person) -> None:
    _role(who, Permission.JUMP_APPROVE)
    checks.check_not_suspended(instance)
    if not instance.proposals:
        raise ProposalGone(proposal_id="–")
    if all(proposal.person == who.code for proposal in instance.proposals):
        raise FourEyes
