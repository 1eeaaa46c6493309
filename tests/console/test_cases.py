"""The case file and the search (O3, O4): what stands there agrees with the services, and can be taken away."""

import asyncio
import csv
import io
import re
from html import unescape
from http import HTTPStatus

from playwright.async_api import expect

from services.console.pages.search import _cell
from services.workflow.history.files import FileVerdict, file_verdict
from tests.console.office import Office
from tests.console.playing import received, work
from tests.console.watching import shown
from tests.support.wait import wait_until

HANDLER, CHIEF = "u.handler.d06", "u.chief.d06"
_KEY = re.compile(r'name="key" value="([\w-]+)"')
_SUM = re.compile(r'<p class="sum">(.*?)</p>', re.DOTALL)


async def accepted(console: Office, title: str) -> str:
    """A case whose clocks run."""
    case_no = str((await received(console.api, title=title))["case_no"])
    await work(console.api, case_no, "Task_AcceptanceCheck", "u.accept", decision="accept")
    return case_no


async def test_given_a_running_case_then_its_ledger_adds_up_to_the_day_the_service_says(console: Office) -> None:
    case_no = await accepted(console, "台账")
    async with console.signed_in(CHIEF) as desk:
        page = (await desk.get(f"/cases/{case_no}")).text
        case = await console.api.call("GET", "workflow", f"/cases/{case_no}", who=CHIEF)
        sums = [unescape(re.sub(r"<[^>]+>", "", text)) for text in _SUM.findall(page)]
        assert len(sums) == len(case["clocks"]) == 3
        for clock in case["clocks"]:
            why = await console.api.call(
                "GET", "workflow", f"/cases/{case_no}/clocks/{clock['clock_id']}/why", who=CHIEF
            )
            said = f"期限 {clock['limit_workdays']} = 起算日 {why['started_on']} 之后第 {why['total']} 个工作日"
            assert any(text.startswith(said) and f"到期日 {clock['due_on']}" in text for text in sums), clock["name"]
            days = (await desk.get(f"/cases/{case_no}/clocks/{clock['clock_id']}")).text
            assert days.count('<tr class="') == len(why["lines"])
            assert f'<td class="number">{clock["limit_workdays"]}</td>' in days


async def test_given_a_case_then_the_current_step_is_marked_in_table_and_diagram(console: Office) -> None:
    case_no = await accepted(console, "标记")
    async with console.page(CHIEF) as page:
        await page.goto(f"/cases/{case_no}")
        row = page.locator("tr[aria-current=step]")
        await expect(row).to_have_attribute("data-element", "Task_HandlerReview")
        diagram = page.locator("#diagram")
        await expect(diagram).to_have_attribute("data-drawn", "done", timeout=30_000)
        await expect(diagram.locator('[data-element-id="Task_HandlerReview"].gh-now')).to_have_count(1)
        await expect(diagram.locator('[data-element-id="Task_AcceptanceCheck"].gh-done')).to_have_count(1)


async def test_given_what_happened_then_it_is_told_with_names_in_both_languages(console: Office) -> None:
    case_no = await accepted(console, "经过")
    async with console.signed_in(CHIEF) as desk:
        page = await shown(desk, f"/cases/{case_no}", "吴某办结“受理审查”")
        assert "由建筑工程规划管理科 · 经办岗办理" in page
        assert "<dd>受理</dd>" in page  # what was answered, by its title and not as `accept`
        assert "u.accept" not in page
    async with console.signed_in(CHIEF, language="en") as desk:
        await shown(desk, f"/cases/{case_no}", "吴某 completed “Acceptance check”")


async def test_given_the_case_file_to_take_away_then_it_is_whole_and_another_department_gets_none(
    console: Office,
) -> None:
    case_no = await accepted(console, "导出")
    async with console.signed_in(CHIEF) as desk:
        verdict: list[FileVerdict] = []

        async def has_its_receipt_and_acceptance() -> bool:
            answer = await desk.get(f"/cases/{case_no}/file.zip")
            verdict[:] = [file_verdict(answer.content)]
            return verdict[0].papers >= 2

        await wait_until(has_its_receipt_and_acceptance, within=60)
        assert verdict[0].whole, verdict[0].faults
        assert verdict[0].papers_here == verdict[0].papers
        replay = await desk.get(f"/cases/{case_no}/replay.html")
        assert replay.headers["content-disposition"].startswith("attachment")
    async with console.signed_in("u.chief.d08") as desk:
        for path in ("", "/file.zip", "/replay.html", "/diagram.xml"):
            assert (await desk.get(f"/cases/{case_no}{path}")).status_code == HTTPStatus.NOT_FOUND, path


async def test_given_a_step_just_done_then_who_did_it_pulls_it_back_with_a_reason(console: Office) -> None:
    case_no = await accepted(console, "撤回")
    async with console.signed_in("u.accept") as desk:
        page = (await desk.get(f"/cases/{case_no}")).text
        assert "撤回“" not in page  # acceptance stands towards the applicant
    await work(console.api, case_no, "Task_HandlerReview", HANDLER, floor_area_m2=0, project_kind="other")
    async with console.signed_in(HANDLER) as desk:
        page = await shown(desk, f"/cases/{case_no}", "撤回“承办审查（含现场踏勘）”")
        key, task = _KEY.search(page), re.search(r'name="task_id" value="([\w-]+)"', page)
        assert key
        assert task
        asked = {"key": key[1], "task_id": task[1]}
        empty = await desk.post(f"/cases/{case_no}/pull-back", **asked, reason="")
        assert empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        done = await desk.post(f"/cases/{case_no}/pull-back", **asked, reason="漏写了面积")
        assert done.status_code == HTTPStatus.SEE_OTHER
        await shown(desk, f"/cases/{case_no}", "<q>漏写了面积</q>")


async def test_given_a_chief_then_the_case_is_suspended_and_resumed_with_reasons(console: Office) -> None:
    case_no = await accepted(console, "挂起")
    async with console.signed_in(CHIEF) as desk:
        for act, seen in (("suspend", "已挂起"), ("resume", "刘某恢复案件")):
            key = _KEY.search((await desk.get(f"/cases/{case_no}")).text)
            assert key
            done = await desk.post(f"/cases/{case_no}/{act}", key=key[1], reason="核实权属")
            assert done.status_code == HTTPStatus.SEE_OTHER
            await shown(desk, f"/cases/{case_no}", seen)


async def test_given_a_search_then_the_table_to_export_has_as_many_rows_as_the_page_counts(console: Office) -> None:
    await asyncio.gather(*(received(console.api, title=f"=检索{number}") for number in range(3)))
    async with console.signed_in(CHIEF) as desk:

        async def listed() -> bool:
            return "共 3 件" in (await desk.get("/cases", text="=检索")).text

        await wait_until(listed, within=30)
        answer = await desk.get("/cases.csv", text="=检索")
        assert answer.headers["content-type"].startswith("text/csv")
        head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert len(rows) == 3
        assert head[0] == "案件编号"
        assert {row[2] for row in rows} == {"'=检索0", "'=检索1", "'=检索2"}
        assert "没有找到" in (await desk.get("/cases", text="=检索", status="ended")).text
        assert "没有找到" in (await desk.get("/cases", text="=检索", light="red")).text
    async with console.signed_in("u.chief.d08") as desk:
        assert "没有找到" in (await desk.get("/cases", text="=检索")).text


def test_given_texts_that_begin_like_formulas_then_no_cell_is_one() -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"):
        assert _cell(text) == f"'{text}"
    assert _cell("示例") == "示例"


async def test_given_it_staff_who_see_no_lights_then_the_case_opens_all_the_same(console: Office) -> None:
    case_no = await accepted(console, "系统人员")
    async with console.signed_in("u.it") as desk:
        answer = await desk.get(f"/cases/{case_no}")
        assert answer.status_code == HTTPStatus.OK
        assert "打开任务" not in answer.text


async def test_given_no_such_case_then_the_page_says_so(console: Office) -> None:
    async with console.signed_in(CHIEF) as desk:
        answer = await desk.get("/cases/51200020261122PT0599999")
        assert answer.status_code == HTTPStatus.NOT_FOUND
        assert "请核对案件编号" in answer.text
