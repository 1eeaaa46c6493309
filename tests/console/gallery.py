"""`make screenshots`: the pages as pictures, in both languages, once the demo's stories were played."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, async_playwright, expect
from rich.console import Console

from services.local.client import Api
from services.local.demo.playbill import play
from services.local.layout import Layout
from services.local.runner import Run
from tests.console.office import Office
from tests.console.walking import Found, walk
from tests.support.process import ROOT

FOLDER: Final = ROOT / "docs" / "screenshots"
WIDE: Final = (1280, 800)
PHONE: Final = (375, 667)
ON_PHONES: Final = ("/", "/q", "/m", "/tasks")

console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as one person sees it."""

    page: Found
    english: bool
    size: tuple[int, int]

    @property
    def file(self) -> Path:
        """Where the picture goes: named for the route, the language and the width."""
        name = self.page.route.strip("/").replace("/", "-").replace("{", "").replace("}", "").replace(":path", "")
        width = "-phone" if self.size == PHONE else ""
        return FOLDER / ("en" if self.english else "zh") / f"{name or 'home'}{width}.png"


async def main() -> None:
    """Start an office, play the stories, take every picture anew."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Layout.free(Path(folder) / "var"))
        await run.start()
        try:
            await run.furnish(ROOT / "bpmn")
            assert await play(run.layout) == 0
            async with async_playwright() as playwright, Api(run.layout) as api:
                browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium")
                await take(Office(run, api, browser), browser)
                await browser.close()
        finally:
            await run.stop()


async def take(office: Office, browser: Browser) -> None:
    """Every route that links lead to."""
    found = await walk(office)
    pictures = [Picture(page, english, WIDE) for page in found for english in (False, True)]
    pictures += [Picture(page, False, PHONE) for page in found if page.route in ON_PHONES]
    assert browser.is_connected()
    for picture in pictures:
        await shoot(office, picture)
        console.print(f"{picture.file.relative_to(ROOT)}  {picture.page.address}")


async def shoot(office: Office, picture: Picture) -> None:
    """One picture, once the page has nothing more to load."""
    width, height = picture.size
    picture.file.parent.mkdir(parents=True, exist_ok=True)
    async with office.page(picture.page.who, width=width, height=height, english=picture.english) as page:
        await page.goto(picture.page.address)
        await expect(page.locator(".htmx-request")).to_have_count(0)
        if await page.locator("[data-diagram], [data-studio]").count():
            await page.locator(".djs-container").first.wait_for()
        await page.screenshot(path=picture.file)


if __name__ == "__main__":
    asyncio.run(main())
