"""Looking at a page until it shows what was said a moment ago: a case's history is written behind the act itself."""

from tests.console.office import Desk
from tests.support.wait import wait_until


async def shown(desk: Desk, path: str, *texts: str) -> str:
    """The page, once it has all these texts."""

    async def page() -> str | None:
        found = (await desk.get(path)).text
        return found if all(text in found for text in texts) else None

    return str(await wait_until(page, within=30))
