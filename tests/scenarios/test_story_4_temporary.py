"""Story 4: a temporary building is permitted through the shared parts; its case goes on until the building is gone."""

from typing import Any, Final

from services.local.client import Api
from services.local.demo.dilapidated import deliver
from services.local.demo.stage import Stage
from tests.scenarios.office import tasks_of

SITE_OFFICE: Final[dict[str, Any]] = {
    "item_code": "PT07",
    "situation": "temporary_works",
    "title": "娇子大道临时办公用房",
    "applicant": {"kind": "person", "name": "邹某某", "id_no": "512002200001010018", "phone": "13900000004"},
    "facts": {"location": "娇子大道北侧"},
}


async def test_given_a_temporary_permit_when_its_term_is_over_then_two_officers_look_whether_it_is_gone(
    stage: Stage, api: Api
) -> None:
    await permitted(stage)
    decided = (await stage.said("case.decided"))[-1]
    assert (decided["outcome"], decided["decided_on"], decided["promised_overdue_workdays"]) == (
        "granted",
        "2026-03-06",
        0,
    )
    assert await stage.said("case.ended") == []

    await stage.until("2026-03-31", "10:00")
    assert await tasks_of(api, "u.handler.d06", stage.case_no) == []
    await stage.until("2026-04-01", "10:00")  # thirty days before 1 May, a holiday
    assert await tasks_of(api, "u.handler.d06", stage.case_no) == ["到期提醒"]
    await stage.work("Task_RemindHolder", "u.handler.d06", plan="demolish")

    await stage.until("2026-05-06", "10:00")
    await stage.work("Task_SurveyPlan", "u.handler.d06")
    await stage.work("Task_SurveyRecord", "u.handler2.d06", conclusion="ok")
    await stage.work("Task_ExpiryReview", "u.handler.d06", result="demolished")
    ended = (await stage.said("case.ended"))[-1]
    assert (ended["end_element"], ended["outcome"]) == ("End_Demolished", "granted")


async def permitted(stage: Stage) -> None:
    """From the window to the archive, each step by the post that the shared part names."""
    await stage.begin("2026-03-02", "09:30")
    await stage.receive("u.window", SITE_OFFICE)
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")
    accepted = (await stage.said("case.accepted"))[-1]
    assert (accepted["promised_due_on"], accepted["statutory_due_on"]) == ("2026-03-11", "2026-03-30")
    await stage.work("Task_SurveyPlan", "u.handler.d06")
    await stage.until("2026-03-03")
    await stage.work("Task_SurveyRecord", "u.handler2.d06", conclusion="ok")
    await stage.until("2026-03-04")
    await stage.work("Task_HandlerReview", "u.handler.d06", valid_until="2026-05-01")
    await stage.work("Task_ChiefReview", "u.chief.d06", decision="agree")
    await stage.until("2026-03-05")
    await stage.work("Task_SignatureReview", "u.leader", decision="agree")
    await stage.until("2026-03-06")
    await stage.work("Task_SignatureDecision", "u.head", decision="grant")
    await stage.work("Task_CertificateMake", "u.certificate")
    await stage.work("Task_DeliveryPublication", "u.legal", published="yes")
    await deliver(stage, receiver="邹某某", id_no="512002200001010018")
    await stage.work("Task_ArchiveFile", "u.archive")
