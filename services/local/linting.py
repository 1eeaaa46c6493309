"""`guihua lint`: the deploy gate without a server."""

import errno
import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console

from services.workflow.definitions.files import BundleRefused, in_folder
from services.workflow.engine.models import Finding, Severity
from services.workflow.lint import lint_files, lint_folder
from services.workflow.lint.mending.fixes import Fix, fixes_of, mended
from services.workflow.lint.mending.translating import Outcome, Rewritten, translate

_CLEAN, _ERRORS, _UNUSABLE = 0, 1, 2
_OUTCOMES: Final = {Outcome.TRANSLATED: "green", Outcome.DROPPED: "cyan", Outcome.LEFT: "red"}
_DRAWINGS: Final = (".bpmn", ".bpmn20.xml")
_COLOURS: Final = {"error": "red", "warning": "yellow", "info": "cyan"}


def lint(paths: list[Path], *, as_json: bool) -> int:
    """Check process folders; prints every finding. 0 clean, 1 findings of severity error, 2 unusable input.

    With `as_json` standard output holds JSON lines only; what cannot be read at all is told on standard error.
    """
    console = Console(highlight=False, markup=False, soft_wrap=True)
    worst = _CLEAN
    for path in paths:
        folder = path if path.is_dir() else path.parent
        try:
            findings = _findings(path, folder)
        except OSError as error:
            _unreadable(path, error)
            return _UNUSABLE
        has_errors = any(finding.severity is Severity.ERROR for finding in findings)
        worst = _ERRORS if has_errors else worst
        fixes = _fixes(folder, findings)
        for finding in findings:
            mends = [each for each in fixes if (each.rule, each.element) == (finding.rule, finding.element)]
            _tell(console, folder, finding, mends, as_json=as_json)
        if not as_json and not has_errors:
            console.print(f"{folder}: 没有错误 / no errors", style="green")
    return worst


def fix(paths: list[Path], *, as_json: bool) -> int:
    """Mend what can be mended without asking, byte for byte nothing else; then lint. 2 for unusable input."""
    for path in paths:
        folder = path if path.is_dir() else path.parent
        try:
            _findings(path, folder)
            files = in_folder(folder)
            now, done = mended(files, lint_files)
            for name in {each.file for each in done if (folder / each.file).is_file()}:
                (folder / name).write_bytes(now[name])
        except BundleRefused:
            continue  # lint says why
        except OSError as error:
            _unreadable(path, error)
            return _UNUSABLE
        for each in done:
            _tell_fix(each, as_json=as_json)
    return lint(paths, as_json=as_json)


def translated(paths: list[Path], out: Path, *, as_json: bool) -> int:
    """Write drawings made for other engines into a folder, in our dialect. 1 when something is left to a person."""
    worst = _CLEAN
    for path in paths:
        try:
            result = translate(_drawings(path))
            for name, content in result.files.items():
                target = out / f"{name.removesuffix('.bpmn20.xml').removesuffix('.bpmn')}.bpmn"
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        except OSError as error:
            _unreadable(path, error)
            return _UNUSABLE
        for each in result.rewritten:
            _tell_rewritten(each, as_json=as_json)
            worst = _ERRORS if each.outcome is Outcome.LEFT else worst
    return worst


def _drawings(path: Path) -> dict[str, bytes]:
    """The drawings of a folder, or the one that is given. Raises OSError when there are none."""
    if path.is_file():
        return {path.name: path.read_bytes()}
    found = [each for each in sorted(path.rglob("*")) if each.name.endswith(_DRAWINGS) and each.is_file()]
    if not found:
        raise FileNotFoundError(errno.ENOENT, "没有 .bpmn 文件 / there is no .bpmn file")
    return {each.relative_to(path).as_posix(): each.read_bytes() for each in found}


def _unreadable(path: Path, error: OSError) -> None:
    why = f"{path}: 无法读取 / cannot be read: {error.strerror}"
    Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(why, style="red")


def _tell_fix(done: Fix, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"fix": done.told()}, ensure_ascii=False))  # noqa: T201 - the output
        return
    now = "已删除 / removed" if done.value is None else f"→ {done.value}"
    text = f"已修复 / fixed {done.rule} {done.file} · {done.element}: {done.sets} {now}"
    Console(highlight=False, markup=False, soft_wrap=True).print(text, style="green")


def _tell_rewritten(each: Rewritten, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"rewritten": each.told()}, ensure_ascii=False))  # noqa: T201 - the output
        return
    words = {
        Outcome.TRANSLATED: f"→ {each.now}",
        Outcome.DROPPED: "无作用，已去掉 / means nothing here, taken away",
        Outcome.LEFT: "未翻译，请人工处理 / left as it is: a person has to decide",
    }
    console = Console(highlight=False, markup=False, soft_wrap=True)
    console.print(f"{each.file} · {each.element}: {each.was} {words[each.outcome]}", style=_OUTCOMES[each.outcome])


def _findings(path: Path, folder: Path) -> tuple[Finding, ...]:
    """What is wrong with a folder. Raises OSError when there is none, or when it cannot be read."""
    if not path.exists() or not any(folder.glob("*.bpmn")):
        raise FileNotFoundError(
            errno.ENOENT, "不是流程目录，请给出含有 .bpmn 文件的目录 / give a folder that holds a .bpmn file"
        )
    return lint_folder(folder)


def _fixes(folder: Path, findings: tuple[Finding, ...]) -> list[Fix]:
    """What `--fix` would do about the findings."""
    try:
        return fixes_of(in_folder(folder), findings)
    except BundleRefused:
        return []


def _tell(console: Console, folder: Path, finding: Finding, fixes: list[Fix], *, as_json: bool) -> None:
    if as_json:
        line = {"folder": str(folder), **asdict(finding), "fix": [each.told() for each in fixes]}
        print(json.dumps(line, ensure_ascii=False))  # noqa: T201 - the output
        return
    where = f"{folder / finding.file}{f' · {finding.element}' if finding.element else ''}"
    console.print(f"{finding.severity} {finding.rule} {where}", style=_COLOURS[finding.severity])
    console.print(f"  {finding.zh} / {finding.en}")
    console.print(f"  → {finding.remedy_zh} / {finding.remedy_en}")
    if fixes:
        console.print("  ✎ 可自动修复：guihua lint --fix / mended by guihua lint --fix", style="green")
