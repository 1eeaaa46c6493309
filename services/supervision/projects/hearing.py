"""What is done in a project's process (bpmn/key-project-plan) enters its books: the guide's log, obstacles, tasks."""

from collections.abc import Mapping
from typing import Any, Final

from services.contracts.events import Said
from services.contracts.workflow import TaskCompleted
from services.kernel.bus import Event
from services.supervision.desk import Deps
from services.supervision.projects.acts import Act, Decided
from services.supervision.projects.desk import act_of
from services.supervision.projects.plans import TaskDone, complete
from services.supervision.projects.records import Project, Service
from services.supervision.projects.services import ObstacleEntry, ServiceEntry, obstruct, serve

_LOG: Final = "Task_GuideLog"
_TASK: Final = "Task_Do"
_WORDS: Final = 1000


async def follow(deps: Deps, event: Event[TaskCompleted]) -> None:
    """Take over what a step of the process brought, once."""
    said = event.said
    if said.element not in {_LOG, _TASK}:
        return
    found = await deps.projects.first({"body.process_case": said.case_no})
    if found is None:
        return
    key = found[0].project_id
    act = act_of(deps, key, by=said.person or "system:process")
    await deps.projects.change(key, lambda project: taken_over(project, said, act), cause=event.envelope.id)


def taken_over(project: Project, said: TaskCompleted, act: Act) -> Decided:
    """The project with what the step says; a task that its plan does not know, or that is done, changes nothing."""
    answers, day = said.answers, said.completed_on
    if said.element == _TASK:
        title = answers.get("title")
        tasks = project.plan.tasks if project.plan else ()
        task = next((each for each in tasks if each.title == title and each.done_on is None), None)
        if task is None:
            return project, ()
        done = {"act": "complete_task", "no": task.no, "result": _text(answers, "result"), "done_on": day}
        return complete(project, TaskDone.model_validate(done), act)
    line = {"act": "serve", "kind": Service.CONTACT, "on": day, "note": _text(answers, "content")}
    served, first = serve(project, ServiceEntry.model_validate(line), act)
    if not answers.get("obstacle"):
        return served, first
    name, owner = _text(answers, "obstacle")[:200], _text(answers, "third_party")[:200]
    found = {"act": "open_obstacle", "name": name, "owner": owner, "opened_on": day}
    hindered, second = obstruct(served, ObstacleEntry.model_validate(found), act)
    said_both: tuple[Said, ...] = (*first, *second)
    return hindered, said_both


def _text(answers: Mapping[str, Any], name: str) -> str:
    return str(answers.get(name) or "（未填写）").strip()[:_WORDS]
