"""The history of a case: chained, verifiable, true at any moment, and exported as one file."""

import io
import json
import zipfile
from typing import Any

import pytest

from services.workflow.history.chains import verdict
from services.workflow.history.files import HISTORY, MANIFEST, SIGNATURE, file_verdict, fingerprint
from services.workflow.history.lines import Line
from tests.workflow.clock_support import at
from tests.workflow.history.conftest import Carried
from tests.workflow.room import HEAD, IT, STRANGER


async def test_given_a_case_then_its_history_is_one_chain_that_ends_where_the_case_says(carried: Carried) -> None:
    found = await carried.room.have(HEAD, f"/cases/{carried.case_no}/chain")
    assert (found["whole"], found["unchained"], found["breaks"]) == (True, 0, [])
    assert found["chained"] > 30


@pytest.mark.parametrize("step", range(6))
async def test_given_a_moment_then_the_case_stands_as_it_stood_then(carried: Carried, step: int) -> None:
    moment, stood = carried.stood[step]
    then = (
        await carried.room.ask(HEAD, "GET", f"/cases/{carried.case_no}/at?moment={moment:%Y-%m-%dT%H:%M:%S}Z")
    ).json()
    assert (then["status"], then["version"], then["outcome"]) == (stood["status"], stood["version"], stood["outcome"])
    assert [(each["task_id"], each["element"], each["assignee"], each["due_on"]) for each in then["steps"]] == [
        (each["task_id"], each["element"], each["assignee"], each["due_on"]) for each in stood["steps"]
    ]
    clocks = {each["clock_id"]: each for each in then["clocks"]}
    for clock in stood["clocks"]:
        told = clocks[clock["clock_id"]]
        assert (told["state"] == "held", told["state"] == "stopped") == (
            clock["held"],
            clock["stopped_at"] is not None,
        ), clock["clock_id"]
        if not clock["held"]:
            assert told["due_on"] == clock["due_on"]


async def test_given_a_moment_before_receipt_then_nothing_is_known(carried: Carried) -> None:
    then = await carried.room.have(HEAD, f"/cases/{carried.case_no}/at?moment=2026-01-01T00:00:00Z")
    assert (then["lines"], then["status"], then["steps"]) == (0, "waiting", [])


async def test_given_another_departments_officer_then_the_history_is_not_theirs_to_see(carried: Carried) -> None:
    for path in ("at?moment=2026-10-10T00:00:00Z", "chain", "file", "replay"):
        answer = await carried.room.ask(STRANGER, "GET", f"/cases/{carried.case_no}/{path}")
        assert answer.status_code == 404, path


async def _file(carried: Carried, who: Any = HEAD) -> bytes:
    answer = await carried.room.ask(who, "GET", f"/cases/{carried.case_no}/file")
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_given_a_case_file_then_it_is_whole_and_signed(carried: Carried) -> None:
    found = file_verdict(await _file(carried), key=carried.key)
    assert found.whole, found
    assert (found.case_no, found.signed, found.withheld) == (carried.case_no, fingerprint(carried.key), False)


def _altered(content: bytes, path: str, change: Any) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.infolist():
            before = old.read(entry)
            after = change(before) if entry.filename == path else before
            if after is not None:
                new.writestr(entry.filename, after)
    return stream.getvalue()


def _without_line(history: bytes) -> bytes:
    lines = history.splitlines(keepends=True)
    return b"".join([*lines[:10], *lines[11:]])


def _forged(history: bytes) -> bytes:
    return history.replace("原则可行".encode(), "坚决反对".encode())


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (HISTORY, _forged),
        (HISTORY, _without_line),
        (HISTORY, lambda history: b"".join(history.splitlines(keepends=True)[:-1])),
        (HISTORY, lambda _: None),
        (MANIFEST, lambda manifest: manifest.replace(b'"u.head"', b'"u.other"')),
        (SIGNATURE, lambda _: None),
        ("process/diagram.bpmn", lambda diagram: diagram + b"\n"),
        ("replay.html", lambda page: page.replace(b"</html>", b"<p></p></html>")),
    ],
)
async def test_given_a_case_file_that_was_changed_then_it_is_found_out(
    carried: Carried, path: str, change: Any
) -> None:
    content = await _file(carried)
    altered = _altered(content, path, change)
    assert altered != _altered(content, "", None)
    assert not file_verdict(altered, key=carried.key).whole


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all"])
def test_given_bytes_that_are_no_case_file_then_that_is_the_verdict(content: bytes) -> None:
    found = file_verdict(content)
    assert not found.whole
    assert found.faults


async def _lines(carried: Carried, who: Any = HEAD) -> list[Line]:
    with zipfile.ZipFile(io.BytesIO(await _file(carried, who))) as archive:
        return [Line.model_validate_json(line) for line in archive.read(HISTORY).splitlines()]


async def test_given_any_one_line_changed_removed_doubled_or_moved_then_the_chain_is_broken(carried: Carried) -> None:
    lines = await _lines(carried)
    head = lines[-1].hash
    assert verdict(lines, head=head).whole
    for place, line in enumerate(lines):
        before, after = lines[:place], lines[place + 1 :]
        swapped = [*before, *after[:1], line, *after[1:]]
        wrong = [
            [*before, line.model_copy(update={"data": {**(line.data or {}), "person": "u.nobody"}}), *after],
            [*before, line.model_copy(update={"type": "guihua.workflow.case.ended.v1" + "0"}), *after],
            [*before, line.model_copy(update={"time": at("2020-01-01")}), *after],
            [*before, *after],
            [*before, line, line, *after],
            *([swapped] if after else []),
        ]
        assert not any(verdict(each, head=head).whole for each in wrong), line.id


async def test_given_those_who_run_the_system_then_their_file_has_no_answers_and_is_whole_all_the_same(
    carried: Carried,
) -> None:
    """Four things that were filled in, and nothing of them anywhere in the file."""
    content = await _file(carried, IT)
    found = file_verdict(content, key=carried.key)
    assert (found.whole, found.withheld) == (True, True)
    secrets = ("原则可行", "符合规划条件", "规特告〔2026〕5号", "512000GG0000001")
    whole = await _file(carried)
    for secret in secrets:
        written = (secret.encode(), json.dumps(secret)[1:-1].encode())
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert not any(each in archive.read(entry) for entry in archive.namelist() for each in written), secret
        with zipfile.ZipFile(io.BytesIO(whole)) as archive:
            assert written[0] in archive.read(HISTORY), secret
    answer = await carried.room.ask(IT, "GET", f"/cases/{carried.case_no}/at?moment=2026-12-01T00:00:00Z")
    assert not any(secret in answer.text for secret in secrets)
    path = f"/cases/{carried.case_no}/history?limit=200"
    theirs, read = await carried.room.have(IT, path), await carried.room.have(HEAD, path)
    assert [line["type"] for line in theirs["events"]] == [line["type"] for line in read["events"]]
    for secret in secrets:
        assert secret not in json.dumps(theirs, ensure_ascii=False), secret
        assert secret in json.dumps(read, ensure_ascii=False), secret


async def test_given_a_page_then_it_asks_for_nothing_from_anywhere(carried: Carried) -> None:
    page = (await carried.room.ask(HEAD, "GET", f"/cases/{carried.case_no}/replay")).text
    assert "default-src 'none'" in page
    assert page.count("<script") == 2
    assert not any(each in page for each in (" src=", "<link", "@import", "url(http", "fetch(", "XMLHttpRequest"))
    assert page.count('data-element=\\"Review\\"') == 1


async def test_given_a_case_then_whoever_may_see_it_reads_its_diagrams_and_forms(carried: Carried) -> None:
    found = await carried.room.have(HEAD, f"/cases/{carried.case_no}/drawing")
    assert 'id="Review"' in found["files"]["diagram.bpmn"]
    assert {path.rpartition(".")[2] for path in found["files"]} == {"bpmn", "json"}
    assert all("/forms/" in f"/{path}" for path in found["files"] if path.endswith(".json"))
    refused = await carried.room.ask(STRANGER, "GET", f"/cases/{carried.case_no}/drawing")
    assert refused.status_code == 404


async def test_given_the_journal_was_meddled_with_then_the_verdict_says_where(carried: Carried) -> None:
    """Last of the module: the row of the expert review is changed in the database itself."""
    journal = carried.room.office.mongo["guihua_workflow"]["journal"]
    row = await journal.find_one({"subject": carried.case_no, "wire": {"$regex": "原则可行"}})
    assert row
    await journal.update_one({"_id": row["_id"]}, {"$set": {"wire": row["wire"].replace("原则可行", "坚决反对")}})
    found = await carried.room.have(HEAD, f"/cases/{carried.case_no}/chain")
    assert not found["whole"]
    assert [each["id"] for each in found["breaks"]] == [row["_id"]]
    await journal.delete_one({"_id": row["_id"]})
    found = await carried.room.have(HEAD, f"/cases/{carried.case_no}/chain")
    assert [each["line"] for each in found["breaks"]]
    await journal.insert_one(row)
    assert (await carried.room.have(HEAD, f"/cases/{carried.case_no}/chain"))["whole"]
