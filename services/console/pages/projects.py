"""Key projects: the board with its equation, and a project's page with everything that is done to it."""

import secrets
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.console.backends import Refused
from services.console.pages.paging import whole
from services.console.pages.projecting import DUTIES, FIELDS, LEADS, MISSING, SERVICES, STAGES, body_of
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.problem import Problem
from services.kernel.worktime import SHANGHAI

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.SUPERVISION_READ))]
Worker = Annotated[Visit, Depends(holding(Permission.PROJECT_WORK))]
ProjectId = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]
Filter = Annotated[str, Query(max_length=60)]

_MENDABLE: Final = frozenset({403, 404, 409, 422})
_MORE_ROWS: Final = 3
_PROCESS: Final = "key-project-plan"
_NAME: Final = 100
"""Characters that the process's form has for a name."""
_OWN: Final = ("name", "owner", "stage", "stage_on", "leader", "department", "follower", "guide")


class ActUnknown(Problem):
    """The form does not say what is to be done."""

    status = 422
    code = "act-unknown"
    zh = "提交的表单没有说明要办理什么"
    en = "the form does not say what is to be done"
    remedy_zh = "请刷新项目页面后重新提交"
    remedy_en = "load the project again and send the form once more"


@router.get("/projects")
async def projects(visit: Reader, stage: Filter = "", department: Filter = "") -> Response:
    """The board of key projects: how many in each stage, and the list."""
    found = await whole(visit.api, "supervision", "/projects", "projects", department=department)
    counted = (await visit.api.get("supervision", "/projects", limit=1))["counted"]
    fitting = [one for one in found if stage in {"", one["stage"]}]
    fitting.sort(key=lambda one: (list(STAGES).index(one["stage"]), one["next_due_on"] or "9", one["name"]))
    names = await visit.deps.books.department_names(english=visit.english)
    concerned = sorted({one["department"] for one in found if one["department"]} | ({department} - {""}))
    return visit.page(
        "projects/list.html",
        projects=fitting,
        counted=counted,
        stages=STAGES,
        stage=stage,
        department=department,
        concerned=concerned,
        names=names,
        people=await visit.deps.books.names(),
    )


@router.get("/projects/new")
async def new(visit: Worker) -> Response:
    """The form for a key project."""
    today = visit.now.astimezone(SHANGHAI).date().isoformat()
    return await _new_page(visit, {"stage_on": today, "stage": "early_intervention"})


@router.post("/projects")
async def add(visit: Worker, request: Request) -> Response:
    """Enter a key project."""
    form = await request.form()
    typed = {name: str(form.get(name, "")).strip() for name in _OWN}
    entry = {name: value for name, value in typed.items() if value}
    try:
        made = await visit.api.post("supervision", "/projects", entry, key=str(form.get("key", "")) or None)
    except Refused as refused:
        if refused.status not in _MENDABLE:
            raise
        return await _new_page(visit, typed, refused=refused)
    return visit.see(f"/projects/{made['project_id']}")


@router.get("/projects/{project_id}")
async def project(visit: Reader, project_id: ProjectId) -> Response:
    """One project with its file, and the forms for what may be done."""
    return await _page(visit, project_id)


@router.post("/projects/{project_id}/process")
async def begin_process(visit: Worker, project_id: ProjectId) -> Response:
    """Begin the project's process, which turns the clocks of its tasks; the project follows it from then on."""
    found = await visit.api.get("supervision", f"/projects/{project_id}")
    start = {"process": _PROCESS, "business_key": project_id, "facts": _facts(found)}
    try:
        begun = await visit.api.post("workflow", "/starts", start, key=f"project-{project_id}")
        follow = {"act": "follow_process", "case_no": begun["case_no"]}
        await visit.api.post("supervision", f"/projects/{project_id}/work", follow)
    except Refused as refused:
        if refused.status not in _MENDABLE:
            raise
        return await _page(visit, project_id, refused=refused)
    return visit.see(f"/projects/{project_id}#stages")


@router.post("/projects/{project_id}")
async def work(visit: Worker, request: Request, project_id: ProjectId) -> Response:
    """One act on the project; a refusal keeps what was typed."""
    form = await request.form()
    act = str(form.get("act", ""))
    if act not in FIELDS:
        raise ActUnknown
    way = "lead" if act in LEADS else "work"
    try:
        await visit.api.post("supervision", f"/projects/{project_id}/{way}", body_of(act, form))
    except Refused as refused:
        if refused.status not in _MENDABLE:
            raise
        typed = {name: str(value) for name, value in form.items()}
        return await _page(visit, project_id, typed=typed, refused=refused)
    return visit.see(f"/projects/{project_id}#{act}")


def _facts(project: dict[str, Any]) -> dict[str, Any]:
    """What the process is told of a project: its five ones as they stand."""
    stage = project["stage"] if project["stage"] == "early_intervention" else "in_progress"
    published = sum(plan["published_at"] is not None for plan in project["plans"])
    known = {
        "leader": [project["leader"]] if project["leader"] else None,
        "unit": project["department"],
        "plan_no": f"工作方案第 {published} 版" if published else None,
        "follower": [project["follower"]] if project["follower"] else None,
    }
    given = {name: value for name, value in known.items() if value}
    return {"project": project["name"][:_NAME], "stage": stage, **given}


async def _new_page(visit: Visit, typed: dict[str, str], *, refused: Refused | None = None) -> Response:
    return visit.page(
        "projects/new.html",
        status=refused.status if refused else 200,
        typed=typed,
        key=secrets.token_urlsafe(16),
        stages=STAGES,
        **await _choices(visit),
        refusal=refused.problem if refused else None,
    )


async def _page(
    visit: Visit, project_id: str, *, typed: dict[str, str] | None = None, refused: Refused | None = None
) -> Response:
    found = await visit.api.get("supervision", f"/projects/{project_id}")
    published = next((plan for plan in reversed(found["plans"]) if plan["published_at"]), None)
    draft = next((plan for plan in found["plans"] if not plan["published_at"]), None)
    rows = [*_drafted(found, draft or published), *({} for _ in range(_MORE_ROWS))]
    return visit.page(
        "projects/project.html",
        status=refused.status if refused else 200,
        project=found,
        plan=published,
        draft=draft,
        rows=rows,
        typed=typed or {},
        act=(typed or {}).get("act", ""),
        today=visit.now.astimezone(SHANGHAI).date().isoformat(),
        stages=STAGES,
        services=SERVICES,
        duties=DUTIES,
        missing=MISSING,
        **await _choices(visit),
        refusal=refused.problem if refused else None,
    )


def _drafted(project: dict[str, Any], plan: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The rows that the form of a plan begins with: those of the plan, or one for the responsible department."""
    return list(plan["tasks"]) if plan else [{"department": project["department"]}]


async def _choices(visit: Visit) -> dict[str, Any]:
    """Whom and which department one may name."""
    books = visit.deps.books
    townships = await books.township_names()
    departments = await books.department_names(english=visit.english)
    return {
        "people": await books.names(),
        "departments": {code: name for code, name in departments.items() if code not in townships},
        "names": departments,
    }
