"""Meetings (O5): the queue of each body, its sessions, what is open of past decisions; planning, setting a body."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Response

from services.console.backends import Refused
from services.console.naming import names_of
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.CASE_READ))]
Worker = Annotated[Visit, Depends(holding(Permission.TASK_WORK))]
Setter = Annotated[Visit, Depends(holding(Permission.MEETING_SET))]
BodyId = Annotated[str, Path(pattern=r"^[a-z][a-z_]{0,39}$")]
WhichBody = Annotated[str, Query(max_length=40)]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$")]
ConditionId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}\.[0-9a-f]{8}\.[0-9]{1,3}$")]
Short = Annotated[str, Form(max_length=1000)]
Key = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{8,64}$")]

_NOT_FOUND: Final = 404
FIRST: Final = "bureau_meeting"
MENDABLE: Final = frozenset({403, 409, 422})
"""What the service refuses that the person can mend on the page: all that was typed stays."""

STAGES: Final = {
    "planned": "筹备",
    "frozen": "材料截止",
    "held": "已召开",
    "drafted": "纪要起草",
    "signed": "纪要签发",
    "closed": "办结",
    "cancelled": "取消",
}
DECISIONS: Final = {
    "agree": "同意",
    "agree_in_principle": "原则同意（附条件）",
    "defer": "暂缓，留待下次会议",
    "return": "退回补充材料",
    "disagree": "不同意",
}


@router.get("/meetings")
async def meetings(visit: Reader, body: WhichBody = FIRST) -> Response:
    """The queue and the sessions of a body."""
    return await _page(visit, body)


@router.post("/meetings")
async def plan(
    visit: Worker,
    body_id: Annotated[str, Form(max_length=40)],
    held_on: Short,
    begins: Short,
    place: Short,
    key: Key,
    chair: Short = "",
    members: Short = "",
) -> Response:
    """Plan a session."""
    typed = {"held_on": held_on, "begins": begins, "place": place, "chair": chair, "members": members}
    asked = {**typed, "body_id": body_id, "chair": chair.strip(), "members": lines_of(members)}
    try:
        made = await visit.api.post("workflow", "/meetings", asked, key=key)
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _page(visit, body_id, refused=refused, typed=typed)
    return visit.see(f"/meetings/{made['session_id']}")


@router.post("/meetings/bodies/{body_id}")
async def set_body(  # noqa: PLR0913 - the fields of one form
    visit: Setter,
    body_id: BodyId,
    quorum_pct: Annotated[int, Form()],
    material_workdays: Annotated[int, Form()],
    members: Short = "",
    member_posts: Short = "",
    chair: Short = "",
    chair_posts: Short = "",
    *,
    votes: Annotated[bool, Form()] = False,
) -> Response:
    """Set who sits in a body and by which rules it decides."""
    asked = {
        "members": lines_of(members),
        "member_posts": member_posts.split(),
        "chair": chair.strip(),
        "chair_posts": chair_posts.split(),
        "quorum_pct": quorum_pct,
        "votes": votes,
        "material_workdays": material_workdays,
    }
    try:
        await visit.api.put("workflow", f"/meetings/bodies/{body_id}", asked)
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _page(visit, body_id, refused=refused)
    return visit.see(f"/meetings?body={body_id}")


@router.get("/cases/{case_no}/meetings")
async def of_case(visit: Reader, case_no: CaseNo) -> Response:
    """What meetings mean for a case: a part of the pages of the case and its steps."""
    try:
        found = await visit.api.get("workflow", f"/cases/{case_no}/meetings")
    except Refused as refused:
        if refused.status != _NOT_FOUND:
            raise
        return Response(media_type="text/html")  # its process has not begun
    return visit.page("meetings/of_case.html", found=found, case_no=case_no, decisions=DECISIONS)


@router.post("/cases/{case_no}/conditions/{condition_id}")
async def close_condition(visit: Worker, case_no: CaseNo, condition_id: ConditionId, evidence: Short) -> Response:
    """Close a condition of a decision in principle."""
    path = f"/cases/{case_no}/conditions/{condition_id}/close"
    await visit.api.post("workflow", path, {"evidence": evidence})
    return visit.see(f"/cases/{case_no}")


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


async def _page(
    visit: Visit, body_id: str, *, refused: Refused | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    bodies = await visit.api.get("workflow", "/meetings/bodies")
    known = body_id if any(body["body_id"] == body_id for body in bodies) else FIRST
    queue = await visit.api.get("workflow", "/meetings/queue", body=known)
    sessions = await visit.api.get("workflow", "/meetings", body=known)
    return visit.page(
        "meetings/list.html",
        status=refused.status if refused else 200,
        stages=STAGES,
        decisions=DECISIONS,
        bodies=bodies,
        body=queue["body"],
        queue=queue,
        sessions=sessions,
        names=await names_of(visit.deps.books, english=visit.english),
        refusal=refused.problem if refused else None,
        typed=typed or {},
        key=secrets.token_urlsafe(16),
    )
