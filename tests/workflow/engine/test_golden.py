"""Cases that were under way when an older engine was replaced: this one reads each as it was left, and ends it."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from services.workflow.engine import codec
from tests.workflow.engine import recording

KEPT: Final = [path for folder in recording.formats() for path in sorted(folder.glob("*.json"))]
CASES: Final = [path for path in KEPT if path.stem != "layout"]
each_case = pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
HINT: Final = "python -m tests.workflow.engine.recording"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@each_case
def test_given_a_case_that_an_older_engine_left_then_all_that_was_open_still_is(path: Path) -> None:
    recorded = read(path)
    step = recording.seen(recording.bundle_of(recorded), recorded)
    assert json.loads(json.dumps(recording.shown(step))) == recorded["shown"]


@each_case
def test_given_a_case_that_an_older_engine_left_then_it_ends_as_it_would_have(path: Path) -> None:
    recorded = read(path)
    step = recording.finished(recording.bundle_of(recorded), recorded)
    assert json.loads(json.dumps(recording.ending(step))) == recorded["end"]


def test_given_the_present_format_then_every_kind_of_waiting_place_is_recorded_in_it() -> None:
    there = {path.stem for path in recording.folder_of(codec.FORMAT).glob("*.json")}
    missing = {*recording.names(), "layout"} - there
    assert not missing, f"record what is missing: {HINT}"


def test_given_the_rows_of_a_state_then_they_are_those_of_its_format() -> None:
    kept = read(recording.folder_of(codec.FORMAT) / "layout.json")
    assert recording.layout() == kept, f"give codec.FORMAT a new number, keep reading the old one, then: {HINT}"
