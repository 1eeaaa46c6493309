"""Lists that a page needs whole, from services that give them in pages."""

from typing import Any, Final

from services.console.backends import Asking
from services.kernel.requests import LARGEST_PAGE

MOST: Final = 2000
"""Rows that a person can still look through; where there are more the page says so."""


async def whole(api: Asking, service: str, path: str, name: str, **query: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - query values
    """All entries `name` behind an address, up to MOST. Raises Refused, TryLater."""
    found: list[dict[str, Any]] = []
    after = None
    while len(found) < MOST:
        page = await api.get(service, path, **query, limit=LARGEST_PAGE, after=after)
        found += page[name]
        after = page.get("after") or page.get("next")
        if after is None:
            break
    return found
