"""What several operations ask before they do anything."""

from services.workflow.instances.models import Instance, Status, Task
from services.workflow.instances.operations.refusals import (
    AlreadySubmitted,
    CaseIsSuspended,
    CaseNotRunning,
    IsDelegated,
    NotClaimed,
    SeveralSign,
    SignersOutstanding,
)


def check_running(instance: Instance) -> None:
    """Raise `CaseNotRunning` before the process has started and after it is over."""
    if instance.status is not Status.RUNNING:
        raise CaseNotRunning(case_no=instance.case_no)


def check_not_suspended(instance: Instance) -> None:
    """Raise `CaseIsSuspended` while nobody is to work on the case."""
    found = instance.suspended
    if found is not None:
        raise CaseIsSuspended(case_no=instance.case_no, person=found.person, reason=found.reason)


def check_not_submitted(task: Task) -> None:
    """Raise `AlreadySubmitted` when only signatures are wanted."""
    if task.desk.submitted is not None:
        raise AlreadySubmitted(task=task.name, person=task.desk.submitted.person, signers=wanted(task))


def check_not_delegated(task: Task) -> None:
    """Raise `IsDelegated` while another works the task for its holder."""
    if task.desk.owner is not None:
        raise IsDelegated(task=task.name, owner=task.desk.owner, person=task.assignee)


def check_held(task: Task, person: str) -> None:
    """Raise `NotClaimed`, `AlreadySubmitted` unless the person has the task in hand."""
    check_not_submitted(task)
    if task.assignee != person:
        raise NotClaimed(task=task.name)


def check_alone(task: Task) -> None:
    """Raise `SeveralSign` for one of several tasks that the diagram hands out for one step."""
    if task.is_one_of_several:
        raise SeveralSign(task=task.name)


def check_completable(task: Task) -> None:
    """Raise `IsDelegated`, `AlreadySubmitted`, `SignersOutstanding` unless the holder can finish now."""
    check_not_delegated(task)
    check_not_submitted(task)
    if not task.desk.is_settled_before:
        raise SignersOutstanding(task=task.name, signers=wanted(task))


def wanted(task: Task) -> str:
    """Whose signatures are wanted now, for a sentence."""
    return ", ".join(seat.signer for seat in task.desk.seats if seat.is_open and task.desk.is_turn_of(seat))
