"""Steps inside a called process are worked on like any other: by link, by the window's message, by their own forms."""

from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from services.contracts.words import Role
from services.workflow.definitions.callers import alone, shared_processes
from services.workflow.definitions.files import on_shelf
from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.room import HEAD, LEADER, Room, person_said, post_said, staff

SHELF: Final = on_shelf(Path(__file__).parents[2] / "bpmn/shared")
PUBLISHER: Final = staff("u.notice", Role.OFFICER, "P17@D04")
REFUSAL: Final = {"decision": "refuse", "opinion": "不予许可。"}


async def received(room: Room, shared: str) -> str:
    """A case received on 2026-09-16, in a permit that does nothing but call a shared process."""
    files = alone(shared_processes(SHELF)[shared], SHELF)
    await room.deploy({path: text.decode() for path, text in files.items()})
    await room.set_clock(at("2026-09-16", "15:00"))
    case_no = room.new_case_no()
    await room.receive(case_no, item_code="SHARED", situation="any", received_on=date(2026, 9, 16))
    return case_no


async def by_link(room: Room, case_no: str, element: str, person: str, decision: str) -> None:
    """A decision by signed link."""
    step = await room.step(case_no, element)
    said = room.signer.decided(case_no, step["task_id"], person, at("2026-09-16", "16:10"), decision=decision)
    await room.notify.say(said)


def refused(room: Room) -> list[str]:
    """Why decisions by link were not carried out so far."""
    return [line["reason"] for line in room.service.logged("event will be tried again")]


async def ended(room: Room, case_no: str) -> list[dict[str, Any]]:
    return await room.heard(case_no, "case.ended")


async def test_given_a_called_signature_then_both_leaders_sign_by_link(room: Room) -> None:
    case_no = await received(room, "shared-signature")
    await by_link(room, case_no, "Task_SignatureReview", LEADER.code, "agree")
    await by_link(room, case_no, "Task_SignatureDecision", HEAD.code, "grant")
    assert [each["end_element"] for each in await ended(room, case_no)] == ["End_Caller"]
    done = await room.heard(case_no, "task.completed")
    assert [(each["element"], each["channel"]) for each in done] == [
        ("Task_SignatureReview", "link"),
        ("Task_SignatureDecision", "link"),
    ]


async def test_given_a_refusal_by_link_then_it_needs_reasons_and_remedies_and_the_step_stays_open(room: Room) -> None:
    case_no = await received(room, "shared-signature")
    await by_link(room, case_no, "Task_SignatureReview", LEADER.code, "disagree")
    await by_link(room, case_no, "Task_SignatureDecision", HEAD.code, "refuse")
    [dropped] = await wait_until(lambda: room.heard(case_no, "decision.dropped"))
    assert (dropped["person"], dropped["recipients"]) == (HEAD.code, [HEAD.code])
    assert "“签发决定”的表单有 2 处不符合要求；" in dropped["reason"]
    assert refused(room) == []
    step = await room.step(case_no, "Task_SignatureDecision")
    answer = await room.ask(HEAD, "POST", f"/tasks/{step['task_id']}/complete", {"answers": REFUSAL})
    assert answer.status_code == 422
    assert {each["where"] for each in answer.json()["errors"]} == {"body.answers.reasons", "body.answers.remedies"}
    reasons = {"reasons": "拟建高度超过控制性详细规划的规定。", "remedies": "六十日内申请行政复议，或者六个月内起诉。"}
    await room.complete(case_no, "Task_SignatureDecision", HEAD, **REFUSAL, **reasons)
    assert len(await ended(room, case_no)) == 1
    assert [each["channel"] for each in await room.heard(case_no, "task.completed")] == ["link", "desk"]


@pytest.fixture
async def publisher(room: Room) -> None:
    """The post that publishes decisions, and who holds it."""
    await room.registry.say(post_said("P17", "D04"), person_said(PUBLISHER))
    await room.settled()


@pytest.mark.usefixtures("publisher")
async def test_given_a_called_delivery_then_the_windows_message_reaches_it_and_the_decision_is_published(
    room: Room,
) -> None:
    case_no = await received(room, "shared-delivery")
    await wait_until(lambda: room.heard(case_no, "milestone.reached"))
    reached = {each["milestone"] for each in await room.heard(case_no, "milestone.reached")}
    assert "ready_for_delivery" in reached
    await room.delivered(case_no, at("2026-09-17", "10:00"))
    await room.settled()
    assert await ended(room, case_no) == []
    answers = {"published": "yes", "published_on": "2026-09-17", "place": "市政府门户网站"}
    await room.complete(case_no, "Task_DeliveryPublication", PUBLISHER, **answers)
    assert len(await ended(room, case_no)) == 1
