"""`guihua walks`: what the walks of a folder pass, and which planted faults they notice."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from services.local.mutants import Mutant, mutants
from services.local.rehearsing import walks
from services.workflow.definitions.files import in_folder
from services.workflow.engine.bundles import compile_bundle
from tests.bpmn.bundles import HOME, SHARED_HOME

WORKS = HOME / "works-planning-permit"


def test_given_each_kind_of_fault_then_one_thing_differs_and_most_can_be_deployed() -> None:
    known = in_folder(WORKS)
    made = list(mutants(known))
    kinds = {each.fault for each in made}
    assert kinds == {
        "condition turned round",
        "targets exchanged",
        "timer never comes",
        "way back astray",
        "limit longer",
    }
    assert len({(each.fault, each.element) for each in made}) == len(made)
    for kind in kinds:
        of_kind = [each for each in made if each.fault == kind]
        assert all(_changed(each, known) == {"diagram.bpmn"} for each in of_kind)
        assert any(compile_bundle(each.files).bundle is not None for each in of_kind), kind


def test_given_a_folder_with_half_its_walks_then_what_no_walk_passes_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _copy(tmp_path, keep=("sc2-landscape-remote-approval.toml",))
    assert walks([folder]) == 0
    told = capsys.readouterr().out
    assert "未走到 / not passed: Boundary_AcceptanceSilent" in told
    assert "100.0%" not in told


def test_given_walks_that_end_as_they_say_then_faults_they_do_not_notice_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = _copy(tmp_path, keep=("not-accepted.toml",))
    assert walks([folder], mutate=True) == 0
    told = capsys.readouterr().out
    assert "未发现 / not noticed: timer never comes" in told
    assert "走查发现 / caught" in told


def _changed(mutant: Mutant, known: Mapping[str, bytes]) -> set[str]:
    return {name for name, content in mutant.files.items() if content != known[name]}


def test_given_the_folder_of_shared_processes_then_each_is_walked_in_a_permit_that_calls_it_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = tmp_path / "shared"
    for path in SHARED_HOME.rglob("*"):
        if path.is_file() and ("shared-expert" in str(path.relative_to(SHARED_HOME)) and path.stem != "overrun"):
            there = shared / path.relative_to(SHARED_HOME)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(path.read_bytes())
    assert walks([shared], mutate=True) == 0
    told = capsys.readouterr().out
    assert "shared/shared-expert-review: 1 条走查全部通过" in told
    assert "未走到 / not passed: Boundary_ExpertOverrun" in told
    assert "未发现 / not noticed: timer never comes · Boundary_ExpertOverrun" in told


def _copy(tmp_path: Path, *, keep: tuple[str, ...]) -> Path:
    folder = tmp_path / WORKS.name
    for path in WORKS.rglob("*"):
        if path.is_file() and (path.parent.name != "walks" or path.name in keep):
            there = folder / path.relative_to(WORKS)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(path.read_bytes())
    return folder
