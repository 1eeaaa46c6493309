"""What the shorter stories share: an office building's application, and its way to the leader."""

from typing import Any

from services.local.demo.stage import Stage


def application(title: str) -> dict[str, Any]:
    """A building of a company, that no expert and no committee looks at."""
    return {
        "item_code": "PT05",
        "situation": "building",
        "title": title,
        "applicant": {
            "kind": "organisation",
            "name": "滨江教育投资有限公司",
            "id_no": "91512000MADEM00463",
            "phone": "13800000004",
            "agent": {"name": "范某某", "id_no": "512002200001010018"},
        },
        "facts": {"location": "滨江大道"},
    }


async def reviewed(stage: Stage, *, conclusion: str = "grant", plan_check: str = "meets") -> None:
    """The handler looks at the plans; nothing asks for experts or a meeting."""
    await stage.work(
        "Task_HandlerReview",
        "u.handler.d06",
        floor_area_m2=3_200,
        project_kind="other",
        place="ordinary",
        key_project=False,
        plan_check=plan_check,
        conclusion=conclusion,
    )
