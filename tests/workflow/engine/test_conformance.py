"""The conformance command: keywords become steps, every verdict is earned, and a missing folder is said."""

import json
from pathlib import Path

import pytest

from bench import conformance
from tests.workflow.engine.drawing import boundary, definition, drawn, end, flow, flows, node, process, start, timer


def logs(name: str, word: str) -> str:
    return node("scriptTask", name, f"<bpmn:script>{word}</bpmn:script>")


def corpus(folder: Path, **models: tuple[str, list[dict[str, object]]]) -> Path:
    """A folder of models: the parts of each, and its cases."""
    expected = []
    for name, (parts, cases) in models.items():
        (folder / f"{name}.bpmn").write_bytes(drawn(process(parts, id=name)))
        expected.append({"group": "g", "name": name, "file": f"{name}.bpmn", "cases": cases})
    (folder / "expected.json").write_text(json.dumps(expected), "utf-8")
    return folder


def chosen() -> str:
    """A choice by the suite's condition, and a log on either side."""
    gateway = node("exclusiveGateway", "g", default="d")
    ways = flow("g", "b", '!test.contains("a")') + flow("g", "a", id="d")
    tasks = logs("a", "SCRIPT_task1") + logs("b", "SCRIPT_task2")
    return start() + gateway + tasks + end() + flows("s", "g") + ways + flows("a", "e") + flows("b", "e")


def waited() -> str:
    """A step that takes ten seconds, interrupted after two."""
    late = boundary("l", "w", timer("PT2S")) + logs("x", "SCRIPT_task2") + flows("l", "x", "e")
    return (
        start() + logs("w", "WAIT_TEN_SECONDS") + logs("y", "SCRIPT_task1") + end() + late + flows("s", "w", "y", "e")
    )


def test_each_model_is_judged_by_the_trace_it_leaves(tmp_path: Path) -> None:
    cases: list[dict[str, object]] = [{"test": "a", "expect": ["task1"]}, {"test": "b", "expect": ["task2"]}]
    folder = corpus(
        tmp_path,
        chosen=(chosen(), cases),
        wrong=(chosen(), [{"test": "a", "expect": ["task2"]}]),
        waited=(waited(), [{"expect": ["task2"], "delay_ms": 12000}]),
        refused=(start() + node("callActivity", "c", calledElement="zz") + end() + flows("s", "c", "e"), cases),
        asked=(
            start() + node("task", "c", startQuantity="0") + end() + flows("s", "c", "e"),
            [{"expect": ["error:any"]}],
        ),
        fault=(
            start() + logs("a", "SCRIPT_task1") + end("e", definition("error")) + flows("s", "a", "e"),
            [{"expect": ["task1", "error:thrown_error_event"]}],
        ),
    )
    found = {row.name: row.verdict for row in conformance.rows(folder)}
    assert found == {
        "chosen": "right",
        "wrong": "wrong",
        "waited": "right",
        "refused": "refused",
        "asked": "right: refused",
        "fault": "right",
    }


def test_the_document_tells_the_totals(tmp_path: Path) -> None:
    text = conformance.report(corpus(tmp_path, chosen=(chosen(), [{"test": "a", "expect": ["task1"]}])))
    assert "**1 right** (100.0%)" in text
    assert "| g | chosen | task1 | task1 | right |" in text


def test_a_folder_without_models_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        conformance.main("nowhere")
    assert ended.value.code == 2
    assert "make conformance CORPUS=" in capsys.readouterr().err
