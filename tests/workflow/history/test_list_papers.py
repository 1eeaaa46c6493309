"""The papers issued in a case: listed in its file, added by who may read them, and known again by their digests."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping

import pytest

from services.contracts.intake import DocumentIssued
from services.workflow.history.files import file_verdict
from services.workflow.history.papers import PAPERS, papers_of
from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.history.conftest import Carried
from tests.workflow.room import HEAD

PDF = b"%PDF-1.7 what was issued"


def issued(case_no: str, kind: str, day: str) -> DocumentIssued:
    return DocumentIssued(
        case_no=case_no,
        document_id=f"{case_no}.{kind}",
        kind=kind,
        name="行政许可申请受理通知书",
        name_en="Notice of acceptance",
        number=f"示资规许受〔2026〕{day[-1]}号",
        issued_on=at(day).date(),
        issued_at=at(day),
        to_applicant=True,
        sha256=hashlib.sha256(PDF).hexdigest(),
        size=len(PDF),
        file=f"/documents/{case_no}.{kind}/pdf",
    )


@pytest.fixture
async def file(carried: Carried) -> bytes:
    """The case file once both papers are in it."""
    case_no, room = carried.case_no, carried.room
    await room.intake.say(issued(case_no, "approval", "2026-10-09"), issued(case_no, "acceptance", "2026-09-17"))
    content = b""

    async def are_listed() -> bool:
        nonlocal content
        content = (await room.ask(HEAD, "GET", f"/cases/{case_no}/file")).content
        return file_verdict(content, key=carried.key).papers == 2

    await wait_until(are_listed)
    return content


def with_files(file: bytes, added: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    stream.write(file)
    with zipfile.ZipFile(stream, "a") as archive:
        for path, content in added.items():
            archive.writestr(path, content)
    return stream.getvalue()


async def test_papers_are_listed_in_the_order_of_their_days_and_the_list_is_signed(
    carried: Carried, file: bytes
) -> None:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        listed = json.loads(archive.read(PAPERS))
    assert [each["path"] for each in listed] == ["papers/01-acceptance.pdf", "papers/02-approval.pdf"]
    assert [each["source"] for each in listed] == [
        f"/documents/{carried.case_no}.{kind}/pdf" for kind in ("acceptance", "approval")
    ]
    found = file_verdict(file, key=carried.key)
    assert (found.whole, found.papers, found.papers_here) == (True, 2, 0)


async def test_a_pdf_that_was_issued_may_be_added_and_no_other(carried: Carried, file: bytes) -> None:
    found = file_verdict(with_files(file, {"papers/01-acceptance.pdf": PDF}), key=carried.key)
    assert (found.whole, found.papers, found.papers_here) == (True, 2, 1)
    for path, content in (("papers/01-acceptance.pdf", b"%PDF another"), ("papers/03-acceptance.pdf", PDF)):
        found = file_verdict(with_files(file, {path: content}), key=carried.key)
        assert not found.whole
        assert [path in en for _, en in found.faults] == [True]


def test_the_list_is_the_same_in_whatever_order_papers_were_heard_of() -> None:
    two = [issued("X1", "approval", "2026-10-09"), issued("X1", "acceptance", "2026-09-17")]
    assert papers_of(two) == papers_of(two[::-1])
