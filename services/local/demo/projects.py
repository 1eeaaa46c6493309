"""What the stories of key projects share: a project is entered once, however often the stories are played."""

from typing import Any, Final

from services.local.demo.stage import Stage

CHIEF: Final = "u.chief.d07"
GUIDE: Final = "u.handler.d07"


async def entered(stage: Stage, key: str, /, *, by: str = CHIEF, **entry: str) -> dict[str, Any]:
    """The project of this key: made now, or as an earlier play left it."""
    project: dict[str, Any] = await stage.api.call("POST", "supervision", "/projects", who=by, body=entry, key=key)
    found: dict[str, Any] = await stage.api.call("GET", "supervision", f"/projects/{project['project_id']}", who=by)
    return found


async def done(stage: Stage, project_id: str, /, *, by: str = CHIEF, way: str = "work", **act: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """One act on a project."""
    made: dict[str, Any] = await stage.api.call(
        "POST", "supervision", f"/projects/{project_id}/{way}", who=by, body=act
    )
    return made


async def activated(stage: Stage, project_id: str, *, task: str, due_on: str, department: str, officer: str) -> None:
    """Give a project its five ones and its guide, and let the leader activate it."""
    chief = officer.replace("handler", "chief")
    ones = {"leader": "u.leader", "department": department, "follower": chief, "guide": officer}
    await done(stage, project_id, act="name_ones", **ones)
    tasks = [{"title": task, "department": department, "person": officer, "due_on": due_on}]
    await done(stage, project_id, act="draft_plan", summary=f"责任到人，按期{task}。", tasks=tasks)
    await done(stage, project_id, act="publish_plan")
    await done(stage, project_id, by="u.leader", way="lead", act="activate")


async def refused(stage: Stage, project_id: str, /, *, by: str = CHIEF, way: str = "work", **act: Any) -> str:  # noqa: ANN401 - JSON
    """The code with which an act is refused; `-` if it is not."""
    path = f"/projects/{project_id}/{way}"
    answer = await stage.api.send_any("POST", "supervision", path, who=by, body=act)
    code: str = answer.json().get("code", "-") if answer.is_error else "-"
    return code
