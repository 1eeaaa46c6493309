"""The files of a definition: what is taken, what is refused, and how they are named."""

import io
import struct
import zipfile
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.workflow import DefinitionActivated
from services.workflow.definitions.files import (
    MAX_BYTES,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_TAGS,
    BundleRefused,
    checked,
    unpacked,
)
from services.workflow.definitions.items import ItemUnreadable, read_item
from services.workflow.definitions.lives import By, activated
from services.workflow.definitions.models import Definition
from services.workflow.definitions.starts import Starts
from services.workflow.definitions.versions import (
    DefinitionNotFound,
    DefinitionRefused,
    deployed,
    refuse_errors,
)
from services.workflow.engine.models import Finding, Severity
from tests.workflow.bundle_support import as_bytes, bundle, item, zipped

NOW = datetime(2026, 9, 16, 1, tzinfo=UTC)


def test_given_a_folder_in_an_archive_then_its_name_does_not_matter() -> None:
    files = as_bytes(bundle())
    assert unpacked(zipped(files)) == unpacked(zipped(files, folder="some-folder/")) == checked(files)


def test_given_what_desktops_leave_behind_then_it_is_left_out() -> None:
    files = as_bytes(bundle())
    junk = {"__MACOSX/._item.toml": b"x", ".DS_Store": b"x", "forms/.hidden.json": b"x"}
    assert unpacked(zipped(files | junk)) == checked(files)


@pytest.mark.parametrize(
    "path",
    [
        "../item.toml",
        "/item.toml",
        "a\\b.json",
        "..\\x.json",
        "forms/../../x.json",
        "x.py",
        "no-suffix",
        "a//b.json",
        "",
        "x" * 200 + ".json",
    ],
)
def test_given_a_path_that_leads_elsewhere_then_it_is_refused(path: str) -> None:
    with pytest.raises(BundleRefused):
        checked({"item.toml": b"", path: b""})


@pytest.mark.parametrize(
    "files",
    [
        {},
        {f"f{n}.json": b"" for n in range(MAX_FILES + 1)},
        {"item.toml": b"x" * (MAX_FILE_BYTES + 1)},
        {f"f{n}.json": b"x" * MAX_FILE_BYTES for n in range(MAX_BYTES // MAX_FILE_BYTES + 1)},
        {f"d{n}.bpmn": b"<a/>" * (MAX_TAGS[".bpmn"] // 2 + 1) for n in range(2)},
    ],
    ids=["none", "too many", "one too large", "too large together", "too much drawn"],
)
def test_given_too_much_or_nothing_then_it_is_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(BundleRefused):
        checked(files)


def test_given_two_files_of_one_path_then_the_archive_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("item.toml", "a")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("item.toml", "b")
    with pytest.raises(BundleRefused):
        unpacked(buffer.getvalue())


def test_given_a_link_or_too_many_entries_then_the_archive_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("item.toml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(BundleRefused, match="symbolic link"):
        unpacked(buffer.getvalue())
    with pytest.raises(BundleRefused, match="more than"):
        unpacked(zipped({f"f{n}.json": b"" for n in range(MAX_FILES + 1)}))


def test_given_an_archive_that_lies_about_its_sizes_then_it_is_refused() -> None:
    content = bytearray(zipped({"zeros.txt": b"\0" * (MAX_FILE_BYTES * 3)}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    with pytest.raises(BundleRefused):
        unpacked(bytes(content))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_given_a_method_that_unpacks_all_at_once_then_the_archive_is_refused(method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("zeros.txt", b"\0" * 10_000_000)
    with pytest.raises(BundleRefused, match="compressed"):
        unpacked(buffer.getvalue())


@given(st.binary(max_size=300), st.integers(0, 400))
def test_whatever_an_archive_holds_the_refusal_is_in_plain_words(noise: bytes, place: int) -> None:
    good = bytearray(zipped({"item.toml": b"key = 1", "a.json": b"{}"}))
    good[place : place + len(noise)] = noise
    with suppress(BundleRefused):
        unpacked(bytes(good))


def test_given_the_item_then_a_paper_without_situations_is_asked_for_in_all() -> None:
    read = read_item(item().encode())
    assert read.item().documents[0].situations == ("ordinary",)
    assert read.terms("ordinary").promised_workdays == 7
    assert read.terms("unheard-of").promised_workdays == 7


def test_given_an_item_with_errors_then_each_is_named() -> None:
    with pytest.raises(ItemUnreadable) as unreadable:
        read_item(b'key = "UPPER"\ncode = "PT-90"\n')
    where = {error.where for error in unreadable.value.errors}
    assert {"key", "name", "situations"} <= where
    with pytest.raises(ItemUnreadable):
        read_item(b"\xff\xfe")


def test_given_versions_then_the_same_bytes_are_one_and_activation_is_said_once() -> None:
    read = read_item(item().encode())
    empty = Definition(process_key="small-permit", item_code="PT-90")
    one = deployed(empty, item=read, sha256="a", files=3, starts=Starts(), at=NOW, by="u.it")
    assert deployed(one, item=read, sha256="a", files=3, starts=Starts(), at=NOW, by="u.it") == one
    two = deployed(one, item=read, sha256="b", files=3, starts=Starts(), at=NOW, by="u.it")
    assert [version.version for version in two.versions] == [1, 2]
    assert two.active_version is None
    by = By("u.it", NOW)
    active, [said] = activated(two, 2, by)
    assert isinstance(said, DefinitionActivated)
    assert (said.version, said.item.code) == (2, "PT-90")
    assert activated(active, 2, by) == (active, ())
    with pytest.raises(DefinitionNotFound):
        activated(active, 3, by)


def test_given_findings_then_errors_forbid_and_warnings_do_not() -> None:
    warning = Finding("a.bpmn", "Task", "GH-W1", Severity.WARNING, "甲", "a", "乙", "b")
    refuse_errors([warning])
    error = Finding("a.bpmn", "Task", "GH-E1", Severity.ERROR, "甲", "a", "乙", "b")
    with pytest.raises(DefinitionRefused) as refused:
        refuse_errors([warning, error])
    assert [(each.where, each.en) for each in refused.value.errors] == [("a.bpmn#Task", "[GH-E1] a. b")]


def test_given_a_path_whose_signs_are_not_seen_then_it_is_named_with_them_written_out() -> None:
    with pytest.raises(BundleRefused) as refused:
        checked({"forms/\u202enosj.json": b"{}", "item.toml": b""})
    assert refused.value.values["reason"] == r"the path “forms/\u202enosj.json” is not allowed"
    with pytest.raises(BundleRefused) as refused:
        checked({"{办}.json": b"{}", "item.toml": b""})
    assert "“{办}.json”" in refused.value.values["reason_zh"]
