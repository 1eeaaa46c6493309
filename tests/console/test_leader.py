"""Approving on the phone, and oneself (L1, O6)."""

import re
from http import HTTPStatus
from typing import Any

from playwright.async_api import Page, expect

from tests.console.office import Office
from tests.console.playing import received, work
from tests.console.watching import shown
from tests.support.wait import wait_until

PHONE: dict[str, Any] = {"width": 375, "height": 667}
LEADER = "u.leader"


async def with_the_leader(console: Office, title: str) -> str:
    """A case that waits for the leader in charge."""
    case_no = str((await received(console.api, title=title))["case_no"])
    await work(console.api, case_no, "Task_AcceptanceCheck", "u.accept", decision="accept")
    review = {"project_kind": "other", "place": "ordinary", "floor_area_m2": 0}
    await work(console.api, case_no, "Task_HandlerReview", "u.handler.d06", **review)
    await work(console.api, case_no, "Task_ChiefReview", "u.chief.d06", decision="agree")
    return case_no


async def task_of(console: Office, case_no: str) -> str:
    async def found() -> str | None:
        case = await console.api.call("GET", "workflow", f"/cases/{case_no}", who=LEADER)
        return next((str(one["task_id"]) for one in case["steps"] if one["element"] == "Task_LeaderApproval"), None)

    return str(await wait_until(found, within=60))


async def answers_of(console: Office, case_no: str) -> dict[str, Any] | None:
    """What the leader is on record with, once it is written down."""
    history = await console.api.call("GET", "workflow", f"/cases/{case_no}/history", who=LEADER, query={"limit": 200})
    done = [event["data"] for event in history["events"] if event["type"].endswith("task.completed.v1")]
    return next((one["answers"] for one in done if one["element"] == "Task_LeaderApproval"), None)


async def too_small(page: Page) -> list[str]:
    """What one would tap beside: links outside of sentences, buttons and fields below 44 pixels."""
    found: list[str] = await page.evaluate(
        """() => Array.from(document.querySelectorAll('main a, main button, main select, main .choice'))
        .map((one) => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
        .filter(([, box]) => box.height > 0 && box.height < 44).map(([text]) => text)"""
    )
    return found


async def test_given_a_phone_then_a_leader_approves_in_three_taps_and_the_consent_is_on_record(
    console: Office,
) -> None:
    case_no = await with_the_leader(console, "三次点按")
    task = await task_of(console, case_no)
    async with console.page(LEADER, **PHONE) as page:
        await page.goto("/m")
        numbers = await page.locator("ul.numbers .big").all_inner_texts()
        assert sum(map(int, numbers)) == await page.locator("ul.approvals li").count() >= 1
        assert await too_small(page) == []
        await page.locator(f'a[href="/m/{task}"]').click()
        assert await too_small(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= 375
        await page.get_by_label("同意", exact=True).check()
        await page.get_by_role("button", name="提交").click()
        await expect(page.get_by_text("已提交。")).to_be_visible()
    consent = {"decision": "agree", "opinion": "同意。"}
    assert await wait_until(lambda: answers_of(console, case_no), within=30) == consent


async def test_given_a_refusal_without_words_then_it_asks_for_them_and_keeps_the_choice(console: Office) -> None:
    task = await task_of(console, await with_the_leader(console, "不同意"))
    async with console.signed_in(LEADER) as desk:
        answer = await desk.post(f"/m/{task}", **{"a.decision": "disagree", "a.opinion": ""})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'href="#f-opinion"' in answer.text
        assert re.search(r'value="disagree" checked', answer.text)


async def test_given_opinions_before_then_the_leader_reads_them_beside_the_decision(console: Office) -> None:
    task = await task_of(console, await with_the_leader(console, "看意见"))
    async with console.signed_in(LEADER) as desk:
        page = await shown(desk, f"/m/{task}", "刘某办结“科室审核”", "上一环节意见")
        assert page.index("上一环节意见") < page.index("科室审核 · 刘某") < page.index('name="a.decision"')
        assert "没有等您审批的事项" in (await desk.get("/m", light="red")).text


async def test_given_another_leader_or_a_clerk_then_the_decision_is_not_theirs(console: Office) -> None:
    task = await task_of(console, await with_the_leader(console, "不归我"))
    async with console.signed_in("u.head") as desk:
        assert "分管领导" in (await desk.get(f"/m/{task}")).text
        refused = await desk.post(f"/m/{task}", **{"a.decision": "agree"})
        assert refused.status_code == HTTPStatus.FORBIDDEN
    async with console.signed_in("u.window") as desk:
        assert (await desk.get("/m")).status_code == HTTPStatus.FORBIDDEN


async def test_given_who_goes_out_then_the_deputy_has_their_tasks_until_they_are_back(console: Office) -> None:
    deputy = (await console.api.call("GET", "registry", f"/people/{LEADER}", who=LEADER))["deputy"]
    task = await task_of(console, await with_the_leader(console, "代办"))

    async def deputy_has_it() -> bool:
        async with console.signed_in(deputy) as desk:
            return f"/tasks/{task}" in (await desk.get("/tasks", q="代办")).text

    async with console.signed_in(LEADER) as desk:
        assert "我要外出" in (await desk.get("/me")).text
        try:
            gone = await desk.post("/me/attendance", attendance="out_of_office")
            assert gone.headers["location"] == "/me?said=yes"
            await wait_until(deputy_has_it, within=30)
            assert "我已回到岗位" in (await desk.get("/me")).text
        finally:
            await desk.post("/me/attendance", attendance="on_duty")
    await wait_until(lambda: _not(deputy_has_it), within=30)


async def _not(condition: Any) -> bool:
    return not await condition()
