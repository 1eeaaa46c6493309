"""`guihua walks`: the golden walks of process folders, played without a server, in the demo office."""

import asyncio
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import track

from services.contracts.registry import DepartmentChanged, PostChanged
from services.kernel.problem import Problem
from services.kernel.worktime import Calendar, OfficeHours
from services.local.mutants import Mutant, mutants
from services.workflow.books import Books
from services.workflow.clocks.dues import OfficeTime
from services.workflow.clocks.grounds import Policy
from services.workflow.definitions.callers import alone, shared_processes
from services.workflow.definitions.coverage import Coverage, coverage
from services.workflow.definitions.files import in_folder, is_shelf, on_shelf
from services.workflow.definitions.items import ITEM_FILE, ItemUnreadable
from services.workflow.definitions.rehearsals import engine_here, failures, rehearse
from services.workflow.definitions.sharing import SHARED
from services.workflow.definitions.walks import walk_paths
from services.workflow.engine.bundles import Bundle, compile_bundle
from services.workflow.offices import Office

_PASSED, _FAILED, _UNUSABLE = 0, 1, 2
_LONG_AGO: Final = datetime(2017, 1, 3, tzinfo=UTC)


def walks(paths: list[Path], *, mutate: bool = False) -> int:
    """Play the walks of process folders; prints each that does not end as it says, and what no walk passes.

    With `mutate` diagrams with one fault each are played too: the walks should notice. 0 all walks pass, 1 some do not,
    2 unusable input.
    """
    worst = _PASSED
    for folder in paths:
        worst = max(worst, _judged(folder, mutate=mutate))
    return worst


@dataclass(frozen=True, slots=True)
class _Script:
    """Files with walks, and the drawings that the walks are to cover."""

    title: str
    files: Mapping[str, bytes]
    drawings: tuple[str, ...]


def _scripts(folder: Path) -> list[_Script]:
    """One of a permit; of the shared processes one each, in a permit that calls it alone."""
    if is_shelf(folder):
        shelf = on_shelf(folder)
        processes = shared_processes(shelf).items()
        return [_Script(f"{folder}/{key}", alone(process, shelf), (process.file,)) for key, process in processes]
    known = in_folder(folder)
    own = tuple(path for path in known if path.endswith(".bpmn") and not path.startswith(SHARED))
    return [_Script(str(folder), known, own)]


def _judged(folder: Path, *, mutate: bool) -> int:
    console = Console(highlight=False, markup=False, soft_wrap=True)
    try:
        return max((_judge(console, script, mutate=mutate) for script in _scripts(folder)), default=_PASSED)
    except (OSError, Problem, ItemUnreadable) as error:
        console.print(f"{folder}: 无法读取 / cannot be read: {error}", style="red")
        return _UNUSABLE


def _judge(console: Console, script: _Script, *, mutate: bool) -> int:
    bundle = compile_bundle(script.files).bundle
    if bundle is None or ITEM_FILE not in script.files:
        console.print(f"{script.title}: 先用 guihua lint 检查 / run guihua lint first", style="red")
        return _UNUSABLE
    failed = _play(console, script, bundle)
    if mutate and not failed:
        _mutate(console, script)
    return _FAILED if failed else _PASSED


def _play(console: Console, script: _Script, bundle: Bundle) -> bool:
    """Play the walks and tell how they went; whether one failed."""
    office, seen = demo_office(), set[str]()
    failed = asyncio.run(rehearse(script.files, office, engine_here(bundle, office), seen=seen))
    for failure in failed:
        console.print(f"{failure.walk} · {failure.step}", style="red")
        console.print(f"  应为 / expected: {failure.expected}")
        console.print(f"  实为 / got: {failure.got}")
    if not failed:
        count = len(walk_paths(script.files))
        console.print(f"{script.title}: {count} 条走查全部通过 / all {count} walks end as they say", style="green")
    for each in coverage(bundle, seen, script.drawings):
        _tell(console, each)
    return bool(failed)


def _tell(console: Console, found: Coverage) -> None:
    passed = f"{found.share:.1%}（流 / flows {len(found.flows)}，边界事件 / boundary events {len(found.events)}）"
    console.print(f"  {found.file} 覆盖 / covered {passed}", style="yellow" if found.missing else "green")
    for element in found.missing:
        console.print(f"    未走到 / not passed: {element}", style="yellow")


def _mutate(console: Console, script: _Script) -> None:
    """Tell how many of the diagrams with a fault the walks notice, and name those they do not."""
    refused, caught, survived = 0, 0, list[Mutant]()
    faulty = [each for drawing in script.drawings for each in mutants(script.files, drawing)]
    hidden = not console.is_terminal
    for mutant in track(faulty, description=script.title, console=console, transient=True, disable=hidden):
        bundle = compile_bundle(mutant.files).bundle
        if bundle is None:
            refused += 1
        elif asyncio.run(_notices(mutant, bundle)):
            caught += 1
        else:
            survived.append(mutant)
    played = caught + len(survived)
    score = f"走查发现 / caught {caught}/{played}（{caught / max(1, played):.1%}）"
    console.print(f"  变异 / mutants: {score}，门禁拒绝 / refused {refused}")
    for each in survived:
        console.print(f"    未发现 / not noticed: {each.fault} · {each.element}", style="yellow")


async def _notices(mutant: Mutant, bundle: Bundle) -> bool:
    office = demo_office()
    async for _ in failures(mutant.files, office, engine_here(bundle, office)):
        return True
    return False


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
