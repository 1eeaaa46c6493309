"""Jumping to another step (跳转): proposed by one, approved by another, then carried out."""

import hashlib
from datetime import datetime

from services.contracts.workflow import JumpDecided, JumpProposed
from services.workflow.instances.models import Act, Instance, Proposal, Verb
from services.workflow.instances.operations.checks import check_not_suspended, check_running
from services.workflow.instances.operations.refusals import FourEyes, ProposalGone, ProposalOutdated
from services.workflow.instances.operations.returns import without_incidents
from services.workflow.instances.turns import Decided
from services.workflow.instances.working import open_or_over


def proposal_for(instance: Instance, task_id: str, element: str, *, person: str, reason: str, at: datetime) -> Proposal:
    """The proposal to go on at another step than an open task.

    Raises `CaseNotRunning`, `CaseIsSuspended`, `TaskNotFound`, `TaskOver`.
    """
    check_running(instance)
    check_not_suspended(instance)
    task = open_or_over(instance, task_id)
    named = f"{instance.case_no}/{task.task_id}/{element}/{person}"
    return Proposal(
        proposal_id=hashlib.sha256(named.encode()).hexdigest()[:20],
        task_id=task.task_id,
        element=element,
        person=person,
        reason=reason,
        at=at,
        open=tuple(each.task_id for each in instance.tasks),
    )


def jumping(proposal: Proposal, *, actor: str, at: datetime) -> Act:
    """What is asked of the process."""
    return Act(verb=Verb.JUMP, target=proposal.task_id, payload={"element": proposal.element}, actor=actor, at=at)


def proposed(instance: Instance, proposal: Proposal) -> Decided:
    """Keep a proposal until another person decides on it. Again changes nothing."""
    if any(each.proposal_id == proposal.proposal_id for each in instance.proposals):
        return Decided(instance)
    said = JumpProposed(
        case_no=instance.case_no,
        proposal_id=proposal.proposal_id,
        task_id=proposal.task_id,
        to_element=proposal.element,
        person=proposal.person,
        reason=proposal.reason,
        at=proposal.at,
    )
    return Decided(instance.model_copy(update={"proposals": (*instance.proposals, proposal)}), (said,))


def proposal_of(instance: Instance, proposal_id: str) -> Proposal:
    """The open proposal of this id; raises `ProposalGone`."""
    found = next((each for each in instance.proposals if each.proposal_id == proposal_id), None)
    if found is None:
        raise ProposalGone(proposal_id=proposal_id)
    return found


def approvable(instance: Instance, proposal_id: str, *, person: str) -> Proposal:
    """The proposal, if the person may approve it now.

    Raises `ProposalGone`, `FourEyes`, `CaseIsSuspended`, `ProposalOutdated`.
    """
    proposal = proposal_of(instance, proposal_id)
    if proposal.person == person:
        raise FourEyes
    check_not_suspended(instance)
    if proposal.open != tuple(task.task_id for task in instance.tasks):
        raise ProposalOutdated
    return proposal


def jumped(before: Instance, moved: Decided, proposal: Proposal, *, person: str, reason: str, at: datetime) -> Decided:
    """What became of an approved jump."""
    after, said = without_incidents(before, moved.instance, actor=person, at=at)
    known = {task.task_id for task in before.tasks}
    left = {task.task_id for task in after.tasks}
    told = _decided(before, proposal, person=person, reason=reason, at=at).model_copy(
        update={
            "approved": True,
            "cancelled": tuple(sorted(known - left)),
            "reopened": tuple(sorted(left - known)),
        }
    )
    return Decided(_without(after, proposal), (*moved.said, *said, told))


def rejected(instance: Instance, proposal_id: str, *, person: str, reason: str, at: datetime) -> Decided:
    """A proposal is dropped, by another or by who made it. Raises `ProposalGone`."""
    proposal = proposal_of(instance, proposal_id)
    told = _decided(instance, proposal, person=person, reason=reason, at=at)
    return Decided(_without(instance, proposal), (told,))


def _without(instance: Instance, proposal: Proposal) -> Instance:
    rest = tuple(each for each in instance.proposals if each.proposal_id != proposal.proposal_id)
    return instance.model_copy(update={"proposals": rest})


def _decided(instance: Instance, proposal: Proposal, *, person: str, reason: str, at: datetime) -> JumpDecided:
    return JumpDecided(
        case_no=instance.case_no,
        proposal_id=proposal.proposal_id,
        to_element=proposal.element,
        proposed_by=proposal.person,
        person=person,
        approved=False,
        reason=reason,
        cancelled=(),
        reopened=(),
        at=at,
    )
