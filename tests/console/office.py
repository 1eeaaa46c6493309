"""The whole office with its screens, and how tests come in: as a browser's requests, or as a real browser."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from playwright.async_api import Browser, BrowserContext, Page

from services.local.client import Api
from services.local.layout import Layout
from services.local.runner import Run
from tests.support.process import ROOT
from tests.support.wait import wait_until

FOLDERS: Final = ("shared", "works-planning-permit", "planning-conditions", "rural-planning-permit")
"""Enough processes for every page, and quickly deployed."""

_CSRF: Final = re.compile(r'<meta name="csrf" content="([^"]+)">')


@dataclass(slots=True)
class Desk:
    """Somebody signed in, by plain requests."""

    client: httpx.AsyncClient
    csrf: str

    async def get(self, path: str, /, **query: str | int) -> httpx.Response:
        """A page."""
        return await self.client.get(path, params=query or None)

    async def post(self, path: str, /, **fields: object) -> httpx.Response:
        """A form of a page, with the session's token."""
        return await self.client.post(path, data={"csrf": self.csrf} | fields)


@dataclass(slots=True)
class Office:
    """A running office: every service as its own process, the demo books, a few processes, no cases."""

    run: Run
    api: Api
    browser: Browser

    @property
    def url(self) -> str:
        """The address of the screens."""
        return self.run.layout.url("console")

    @property
    def password(self) -> str:
        """With which everybody signs in."""
        return self.run.layout.demo_password

    @asynccontextmanager
    async def visitor(self, *, language: str = "zh-CN") -> AsyncIterator[httpx.AsyncClient]:
        """A browser of nobody, without scripts. Redirects are not followed."""
        headers = {"Accept": "text/html", "Accept-Language": language}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30, trust_env=False) as client:
            yield client

    @asynccontextmanager
    async def signed_in(self, code: str, *, language: str = "zh-CN") -> AsyncIterator[Desk]:
        """The same, signed in."""
        async with self.visitor(language=language) as client:
            answer = await client.post("/login", data={"code": code, "password": self.password})
            assert answer.status_code == 303, answer.text
            found = _CSRF.search((await client.get("/password")).text)
            assert found
            yield Desk(client, found[1])

    @asynccontextmanager
    async def page(
        self,
        code: str | None = None,
        *,
        width: int = 1280,
        height: int = 800,
        scripts: bool = True,
        english: bool = False,
    ) -> AsyncIterator[Page]:
        """A real browser's page, signed in if a code is given. No script may fail, nothing foreign be asked for."""
        context = await self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            locale="en-US" if english else "zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
        )
        faults: list[str] = []
        try:
            yield await self._watched(context, code, faults)
            assert not faults, faults
        finally:
            await context.close()

    async def _watched(self, context: BrowserContext, code: str | None, faults: list[str]) -> Page:
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("request", lambda asked: _note_foreign(asked.url, self.url, faults))
        if code is not None:
            await page.goto("/login")
            await page.get_by_label("工号").or_(page.get_by_label("Account")).fill(code)
            await page.get_by_label("密码").or_(page.get_by_label("Password")).fill(self.password)
            await page.keyboard.press("Enter")
            await page.wait_for_url(lambda url: "/login" not in url)
        return page


def _note_foreign(url: str, own: str, faults: list[str]) -> None:
    if not url.startswith((own, "data:", "blob:")):
        faults.append(f"foreign request: {url}")


@asynccontextmanager
async def office_at(folder: Path, browser: Browser, *, folders: tuple[str, ...] = FOLDERS) -> AsyncIterator[Office]:
    """Start the office, fill its books, deploy the processes."""
    bpmn = folder / "bpmn"
    bpmn.mkdir()
    for name in folders:
        (bpmn / name).symlink_to(ROOT / "bpmn" / name, target_is_directory=True)
    run = Run(Layout.free(folder / "var"))
    await run.start()
    try:
        await run.furnish(bpmn)
        async with Api(run.layout) as api:
            office = Office(run, api, browser)
            await wait_until(lambda: _books_are_known(office))
            yield office
    finally:
        await run.stop()


async def _books_are_known(office: Office) -> bool:
    """Whether the screens heard of the last person of the books."""
    async with office.visitor() as client:
        answer = await client.post("/login", data={"code": "u.town2.review", "password": office.password})
    return answer.status_code == 303
