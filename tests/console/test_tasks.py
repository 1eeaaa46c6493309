"""The list of work and one task (O1, O2): claim, fill in, drafts, refusals that keep what was typed, send back."""

import asyncio
import re
from html import unescape
from http import HTTPStatus
from typing import Any

from playwright.async_api import expect

from tests.console.office import Desk, Office
from tests.console.playing import received, work
from tests.console.watching import shown
from tests.support.wait import wait_until

HANDLER, COLLEAGUE, CHIEF = "u.handler.d06", "u.handler2.d06", "u.chief.d06"
_KEY = re.compile(r'name="key" value="([\w-]+)"')
_VERSION = re.compile(r'name="draft_version" value="([0-9]+)"')

OPINION = "图纸齐全，拟同意。"
FILLED = {
    "a.floor_area_m2": "０",
    "a.project_kind": "other",
    "a.place": "ordinary",
    "a.key_project": "false",
    "a.scheme_examined": "true",
    "a.plan_check": "meets",
    "a.control_lines": "clear",
    "a.site_survey": "false",
    "a.surveyed_on": "2026-11-20",
    "a.officers": [HANDLER, COLLEAGUE],
    "a.conclusion": "grant",
    "a.opinion": OPINION,
}
"""A handler's review as a browser sends it: in full width, and with a date in a field that does not show."""


async def with_the_handler(console: Office, title: str) -> tuple[str, str]:
    """A case with its review before the handlers: its number and the task."""
    case_no = (await received(console.api, title=title))["case_no"]
    await work(console.api, case_no, "Task_AcceptanceCheck", "u.accept", decision="accept")
    return case_no, await open_task(console, case_no, "Task_HandlerReview")


async def open_task(console: Office, case_no: str, element: str) -> str:
    async def found() -> str | None:
        case = await console.api.call("GET", "workflow", f"/cases/{case_no}", who="u.head")
        return next((str(step["task_id"]) for step in case["steps"] if step["element"] == element), None)

    return str(await wait_until(found, within=60))


async def claim(console: Office, task_id: str, who: str = HANDLER) -> None:
    await console.api.call("POST", "workflow", f"/tasks/{task_id}/claim", who=who)


async def case_steps(console: Office, case_no: str) -> list[dict[str, Any]]:
    case = await console.api.call("GET", "workflow", f"/cases/{case_no}", who="u.head")
    return list(case["steps"])


def fields(page: str, **more: object) -> dict[str, object]:
    """The hidden fields of a task's page, and others."""
    key, version = _KEY.search(page), _VERSION.search(page)
    assert key
    assert version
    return {"key": key[1], "draft_version": version[1]} | more


async def test_given_tasks_then_the_most_urgent_comes_first_with_light_word_and_days_left(console: Office) -> None:
    (_, late), (_, early) = await asyncio.gather(
        with_the_handler(console, "次序甲"), with_the_handler(console, "次序乙")
    )
    await wait_until(lambda: _lists(console, "次序"), within=30)
    async with console.signed_in(HANDLER) as desk:
        page = (await desk.get("/tasks", tab="all", q="次序")).text
    assert re.search(r"共 2 件", page)
    assert re.findall(r"绿灯 · 剩余 [0-9]+ 个工作日", page)
    dues = re.findall(r'data-label="到期日">([0-9-]+)<', page)
    assert len(dues) == 2
    assert dues == sorted(dues)
    assert page.count(f"/tasks/{late}") + page.count(f"/tasks/{early}") > 2


async def _lists(console: Office, title: str) -> bool:
    async with console.signed_in(HANDLER) as desk:
        return "共 2 件" in (await desk.get("/tasks", tab="waiting", q=title)).text


async def test_given_a_filter_in_the_address_then_only_what_fits_is_listed_and_the_form_shows_it(
    console: Office,
) -> None:
    await with_the_handler(console, "筛选桥梁")
    async with console.signed_in(HANDLER) as desk:
        fitting = (await desk.get("/tasks", q="筛选桥", item="PT05", step="Task_HandlerReview", light="green")).text
        assert "筛选桥梁" in fitting
        assert 'value="筛选桥"' in fitting
        assert '<option value="green" selected>' in fitting
        assert "没有符合条件的任务" in (await desk.get("/tasks", q="筛选桥", light="red")).text


async def test_given_two_who_claim_the_same_then_the_second_reads_who_has_it(console: Office) -> None:
    _, task = await with_the_handler(console, "抢签")
    async with console.signed_in(HANDLER) as first, console.signed_in(COLLEAGUE) as second:
        won = await first.post("/tasks/claim", only=task)
        assert (won.status_code, won.headers["location"]) == (HTTPStatus.SEE_OTHER, f"/tasks/{task}")
        lost = await second.post("/tasks/claim", only=task)
        assert lost.status_code == HTTPStatus.CONFLICT
        assert "已由 李某 签收" in lost.text
        assert "他人在办" in lost.text
        opened = (await second.get(f"/tasks/{task}")).text
        assert "已由 李某 签收" in opened
        assert '<fieldset class="bare" disabled>' in opened


async def test_given_many_ticked_then_those_still_free_are_claimed_and_the_rest_is_told(console: Office) -> None:
    (_, one), (_, two), (_, taken) = await asyncio.gather(
        *(with_the_handler(console, f"批量{number}") for number in "一二三")
    )
    await claim(console, taken, COLLEAGUE)
    async with console.signed_in(HANDLER) as desk:
        answer = await desk.post("/tasks/claim", pick=[one, two, taken, one])
        assert answer.status_code == HTTPStatus.CONFLICT
        assert "已签收 2 件" in answer.text
        assert "已由 赵某 签收" in answer.text
        mine = (await desk.get("/tasks", tab="mine", q="批量")).text
        assert mine.count("打开 批量") == 2


async def test_given_answers_that_do_not_fit_then_each_is_told_at_its_field_and_all_that_was_typed_stays(
    console: Office,
) -> None:
    case_no, task = await with_the_handler(console, "改错")
    await claim(console, task)
    async with console.signed_in(HANDLER, language="en") as desk:
        page = (await desk.get(f"/tasks/{task}")).text
        wrong = FILLED | {"a.floor_area_m2": "三千", "a.officers": [HANDLER], "a.opinion": "只写了一半"}
        answer = await desk.post(f"/tasks/{task}/complete", **fields(page, **wrong))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "<title>Error: " in answer.text
    text = unescape(answer.text)
    assert '<a href="#f-floor_area_m2">floor area (m²) is a number from 0 to 10000000</a>' in text
    assert '<a href="#f-officers">' in text
    assert 'value="三千"' in text
    assert "只写了一半</textarea>" in text
    assert re.search(r'name="a.officers" value="u.handler.d06" checked', text)
    assert [step["element"] for step in await case_steps(console, case_no)] == ["Task_HandlerReview"]


async def test_given_a_task_filled_in_then_the_next_post_sees_it_with_what_was_said_in_words(console: Office) -> None:
    case_no, task = await with_the_handler(console, "往下走")
    await claim(console, task)
    async with console.signed_in(HANDLER) as desk:
        page = (await desk.get(f"/tasks/{task}")).text
        answer = await desk.post(f"/tasks/{task}/complete", **fields(page, **FILLED))
        assert (answer.status_code, answer.headers["location"]) == (
            HTTPStatus.SEE_OTHER,
            f"/tasks?tab=mine&done={case_no}",
        )
        assert f"案件 {case_no} 的环节已提交" in (await desk.get(answer.headers["location"])).text
        done = (await desk.get("/tasks", tab="done", q="往下走")).text
        assert "共 1 件" in done
        assert f'href="/cases/{case_no}"' in done
    review = await open_task(console, case_no, "Task_ChiefReview")
    async with console.signed_in(CHIEF) as desk:
        assert f"/tasks/{review}" in (await desk.get("/tasks", q="往下走")).text
        seen = await shown(desk, f"/tasks/{review}", "李某办结“承办审查（含现场踏勘）”")
    assert "<dt>与规划条件、审定方案核对</dt><dd>符合</dd>" in seen
    assert "<dt>审查（踏勘）人员</dt><dd>李某；赵某</dd>" in seen
    assert f"李某办结“承办审查（含现场踏勘）”</span><q>{OPINION}</q>" in seen
    assert "踏勘日期" not in seen  # it did not show, so it was not sent


async def test_given_a_draft_then_it_is_there_after_a_new_sign_in_and_an_older_window_cannot_overwrite_it(
    console: Office,
) -> None:
    _, task = await with_the_handler(console, "草稿")
    await claim(console, task)
    async with console.signed_in(HANDLER) as desk:
        old = (await desk.get(f"/tasks/{task}")).text
        saved = await desk.post(f"/tasks/{task}/draft", **fields(old, **{"a.opinion": "先写一点"}))
        assert saved.headers["location"] == f"/tasks/{task}?said=draft"
    async with console.signed_in(HANDLER) as desk:
        assert "先写一点</textarea>" in (await desk.get(f"/tasks/{task}")).text
        stale = await desk.post(f"/tasks/{task}/draft", **fields(old, **{"a.opinion": "旧窗口写的"}))
        assert stale.status_code == HTTPStatus.CONFLICT
        assert "旧窗口写的</textarea>" in stale.text
        assert "先写一点</textarea>" in (await desk.get(f"/tasks/{task}")).text


async def test_given_somebody_else_finished_it_meanwhile_then_one_reads_who_and_keeps_what_one_typed(
    console: Office,
) -> None:
    case_no, task = await with_the_handler(console, "被抢先")
    await claim(console, task)
    async with console.signed_in(HANDLER) as desk:
        page = (await desk.get(f"/tasks/{task}")).text
        await work(console.api, case_no, "Task_HandlerReview", HANDLER, floor_area_m2=0, project_kind="other")
        typed = fields(page, case_no=case_no, element="Task_HandlerReview", **FILLED)
        answer = await desk.post(f"/tasks/{task}/complete", **typed)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "已由 李某 于" in answer.text
    assert f"<dt>意见</dt><dd>{OPINION}</dd>" in answer.text
    assert f'href="/cases/{case_no}"' in answer.text


async def test_given_a_task_sent_back_with_a_reason_then_who_did_it_has_it_again(console: Office) -> None:
    case_no, task = await with_the_handler(console, "退回重办")
    await work(console.api, case_no, "Task_HandlerReview", HANDLER, floor_area_m2=0, project_kind="other")
    review = await open_task(console, case_no, "Task_ChiefReview")
    await claim(console, review, CHIEF)
    async with console.signed_in(CHIEF) as desk:
        page = (await desk.get(f"/tasks/{review}")).text
        goals = re.findall(r'<option value="([0-9a-f-]+)"[^>]*>承办审查', page)
        assert goals == [task]
        empty = await desk.post(f"/tasks/{review}/send-back", **fields(page, to=task, reason=" "))
        assert empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert '<details class="act" id="act-send-back" open>' in empty.text
        done = await desk.post(f"/tasks/{review}/send-back", **fields(page, to=task, reason="面积没有写"))
        assert done.status_code == HTTPStatus.SEE_OTHER
    again = await open_task(console, case_no, "Task_HandlerReview")
    async with console.signed_in(HANDLER) as desk:
        await shown(desk, f"/tasks/{again}", "<q>面积没有写</q>")


async def test_given_a_task_handed_over_or_urged_twice_then_it_is_done_once_and_refusals_say_why(
    console: Office,
) -> None:
    _, task = await with_the_handler(console, "转办")
    await claim(console, task)
    async with console.signed_in(HANDLER) as desk:
        page = (await desk.get(f"/tasks/{task}")).text
        assert re.search(r"<dt>会签</dt><dd>[^<]+</dd>", page)  # an action that is not allowed, with its reason
        for _ in range(2):
            urged = await desk.post(f"/tasks/{task}/urge", **fields(page, message="请尽快"))
            assert urged.headers["location"] == f"/tasks/{task}?said=urge"
        given = await desk.post(f"/tasks/{task}/hand-over", **fields(page, to=COLLEAGUE, reason="出差"))
        assert given.status_code == HTTPStatus.SEE_OTHER
    async with console.signed_in(COLLEAGUE) as desk:
        assert "转办" in (await desk.get("/tasks", tab="mine", q="转办")).text
        page = await shown(desk, f"/tasks/{task}", "李某把“承办审查（含现场踏勘）”转给赵某")
        assert page.count("李某催办") == 1


async def test_given_a_signer_added_then_the_holder_waits_for_them_and_their_opinion_is_seen(console: Office) -> None:
    _, task = await with_the_handler(console, "加签")
    await claim(console, task)
    async with console.signed_in(HANDLER) as desk, console.signed_in(COLLEAGUE) as signer:
        page = (await desk.get(f"/tasks/{task}")).text
        asked = fields(page, signer=COLLEAGUE, place="beside", rule="", reason="请一并看图")
        assert (await desk.post(f"/tasks/{task}/add-signer", **asked)).status_code == HTTPStatus.SEE_OTHER
        answer = await desk.post(f"/tasks/{task}/complete", **fields(page, **FILLED))
        assert answer.headers["location"] == f"/tasks/{task}?said=submitted"
        assert "已提交，等待会签：赵某" in (await desk.get(f"/tasks/{task}")).text
        theirs = (await signer.get(f"/tasks/{task}")).text
        signed = await signer.post(f"/tasks/{task}/sign", **_sign(theirs))
        assert signed.status_code == HTTPStatus.SEE_OTHER
        assert (await desk.get(f"/tasks/{task}")).status_code == HTTPStatus.CONFLICT  # both are done: it is over


def _sign(page: str) -> dict[str, object]:
    key = _KEY.search(page)
    assert key
    return {"key": key[1], "agrees": "true", "opinion": "无意见"}


async def test_given_no_scripts_then_one_claims_and_submits_all_the_same(console: Office) -> None:
    await with_the_handler(console, "没有脚本")
    async with console.page(HANDLER, scripts=False) as page:
        await page.goto("/tasks?q=没有脚本")
        await page.get_by_role("button", name="签收 没有脚本").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("承办审查（含现场踏勘）")
        assert await page.get_by_label("踏勘日期").is_visible()
        await page.get_by_role("button", name="提交", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("不符合要求")


async def test_given_a_browser_then_fields_show_by_rule_typing_is_kept_and_errors_have_the_focus(
    console: Office,
) -> None:
    _, task = await with_the_handler(console, "浏览器")
    await claim(console, task)
    async with console.page(HANDLER) as page:
        await page.goto(f"/tasks/{task}")
        when, surveyed = page.get_by_label("踏勘日期"), page.get_by_role("group", name="已现场踏勘")
        await expect(when).to_be_hidden()
        await surveyed.get_by_label("是").check()
        await expect(when).to_be_visible()
        await page.locator("select[data-phrase=f-opinion]").select_option("同意。")
        await expect(page.get_by_text("草稿已保存")).to_be_visible(timeout=30_000)
        await page.goto("/tasks")
        await page.goto(f"/tasks/{task}")
        await expect(page.locator("#f-opinion")).to_have_value("同意。")
        await expect(when).to_be_visible()
        await page.get_by_role("button", name="提交", exact=True).click()
        await expect(page.get_by_role("alert")).to_be_focused()
        await page.get_by_role("link", name="请填写踏勘日期").click()
        await expect(when).to_be_focused()


async def test_given_an_open_list_when_a_task_arrives_then_it_comes_in_without_a_reload(console: Office) -> None:
    case_no = (await received(console.api, title="自动出现"))["case_no"]
    async with console.page(HANDLER) as page:
        await page.goto("/tasks?q=自动出现")
        await expect(page.get_by_text("没有符合条件的任务")).to_be_visible()
        await work(console.api, case_no, "Task_AcceptanceCheck", "u.accept", decision="accept")
        await expect(page.get_by_role("link", name="自动出现", exact=True)).to_be_visible(timeout=30_000)


async def test_given_a_role_that_works_on_no_tasks_then_the_list_is_refused(console: Office) -> None:
    async with console.signed_in("u.it") as desk:
        assert (await desk.get("/tasks")).status_code == HTTPStatus.FORBIDDEN
        assert (await Desk(desk.client, desk.csrf).post("/tasks/claim", only="x")).status_code == HTTPStatus.FORBIDDEN
