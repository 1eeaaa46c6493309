"""A case as it is after an operation, and what can be done with it as a whole."""

from pydantic import BaseModel

from services.workflow.instances.models import Instance
from services.workflow.instances.operations.actions import Action
from services.workflow.instances.operations.returns import Goal
from services.workflow.views.operations import (
    ActionView,
    GoalView,
    ProposalView,
    action_view,
    goal_view,
    proposal_view,
)
from services.workflow.views.tasks import TaskLine, task_line


class OperationView(BaseModel, frozen=True):
    """Where the case stands after the operation."""

    case_no: str
    status: str
    suspended: bool
    sent_back: int
    steps: list[TaskLine]
    proposals: list[ProposalView]


class CaseActionsView(BaseModel, frozen=True):
    """What the reader may do with the case as a whole; `pull_back` are the steps they can take back now."""

    actions: list[ActionView]
    pull_back: list[GoalView]
    proposals: list[ProposalView]


def operation_view(instance: Instance) -> OperationView:
    """The open steps of a case."""
    return OperationView(
        case_no=instance.case_no,
        status=instance.status,
        suspended=instance.suspended is not None,
        sent_back=instance.sent_back,
        steps=[task_line(instance, task) for task in instance.tasks],
        proposals=[proposal_view(each) for each in instance.proposals],
    )


def case_actions_view(instance: Instance, actions: tuple[Action, ...], goals: tuple[Goal, ...]) -> CaseActionsView:
    """The actions on a case."""
    return CaseActionsView(
        actions=[action_view(action) for action in actions],
        pull_back=[goal_view(goal.closed) for goal in goals],
        proposals=[proposal_view(each) for each in instance.proposals],
    )
