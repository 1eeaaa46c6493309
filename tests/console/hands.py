"""Filling in forms of pages as a person does, by the mouse and the keyboard of a real browser."""

from collections.abc import Mapping
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.console.office import Office


async def fill_in(page: Page, answers: Mapping[str, object]) -> None:
    """Fill in the fields of a step's form that show; `answers` by the names of the form."""
    for name, value in answers.items():
        fields = page.locator(f'[name="a.{name}"]')
        if await fields.count() and await fields.first.is_visible():
            await _set(fields, value)


async def _set(fields: Locator, value: object) -> None:
    match await fields.first.get_attribute("type"):
        case "radio":
            await _chosen(fields, _text(value)).check()
        case "checkbox" if isinstance(value, list):
            for one in value:
                await _chosen(fields, _text(one)).check()
        case "checkbox":
            await fields.first.set_checked(bool(value))
        case _:
            await fields.first.fill(_text(value))


def _chosen(fields: Locator, value: str) -> Locator:
    return fields.and_(fields.page.locator(f'[value="{value}"]'))


def _text(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case list():
            return "\n".join(_text(one) for one in value)
        case _:
            return str(value)


async def claimed_and_done(console: Office, who: str, title: str, answers: Mapping[str, Any]) -> None:
    """Somebody finds the case in the own list, claims it, fills the form in and submits it."""
    async with console.page(who) as page:
        await page.goto("/tasks")
        await expect(page.get_by_role("button", name=f"签收 {title}")).to_be_visible(timeout=60_000)
        await page.get_by_role("button", name=f"签收 {title}").click()
        await page.wait_for_url("**/tasks/*")
        await fill_in(page, answers)
        await page.get_by_role("button", name="提交", exact=True).click()
        await expect(page.get_by_text("的环节已提交")).to_be_visible(timeout=30_000)


async def put_on(page: Page, what: str, flow: str) -> None:
    """Take something from the palette of the diagram editor and drop it upon a flow, which then goes through it."""
    line = await page.locator(f'[data-element-id="{flow}"] .djs-visual > path').bounding_box()
    assert line is not None
    x, y = line["x"] + line["width"] / 2, line["y"] + line["height"] / 2
    await page.locator(f'.djs-palette [data-action="{what}"]').click()
    await page.mouse.move(x - 20, y - 5)
    await page.mouse.move(x, y)
    await page.mouse.click(x, y)
