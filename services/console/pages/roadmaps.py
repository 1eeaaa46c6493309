"""A project's way through its permits (许可路线图, A-11): how far each is, what it needs, what comes next."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Response

from services.console.backends import Refused
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.CASE_READ))]
ProjectCode = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{4,40}$")]

STAGES: Final = {1: "立项用地", 2: "工程许可", 3: "施工", 4: "竣工"}
STANDINGS: Final = {
    "none": "未申请",
    "under_way": "正在办理",
    "done": "已取得",
    "not_granted": "未取得",
    "void": "已失效",
    "outside": "其他部门办理",
}
TRACKS: Final = {"allocated": "划拨用地", "granted": "出让用地", "rural": "乡村建设"}

_SHOWN_AGAIN: Final = frozenset({404, 422})


@router.get("/roadmaps")
async def find(visit: Reader, code: Annotated[str, Query(max_length=60)] = "") -> Response:
    """Ask for a project by its code; with one, its way."""
    wanted = code.strip()
    if not wanted:
        return visit.page("projects/roadmap.html", road=None, code="", refusal=None)
    try:
        road = await visit.api.get("intake", f"/roadmaps/{wanted.replace('/', '')}")
    except Refused as refused:
        if refused.status not in _SHOWN_AGAIN:
            raise
        problem = refused.problem
        if refused.status == 422:  # noqa: PLR2004 - no code is formed like this
            problem = {
                "detail": visit.say("投资项目代码的格式不对"),
                "remedy": visit.say("例如 2609-512000-04-01-123456"),
            }
        return visit.page("projects/roadmap.html", status=refused.status, road=None, code=wanted, refusal=problem)
    stages = [(name, [step for step in road["steps"] if step["stage"] == stage]) for stage, name in STAGES.items()]
    return visit.page(
        "projects/roadmap.html",
        road=road,
        code=wanted,
        refusal=None,
        stages=stages,
        standings=STANDINGS,
        tracks=TRACKS,
    )
