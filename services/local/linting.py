"""`guihua lint`: the deploy gate without a server."""

import errno
import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console

from services.workflow.engine.models import Finding, Severity
from services.workflow.lint import lint_folder

_CLEAN, _ERRORS, _UNUSABLE = 0, 1, 2
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
            why = f"{path}: 无法读取 / cannot be read: {error.strerror}"
            Console(stderr=True, highlight=False, markup=False, soft_wrap=True).print(why, style="red")
            return _UNUSABLE
        has_errors = any(finding.severity is Severity.ERROR for finding in findings)
        worst = _ERRORS if has_errors else worst
        for finding in findings:
            _tell(console, folder, finding, as_json=as_json)
        if not as_json and not has_errors:
            console.print(f"{folder}: 没有错误 / no errors", style="green")
    return worst


def _findings(path: Path, folder: Path) -> tuple[Finding, ...]:
    """What is wrong with a folder. Raises OSError when there is none, or when it cannot be read."""
    if not path.exists() or not any(folder.glob("*.bpmn")):
        raise FileNotFoundError(
            errno.ENOENT, "不是流程目录，请给出含有 .bpmn 文件的目录 / give a folder that holds a .bpmn file"
        )
    return lint_folder(folder)


def _tell(console: Console, folder: Path, finding: Finding, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"folder": str(folder), **asdict(finding)}, ensure_ascii=False))  # noqa: T201 - the output
        return
    where = f"{folder / finding.file}{f' · {finding.element}' if finding.element else ''}"
    console.print(f"{finding.severity} {finding.rule} {where}", style=_COLOURS[finding.severity])
    console.print(f"  {finding.zh} / {finding.en}")
    console.print(f"  → {finding.remedy_zh} / {finding.remedy_en}")
