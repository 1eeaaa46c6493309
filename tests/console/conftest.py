"""One office with its screens, and one browser, for all tests of the console."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.console.office import Office, office_at

expect.set_options(timeout=30_000)  # what a page shows at last may come late where the machine is busy


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium (deploy/setup.sh installs it)."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium")
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def console(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> AsyncIterator[Office]:
    """A running office: every service on real servers, the demo books, a few processes (`FOLDERS`), no cases at first.

    Tests share it: begin cases of your own (`console.api.call(...)`), and do not count what others may have begun.
    """
    async with office_at(tmp_path_factory.mktemp("console"), browser) as office:
        yield office
