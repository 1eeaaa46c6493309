"""Tasks over HTTP: whose they are, what is asked, and doing them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from services.kernel.problem import problems
from services.kernel.requests import After, Limit, Request
from services.kernel.store import Conflict
from services.workflow import queries
from services.workflow import tasks as work
from services.workflow.acts import ActRefused
from services.workflow.answers import AnswersInvalid
from services.workflow.api.common import Reader, TaskId, With, Worker
from services.workflow.instances.operations.refusals import (
    AlreadySubmitted,
    CaseIsSuspended,
    IsDelegated,
    SignersOutstanding,
)
from services.workflow.instances.working import (
    ClaimedByOther,
    NotHuman,
    NotYourTask,
    TaskInIncident,
    TaskNotFound,
    TaskOver,
)
from services.workflow.operations.desks import actions
from services.workflow.queries import CursorUnreadable
from services.workflow.views import tasks as views

router = APIRouter(tags=["tasks"])

_WORKING = (TaskNotFound, TaskOver, CaseIsSuspended, NotHuman, NotYourTask, ClaimedByOther, TaskInIncident, Conflict)


class CompleteEntry(Request, frozen=True):
    """The filled-in form."""

    answers: dict[str, Any] = Field(default_factory=dict)


@router.get("/tasks", responses=problems(CursorUnreadable))
async def list_tasks(
    deps: With,
    who: Reader,
    *,
    everyone: Annotated[bool, Query(description="all tasks of the cases in sight, not only one's own")] = False,
    limit: Limit = 50,
    after: After = None,
) -> views.TaskPage:
    """The tasks the caller may work on: of their posts, and of those they stand in for. The most urgent first.

    Give `next` as `after` to read on: a page begins behind the last case of the one before, whatever left the list
    meanwhile. A number of cases to pass over, which earlier releases gave, is taken too.
    """
    ask = queries.tasks_in_scope if everyone else queries.tasks_of
    found, following = await ask(deps, who, limit=limit, after=after)
    return views.TaskPage(tasks=[views.task_line(case, task) for case, task in found], next=following)


@router.get("/tasks/done")
async def list_done(deps: With, who: Worker, limit: Limit = 50, after: After = None) -> views.DonePage:
    """The tasks the caller has completed, of the newest cases first."""
    found, following = await queries.tasks_done_by(deps, who, limit=limit, after=after)
    return views.DonePage(tasks=[views.done_line(case, closed) for case, closed in found], next=following)


@router.get("/tasks/{task_id}", responses=problems(TaskNotFound, TaskOver))
async def show_task(deps: With, who: Reader, task_id: TaskId) -> views.TaskView:
    """One open task with its form, what the case knows so far, and every action: allowed, or why not."""
    case, task, form = await work.open_task(deps, task_id, who)
    return views.task_view(case, task, form, await actions(deps, case, task, who))


@router.post("/tasks/{task_id}/claim", responses=problems(*_WORKING))
async def claim_task(deps: With, who: Worker, task_id: TaskId) -> views.TaskLine:
    """Take a task on; again changes nothing."""
    return views.task_line(*await work.claim(deps, task_id, who))


@router.post("/tasks/{task_id}/release", responses=problems(*_WORKING, IsDelegated, AlreadySubmitted))
async def release_task(deps: With, who: Worker, task_id: TaskId) -> views.TaskLine:
    """Give a task back to its post; again changes nothing."""
    return views.task_line(*await work.release(deps, task_id, who))


@router.post(
    "/tasks/{task_id}/complete",
    responses=problems(*_WORKING, IsDelegated, AlreadySubmitted, SignersOutstanding, AnswersInvalid, ActRefused),
)
async def complete_task(deps: With, who: Worker, task_id: TaskId, entry: CompleteEntry) -> views.CompletedView:
    """Complete a task with its filled-in form; the same again by the same person gives the same answer."""
    return views.completed(await work.complete(deps, task_id, entry.answers, who))
