"""Carrying a case on as the people of the office do, for pages that show what became of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from services.local.client import Api
from services.local.demo.forms import filled
from tests.support.wait import wait_until

APPLICATION: Final[Mapping[str, Any]] = {
    "item_code": "PT05",
    "situation": "landscape",
    "title": "后西街景观照明",
    "applicant": {
        "kind": "organisation",
        "name": "示例开发有限公司",
        "id_no": "91512000MADEM0011G",
        "phone": "13800000001",
        "agent": {"name": "刘某", "id_no": "512002200001010018"},
    },
}
"""A short case: no meeting, no certificate."""

_TO_THE_WINDOW: Final = (
    ("Task_AcceptanceCheck", "u.accept", {"decision": "accept"}),
    ("Task_HandlerReview", "u.handler.d06", {"project_kind": "other", "place": "ordinary", "floor_area_m2": 0}),
    ("Task_ChiefReview", "u.chief.d06", {"decision": "agree"}),
    ("Task_LeaderApproval", "u.leader", {"decision": "agree"}),
    ("Task_InternalApproval", "u.certificate", {}),
)


async def received(api: Api, **changes: object) -> dict[str, Any]:
    """A case at its beginning: its receipt."""
    item = await api.call("GET", "intake", f"/items/{APPLICATION['item_code']}", who="u.window")
    situation = changes.get("situation", APPLICATION["situation"])
    papers = [
        {"code": paper["code"], "originals": 1}
        for paper in item["item"]["documents"]
        if paper["mandatory"] and situation in paper["situations"]
    ]
    body = {**APPLICATION, "documents": papers, **changes}
    receipt: dict[str, Any] = await api.call("POST", "intake", "/cases", who="u.window", body=body)
    return receipt


async def ready_for_delivery(api: Api, **changes: object) -> str:
    """The number of a case whose result waits at the collection window."""
    case_no = str((await received(api, **changes))["case_no"])
    for element, who, given in _TO_THE_WINDOW:
        await work(api, case_no, element, who, **given)
    await wait_until(lambda: _stands(api, case_no, "ready"), within=60)
    return case_no


async def work(api: Api, case_no: str, element: str, who: str, **given: object) -> None:
    """Claim and complete the step at an element; what is not given comes from its form's own example."""
    task_id = await wait_until(lambda: _open_task(api, case_no, element), within=60)
    task = await api.call("GET", "workflow", f"/tasks/{task_id}", who=who)
    answers = filled(task["form"], given, today=datetime.now(UTC).date())
    await api.call("POST", "workflow", f"/tasks/{task_id}/claim", who=who)
    await api.call("POST", "workflow", f"/tasks/{task_id}/complete", who=who, body={"answers": answers})


async def _open_task(api: Api, case_no: str, element: str) -> str | None:
    cases = await api.call("GET", "workflow", "/tasks", who="u.head", query={"everyone": "true", "limit": 200})
    fitting = [one["task_id"] for one in cases["tasks"] if (one["case_no"], one["element"]) == (case_no, element)]
    return str(fitting[0]) if fitting else None


async def _stands(api: Api, case_no: str, status: str) -> bool:
    case = await api.call("GET", "intake", f"/cases/{case_no}", who="u.window")
    return bool(case["status"] == status)
