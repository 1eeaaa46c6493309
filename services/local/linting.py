"""`guihua lint`: the deploy gate without a server."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console

from services.workflow.engine.models import Finding
from services.workflow.lint import lint_folder

_CLEAN, _ERRORS, _UNUSABLE = 0, 1, 2
_COLOURS: Final = {"error": "red", "warning": "yellow", "info": "cyan"}


def lint(paths: list[Path], *, as_json: bool) -> int:
    """Check process folders; prints every finding. 0 clean, 1 findings of severity error, 2 unusable input."""
    console, worst = Console(highlight=False), _CLEAN
    for path in paths:
        folder = path if path.is_dir() else path.parent
        if not path.exists() or not any(folder.glob("*.bpmn")):
            console.print(f"{path}: 不是流程目录或文件 / not a process folder or file", style="red")
            return _UNUSABLE
        for finding in lint_folder(folder):
            worst = max(worst, _ERRORS if finding.severity == "error" else _CLEAN)
            if as_json:
                print(json.dumps({"folder": str(folder), **asdict(finding)}, ensure_ascii=False))  # noqa: T201 - output
            else:
                _print(console, folder, finding)
        if not as_json and worst is _CLEAN:
            console.print(f"{folder}: 没有错误 / no errors", style="green")
    return worst


def _print(console: Console, folder: Path, finding: Finding) -> None:
    where = f"{folder / finding.file}{f' · {finding.element}' if finding.element else ''}"
    console.print(f"{finding.severity} {finding.rule} {where}", style=_COLOURS[finding.severity])
    console.print(f"  {finding.zh} / {finding.en}")
    console.print(f"  → {finding.remedy_zh} / {finding.remedy_en}")
