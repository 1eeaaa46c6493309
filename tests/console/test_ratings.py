"""Ratings: by number and password, by the code of a delivery, and the window's call after a bad one."""

import re
from http import HTTPStatus
from typing import Any

from playwright.async_api import expect

from tests.console.office import Office
from tests.console.playing import received, work
from tests.support.wait import wait_until


async def closed(console: Office) -> dict[str, Any]:
    """A case that was not accepted: its receipt."""
    receipt = await received(console.api, title="评价的一件")
    await work(console.api, receipt["case_no"], "Task_AcceptanceCheck", "u.accept", decision="not_accepted")

    async def is_over() -> bool:
        case = await console.api.call("GET", "intake", f"/cases/{receipt['case_no']}", who="u.window")
        return bool(case["status"] == "ended")

    await wait_until(is_over, within=60)
    return receipt


async def test_given_a_closed_case_then_it_is_rated_from_its_status_page_and_the_window_calls(console: Office) -> None:
    receipt = await closed(console)
    number = receipt["case_no"]
    async with console.page() as page:
        await page.goto("/q")
        await page.get_by_label("案件编号").fill(number)
        await page.get_by_label("查询密码").fill(receipt["query_password"])
        await page.get_by_role("button", name="查进度").click()
        await page.get_by_role("link", name="评价这件事项").click()
        await expect(page.get_by_label("案件编号")).to_have_value(number)
        await page.get_by_label("查询密码").fill(receipt["query_password"])
        await page.get_by_label("非常不满意").check()
        await page.get_by_label("超过承诺时限").check()
        await page.get_by_label("还想说的").fill("等了三次。")
        await page.get_by_role("button", name="提交评价").click()
        await expect(page.get_by_text("我们会在一个工作日内与您联系")).to_be_visible()
    async with console.page("u.window") as page:
        await page.goto("/desk/ratings")
        card = page.get_by_role("region", name=re.compile(number))
        await expect(card.get_by_text("等了三次。")).to_be_visible()
        await card.get_by_label("回访记录").fill("已电话致歉，说明原因。")
        await card.get_by_role("button", name="记录回访").click()
        await expect(card.get_by_text("已电话致歉，说明原因。")).to_be_visible()
    async with console.visitor() as client:
        assert "差评" in (await client.get("/ratings")).text


async def test_given_the_code_of_a_delivery_then_it_rates_once_and_a_level_is_needed(console: Office) -> None:
    number = (await closed(console))["case_no"]
    link = await console.api.call("POST", "intake", f"/cases/{number}/rating-link", who="u.window")
    address = f"/rate/{link['token']}"
    async with console.visitor() as client:
        empty = await client.post(address, data={"comment": "没有选等级"})
        assert (empty.status_code, "没有选等级" in empty.text) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
        unfit = await client.post(address, data={"level": "5", "reasons": "rude"})
        assert "好评请选择满意的理由" in unfit.text
        assert "谢谢您的评价" in (await client.post(address, data={"level": "5"})).text
        again = await client.post(address, data={"level": "1"})
        assert again.status_code == HTTPStatus.CONFLICT
    async with console.signed_in("u.window") as desk:
        refused = await desk.post(f"/desk/deliver/{number}/rating")
        assert refused.status_code == HTTPStatus.CONFLICT
