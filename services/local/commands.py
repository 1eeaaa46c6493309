"""What the smaller commands of `guihua` do."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from services.kernel.problem import Language, Problem
from services.kernel.worktime import derivation
from services.local import accounts, bundles
from services.local.client import Api, Refusal
from services.local.layout import SERVICES, Layout
from services.workflow.definitions.files import BundleRefused, is_shelf, is_template

console = Console(highlight=False)
_OK, _REFUSED, _UNUSABLE = 0, 1, 2


async def deploy(var: Path, paths: list[Path], *, who: str) -> int:
    """Deploy and activate process folders."""

    async def work(api: Api) -> None:
        for path in paths:
            if is_shelf(path):
                console.print(f"{path}: 随调用它的事项部署 / deployed with the permits that call it")
                continue
            if is_template(path):
                console.print(f"{path}: 模板，先复制成事项 / a template: copy it to make an item of it")
                continue
            definition = await bundles.deploy(api, path, who=who)
            console.print(f"{definition['key']} v{definition['version']} 已启用 / active")

    return await _with_api(var, work)


async def token(var: Path, person: str, *, hours: int) -> int:
    """Print a token, and nothing else."""

    async def work(api: Api) -> None:
        print(accounts.token(api.layout, await api.person(person), hours=hours))  # noqa: T201 - meant for `$(guihua token …)`

    return await _with_api(var, work)


async def list_dead_letters(var: Path, *, who: str) -> int:
    """Show the open dead letters of every service."""

    async def work(api: Api) -> None:
        table = Table("service", "id", "reason", "tries", "at")
        for service in SERVICES:
            for letter in await api.call("GET", service, "/dead-letters", who=who):
                table.add_row(service, letter["id"], letter["reason"], str(letter["tries"]), letter["at"])
        console.print(table if table.row_count else "没有死信 / no dead letters")

    return await _with_api(var, work)


async def replay_dead_letter(var: Path, service: str, letter: str, *, who: str) -> int:
    """Handle one again."""

    async def work(api: Api) -> None:
        await api.call("POST", service, f"/dead-letters/{letter}/replay", who=who)
        console.print(f"{letter} 已处理 / done")

    return await _with_api(var, work)


async def discard_dead_letter(var: Path, service: str, letter: str, *, reason: str, who: str) -> int:
    """Discard one with a reason."""

    async def work(api: Api) -> None:
        await api.call("POST", service, f"/dead-letters/{letter}/discard", who=who, body={"reason": reason})
        console.print(f"{letter} 已丢弃 / discarded")

    return await _with_api(var, work)


def import_calendar(var: Path, file: Path, *, who: str) -> int:
    """Import the official days of a year."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        console.print(f"[red]无法读取 {file} / cannot read it: {error}[/red]")
        return _UNUSABLE

    async def work(api: Api) -> None:
        year = await api.call("POST", "registry", "/calendar/import", who=who, body=content)
        console.print(f"{year['year']} 年第 {year['version']} 版，日历至 {year['horizon']} / calendar until")

    return asyncio.run(_with_api(var, work))


def due(start: date, *, workdays: int, holds: tuple[str, ...], extension: int) -> int:
    """Print the due date and how it comes about."""
    try:
        console.print(derivation(start.isoformat(), workdays=workdays, holds=holds, extension=extension))
    except Problem as problem:
        console.print(f"[red]{problem.detail(Language.ZH)} / {problem.detail(Language.EN)}[/red]")
        console.print(f"{problem.remedy(Language.ZH)} / {problem.remedy(Language.EN)}")
        return _UNUSABLE
    return _OK


async def _with_api(var: Path, work: Callable[[Api], Awaitable[None]]) -> int:
    """Do the work against the running system; says in one sentence when that is not possible."""
    try:
        async with Api(Layout.fixed(var)) as api:
            await work(api)
    except Refusal as refusal:
        console.print(f"[red]{refusal}[/red]")
        return _REFUSED
    except BundleRefused as refused:
        console.print(f"[red]{refused.detail(Language.ZH)} / {refused.detail(Language.EN)}[/red]")
        return _UNUSABLE
    except (httpx.TransportError, FileNotFoundError):
        console.print("[red]系统没有运行，请先执行 make run / the system is not running; start it with: make run[/red]")
        return _UNUSABLE
    return _OK
