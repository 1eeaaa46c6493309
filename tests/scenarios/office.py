"""What the stories share: the application of a fictional citizen, and how people look at their lists."""

from typing import Any, Final

from services.local.client import Api

PHONE: Final = "13900000001"

LANDSCAPE: Final[dict[str, Any]] = {
    "item_code": "PT05",
    "situation": "landscape",
    "title": "清溪路沿街亮化",
    "applicant": {"kind": "person", "name": "邹某某", "id_no": "512002200001010018", "phone": PHONE},
    "facts": {"location": "清溪路"},
}
"""An internal approval: promised within five working days, no certificate, the shortest way through PT05."""


async def tasks_of(api: Api, who: str, case_no: str) -> list[str]:
    """The names of the tasks of a case in somebody's list."""
    page = await api.call("GET", "workflow", "/tasks", who=who, query={"limit": 200})
    return [task["name"] for task in page["tasks"] if task["case_no"] == case_no]


async def letters(api: Api, to: str, *, about: str) -> list[str]:
    """What somebody was sent that contains a text, in order."""
    query = {"to": to, "contains": about, "limit": 1000}
    found = await api.call("GET", "postbox", "/messages", query=query)
    return [letter["text"] for letter in reversed(found)]


async def received(api: Api, application: dict[str, Any]) -> str:
    """The number of a new case, handed in at the window with every paper it needs."""
    item = (await api.call("GET", "intake", f"/items/{application['item_code']}", who="u.window"))["item"]
    papers = [
        {"code": paper["code"], "originals": 1, "copies": 1}
        for paper in item["documents"]
        if paper["mandatory"] and application["situation"] in paper["situations"]
    ]
    receipt = await api.call("POST", "intake", "/cases", who="u.window", body={**application, "documents": papers})
    return str(receipt["case_no"])
