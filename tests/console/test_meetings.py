"""Meetings (O5): from the queue to a decision that the process signs, as secretary, chair, handler and head see it."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from services.console.pages.meeting_sessions import moved
from tests.console.office import Office
from tests.console.playing import received, work
from tests.support.wait import wait_until

_GENEROUS = 30_000
_HELD = {"project_kind": "other", "place": "ordinary", "floor_area_m2": 8000, "scheme_examined": False}


@pytest.fixture(scope="module")
async def case_no(console: Office) -> str:
    """A case that waits for the professional meeting: more than 5,000 m², as the table of the permit says."""
    return await waiting_case(console, "会议走查商业楼")


async def waiting_case(console: Office, title: str) -> str:
    made = str((await received(console.api, situation="building", title=title))["case_no"])
    await work(console.api, made, "Task_AcceptanceCheck", "u.accept", decision="accept")
    await work(console.api, made, "Task_HandlerReview", "u.handler.d06", **_HELD)
    await work(console.api, made, "Task_ChiefReview", "u.chief.d06", decision="agree")
    await wait_until(lambda: _waits(console, made), within=60)
    return made


async def _waits(console: Office, case_no: str) -> bool:
    queue = await console.api.call(
        "GET", "workflow", "/meetings/queue", who="u.secretary", query={"body": "professional_meeting"}
    )
    return case_no in [each["case_no"] for each in queue["waiting"]]


@pytest.fixture
async def secretary(console: Office) -> AsyncIterator[Page]:
    async with console.page("u.secretary") as page:
        page.set_default_timeout(_GENEROUS)
        yield page


async def test_given_a_case_in_the_queue_then_meeting_conditions_and_signature_follow_one_another(
    console: Office, secretary: Page, case_no: str
) -> None:
    page = secretary
    await plan(page)
    await page.get_by_role("checkbox", name=re.compile(case_no)).check()
    await page.get_by_role("button", name="列入议程").click()
    await expect(page.locator("ol.agenda > li")).to_have_count(1)
    await expect(page.locator("ol.agenda .clash")).to_contain_text("会议不停时限")
    address = page.url

    await members_come(page)
    item = page.locator("ol.agenda > li")
    await item.locator("summary", has_text="回避").click()
    away = item.get_by_label(re.compile("回避的理由")).first
    name = str(await item.locator("label", has_text="回避的理由").first.inner_text()).removesuffix("回避的理由")
    await away.fill("参与了该项目设计")
    await item.get_by_role("button", name="登记回避").click()
    await expect(item.locator("summary", has_text="回避（1）")).to_be_visible()
    await expect(item.get_by_text("不含回避")).to_be_visible()

    await expect(item.locator("table.cards tbody tr").filter(has_text=name)).to_have_count(0)
    await item.locator('input[name^="said."]').first.fill("建议先补日照分析")
    await item.locator('input[name^="differs."]').first.check()
    await item.get_by_label("原则同意（附条件）").check()
    await item.get_by_label("决定的内容").fill("原则通过。")
    await item.get_by_label(re.compile("^条件")).fill("屋面形式与周边协调")
    await item.get_by_role("button", name="登记决定").click()
    await expect(item.locator(".ruled")).to_contain_text("不同意见")
    await page.get_by_role("button", name="生成纪要").click()
    await expect(page.get_by_label("纪要正文")).to_have_value(re.compile("参与了该项目设计[\\s\\S]*不同意见"))

    async with console.page("u.leader") as chair:
        await chair.goto(address)
        await chair.get_by_role("button", name="签发纪要").click()
        await expect(chair.locator(".said")).to_contain_text("已交回案件", timeout=_GENEROUS)
        await expect(chair.get_by_label("纪要正文")).to_have_count(0)
        await chair.get_by_role("link", name="打印纪要").click()
        await expect(chair.locator("article.paper")).to_contain_text("原则同意，附条件")
    await signed_once_the_condition_is_closed(console, case_no)


async def signed_once_the_condition_is_closed(console: Office, case_no: str) -> None:
    await work(console.api, case_no, "Task_LeaderReview", "u.leader", decision="agree")
    with pytest.raises(Exception, match=r"meeting-conditions-open|条件还没有了结"):
        await work(console.api, case_no, "Task_SignDecision", "u.head", decision="grant")
    async with console.page("u.handler.d06") as handler:
        await handler.goto(f"/cases/{case_no}")
        await handler.get_by_label("落实情况和依据").fill("屋面修改图")
        await handler.get_by_role("button", name="了结这一条").click()
        await expect(handler.get_by_text("已了结")).to_be_visible(timeout=_GENEROUS)
    await work(console.api, case_no, "Task_SignDecision", "u.head", decision="grant")


async def test_given_two_cases_on_the_agenda_then_buttons_change_their_order_and_the_case_page_tells(
    console: Office, secretary: Page
) -> None:
    page = secretary
    first, second = [await waiting_case(console, f"次序走查{n}") for n in (1, 2)]
    await plan(page)
    for made in (first, second):
        await page.get_by_role("checkbox", name=re.compile(made)).check()
    await page.get_by_role("button", name="列入议程").click()
    items = page.locator("ol.agenda > li")
    await expect(items).to_have_count(2)
    at_first = await items.first.locator("h3 a").inner_text()
    await items.first.get_by_role("button", name="下移").click()
    await expect(items.nth(1).locator("h3 a")).to_have_text(at_first)
    await page.goto(f"/cases/{first}")
    await expect(page.get_by_text("在业务会的议程中")).to_be_visible(timeout=_GENEROUS)


async def test_given_too_few_members_then_the_session_is_not_opened_and_the_numbers_are_told(
    console: Office, secretary: Page
) -> None:
    page = secretary
    made = await waiting_case(console, "法定人数走查")
    await plan(page)
    await page.get_by_role("checkbox", name=re.compile(made)).check()
    await page.get_by_role("button", name="列入议程").click()
    await expect(page.locator("ol.agenda > li")).to_have_count(1)
    await page.get_by_role("group", name="到会成员").get_by_role("checkbox").first.check()
    await page.get_by_role("button", name="开会").click()
    await expect(page.get_by_role("alert")).to_contain_text("不足法定人数")


async def test_given_somebody_who_keeps_no_sessions_then_they_see_the_queue_and_plan_nothing(console: Office) -> None:
    async with console.signed_in("u.chief.d06") as desk:
        page = (await desk.get("/meetings", body="professional_meeting")).text
        assert "待上会" in page
        assert "安排一次会议" not in page
        refused = await desk.post(
            "/meetings", body_id="professional_meeting", held_on="2026-12-01", begins="09:30", place="x", key="k" * 16
        )
        assert refused.status_code == 403


@pytest.mark.parametrize(
    ("task", "move", "order"),
    [("b", "up", "bac"), ("a", "up", "abc"), ("b", "down", "acb"), ("c", "down", "abc"), ("b", "remove", "ac")],
)
def test_given_an_order_then_one_moves_by_one_place_or_is_taken_out(task: str, move: str, order: str) -> None:
    assert moved("abc", task, move) == list(order)


async def plan(page: Page) -> None:
    """A session of the professional meeting far enough ahead that every case is due before it."""
    day = datetime.now(UTC).date() + timedelta(days=60)
    while day.weekday() != 2 or day.month in (1, 2, 10):
        day += timedelta(days=1)
    await page.goto("/meetings?body=professional_meeting")
    await page.locator("summary", has_text="安排一次会议").click()
    await page.get_by_label("日期").fill(day.isoformat())
    await page.get_by_label("地点").fill("三楼会议室")
    await page.get_by_role("button", name="安排会议").click()
    await page.wait_for_url(re.compile("/meetings/[0-9a-f]{16}$"))


async def members_come(page: Page) -> None:
    group = page.get_by_role("group", name="到会成员").get_by_role("checkbox")
    for place in range(await group.count()):
        await group.nth(place).check()
    await page.get_by_role("button", name="开会").click()
    await expect(page.locator("ol.stages [aria-current]")).to_have_text("已召开")
