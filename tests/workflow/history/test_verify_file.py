"""`guihua verify-case` on an exported file."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.kernel.identity import create_keypair
from services.local.cli import app
from tests.workflow.history.conftest import Carried
from tests.workflow.room import HEAD


@pytest.fixture
async def file(carried: Carried, tmp_path: Path) -> Path:
    answer = await carried.room.ask(HEAD, "GET", f"/cases/{carried.case_no}/file")
    path = tmp_path / "case.zip"
    path.write_bytes(answer.content)
    return path


def test_given_a_whole_file_then_it_says_so(file: Path, carried: Carried) -> None:
    told = CliRunner().invoke(app, ["verify-case", str(file)])
    assert told.exit_code == 0, told.output
    assert "完整" in told.output
    assert carried.case_no in told.output


def test_given_another_key_then_the_file_is_refused(file: Path, tmp_path: Path) -> None:
    _, other = create_keypair(tmp_path / "other")
    told = CliRunner().invoke(app, ["verify-case", str(file), "--key", str(other), "--json"])
    assert told.exit_code == 1
    assert not json.loads(told.output)["whole"]


def test_given_a_changed_byte_then_it_says_where(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:2000] + bytes([content[2000] ^ 1]) + content[2001:])
    told = CliRunner().invoke(app, ["verify-case", str(file)])
    assert told.exit_code == 1
    assert "/" in told.output


def test_given_no_file_then_that_is_said(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["verify-case", str(tmp_path / "none.zip")]).exit_code == 2
