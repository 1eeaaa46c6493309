"""Key projects, inspections and statistics on the screens: whoever works on a project does it all on one page."""

import csv
import io
import re
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import expect

from services.console.pages import projecting, statistics
from services.contracts.words import HoldGround
from services.supervision.inspections import Domain, Method
from services.supervision.projects.records import Duty, Service, Stage
from services.supervision.statistics.models import Township
from tests.console.office import Desk, Office

ONES = {"leader": "u.leader", "department": "D07", "follower": "u.chief.d07", "guide": "u.handler.d07"}
TASK = {"title-0": "完成总平面方案", "department-0": "D07", "person-0": "u.handler.d07", "due_on-0": "2027-06-30"}


def test_given_the_codes_of_the_service_then_the_pages_have_words_for_each() -> None:
    assert projecting.STAGES.keys() == set(Stage)
    assert projecting.SERVICES.keys() == set(Service)
    assert projecting.DUTIES.keys() == set(Duty)
    assert statistics.METHODS.keys() == set(Method)
    assert statistics.DOMAINS.keys() == set(Domain)
    assert statistics.GROUNDS.keys() == set(HoldGround)
    assert statistics.TOWNSHIP_KINDS.keys() | {"key", "name", "total"} == Township.model_fields.keys()


@pytest.fixture
async def chief(console: Office) -> AsyncIterator[Desk]:
    async with console.signed_in("u.chief.d07") as desk:
        yield desk


async def proposed(desk: Desk, name: str) -> str:
    """A key project, entered on the screens: the address of its page."""
    fields = {"name": name, "owner": "市园林局", "stage": "in_progress", "stage_on": "2026-01-05", "key": uuid4().hex}
    answer = await desk.post("/projects", **fields)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    return str(answer.headers["location"])


async def acted(desk: Desk, page: str, act: str, **fields: object) -> None:
    answer = await desk.post(page, act=act, **fields)
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text


async def ready(desk: Desk, page: str) -> None:
    await acted(desk, page, "name_ones", **ONES)
    await acted(desk, page, "draft_plan", summary="六月底前完成方案审查。", **TASK)
    await acted(desk, page, "publish_plan")


async def test_given_a_project_without_its_ones_then_the_leader_is_told_what_is_missing_and_activates_it_later(
    console: Office, chief: Desk
) -> None:
    page = await proposed(chief, f"天台山公园{uuid4().hex[:6]}")
    async with console.signed_in("u.leader") as leader:
        refused = await leader.post(page, act="activate")
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        for one in ("缺一名分管领导", "缺一个责任科室", "缺一套已下达的工作方案", "未指派规划引导员"):
            assert one in refused.text
        await ready(chief, page)
        await acted(leader, page, "activate")
        assert "尚未启动" not in (await leader.get(page)).text
    assert (await chief.post(page, act="activate")).status_code == HTTPStatus.FORBIDDEN


async def test_given_a_plan_with_an_open_task_then_it_is_not_published_and_the_page_names_it(chief: Desk) -> None:
    page = await proposed(chief, f"康乐公园{uuid4().hex[:6]}")
    await acted(chief, page, "draft_plan", summary="尽快完成。", **{**TASK, "person-0": ""})
    refused = await chief.post(page, act="publish_plan")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "第 1 项任务没有责任人" in refused.text
    assert (await chief.post(page, act="no-such-act")).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_given_a_day_to_come_then_the_refusal_keeps_what_was_typed(chief: Desk) -> None:
    page = await proposed(chief, f"滨江绿道{uuid4().hex[:6]}")
    refused = await chief.post(page, act="serve", kind="visit", on="2099-01-01", note="上门对接设计单位")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "还没有到" in refused.text
    assert "上门对接设计单位" in refused.text
    assert '<details id="serve" class="act" open>' in refused.text


async def test_given_an_active_project_then_obstacle_report_instruction_and_data_are_done_on_its_page(
    console: Office, chief: Desk
) -> None:
    page = await proposed(chief, f"新区广场{uuid4().hex[:6]}")
    await ready(chief, page)
    async with console.signed_in("u.leader") as leader:
        await acted(leader, page, "activate")
        obstacle = {"name": "微波站迁建", "owner": "产权单位", "opened_on": "2026-02-02"}
        await acted(chief, page, "open_obstacle", **obstacle)
        assert "light-yellow" in (await chief.get(page)).text
        await acted(chief, page, "contact_owner", no=1, on="2026-02-03", note="面谈")
        await acted(chief, page, "report", text="方案初稿完成。", next_on="2099-01-01")
        order = {"department": "D05", "person": "u.handler.d05", "due_on": "2027-03-31", "report_no": 1}
        await acted(leader, page, "instruct", text="月底前定址", **order)
        await acted(leader, page, "supervise", no=1)
        sets = {"data_sets": "地形图\n道路", "classified_sets": "地下管线"}
        await acted(chief, page, "appoint_designer", designer="省设计院", appointed_on="2026-02-02", **sets)
        await acted(leader, page, "approve_data", no=1)
        receipt = {"no": 1, "handed_on": "2026-02-04", "receipt_no": "收据1"}
        refused = await chief.post(page, act="hand_over_data", **receipt)
        assert "没有保密审批文号" in refused.text
    shown = (await chief.get(page)).text
    assert re.search(r'<a href="/board/matters/[0-9a-f]{24}">', shown)
    assert "地下管线（涉密）" in shown


async def test_given_an_office_without_the_process_then_the_page_says_so_and_stays(
    console: Office, chief: Desk
) -> None:
    page = await proposed(chief, f"时限项目{uuid4().hex[:6]}")
    await ready(chief, page)
    async with console.signed_in("u.leader") as leader:
        await acted(leader, page, "activate")
    assert "启动时限流程" in (await chief.get(page)).text
    refused = await chief.post(f"{page}/process")
    assert refused.status_code == HTTPStatus.NOT_FOUND
    assert "启动时限流程" in refused.text


async def test_given_projects_then_the_board_shows_an_equation_that_adds_up(console: Office, chief: Desk) -> None:
    await ready(chief, await proposed(chief, f"等式项目{uuid4().hex[:6]}"))
    async with console.page("u.head", width=1280) as page:
        await page.goto("/projects")
        numbers = [int(one) for one in await page.locator(".equation strong").all_inner_texts()]
        assert numbers[0] == sum(numbers[1:])
        await page.get_by_role("link", name="正在推进").first.click()
        await expect(page.get_by_label("阶段")).to_have_value("in_progress")


async def test_given_the_statistics_then_page_and_file_have_the_same_numbers(console: Office) -> None:
    async with console.signed_in("u.supervisor") as desk:
        fields: dict[str, Any] = {"on": "2026-03-03", "method": "special", "domain": "conduct", "duty": "D7"}
        finding = {"matter-0": "纪律松弛", "department-0": "D06", "due_on-0": "2026-04-01"}
        campaign = f"专题{uuid4().hex[:6]}"
        entered = await desk.post("/inspections", **fields, department="D06", note="督查", campaign=campaign, **finding)
        assert entered.status_code == HTTPStatus.SEE_OTHER, entered.text
        assert "纪律松弛" in (await desk.get("/inspections")).text
        asked: dict[str, str | int] = {"since": "2026-01-01", "as_of": "2026-12-31", "campaign": campaign}
        page = (await desk.get("/statistics", **asked)).text
        file = (await desk.get("/statistics.csv", **asked)).text
        lines = [row for row in csv.reader(io.StringIO(file)) if row[0] == "supervision"]
        assert lines[0][3:] == ["inspections", "1"]
        big = re.findall(r'<span class="big">(\d+)</span>', page)[:5]
        assert big == [row[4] for row in lines]
        refused = await desk.get("/statistics", since="2026-05-01", as_of="2026-04-01")
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "晚于止日" in refused.text
        wrong = await desk.post(
            "/inspections", **{**fields, "on": "2099-01-01"}, department="D06", note="尚未发生的督查"
        )
        assert "尚未发生的督查" in wrong.text
