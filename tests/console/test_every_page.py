"""What holds for every page: found by its links, for screens wide and narrow, in both languages, for every role."""

import re
from http import HTTPStatus
from typing import Any, Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from services.console.menus import MENU
from tests.console.office import Office
from tests.console.walking import PEOPLE, Found, routes, walk

pytestmark = pytest.mark.timeout(600)
"""Many pages, each looked at for every role and at two widths: minutes on a busy machine."""

_CHINESE: Final = re.compile(r"[一-鿿]")
_H1: Final = re.compile(r"<h1[\s>]")
_FRAME: Final = re.compile(r"<(label|button|th|caption|legend|h1|h2|summary)\b[^>]*>(.*?)</\1>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]+>")
_NOT_OURS: Final = {"include": [["body"]], "exclude": [[".djs-container"]]}
"""Diagrams have a table of their steps beside them; the drawing itself is another library's."""


@pytest.fixture(scope="module")
async def pages(console: Office) -> list[Found]:
    """One address for every route, on an office with a case."""
    return await walk(console)


async def test_given_the_menu_then_every_entry_leads_to_a_page(pages: list[Found]) -> None:
    reached = {one.route for one in pages}
    assert {entry.path for section in MENU for entry in section.entries} <= reached


async def test_given_every_page_then_it_has_one_heading_and_the_strict_policy(
    console: Office, pages: list[Found]
) -> None:
    for one in pages:
        answer = await _asked(console, one)
        assert answer.status_code == HTTPStatus.OK, one
        assert len(_H1.findall(answer.text)) == 1, one
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, one
        assert "unsafe-eval" not in policy, one
        assert "script-src 'self'" in policy, one
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son[a-z]+=\"|\sstyle=\"", answer.text), one


async def test_given_english_then_the_frame_of_every_page_is_english(console: Office, pages: list[Found]) -> None:
    for one in pages:
        answer = await _asked(console, one, language="en")
        assert '<html lang="en"' in answer.text, one
        words = [_TAG.sub(" ", text) for _, text in _FRAME.findall(answer.text)]
        ours = [text.strip() for text in words if _CHINESE.search(text)]
        assert [text for text in ours if text != "中文" and not _is_data(text, answer.text)] == [], one


async def test_given_every_role_then_no_page_fails_and_none_is_shown_to_who_may_not(
    console: Office, pages: list[Found]
) -> None:
    allowed = {HTTPStatus.OK, HTTPStatus.SEE_OTHER, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
    for who in PEOPLE:
        async with console.signed_in(who) as desk:
            for one in pages:
                assert (await desk.get(one.address)).status_code in allowed, (who, one)


async def test_given_nobody_signed_in_then_only_public_pages_are_shown(console: Office, pages: list[Found]) -> None:
    async with console.visitor() as client:
        for one in pages:
            answer = await client.get(one.address)
            expected = HTTPStatus.OK if one.who is None else HTTPStatus.SEE_OTHER
            assert answer.status_code == expected, one


@pytest.mark.parametrize("width", [1280, 375])
async def test_given_every_page_then_everybody_can_use_it_and_none_scrolls_sideways(
    console: Office, pages: list[Found], width: int
) -> None:
    faults: list[str] = []
    for who in {one.who for one in pages}:
        async with console.page(who, width=width) as page:
            for one in (one for one in pages if one.who == who):
                faults += [f"{one.address}: {fault}" for fault in await _faults(page, one, width)]
    assert faults == []


def test_given_the_routes_then_there_is_one_for_every_entry_of_the_menu() -> None:
    paths = {route.path for route in routes()}
    assert {entry.path for section in MENU for entry in section.entries} <= paths


async def _faults(page: Page, one: Found, width: int) -> list[str]:
    await page.goto(one.address)
    results: dict[str, Any] = (await Axe().run(page, context=_NOT_OURS)).response
    found = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in results["violations"]]
    wide = await page.evaluate("document.documentElement.scrollWidth")
    return [*found, *([f"scrolls sideways: {wide}"] if wide > width else [])]


async def _asked(console: Office, one: Found, *, language: str = "zh-CN") -> Any:
    if one.who is None:
        async with console.visitor(language=language) as client:
            return await client.get(one.address)
    async with console.signed_in(one.who, language=language) as desk:
        return await desk.get(one.address)


def _is_data(text: str, page: str) -> bool:
    """Names of people, posts and steps are data: they stand in the page with `lang="zh"` or as a value."""
    return f'lang="zh-CN">{text}' in page
