"""`guihua walks`: the golden walks of process folders, played without a server, in the demo office."""

import asyncio
import tomllib
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from services.contracts.registry import DepartmentChanged, PostChanged
from services.kernel.problem import Problem
from services.kernel.worktime import Calendar, OfficeHours
from services.workflow.books import Books
from services.workflow.clocks.dues import OfficeTime
from services.workflow.clocks.grounds import Policy
from services.workflow.definitions.files import in_folder
from services.workflow.definitions.items import ITEM_FILE, ItemUnreadable
from services.workflow.definitions.rehearsals import engine_here, rehearse
from services.workflow.definitions.walks import walk_paths
from services.workflow.engine.bundles import compile_bundle
from services.workflow.offices import Office

_PASSED, _FAILED, _UNUSABLE = 0, 1, 2
_LONG_AGO: Final = datetime(2017, 1, 3, tzinfo=UTC)


def walks(paths: list[Path]) -> int:
    """Play the walks of process folders; prints each that does not end as it says. 0 none, 1 some, 2 unusable input."""
    worst = _PASSED
    for folder in paths:
        worst = max(worst, _played(folder))
    return worst


def _played(folder: Path) -> int:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    try:
        known = in_folder(folder)
        bundle = compile_bundle(known).bundle
        if bundle is None or ITEM_FILE not in known:
            console.print(f"{folder}: 先用 guihua lint 检查 / run guihua lint first", style="red")
            return _UNUSABLE
        office = demo_office()
        failures = asyncio.run(rehearse(known, office, engine_here(bundle, office)))
    except (OSError, Problem, ItemUnreadable) as error:
        console.print(f"{folder}: 无法读取 / cannot be read: {error}", style="red")
        return _UNUSABLE
    for failure in failures:
        console.print(f"{failure.walk} · {failure.step}", style="red")
        console.print(f"  应为 / expected: {failure.expected}")
        console.print(f"  实为 / got: {failure.got}")
    if not failures:
        count = len(walk_paths(known))
        console.print(f"{folder}: {count} 条走查全部通过 / all {count} walks end as they say", style="green")
    return _FAILED if failures else _PASSED


def demo_office() -> Office:
    """The demo office: its posts and departments, the built-in calendar."""
    posts = [
        PostChanged.model_validate({"limit_workdays": None, "changed_at": _LONG_AGO, **row}) for row in _rows("post")
    ]
    departments = [
        DepartmentChanged.model_validate({"leader_in_charge": None, "township": False, "changed_at": _LONG_AGO, **row})
        for row in _rows("department")
    ]
    books = Books({post.code: post for post in posts}, {one.code: one for one in departments}, {})
    return Office(OfficeTime(Calendar.builtin(), OfficeHours()), books, Policy())


def _rows(kind: str) -> list[dict[str, Any]]:
    text = files("services.local").joinpath(f"office/{kind}s.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)[kind]
    return rows
