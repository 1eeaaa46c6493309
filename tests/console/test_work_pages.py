"""Pages of one task and one case: for everybody, on screens wide and narrow, framed in the reader's language."""

import re
from typing import Any, Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.console.office import Office
from tests.console.playing import received, work
from tests.support.wait import wait_until

_CHINESE: Final = re.compile(r"[一-鿿]")
_DRAWING: Final = {"include": [["body"]], "exclude": [[".djs-container"]]}
"""The drawing itself is another library's; the table of steps beside it says the same."""

_FRAME: Final = """() => Array.from(document.querySelectorAll('main ' + [
        'label', 'legend', 'button', 'th', 'caption', 'h1', 'h2', 'h3', 'summary'].join(', main ')))
    .filter((one) => !one.closest('[lang=zh-CN]') && !one.querySelector('[lang=zh-CN]'))
    .map((one) => one.textContent)"""
"""What the page says of itself; names of people and projects are marked as Chinese."""


@pytest.fixture(scope="module")
async def addresses(console: Office) -> list[str]:
    """A case before the chief, and the pages that show it."""
    case_no = str((await received(console.api, title="人人可用"))["case_no"])
    await work(console.api, case_no, "Task_AcceptanceCheck", "u.accept", decision="accept")
    review = {"project_kind": "other", "place": "ordinary", "floor_area_m2": 0}
    await work(console.api, case_no, "Task_HandlerReview", "u.handler.d06", **review)

    async def open_task() -> str | None:
        case = await console.api.call("GET", "workflow", f"/cases/{case_no}", who="u.head")
        return next((str(one["task_id"]) for one in case["steps"] if one["element"] == "Task_ChiefReview"), None)

    task = await wait_until(open_task, within=60)
    await console.api.call("POST", "workflow", f"/tasks/{task}/claim", who="u.chief.d06")
    case = f"/cases/{case_no}"
    return [
        f"/tasks/{task}",
        f"/m/{task}",
        case,
        f"{case}/clocks/promised",
        f"/cases?text={case_no}",
        "/tasks?tab=mine",
    ]


@pytest.mark.parametrize(("width", "english"), [(1280, True), (375, False)])
async def test_given_a_task_and_a_case_then_everybody_can_use_their_pages(
    console: Office, addresses: list[str], width: int, *, english: bool
) -> None:
    faults: list[str] = []
    async with console.page("u.chief.d06", width=width, english=english) as page:
        for address in addresses:
            await page.goto(address)
            faults += [f"{address}: {fault}" for fault in await _faults(page, width)]
            if english:
                texts: list[str] = await page.evaluate(_FRAME)
                faults += [f"{address}: {text}" for text in texts if _CHINESE.search(text)]
    assert faults == []


async def _faults(page: Page, width: int) -> list[str]:
    results: dict[str, Any] = (await Axe().run(page, context=_DRAWING)).response
    found = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in results["violations"]]
    wide = await page.evaluate("document.documentElement.scrollWidth")
    return [*found, *([f"scrolls sideways: {wide}"] if wide > width else [])]
