"""Templates are ready to be copied: clean, walked on every flow, never deployed, and clean again under another name."""

import asyncio
import re
import shutil
from pathlib import Path
from typing import Final

import pytest

from services.local import bundles, commands
from services.local.rehearsing import demo_office
from services.workflow.definitions.coverage import coverage
from services.workflow.definitions.files import in_folder, is_template
from services.workflow.definitions.rehearsals import engine_here, rehearse
from services.workflow.engine.bundles import compile_bundle
from services.workflow.lint import lint_folder
from tests.bpmn.bundles import HOME, TEMPLATES, Bundle

each_template = pytest.mark.parametrize("bundle", TEMPLATES, ids=lambda bundle: bundle.key)
README: Final = HOME / "templates" / "README.md"


def test_there_is_one_row_for_each_template_in_the_readme() -> None:
    rows = re.findall(r"^\| \[([a-z-]+)\]", README.read_text("utf-8"), re.MULTILINE)
    assert rows == [bundle.key for bundle in sorted(TEMPLATES, key=lambda bundle: bundle.item["code"])]


@each_template
def test_given_a_template_then_the_gate_has_nothing_to_say_and_its_walks_pass_every_flow(bundle: Bundle) -> None:
    assert lint_folder(bundle.folder) == ()
    files, office, seen = in_folder(bundle.folder), demo_office(), set[str]()
    compiled = compile_bundle(files).bundle
    assert compiled is not None
    assert asyncio.run(rehearse(files, office, engine_here(compiled, office), seen=seen)) == []
    assert [one.missing for one in coverage(compiled, seen, ("diagram.bpmn",))] == [()]


@each_template
def test_given_a_template_then_it_is_not_among_what_is_deployed(bundle: Bundle) -> None:
    assert is_template(bundle.folder)
    assert bundle.folder not in bundles.find(HOME)


def test_given_a_template_to_deploy_then_it_is_said_that_it_is_to_be_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(commands.deploy(tmp_path, [bundle.folder for bundle in TEMPLATES], who="u.it"))
    told = " ".join(capsys.readouterr().out.split())  # a narrow terminal breaks lines
    assert told.count("copy it to make an item of it") == len(TEMPLATES)


def test_given_a_copy_beside_the_permits_then_one_replacement_makes_an_item_of_it(tmp_path: Path) -> None:
    shutil.copytree(HOME / "shared", tmp_path / "shared")
    copied = tmp_path / "fence-permit"
    shutil.copytree(HOME / "templates" / "simple-permit", copied)
    for path in (copied / "diagram.bpmn", copied / "item.toml"):
        path.write_text(path.read_text("utf-8").replace("simple-permit", "fence-permit"), "utf-8")
    assert lint_folder(copied) == ()
    assert bundles.find(tmp_path) == [copied]
    assert not is_template(copied)
