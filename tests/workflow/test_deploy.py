"""Deploying over HTTP: good bundles become versions, bad ones are refused with everything that is wrong."""

import base64
import io
import os
import zipfile
from collections.abc import Callable

import pytest

from tests.workflow.bundle_support import as_bytes, bundle, diagram, item, zipped
from tests.workflow.room import HANDLER, HEAD, IT, Room

ZIP = {"Content-Type": "application/zip"}

_BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><bpmn:definitions xmlns:bpmn="x">&c;</bpmn:definitions>"""


async def test_given_a_good_bundle_then_it_is_a_version_and_the_same_bytes_are_the_same_version(room: Room) -> None:
    drawn = diagram().replace('id="small-permit"', 'id="good-permit"')
    good = bundle(diagram_bpmn=drawn, item_toml=item(key="good-permit", code="PT-92"))
    first = await room.deploy(good)
    assert (first["key"], first["version"], first["created"], first["active"]) == ("good-permit", 1, True, True)
    again = await room.deploy(good)
    assert (again["version"], again["created"], again["sha256"]) == (1, False, first["sha256"])
    as_zip = await room.ask(IT, "POST", "/definitions", content=zipped(as_bytes(good), folder="any-name/"), headers=ZIP)
    assert (as_zip.status_code, as_zip.json()["version"]) == (200, 1)
    other = await room.deploy(good | {"forms/lead.json": good["forms/lead.json"] + " "}, activate=False)
    assert (other["version"], other["active"]) == (2, False)
    [listed] = [each for each in await room.have(IT, "/definitions") if each["key"] == "good-permit"]
    assert [(version["version"], version["active"]) for version in listed["versions"]] == [(2, False), (1, True)]
    detail = await room.have(HEAD, "/definitions/good-permit/versions/1")
    assert "diagram.bpmn" in detail["paths"]
    file = await room.ask(IT, "GET", "/definitions/good-permit/versions/1/files/diagram.bpmn")
    assert file.text == drawn
    assert (await room.ask(IT, "GET", "/definitions/good-permit/versions/9")).status_code == 404
    assert (await room.ask(IT, "GET", "/definitions/good-permit/versions/1/files/none.txt")).status_code == 404
    assert (await room.ask(HANDLER, "POST", "/definitions", {"files": good})).status_code == 403


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        (bundle(diagram_bpmn=_BOMB), "GH-E003"),
        (bundle(diagram_bpmn="<no xml"), "GH-E002"),
        (bundle(item_toml=None), "GH-E701"),
        (bundle(item_toml="key = 1"), "GH-E702"),
        (bundle(item_toml=item(promised=30)), "GH-E703"),
        (bundle(item_toml=item(promised=3)), "GH-E704"),
        (bundle(diagram_bpmn=diagram(handler_post="P77")), "GH-E713"),
        (bundle(item_toml=item(key="other")), "GH-E725"),
        (bundle() | {"forms/review.json": '{"type": "object", "properties": {"a": {"type": "strin"}}}'}, "GH-E718"),
        (bundle() | {"forms/lead.json": bundle()["forms/experts.json"]}, "GH-E314"),
    ],
)
async def test_given_a_bundle_with_errors_then_each_is_named_and_nothing_is_stored(
    room: Room, files: dict[str, str], rule: str
) -> None:
    refused = await room.ask(IT, "POST", "/definitions?activate=true", {"files": files})
    assert refused.status_code == 422, refused.text
    problem = refused.json()
    assert problem["code"] == "definition-refused"
    assert any(rule in error["message"] for error in problem["errors"]), problem["errors"]
    linted = await room.ask(IT, "POST", "/lint", {"files": files})
    assert rule in {finding["rule"] for finding in linted.json()["findings"]}


def _with(path: str, content: bytes) -> bytes:
    return zipped({**as_bytes(bundle()), path: content})


def _symlink() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("item.toml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def _many() -> bytes:
    return zipped({f"forms/f{n}.json": b"{}" for n in range(400)})


@pytest.mark.parametrize(
    "archive",
    [
        lambda: b"no archive at all",
        lambda: zipped(as_bytes(bundle()))[:-40],
        lambda: _with("../../etc/cron.d/x.txt", b"x"),
        lambda: _with("/etc/x.txt", b"x"),
        lambda: _with("forms\\x.json", b"x"),
        lambda: _with("run.exe", b"x"),
        lambda: _with("big.txt", base64.b64encode(os.urandom(7 * 2**20))),
        lambda: _with("zeros.txt", b"\0" * (200 * 2**20)),
        _symlink,
        _many,
    ],
    ids=["garbage", "cut off", "climbs", "absolute", "backslash", "kind", "10 MB", "bomb", "symlink", "400 files"],
)
async def test_given_a_hostile_archive_then_it_is_refused_in_plain_words(
    room: Room, archive: Callable[[], bytes]
) -> None:
    refused = await room.ask(IT, "POST", "/definitions", content=archive(), headers=ZIP)
    assert refused.status_code == 422, refused.text
    assert refused.json()["code"] == "bundle-refused"


async def test_given_no_files_at_all_then_the_request_is_refused(room: Room) -> None:
    assert (await room.ask(IT, "POST", "/definitions", {"files": {}})).status_code == 422
    assert (await room.ask(IT, "POST", "/definitions", {"nonsense": 1})).status_code == 422
    assert (await room.ask(IT, "POST", "/definitions")).status_code == 422


@pytest.mark.parametrize(
    ("body", "where"), [([], "body"), ({"files": {"item.toml": 1}}, "body.files.item.toml"), ({}, "body.files")]
)
async def test_given_a_body_of_another_form_then_the_place_is_named(room: Room, body: object, where: str) -> None:
    refused = await room.ask(IT, "POST", "/definitions", body)
    assert (refused.status_code, [error["where"] for error in refused.json()["errors"]]) == (422, [where])


async def test_given_two_processes_for_one_item_then_the_second_is_refused(room: Room) -> None:
    await room.deploy()
    second = diagram().replace('id="small-permit"', 'id="second-permit"')
    taken = await room.ask(
        IT, "POST", "/definitions", {"files": bundle(diagram_bpmn=second, item_toml=item(key="second-permit"))}
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "item-taken")
