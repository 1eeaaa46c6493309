"""`POST /lint` tells what `guihua lint` tells: findings with fixes, translations, on demand the mended files."""

from pathlib import Path
from typing import Any

import pytest

from services.workflow.lint import lint_files
from services.workflow.lint.mending.fixes import mended
from services.workflow.lint.mending.translating import translate
from tests.workflow.bundle_support import as_bytes, bundle
from tests.workflow.room import IT, Room

FOREIGN = Path(__file__).parent / "foreign"
NAMES = ("camunda8.bpmn", "flowable.bpmn20.xml", "spiffarena.bpmn", "activiti.bpmn", "camunda7.bpmn")


async def lint(room: Room, files: dict[str, str], *, fix: bool = False) -> dict[str, Any]:
    answer = await room.ask(IT, "POST", f"/lint?fix={str(fix).lower()}", {"files": files})
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.parametrize("name", NAMES)
async def test_given_a_drawing_for_another_engine_then_each_setting_is_told_and_the_files_come_back_translated(
    room: Room, name: str
) -> None:
    files = bundle(diagram_bpmn=(FOREIGN / name).read_text(encoding="utf-8"))
    told, done = await lint(room, files), await lint(room, files, fix=True)

    translated = translate(as_bytes(files))
    assert told["rewritten"] == done["rewritten"] == [each.told() for each in translated.rewritten]
    assert (told["files"], told["fixed"]) == ({}, [])
    now, fixes = mended(translated.files, lint_files)
    assert done["fixed"] == [each.told() for each in fixes]
    assert done["files"] == {path: content.decode() for path, content in now.items() if content != files[path].encode()}
    again = await lint(room, files | done["files"], fix=True)
    assert (again["files"], again["fixed"], again["findings"]) == ({}, [], done["findings"])


async def test_given_a_finding_that_mends_itself_then_it_bears_its_fix_and_is_gone_once_that_is_done(
    room: Room,
) -> None:
    text = bundle()["diagram.bpmn"].replace("permit:limit_wd", "permit:limt_wd", 1)
    files = bundle(diagram_bpmn=text)
    told = await lint(room, files)
    fixable = {each["rule"]: each["fix"] for each in told["findings"] if each["fix"]}
    assert [each["value"] for each in fixable["GH-E307"]] == ["permit:limit_wd"]

    done = await lint(room, files, fix=True)
    assert done["files"]["diagram.bpmn"] == text.replace("permit:limt_wd", "permit:limit_wd")
    assert [each["rule"] for each in done["fixed"]] == ["GH-E307"]
    assert not any(each["fix"] for each in done["findings"])


async def test_given_what_is_no_drawing_then_it_is_told_or_refused_and_nothing_is_mended(room: Room) -> None:
    broken = {"files": {"diagram.bpmn": "no XML at all"}}
    answer = await room.ask(IT, "POST", "/lint?fix=true", broken)
    assert (answer.status_code, answer.json()["files"], answer.json()["rewritten"]) == (200, {}, [])
    assert any(each["severity"] == "error" for each in answer.json()["findings"])
    refused = await room.ask(IT, "POST", "/lint?fix=true", {"files": {"../x.bpmn": "<a/>"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "bundle-refused")
