"""`make conformance CORPUS=folder`: what the engine does with the models of a public BPMN suite.

The folder is no part of the project. It holds `expected.json` (what an engine that conforms to BPMN 2.0 does with
each model: the words its scripts log), the models, and in `illegal/` those that each break one constraint.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from bench import illegal
from bench.models import NOW, Play, mapped
from services.workflow.engine.bundles import Bundle, compile_diagrams
from services.workflow.engine.models import Severity

_UNCAUGHT: Final = "error:thrown_error_event"
_CONTRADICTED: Final = {
    f"AdHocSubProcess_{ordering}": "the model's last script says SCRIPT_task1 where the suite expects task3"
    " (WCP17_InterleavedParallelRouting is the same drawing with SCRIPT_task3)"
    for ordering in ("Sequential", "Parallel")
}
"""Models that cannot leave the trace the suite expects, and why."""

_HEAD: Final = """\
# Conformance

Measured by `make conformance CORPUS=folder` on the models of the public suite uniba-dsg/betsy: {count} models with the
trace that an engine conforming to BPMN 2.0 leaves, in any order. **{right} right** ({share}), {wrong} accepted and then
wrong ({contradicted} of them cannot leave the trace expected), {refused} refused. A refusal counts as right only where
the suite asks for an error of whatever kind ({asked} of those right).

The suite's script keywords are mapped by the command (`bench/models.py`). A process that stands still for ever is
accepted by the engine's own rules and told as an incident; the suite, and this table, compare what it did until then.
The rules of the house refuse such drawings (`GH-E119`).

"""


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one model."""

    group: str
    name: str
    expected: str
    got: str
    verdict: str

    def line(self) -> str:
        """Give the row of the table."""
        mark = self.verdict if self.verdict.startswith("right") else f"**{self.verdict}**"
        mark += f": {_CONTRADICTED[self.name]}" if self.name in _CONTRADICTED and self.verdict == "wrong" else ""
        return f"| {self.group} | {self.name} | {self.expected} | {self.got} | {mark} |"


def rows(folder: Path) -> Iterator[Row]:
    """Play every model of the folder."""
    for model in json.loads((folder / "expected.json").read_text("utf-8")):
        yield _row(model, mapped((folder / model["file"]).read_bytes()))


def _row(model: Mapping[str, Any], drawing: bytes) -> Row:
    cases: Sequence[Mapping[str, Any]] = model["cases"]
    wanted = [sorted(case["expect"]) for case in cases]
    expected = " / ".join(", ".join(words) or "nothing" for words in wanted) or "accepted"
    compiled = compile_diagrams({"model.bpmn": drawing})
    if compiled.bundle is None:
        said = [
            f"{each.rule} {each.element}: {each.en}" for each in compiled.findings if each.severity is Severity.ERROR
        ]
        asked = bool(wanted) and all(words in (["error:any"], ["error:deployment"]) for words in wanted)
        return Row(model["group"], model["name"], expected, said[0], "right: refused" if asked else "refused")
    got = [_played(compiled.bundle, model["name"], case) for case in cases]
    shown = " / ".join(", ".join(words) or "nothing" for words in got) or "accepted"
    return Row(model["group"], model["name"], expected, shown, "right" if got == wanted else "wrong")


def _played(bundle: Bundle, process: str, case: Mapping[str, Any]) -> list[str]:
    """Play one case; give its trace, with errors said in the suite's words."""
    variables = {"test": case.get("test", ""), "integerVariable": case.get("integerVariable", 0)}
    play = Play(bundle, variables)
    if case.get("parallel_process"):
        play.begin("ParallelProcess")
    play.begin(process)
    play.go_on(NOW + timedelta(milliseconds=case.get("delay_ms", 0)))
    expected = case["expect"]
    trace = [word for word in play.seen() if word != "marker" or "marker" in expected]
    for fault in play.faults:
        uncaught = "caught by no boundary event" in fault.en
        asked = [word for word in expected if word.startswith("error:")]
        fits = asked[:1] if asked and (asked[0] != _UNCAUGHT or uncaught) else [f"error: {fault.en}"]
        trace += fits
    return sorted(trace)


def report(folder: Path) -> str:
    """Give the whole document."""
    found = list(rows(folder))
    verdicts = Counter(row.verdict for row in found)
    asked = verdicts["right: refused"]
    right = verdicts["right"] + asked
    head = _HEAD.format(
        count=len(found),
        right=right,
        share=f"{right / len(found):.1%}",
        wrong=verdicts["wrong"],
        contradicted=sum(row.verdict == "wrong" and row.name in _CONTRADICTED for row in found),
        refused=verdicts["refused"] + asked,
        asked=asked,
    )
    groups = Counter(row.group for row in found)
    fine = Counter(row.group for row in found if row.verdict.startswith("right"))
    lines = [
        "| group | models | right |",
        "| --- | --- | --- |",
        *(f"| {group} | {count} | {fine[group]} |" for group, count in sorted(groups.items())),
        "",
        "| group | model | expected | got | verdict |",
        "| --- | --- | --- | --- | --- |",
        *(row.line() for row in found),
        "",
    ]
    return head + "\n".join(lines) + "\n" + illegal.table(folder / "illegal")


def main(*arguments: str) -> None:
    """Play the models of the folder that is given, and write the table; 2 when the folder holds no models."""
    folder, target = Path(arguments[0] if arguments else ""), Path("docs/conformance.md")
    if not (folder / "expected.json").is_file():
        sys.stderr.write(
            f"{folder}: 没有 expected.json。语料不随项目提供：make conformance CORPUS=文件夹\n"
            f"{folder}: holds no expected.json. The models are no part of the project: make conformance CORPUS=folder\n"
        )
        sys.exit(2)
    text = report(folder)
    target.write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
