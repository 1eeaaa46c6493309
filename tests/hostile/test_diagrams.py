"""Files that are no process definition: refused in time, in words, and nothing of them is kept."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from services.contracts.words import Role
from services.local import linting
from tests.hostile.city import City, person, refusal
from tests.hostile.diagrams import NO_DIAGRAMS, NO_FORMS, NO_ITEMS, NO_PATHS, NO_TABLES, archive, no_archives
from tests.support.process import ROOT
from tests.workflow.bundle_support import bundle

ZIP: Final = {"Content-Type": "application/zip"}
IT: Final = person("u.it", Role.IT_STAFF, department="D11")
WITHIN: Final = 5.0
FINDING: Final = {"file", "element", "rule", "severity", "zh", "en", "remedy_zh", "remedy_en"}

FILES: Final = {
    f"{file}: {kind}": {**bundle(), file: content}
    for file, kinds in (
        ("diagram.bpmn", NO_DIAGRAMS),
        ("forms/experts.json", NO_FORMS),
        ("table.dmn", NO_TABLES),
        ("item.toml", NO_ITEMS),
    )
    for kind, content in kinds.items()
}
"""A good definition with one file that is not."""


@pytest.fixture(autouse=True)
async def stored_nothing(city: City) -> AsyncIterator[None]:
    """Whatever is sent, there are the same definitions and versions afterwards."""
    before = await definitions(city)
    yield
    assert await definitions(city) == before


async def definitions(city: City) -> Any:
    answer = await city.ask("workflow", "GET", "/definitions", IT)
    assert answer.status_code == 200
    return answer.json()


async def deployed(city: City, files: dict[str, str | bytes], language: str = "en") -> httpx.Response:
    """Deploy files, as an archive, so that any bytes can be in them."""
    content = archive({path: each if isinstance(each, bytes) else each.encode() for path, each in files.items()})
    return await timed(city, "/definitions?activate=true", content=content, headers=ZIP, language=language)


async def timed(city: City, path: str, **request: Any) -> httpx.Response:
    """One request, answered in time."""
    began = time.monotonic()
    answer = await city.ask("workflow", "POST", path, IT, **request)
    assert time.monotonic() - began < WITHIN, f"{time.monotonic() - began:.1f} s"
    return answer


@pytest.mark.parametrize("kind", FILES)
async def test_given_a_file_that_is_no_definition_then_it_is_refused_with_place_reason_and_remedy(
    city: City, kind: str
) -> None:
    file = kind.partition(":")[0]
    told = refusal(await deployed(city, FILES[kind]))
    assert told["status"] == 422
    if told["code"] == "bundle-refused":
        assert file in told["detail"]
        return
    assert told["code"] == "definition-refused"
    ours = [error for error in told["errors"] if error["where"].startswith(file) or error["where"] == "bundle"]
    assert ours, told["errors"]
    for error in ours:
        rule, _, said = error["message"].partition("] ")
        assert rule.startswith("[GH-E")
        assert ". " in said, "what is wrong, then what to do"
    assert told["count"] == len(told["errors"])


@pytest.mark.parametrize("kind", no_archives())
async def test_given_a_hostile_archive_then_it_is_refused_in_time(city: City, kind: str) -> None:
    told = refusal(await timed(city, "/definitions", content=no_archives()[kind], headers=ZIP))
    assert (told["status"], told["code"]) == (422, "bundle-refused")


@pytest.mark.parametrize("path", NO_PATHS)
async def test_given_a_path_that_leads_elsewhere_then_it_is_named_and_refused(city: City, path: str) -> None:
    told = refusal(await timed(city, "/definitions", json={"files": {**bundle(), path: "{}"}}))
    assert (told["status"], told["code"]) == (422, "bundle-refused")
    assert path[:1] in told["detail"]
    assert told["detail"].isprintable()


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"", "application/json", 422),
        (b"null", "application/json", 422),
        (b"0", "application/json", 422),
        (b"[]", "application/json", 422),
        (b'{"files": []}', "application/json", 422),
        (b'{"files": {"item.toml": 1}}', "application/json", 422),
        (b'{"files": {"item.toml": "\\ud800"}}', "application/json", 400),
        (b'{"files": {"item.toml": "\\ud800"}}', "text/plain", 422),
        (b'{"files": NaN}', "application/json", 400),
        (b'{"files": NaN}', "application/octet-stream", 422),
        (b"[" * 100_000, "application/json", 400),
        (b"[" * 100_000, "text/plain", 422),
        (b"x" * 21_000_000, "application/zip", 413),
        (b'{"files": {"a.txt": "' + b"x" * 21_000_000 + b'"}}', "application/json", 413),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 422),
        (b"{}", "application/json; charset=utf-7", 422),
        (json.dumps({"files": {f"f{n}.json": "{}" for n in range(501)}}).encode(), "application/json", 422),
        (json.dumps({"files": {f"f{n}.json": "{}" for n in range(301)}}).encode(), "application/json", 422),
    ],
)
@pytest.mark.parametrize("path", ["/definitions", "/lint"])
async def test_given_a_body_that_holds_no_files_then_it_is_refused(
    city: City, path: str, body: bytes, content_type: str, status: int
) -> None:
    told = refusal(await timed(city, path, content=body, headers={"Content-Type": content_type}))
    assert told["status"] == status
    assert told["code"] in {"invalid-request", "body-unreadable", "body-too-large", "bundle-refused"}


async def test_the_findings_are_told_in_the_readers_language(city: City) -> None:
    files = FILES["diagram.bpmn: XXE"]
    chinese, english = [refusal(await deployed(city, files, language)) for language in ("zh", "en")]
    assert "文件含有 DOCTYPE" in chinese["errors"][0]["message"]
    assert "the file declares a DOCTYPE" in english["errors"][0]["message"]
    assert chinese["remedy"] != english["remedy"]


async def test_lint_says_the_same_as_the_gate_and_refuses_nothing_readable(city: City) -> None:
    for kind in ("diagram.bpmn: Flowable", "forms/experts.json: a catastrophic pattern", "item.toml: nonsense"):
        texts = {path: str(content) for path, content in FILES[kind].items()}
        told = refusal(await deployed(city, FILES[kind]))
        found = (await timed(city, "/lint", json={"files": texts})).json()["findings"]
        errors = [each for each in found if each["severity"] == "error"]
        assert [error["message"].partition("]")[0][1:] for error in told["errors"]] == [each["rule"] for each in errors]
        assert all(each.keys() - {"fix"} == FINDING for each in found)


@pytest.mark.parametrize("kind", FILES)
def test_given_a_folder_that_is_no_definition_then_guihua_lint_says_so_in_time(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, FILES[kind])
    began = time.process_time()
    assert linting.lint([folder], as_json=True) == 1
    assert time.process_time() - began < WITHIN
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(each.keys() - {"fix"} == FINDING | {"folder"} for each in found)
    assert all(each[text] for each in found for text in ("rule", "zh", "en", "remedy_zh", "remedy_en"))
    assert any(each["severity"] == "error" for each in found)
    assert linting.lint([folder], as_json=False) == 1  # nothing in a file disturbs what is printed


async def test_guihua_lint_ends_with_0_1_or_2_and_prints_json_lines_only(tmp_path: Path) -> None:
    good = written(tmp_path / "good", {**bundle()})
    bad = written(tmp_path / "bad", FILES["diagram.bpmn: XXE"])
    bare = written(tmp_path / "bare", {"README.md": "x"})
    endless = written(tmp_path / "endless", {**bundle()})
    with (endless / "endless.txt").open("wb") as file:
        file.truncate(50 * 2**30)
    assert await linted(good) == (0, [], "")
    code, found, _ = await linted(bad, endless, good)
    assert (code, {each["folder"] for each in found}) == (1, {str(bad), str(endless)})
    for unusable in (bare, tmp_path / "nowhere"):
        code, found, complained = await linted(good, unusable)
        assert (code, found) == (2, [])
        assert "无法读取 / cannot be read" in complained


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    """The files in a folder."""
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


async def linted(*folders: Path) -> tuple[int, list[dict[str, Any]], str]:
    """`guihua lint --json`: exit code, findings, and what stands on standard error."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from services.local.cli import main; main()", "lint", "--json", *map(str, folders)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await child.communicate()
    assert child.returncode is not None
    return child.returncode, [json.loads(line) for line in said.splitlines()], complained.decode()
