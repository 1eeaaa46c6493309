"""A whole journey in the studio: somebody of IT puts a step into a process that cases run in, and takes it back.

Everything by mouse and keyboard in a real browser; only what the town's officers do meanwhile goes through the API.
"""

from typing import Final

import pytest
from playwright.async_api import Locator, Page, expect

from tests.console.hands import put_on
from tests.console.office import Office
from tests.console.playing import work
from tests.console.studios import IT, case_at_first_step, process

_BRANCH: Final = "Flow_NeedsCommittee_Reviewed"
_STEP: Final = "Task_PostingCheck"
_NAME: Final = "张榜复核"
_TITLES: Final = ("村民建房甲", "村民建房乙")
_WAIT: Final = 60_000
_FORM: Final = """{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "张榜复核",
  "x-title-en": "Check of the posting",
  "type": "object",
  "additionalProperties": false,
  "required": ["posted"],
  "properties": {
    "posted": {
      "title": "已按规定张榜", "x-title-en": "It was posted as it should be",
      "const": true, "x-widget": "checkbox",
      "x-error": "请确认已按规定张榜", "x-error-en": "please confirm that it was posted"
    }
  },
  "examples": [{"posted": true}],
  "x-bad-examples": [{"why": "没有张榜", "why_en": "not posted", "answers": {"posted": false}}]
}
"""
_WALKED: Final = f"""[[step]]
complete = "{_STEP}"
at = 2026-03-05T16:00:00+08:00
answers = {{ posted = true }}

"""
_FORWARDED: Final = '[[step]]\ncomplete = "Task_Forward"'
_PASSED: Final = '  "Task_FirstReview",\n'


@pytest.mark.timeout(400)  # a whole afternoon of somebody of IT, in a browser
async def test_given_two_running_cases_then_a_step_with_a_limit_is_drawn_tested_deployed_reached_and_taken_back(
    console: Office,
) -> None:
    """Draw → lint → walks → differences → activate → foretell → migrate → at the new step → roll back → new cases."""
    key = await process(console)
    cases = [await case_at_first_step(console, key, title=title) for title in _TITLES]
    await work(console.api, cases[1], "Task_TownshipCheck", "u.town.window", decision="accept")
    async with console.page(IT) as page:
        await _form_written(page, key)
        await _step_drawn(page, key)
        await _stopped_by_its_walk(page, key)
        await _walk_mended(page)
        await _deployed(page)
        await _migrated(page, cases)
    await work(console.api, cases[0], "Task_TownshipCheck", "u.town.window", decision="accept")
    for case in cases:
        await work(console.api, case, "Task_FirstReview", "u.town.review")
    await _waiting_at_the_new_step(console)
    async with console.page(IT) as page:
        await _rolled_back(page, key)
    await _new_case_takes_the_old_version(console, key)


async def _form_written(page: Page, key: str) -> None:
    await page.goto(f"/studio/{key}")
    await page.get_by_label("新增文件").fill("forms/posting-check.json")
    await page.get_by_role("button", name="新增", exact=True).click()
    await page.wait_for_url("**posting-check.json")
    await _typed(page, _FORM)


async def _typed(page: Page, text: str) -> None:
    """A file of text written and kept."""
    await page.locator("#studio[data-ready]").wait_for(timeout=_WAIT)
    await page.locator("#source").fill(text)
    await _kept(page)


async def _kept(page: Page) -> None:
    await page.get_by_role("button", name="保存草稿").click()
    await expect(page.locator("#saved")).to_have_text("已保存", timeout=_WAIT)


async def _step_drawn(page: Page, key: str) -> None:
    """Dropped upon a flow; named; made a step of an office; its limit is too long at first, and lint says so."""
    await page.goto(f"/studio/{key}")
    await page.locator("#studio[data-ready]").wait_for(timeout=_WAIT)
    await page.locator("#findings[data-round]").wait_for(timeout=_WAIT)
    await page.get_by_role("button", name="全图").click()
    await put_on(page, "create.task", _BRANCH)
    await page.keyboard.type(_NAME)
    await page.keyboard.press("Enter")
    panel, findings = page.locator("#panel"), page.locator("#findings")
    await panel.get_by_role("button", name="选择").click()
    await page.get_by_role("dialog").get_by_role("button", name="审批环节（人工任务）").click()
    await expect(findings.get_by_text(f"人工任务“{_NAME}”没有办理岗位")).to_be_visible(timeout=_WAIT)
    await _filled(panel)
    await expect(findings.get_by_text("环节时限合计 6 个工作日，超过承诺时限 5 个工作日")).to_be_visible(timeout=_WAIT)
    await panel.get_by_label("时限（工作日）").fill("1")
    await expect(findings.get_by_text("没有发现问题")).to_be_visible(timeout=_WAIT)
    await _kept(page)


async def _filled(panel: Locator) -> None:
    await panel.get_by_text("基本", exact=True).click()
    await panel.get_by_label("标识", exact=True).fill(_STEP)
    await panel.get_by_text("岗位与表单").click()
    await panel.get_by_label("办理岗位").select_option("P22")
    await panel.get_by_label("表单", exact=True).fill("posting-check")
    await panel.get_by_label("结果变量").fill("posting_check")
    await panel.get_by_label("英文名称").fill("Check of the posting")
    await panel.get_by_text("时限与红黄灯").click()
    await panel.get_by_label("时限（工作日）").fill("2")


async def _stopped_by_its_walk(page: Page, key: str) -> None:
    """Kept as a version, the differences are sentences; it may not be activated before its walk knows of the step."""
    await page.get_by_role("link", name="检查与发布").click()
    await page.get_by_role("button", name="存为新版本").click()
    await page.wait_for_url("**/versions/2?new=true")
    told = page.locator("ol.differences")
    await expect(told).to_contain_text(f"新增环节“{_NAME}”")
    await expect(page.get_by_text("在办的 2 件按原来的版本办完")).to_be_visible()
    await page.get_by_label("说明").fill("村民住宅报送前复核张榜")
    await page.get_by_role("button", name="启用这一版").click()
    await expect(page.get_by_role("alert")).to_contain_text("走查", timeout=_WAIT)
    await page.get_by_role("link", name="walks/village-house.toml").first.click()
    await page.wait_for_url(f"**/studio/{key}?file=walks**")


async def _walk_mended(page: Page) -> None:
    await page.locator("#studio[data-ready]").wait_for(timeout=_WAIT)
    text = await page.locator("#source").input_value()
    assert _FORWARDED in text
    await _typed(page, text.replace(_FORWARDED, _WALKED + _FORWARDED).replace(_PASSED, f'{_PASSED}  "{_STEP}",\n'))
    await page.get_by_role("link", name="检查与发布").click()
    await page.get_by_role("button", name="存为新版本").click()
    await page.wait_for_url("**/versions/3?new=true")


async def _deployed(page: Page) -> None:
    await page.get_by_role("link", name="试跑走查").click()
    await page.get_by_role("button", name="试跑全部走查").click()
    await expect(page.get_by_text("1 条走查全部通过")).to_be_visible(timeout=_WAIT)
    await page.get_by_role("link", name="版本", exact=True).click()
    await page.get_by_role("link", name="第 3 版", exact=True).click()
    await page.wait_for_url("**/versions/3")
    await page.get_by_label("说明").fill("村民住宅报送前复核张榜")
    await page.get_by_role("button", name="启用这一版").click()
    await expect(page.get_by_text("已启用第 3 版")).to_be_visible(timeout=_WAIT)


async def _migrated(page: Page, cases: list[str]) -> None:
    """What would become of both cases is told first; then they move, with a reason."""
    await page.get_by_role("link", name="预览在办的 2 件迁移到这一版会怎样").click()
    await page.get_by_role("button", name="预览").click()
    await expect(page.locator("#verdicts")).to_contain_text("可以迁移 2", timeout=_WAIT)
    for case in cases:
        await expect(page.get_by_role("row", name=case)).to_contain_text("可以迁移")
    await page.get_by_label("迁移的理由").fill("在办的也要复核张榜")
    await page.get_by_role("button", name="开始迁移").click()
    await page.wait_for_url("**/studio/migrations/M*")
    await expect(page.get_by_text("已完成", exact=True)).to_be_visible(timeout=_WAIT)
    for case in cases:
        await expect(page.get_by_role("row", name=case)).to_contain_text("已迁移")


async def _waiting_at_the_new_step(console: Office) -> None:
    async with console.page("u.town.review") as page:
        await page.goto("/tasks")
        for title in _TITLES:
            await expect(page.get_by_role("row", name=title)).to_contain_text(_NAME, timeout=_WAIT)


async def _rolled_back(page: Page, key: str) -> None:
    await page.goto(f"/studio/{key}/versions")
    await page.get_by_role("link", name="第 1 版").click()
    await page.get_by_label("说明").fill("乡镇反映来不及，先退回")
    await page.get_by_role("button", name="退回到这一版").click()
    await page.wait_for_url("**/versions?done=true")
    await expect(page.get_by_text("乡镇反映来不及，先退回")).to_be_visible()
    await expect(page.get_by_role("row", name="第 1 版").first).to_contain_text("启用中")


async def _new_case_takes_the_old_version(console: Office, key: str) -> None:
    """It does not come by the step; the two that were migrated still do."""
    case = await case_at_first_step(console, key, title="村民建房丙")
    for element, who, given in (
        ("Task_TownshipCheck", "u.town.window", {"decision": "accept"}),
        ("Task_FirstReview", "u.town.review", {}),
    ):
        await work(console.api, case, element, who, **given)
    async with console.page("u.town.window") as page:
        await page.goto("/tasks")
        await expect(page.get_by_role("row", name="村民建房丙")).to_contain_text("报送规划局", timeout=_WAIT)
        for title in _TITLES:
            await expect(page.get_by_role("row", name=title)).to_have_count(0)
