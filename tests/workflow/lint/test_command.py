"""`guihua lint --fix` and `--translate`: files are mended or rewritten, and what was done is printed."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from services.local import linting
from tests.workflow.engine.drawing import drawn, end, flows, process, settings, start, user

FOREIGN = Path(__file__).parent / "foreign"


def _printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_fix_mends_the_file_and_then_lints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "diagram.bpmn"
    body = (start(), user("a"), end("e", settings(outcome="granted")), flows("s", "a", "e"))
    file.write_bytes(drawn(process(*body, executable="false")))
    assert linting.fix([tmp_path], as_json=True) == 1  # item.toml and the form are missing still
    assert b'isExecutable="true"' in file.read_bytes()
    printed = _printed(capsys)
    assert printed[0]["fix"]["rule"] == "GH-E005"
    assert "GH-E005" not in {line.get("rule") for line in printed[1:]}


def test_a_finding_that_can_be_mended_carries_what_would_be_set_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = (start(), user("a", limit_w="3"), end("e", settings(outcome="granted")), flows("s", "a", "e"))
    (tmp_path / "diagram.bpmn").write_bytes(drawn(process(*body)))
    assert linting.lint([tmp_path], as_json=True) == 1
    fixes = {line["rule"]: line["fix"] for line in _printed(capsys)}
    assert fixes["GH-E701"] == []
    wanted = {"element": "a", "sets": "permit:limit_w", "value": "permit:limit_wd"}
    assert [wanted.items() <= each.items() for each in fixes["GH-E307"]] == [True]
    linting.lint([tmp_path], as_json=False)
    assert "guihua lint --fix" in capsys.readouterr().out


def test_fix_of_what_is_no_folder_of_drawings_is_refused(tmp_path: Path) -> None:
    assert linting.fix([tmp_path / "nowhere"], as_json=True) == 2


def test_translate_writes_drawings_of_ours_and_tells_each_setting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    shutil.copy(FOREIGN / "camunda8.bpmn", source / "permit.bpmn")
    assert linting.translated([source], out, as_json=True) == 0
    assert b'camunda:candidateGroups="P04"' in (out / "permit.bpmn").read_bytes()
    told = [line["rewritten"] for line in _printed(capsys)]
    assert {"element": "Number", "now": 'camunda:topic="certificate-number"'}.items() <= told[5].items()


def test_translate_says_by_its_exit_code_that_something_is_left_to_a_person(tmp_path: Path) -> None:
    assert linting.translated([FOREIGN / "flowable.bpmn20.xml"], tmp_path, as_json=True) == 1
    assert (tmp_path / "flowable.bpmn").is_file()


def test_translate_of_nothing_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert linting.translated([tmp_path], tmp_path / "out", as_json=False) == 2
    assert ".bpmn" in capsys.readouterr().err


def test_people_read_what_was_done_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    linting.translated([FOREIGN / "flowable.bpmn20.xml"], tmp_path, as_json=False)
    text = capsys.readouterr().out
    assert "请人工处理" in text
    assert "a person has to decide" in text
