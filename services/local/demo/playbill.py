"""Plays the stories in the order of their dates, then compares and gives the verdict."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import httpx
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.table import Table

from services.local.client import Api, Refusal
from services.local.demo import (
    appointment,
    consultation,
    deemed,
    dilapidated,
    equation,
    extended,
    hearing,
    landscape,
    parks,
    present_day,
    refused,
    village,
)
from services.local.demo.stage import Check, Stage, StoryBroken
from services.local.demo.timeline import Timeline
from services.local.layout import Layout

_STORIES: Final[dict[str, tuple[str, Callable[[Stage], Awaitable[None]]]]] = {
    "SC-3": ("SC-3 雁城危房重建：超时、红灯、督查通报", dilapidated.play),
    "SC-4": ("SC-4 天台山公园、康乐公园：五个一、基础资料、障碍不影响设计", parks.play),
    "SC-1": ("SC-1 天立学校：方案咨询原则通过，转正式申请", consultation.play),
    "SC-2": ("SC-2 领导外出，手机审批，节省一个工作日", landscape.play),
    "SC-5": ("SC-5 重点项目 34 = 24 + 6 + 1 + 3", equation.thirty_four),
    "SC-6": ("SC-6 截至2017年5月9日的督查统计", equation.five_two_one_three_six),
    "SC-7": ("SC-7 村民住宅：乡镇初审、取号、送达，每一步都能查询", village.play),
    "SC-8": ("SC-8 专家评审停止计时，决定晚一天", present_day.play),
    "SC-9": ("SC-9 窗口逾期不告知，视为受理", deemed.play),
    "SC-14": ("SC-14 电话预约、接待卡、二人接待、接待记录", appointment.play),
    "SC-11": ("SC-11 局长批准延期十个工作日", extended.play),
    "SC-12": ("SC-12、SC-13 不予许可须说明理由；电话查询", refused.play),
    "SC-10": ("SC-10 听证：告知、申请、通知、举行，都在法定日期之内", hearing.play),
}
_ALSO_IN: Final = {"SC-13": "SC-12"}
"""A story told within another."""

_NO_FOREIGN_FONTS: Final = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
"""The picture loads nothing from elsewhere."""

_FINE, _DIFFERS, _NOT_RUNNING = 0, 1, 2


async def play(layout: Layout, *, only: tuple[str, ...] = (), picture: Path | None = None) -> int:
    """Play all stories, or only these. 0: every date agrees; 1: one differs; 2: the system is not running.

    `picture` is where the printed timeline is kept as SVG.
    """
    console = Console(highlight=False, record=picture is not None, width=120 if picture else None)
    verdict = await _played(layout, console, only)
    if picture is not None:
        _keep(console, picture)
    return verdict


def _keep(console: Console, picture: Path) -> None:
    svg = console.export_svg(title="make demo", code_format=_NO_FOREIGN_FONTS)
    picture.write_text(re.sub(r' textLength="[\d.]+"', "", svg), encoding="utf-8")  # it would squeeze wide characters


async def _played(layout: Layout, console: Console, only: tuple[str, ...]) -> int:
    wanted = {_ALSO_IN.get(name, name) for name in only}
    chosen = [name for name in _STORIES if not only or name in wanted]
    if unknown := wanted - _STORIES.keys():
        console.print(f"[red]没有案例 {sorted(unknown)} / no such scenario; there are {list(_STORIES)}[/red]")
        return _NOT_RUNNING
    try:
        async with Api(layout) as api:
            checks = await _play(api, console, chosen)
    except (httpx.TransportError, FileNotFoundError):
        console.print("[red]系统没有运行，请先执行 make run / the system is not running; start it with: make run[/red]")
        return _NOT_RUNNING
    except (Refusal, StoryBroken) as broken:
        console.print(f"[red]{broken}[/red]")
        return _DIFFERS
    return _verdict(console, checks)


async def _play(api: Api, console: Console, chosen: list[str]) -> list[Check]:
    checks: list[Check] = []
    for name in chosen:
        title, story = _STORIES[name]
        stage = Stage(api, name, Timeline(api, console), checks)
        stage.timeline.title(title)
        try:
            await story(stage)
        finally:
            await stage.real_clock()
    return checks


def _verdict(console: Console, checks: list[Check]) -> int:
    table = Table("案例", "事项", "应为 / expected", "实为 / actual", "")
    for check in checks:
        style = "" if check.agrees else "bold red"
        table.add_row(check.story, check.what, check.expected, check.actual, "✓" if check.agrees else "✗", style=style)
    console.print(table)
    wrong = sum(not check.agrees for check in checks)
    console.print(
        f"[red]{wrong} 项不符 / {wrong} differ[/red]"
        if wrong
        else f"[green]{len(checks)} 项全部相符 / all agree[/green]"
    )
    return _DIFFERS if wrong else _FINE
