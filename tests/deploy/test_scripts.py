"""The scripts: checked by shellcheck, and careful before they change anything."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.places import DEPLOY, SCRIPTS, TOP, commands


def test_shellcheck_finds_nothing() -> None:
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or "shellcheck"
    paths = [str(script.relative_to(TOP)) for script in SCRIPTS]
    checked = subprocess.run(
        [shellcheck, "-x", *paths], cwd=TOP, capture_output=True, text=True, check=False, timeout=60
    )
    assert checked.stdout == ""


@pytest.mark.parametrize(
    "script", [script for script in SCRIPTS if script.parent == DEPLOY], ids=lambda path: path.name
)
def test_a_script_says_what_it_is_for_and_can_be_started(script: Path) -> None:
    first, second, *_ = script.read_text(encoding="utf-8").splitlines()
    assert first == "#!/usr/bin/env bash"
    assert second.startswith("# ")
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("arguments", [[], ["backups/x"], ["backups/x", "--yes"]])
def test_a_restore_wants_to_be_sure(arguments: list[str]) -> None:
    done = subprocess.run([DEPLOY / "restore.sh", *arguments], capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, "usage: restore.sh" in done.stderr) == (2, True)


def test_a_damaged_copy_is_refused_before_anything_changes(tmp_path: Path) -> None:
    (tmp_path / "mongo.tar.gz").write_bytes(b"damaged on the way")
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(b'as it was').hexdigest()}  mongo.tar.gz\n")
    command = [DEPLOY / "restore.sh", tmp_path, "--replace-everything"]
    without_engine = os.environ | {"DOCKER_HOST": "unix:///nowhere"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20, env=without_engine)
    assert (done.returncode, "nothing was changed" in done.stderr) == (1, True)


def test_images_need_an_engine() -> None:
    without_engine = os.environ | {"DOCKER_HOST": "unix:///nowhere"}
    done = subprocess.run(
        [DEPLOY / "images.sh"], capture_output=True, text=True, check=False, timeout=20, env=without_engine
    )
    assert (done.returncode, "no container engine answers" in done.stderr) == (1, True)


def test_every_file_that_the_readme_and_the_makefile_name_is_there() -> None:
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for script in re.findall(r"\./(\w[\w-]*\.sh)", text):
        assert (DEPLOY / script).is_file(), script
    for link in re.findall(r"\]\((\.\./[^)]+)\)", text):
        assert (DEPLOY / link).exists(), link
    for script in re.findall(r"\./(deploy/[\w-]+\.sh)", (TOP / "Makefile").read_text(encoding="utf-8")):
        assert (TOP / script).is_file(), script
    assert commands("Begin")
