"""The command line `guihua`. Each command is a thin call of a module that can also be used without it."""

import asyncio
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="规划许可办理系统 / the permit work of a planning bureau",
    context_settings={"help_option_names": ["-h", "--help"]},
)
dead_letters = typer.Typer(no_args_is_help=True, help="无法处理的消息 / messages that could not be handled")
calendar = typer.Typer(no_args_is_help=True, help="工作日历 / the calendar of working days")
app.add_typer(dead_letters, name="dead-letters")
app.add_typer(calendar, name="calendar")

Var = Annotated[Path, typer.Option(help="数据目录 / data folder", envvar="GUIHUA_VAR")]
As = Annotated[str, typer.Option("--as", help="以谁的身份 / on whose behalf")]
_VAR = Path("var")


@app.command()
def run(
    *,
    var: Var = _VAR,
    reset: Annotated[bool, typer.Option("--reset", help="先清空数据 / forget all data first")] = False,
    workers: Annotated[
        int,
        typer.Option(
            min=1,
            max=12,
            envvar="GUIHUA_WORKFLOW_WORKERS",
            help="流程服务进程数 / processes of the workflow service side by side",
        ),
    ] = 1,
) -> None:
    """启动整个系统，Ctrl-C 停止 / start the whole system on this machine; Ctrl-C stops it."""
    from services.local import runner
    from services.local.forgetting import forget
    from services.local.layout import Layout
    from services.local.server_faults import ServerFault

    try:
        if reset:
            forget(var)
    except ServerFault as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    sys.exit(asyncio.run(runner.run(Layout.fixed(var, workers=workers))))


@app.command()
def demo(
    *,
    var: Var = _VAR,
    scenario: Annotated[list[str] | None, typer.Option(help="SC-1 … SC-14")] = None,
    svg: Annotated[Path | None, typer.Option(help="时间线另存为图 / keep the timeline as a picture")] = None,
) -> None:
    """在运行中的系统上演示案例并核对每个日期 / play the stories against the running system and compare every date."""
    from services.local.demo.playbill import play
    from services.local.layout import Layout

    sys.exit(asyncio.run(play(Layout.fixed(var), only=tuple(scenario or ()), picture=svg)))


@app.command()
def lint(
    paths: Annotated[list[Path], typer.Argument(help="流程目录或文件 / process folders or files")],
    *,
    json: Annotated[bool, typer.Option("--json", help="每行一个 JSON 对象 / one JSON object a finding")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="自动修复可修复的问题 / mend what needs no decision")] = False,
    translate: Annotated[
        Path | None,
        typer.Option(help="把其他引擎的图改写到此目录 / rewrite drawings for other engines into this folder"),
    ] = None,
) -> None:
    """检查流程，无需服务器；0 无错误，1 有错误，2 无法读取 / check processes without a server."""
    from services.local import linting

    if translate is not None:
        sys.exit(linting.translated(paths, translate, as_json=json))
    sys.exit(linting.fix(paths, as_json=json) if fix else linting.lint(paths, as_json=json))


@app.command("verify-case")
def verify_case(
    file: Annotated[Path, typer.Argument(help="案件档案 ZIP / an exported case file")],
    *,
    key: Annotated[Path | None, typer.Option(help="签名公钥 PEM / the key it must be signed by")] = None,
    json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """校验案件档案，无需服务器；0 完整，1 被改动，2 无法读取 / verify an exported case file without a server."""
    from services.local import verifying

    sys.exit(verifying.verify_case(file, key=key, as_json=json))


@app.command()
def verify(
    *,
    var: Var = _VAR,
    who: As = "u.supervisor",
    json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """核验督查记录和看板；0 完整，1 被改动，2 无法核验 / verify the records of supervision and its board."""
    from services.local import recording

    sys.exit(asyncio.run(recording.verify(var, who=who, as_json=json)))


@app.command("rebuild-board")
def rebuild_board(*, var: Var = _VAR, who: As = "u.supervisor") -> None:
    """由计时记录重建看板 / make the board of lights again where it differs from what was heard of the clocks."""
    from services.local import recording

    sys.exit(asyncio.run(recording.rebuild(var, who=who)))


@app.command()
def walks(
    paths: Annotated[list[Path], typer.Argument(help="流程目录 / process folders")],
    *,
    mutants: Annotated[bool, typer.Option(help="再走带一处错误的图 / play diagrams with one fault too")] = False,
) -> None:
    """走查流程，无需服务器；0 全部通过，1 有未通过，2 无法读取 / play the golden walks without a server."""
    from services.local import rehearsing

    sys.exit(rehearsing.walks(paths, mutate=mutants))


@app.command()
def deploy(paths: list[Path], *, var: Var = _VAR, who: As = "u.it") -> None:
    """部署并启用流程 / deploy process folders and activate them."""
    from services.local import commands

    sys.exit(asyncio.run(commands.deploy(var, paths, who=who)))


@app.command()
def token(person: str, *, var: Var = _VAR, hours: int = 12) -> None:
    """为演示人员签发访问令牌 / print a bearer token for a person of the local office."""
    from services.local import commands

    sys.exit(asyncio.run(commands.token(var, person, hours=hours)))


@app.command()
def due(
    start: Annotated[str, typer.Argument(help="起算日 / start day, YYYY-MM-DD")],
    *,
    workdays: Annotated[int, typer.Option(help="工作日数 / working days", min=0, max=9999)],
    hold: Annotated[list[str] | None, typer.Option(help="中止区间 A..B / hold interval, (A, B]")] = None,
    extension: Annotated[int, typer.Option(help="延长工作日数 / extension", min=0, max=999)] = 0,
) -> None:
    """计算到期日并逐日说明 / print the due date and how it comes about."""
    from services.local import commands

    sys.exit(commands.due(_day(start), workdays=workdays, holds=tuple(hold or ()), extension=extension))


@dead_letters.command("list")
def list_dead_letters(*, var: Var = _VAR, who: As = "u.ops") -> None:
    """列出 / list the dead letters of every service."""
    from services.local import commands

    sys.exit(asyncio.run(commands.list_dead_letters(var, who=who)))


@dead_letters.command("replay")
def replay_dead_letter(service: str, letter: str, *, var: Var = _VAR, who: As = "u.ops") -> None:
    """重新处理一条 / handle one again."""
    from services.local import commands

    sys.exit(asyncio.run(commands.replay_dead_letter(var, service, letter, who=who)))


@dead_letters.command("discard")
def discard_dead_letter(
    service: str, letter: str, *, reason: Annotated[str, typer.Option()], var: Var = _VAR, who: As = "u.ops"
) -> None:
    """说明理由后丢弃一条 / discard one with a reason."""
    from services.local import commands

    sys.exit(asyncio.run(commands.discard_dead_letter(var, service, letter, reason=reason, who=who)))


@calendar.command("import")
def import_calendar(file: Path, *, var: Var = _VAR, who: As = "u.registrar") -> None:
    """导入一年的放假安排 / import the official days of one year (holiday-cn JSON)."""
    from services.local import commands

    sys.exit(commands.import_calendar(var, file, who=who))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        typer.echo(f"日期 {text} 无法识别，请写成 2026-09-17 / {text} is not a date, write 2026-09-17", err=True)
        raise typer.Exit(2) from None


def main() -> None:
    """Entry point of the `guihua` program."""
    app()
