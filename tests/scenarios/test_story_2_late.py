"""Story 2: a step is late. Lights, a supervision matter, and a bulletin that everybody in the bureau reads."""

from typing import Any

from services.local.client import Api
from services.local.demo.stage import Stage
from tests.scenarios.office import LANDSCAPE, letters

TEXT = "清溪路沿街亮化一案，承办环节超时，予以通报。"


async def test_given_a_review_that_is_late_then_lights_matter_and_bulletin_follow_and_the_rectification_ends_them(
    stage: Stage, api: Api
) -> None:
    await accepted_on_monday(stage)
    await stage.until("2026-11-27", "10:00")  # three working days are up on Thursday at 17:00

    records = await stage.timeline.history("supervision", stage.case_no)
    lights = [(entry["data"]["light"], moment(entry), entry["data"]["rule"]) for entry in of(records, "light.changed")]
    assert lights == [
        ("yellow", "2026-11-26 09:00:00", "SL-01"),
        ("red", "2026-11-26 17:00:01", "SL-02"),
        ("red", "2026-11-27 09:00:00", "SL-02/1"),
    ]
    assert [entry["data"]["rung"] for entry in of(records, "escalation.climbed")] == ["matter"]
    assert any("红灯" in text for text in await letters(api, "u.chief.d06", about=stage.case_no))

    published = await bulletin(api, stage.case_no)
    assert published["heading"].startswith("督查通报")
    assert published["text"] == TEXT
    await stage.quiet()
    assert await letters(api, "u.archive@guihua.example", about=TEXT) == [f"{TEXT}\r\n"]

    await stage.work("Task_HandlerReview", "u.handler.d06", floor_area_m2=0, project_kind="other", place="ordinary")
    done = (await stage.said("task.completed", element="Task_HandlerReview"))[-1]
    assert (done["due_on"], done["completed_on"], done["overdue_workdays"]) == ("2026-11-26", "2026-11-27", 1)
    assert (await lit(api, stage.case_no))["light"] == "green"


async def accepted_on_monday(stage: Stage) -> None:
    await stage.begin("2026-11-23", "10:00")
    await stage.receive("u.window", LANDSCAPE)
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")


async def bulletin(api: Api, case_no: str) -> dict[str, Any]:
    """Drafted by the supervision office from the matter, approved by the head, published."""
    page = await api.call("GET", "supervision", "/matters", who="u.supervisor", query={"case_no": case_no})
    (matter,) = page["matters"]
    assert matter["title"] == "清溪路沿街亮化：承办审查（含现场踏勘）超时"
    body = {"matter_ids": [matter["matter_id"]]}
    draft = await api.call("POST", "supervision", "/bulletins", who="u.supervisor", body=body)
    path = f"/bulletins/{draft['bulletin_id']}"
    await api.call("PUT", "supervision", path, who="u.supervisor", body={"heading": "督查通报", "text": TEXT})
    await api.call("POST", "supervision", f"{path}/approve", who="u.head")
    published: dict[str, Any] = await api.call("POST", "supervision", f"{path}/publish", who="u.supervisor")
    return published


async def lit(api: Api, case_no: str) -> dict[str, Any]:
    lights: dict[str, Any] = await api.call("GET", "supervision", f"/lights/{case_no}", who="u.supervisor")
    return lights


def of(records: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [entry for entry in records if entry["type"] == f"guihua.supervision.{kind}.v1"]


def moment(entry: dict[str, Any]) -> str:
    return f"{Stage.local(entry['time']):%Y-%m-%d %H:%M:%S}"
