"""`guihua verify` and `guihua rebuild-board`: the records of supervision, asked from the running service."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import httpx
from rich.console import Console

from services.local.client import Api, Refusal
from services.local.layout import Layout
from services.supervision.records.verifying import Register

_WHOLE, _BROKEN, _UNUSABLE = 0, 1, 2
_MOST: Final = 50
_PAGE: Final = 200


async def verify(var: Path, *, who: str, as_json: bool) -> int:
    """Verify every record and the board. 0 whole, 1 something was changed, 2 when the service cannot be asked."""
    return await _asked(var, lambda api: _verified(api, who, as_json=as_json))


async def rebuild(var: Path, *, who: str) -> int:
    """Make the board again where it differs from what was heard."""
    return await _asked(var, lambda api: _rebuilt(api, who))


async def _asked(var: Path, work: Callable[[Api], Awaitable[int]]) -> int:
    try:
        async with Api(Layout.fixed(var)) as api:
            return await work(api)
    except (Refusal, OSError, httpx.HTTPError) as fault:
        Console(stderr=True, markup=False, soft_wrap=True).print(str(fault), style="red")
        return _UNUSABLE


async def _verified(api: Api, who: str, *, as_json: bool) -> int:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    registers = await asyncio.gather(*(_whole(api, who, "/records", register=each) for each in Register))
    board = await _whole(api, who, "/rebuilt")
    faults = [fault for pages in registers for page in pages for fault in page["breaks"]]
    faults += [fault for page in board for fault in page["differences"]]
    if as_json:
        heads = {key: head for pages in registers for page in pages for key, head in page["heads"].items()}
        console.print_json(data={"whole": not faults, "faults": faults, "heads": heads})
        return _BROKEN if faults else _WHOLE
    for pages in registers:
        documents, records = (sum(page[name] for page in pages) for name in ("documents", "records"))
        console.print(f"{pages[0]['collection']}: {documents} 份 / documents，{records} 条记录 / records")
    cases, old = (sum(page[name] for page in board) for name in ("cases", "unrecorded"))
    console.print(f"看板 / board: {cases} 件由计时记录重推 / cases made again，{old} 件早于记录 / from before")
    for fault in faults[:_MOST]:
        console.print(f"  {fault.get('document') or fault['case_no']}: {fault['zh']} / {fault['en']}", style="red")
    told = (
        ("未通过核验 / something was changed", "red") if faults else ("完整，未被改动 / whole and unchanged", "green")
    )
    console.print(told[0], style=told[1])
    return _BROKEN if faults else _WHOLE


async def _rebuilt(api: Api, who: str) -> int:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    pages = await _whole(api, who, "/rebuilt", method="POST")
    cases, restored = (sum(page[name] for page in pages) for name in ("cases", "restored"))
    wrong = sum(len(page["differences"]) for page in pages)
    console.print(f"{cases} 件 / cases，{wrong} 件不一致 / differed，{restored} 件已按记录恢复 / restored")
    return _WHOLE if wrong == restored else _BROKEN


async def _whole(api: Api, who: str, path: str, *, method: str = "GET", **query: str) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page = await api.call(method, "supervision", path, who=who, query={**query, "limit": _PAGE, "after": after})
        pages.append(page)
        after = page["after"]
    return pages
