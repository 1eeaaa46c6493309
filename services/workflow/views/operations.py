"""What people read of operations: which are allowed, who signs, where a task can go back to."""

import json
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.workflow.instances.desks import Desk, Draft, Seat
from services.workflow.instances.models import ClosedTask, Proposal
from services.workflow.instances.operations.actions import Action


class ActionView(BaseModel, frozen=True):
    """One action, allowed or with the reason why not; `code` is that of the refusal it would meet."""

    name: str
    allowed: bool
    code: str | None
    reason_zh: str | None
    reason_en: str | None


class GoalView(BaseModel, frozen=True):
    """A done step: where a task can go back to, or what its person can pull back."""

    task_id: str
    element: str
    name: str
    person: str | None
    closed_at: datetime


class SignerView(BaseModel, frozen=True):
    """One who signs a task too."""

    seat_id: str
    place: str
    rule: str
    signer: str
    reason: str
    added_by: str
    agrees: bool | None
    opinion: str
    signed_by: str | None
    signed_at: datetime | None
    spared: bool


class DraftView(BaseModel, frozen=True):
    """One's own draft; `version` 0 and no answers when there is none. Send `version` with the next one."""

    version: int
    answers: dict[str, Any]
    saved_at: datetime | None


class ProposalView(BaseModel, frozen=True):
    """A jump that waits for another person's approval."""

    proposal_id: str
    task_id: str
    to_element: str
    proposed_by: str
    reason: str
    proposed_at: datetime


def action_view(action: Action) -> ActionView:
    """An action in both languages."""
    return ActionView(
        name=action.name,
        allowed=action.refusal is None,
        code=action.refusal.code if action.refusal else None,
        reason_zh=action.reason_zh,
        reason_en=action.reason_en,
    )


def goal_view(closed: ClosedTask) -> GoalView:
    """A done step."""
    return GoalView(
        task_id=closed.task_id,
        element=closed.element,
        name=closed.name,
        person=closed.person,
        closed_at=closed.closed_at,
    )


def signer_view(desk: Desk, seat: Seat) -> SignerView:
    """A signer with the rule of their place."""
    told = seat.model_dump(exclude={"drawn", "place"})
    return SignerView(**told, place=seat.place.value, rule=desk.rule_of(seat.place))


def draft_view(draft: Draft | None) -> DraftView:
    """A draft, or that there is none."""
    if draft is None:
        return DraftView(version=0, answers={}, saved_at=None)
    return DraftView(version=draft.version, answers=json.loads(draft.answers), saved_at=draft.saved_at)


def proposal_view(proposal: Proposal) -> ProposalView:
    """A proposed jump."""
    return ProposalView(
        proposal_id=proposal.proposal_id,
        task_id=proposal.task_id,
        to_element=proposal.element,
        proposed_by=proposal.person,
        reason=proposal.reason,
        proposed_at=proposal.at,
    )
