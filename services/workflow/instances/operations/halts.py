"""Suspending a case (挂起) and resuming it (恢复). No clock stands still for it: only the law's grounds hold one."""

from datetime import datetime

from services.contracts.workflow import CaseResumed, CaseSuspended
from services.workflow.instances.models import Instance
from services.workflow.instances.operations.checks import check_not_suspended, check_running
from services.workflow.instances.operations.refusals import NotSuspended
from services.workflow.instances.records import Suspension
from services.workflow.instances.turns import Decided


def suspended(instance: Instance, *, person: str, reason: str, at: datetime) -> Decided:
    """Nobody works on the case until it is resumed. Raises `CaseNotRunning`, `CaseIsSuspended`."""
    check_running(instance)
    check_not_suspended(instance)
    after = instance.model_copy(update={"suspended": Suspension(person=person, reason=reason, at=at)})
    return Decided(after, (CaseSuspended(case_no=instance.case_no, person=person, reason=reason, at=at),))


def resumed(instance: Instance, *, person: str, reason: str, at: datetime) -> Decided:
    """The case is worked on again. Raises `NotSuspended`."""
    if instance.suspended is None:
        raise NotSuspended(case_no=instance.case_no)
    after = instance.model_copy(update={"suspended": None})
    return Decided(after, (CaseResumed(case_no=instance.case_no, person=person, reason=reason, at=at),))
