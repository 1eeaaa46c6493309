"""Decisions by link that cannot be carried out: kept while nobody works on the case, dropped where they do not fit."""

from datetime import datetime

from services.contracts.events import Said
from services.contracts.workflow import DecisionDropped, DecisionKept
from services.kernel.problem import Language, Problem
from services.workflow.instances.models import Act, Instance, Task
from services.workflow.instances.records import Suspension
from services.workflow.instances.turns import Decided, Turn
from services.workflow.instances.working import TaskNotFound, TaskOver, open_or_over


def kept(instance: Instance, suspension: Suspension, task: Task, act: Act, *, at: datetime) -> Decided:
    """Keep a decision that would be carried out if the case were not suspended. Again changes nothing."""
    if act in instance.kept:
        return Decided(instance)
    said = DecisionKept(
        case_no=instance.case_no,
        task_id=task.task_id,
        element=task.element,
        name=task.name,
        person=act.actor,
        at=at,
        title=instance.application.title,
        decided_at=act.at,
        suspended_by=suspension.person,
        recipients=(act.actor,),
    )
    return Decided(instance.model_copy(update={"kept": (*instance.kept, act)}), (said,))


def dropped(instance: Instance, act: Act, refusal: Problem, *, at: datetime) -> Decided:
    """A decision does not fit, or not any more: who decided is told why."""
    task = instance.task(act.target) or instance.closed_task(act.target)
    said = DecisionDropped(
        case_no=instance.case_no,
        task_id=act.target,
        element=task.element if task else "",
        name=task.name if task else "",
        person=act.actor,
        at=at,
        title=instance.application.title,
        decided_at=act.at,
        reason=f"{_why(refusal, Language.ZH)} / {_why(refusal, Language.EN)}",
        recipients=(act.actor,),
    )
    return Decided(without(instance, act), (said,))


def drop_overtaken(instance: Instance, turn: Turn) -> Decided:
    """Drop the decisions whose step this turn closed: a case may even end while it is suspended."""
    said: list[Said] = []
    for act in instance.kept:
        try:
            open_or_over(instance, act.target)
        except (TaskOver, TaskNotFound) as over:
            gone = dropped(instance, act, over, at=turn.now)
            instance = gone.instance
            said += gone.said
    return Decided(instance, tuple(said))


def without(instance: Instance, act: Act) -> Instance:
    """The case with a kept decision taken out, to be carried out or because it does not fit."""
    return instance.model_copy(update={"kept": tuple(each for each in instance.kept if each != act)})


def due_now(act: Act, *, at: datetime) -> Act:
    """The decision as it is carried out: from the moment of resuming; what was signed says when it was decided.

    Nobody could work on the case before, so neither the next step's clock nor the milestones begin before.
    """
    return act.model_copy(update={"at": at})


def _why(refusal: Problem, language: Language) -> str:
    """What is wrong, field by field."""
    fields = [error.zh if language is Language.ZH else error.en for error in refusal.errors]
    return ("；" if language is Language.ZH else "; ").join([refusal.detail(language), *fields])
