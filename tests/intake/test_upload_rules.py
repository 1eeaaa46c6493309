"""What a file is, is told by its content; what it is called, is made harmless."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.uploads.kinds import TAIL, KindNotTaken, check_end, kind_of
from services.intake.uploads.names import cleaned
from services.intake.uploads.scanners import Clamd, CommandScanner, ScannerAway, scanner_of
from tests.intake import papers
from tests.intake.clamd import EICAR, clamd


def looked_at(name: str, content: bytes) -> str:
    kind = kind_of(name, content[:1024])
    check_end(name, kind, content[-TAIL:], size=len(content))
    return kind.media_type


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("申请表.pdf", papers.PDF, "application/pdf"),
        ("申请表.PDF", papers.PDF, "application/pdf"),
        ("a.jpg", papers.JPEG, "image/jpeg"),
        ("a.jpeg", papers.JPEG, "image/jpeg"),
        ("a.png", papers.PNG, "image/png"),
        ("a.tif", papers.TIFF, "image/tiff"),
        ("总平面图.dwg", papers.DWG, "image/vnd.dwg"),
        ("a.ofd", papers.OFD, "application/ofd"),
        ("a.docx", papers.DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.xlsx", papers.XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_the_kinds_that_a_bureau_takes_are_taken(name: str, content: bytes, media_type: str) -> None:
    assert looked_at(name, content) == media_type


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("申请表.pdf", papers.EXE, "its content is not PDF"),
        ("申请表.pdf.exe", papers.EXE, "no .exe files are taken"),
        ("a.html", b"<html>", "no .html files are taken"),
        ("a.svg", b"<svg/>", "no .svg files are taken"),
        ("a.zip", papers.DOCX, "no .zip files are taken"),
        ("a.docm", papers.DOCX, "no .docm files are taken"),
        ("pdf", papers.PDF, "no . files are taken"),
        ("a.pdf", b"", "it is empty"),
        ("a.pdf", b"\n" + papers.PDF, "its content is not PDF"),
        ("a.pdf", papers.PDF[:30], "it is cut off: the end mark is missing"),
        ("a.jpg", papers.PNG, "its content is not JPG"),
        ("a.docx", papers.XLSX, "its content is not what its ending says"),
        ("a.ofd", papers.DOCX, "its content is not what its ending says"),
        ("a.docx", papers.DOCX[:-30], "it is damaged or cut off"),
        ("a.docx", b"PK\x03\x04" + bytes(200), "it is damaged or cut off"),
        ("a.docx", papers.BOMB, "unpacked it would be too large"),
        ("a.docx", papers.package({**papers.WORD_PARTS, "word/vbaProject.bin": b""}), "it holds macros"),
    ],
)
def test_what_lies_about_its_kind_is_refused(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(KindNotTaken) as refused:
        looked_at(name, content)
    assert refused.value.values["reason"] == reason


@pytest.mark.parametrize("part", ["../../etc/passwd", "/etc/passwd", "..\\..\\a.dll", "C:a.dll", "word/../../x"])
def test_a_package_whose_parts_would_be_written_elsewhere_is_refused(part: str) -> None:
    with pytest.raises(KindNotTaken) as refused:
        looked_at("a.docx", papers.package({**papers.WORD_PARTS, part: b"x"}))
    assert refused.value.values["reason"] == "the paths of its parts are not safe"


def test_a_large_package_is_judged_by_its_end_alone() -> None:
    parts = {**papers.WORD_PARTS, "word/media/scan.png": bytes(3_000_000)}

    assert looked_at("a.docx", papers.package(parts, compressed=False)).endswith("wordprocessingml.document")


@given(st.binary(max_size=400))
def test_no_content_breaks_the_look_at_it(content: bytes) -> None:
    for name, begins in (("a.docx", b"PK\x03\x04"), ("a.pdf", b"%PDF-1."), ("a.png", b"")):
        with suppress(KindNotTaken):
            looked_at(name, begins + content)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("申请表.pdf", "申请表.pdf"),
        ("../../etc/申请表.pdf", "申请表.pdf"),
        ("C:\\Users\\某\\申请表.pdf", "申请表.pdf"),
        ("申请\x00表\r\n.pdf", "申请表.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("a<b>|c?.pdf", "a_b__c_.pdf"),
        (" . 申请表.pdf. ", "申请表.pdf"),
        ("con.pdf", "_con.pdf"),
        (".pdf", "pdf"),
        ("///", "文件"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_kept_readable_and_made_harmless(given_name: str, kept: str) -> None:
    assert cleaned(given_name) == kept


@given(st.text(max_size=300))
def test_no_name_is_a_path_or_too_long(given_name: str) -> None:
    kept = cleaned(given_name)

    assert 0 < len(kept) <= 121
    assert not set(kept) & set('/\\\0\r\n<>:"|?*')
    assert cleaned(kept) == kept


async def content(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_clamd_says_clean_and_infected_of_content_in_pieces() -> None:
    async with clamd() as peer:
        scanner = scanner_of(peer.address)
        assert isinstance(scanner, Clamd)
        clean = await scanner.scan(content(b"a" * 100_000, b"b"))
        found = await scanner.scan(content(EICAR[:20], EICAR[20:]))

    assert (clean.infected, found.infected, found.name) == (False, True, "Eicar-Test-Signature")
    assert peer.seen == [b"a" * 100_000 + b"b", EICAR]


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK", b"\0"])
async def test_a_clamd_that_does_not_say_clean_or_infected_has_not_answered(answer: bytes) -> None:
    async with clamd() as peer:
        peer.answers.append(answer)
        with pytest.raises(ScannerAway):
            await Clamd("127.0.0.1", int(peer.address.rpartition(":")[2])).scan(content(b"x"))


async def test_a_clamd_that_is_not_there_has_not_answered() -> None:
    async with clamd() as peer:
        gone = scanner_of(peer.address)
    assert gone is not None
    with pytest.raises(ScannerAway):
        await gone.scan(content(b"x"))


async def test_a_command_reads_the_file_and_says_with_its_exit_what_it_found() -> None:
    program = "import sys; found = b'EICAR' in sys.stdin.buffer.read(); print('stdin: Eicar FOUND'); sys.exit(found)"
    scanner = CommandScanner((sys.executable, "-c", program))

    clean, found = await scanner.scan(content(b"harmless")), await scanner.scan(content(b"x" * 500_000, EICAR))

    assert (clean.infected, clean.name) == (False, "")
    assert (found.infected, found.name) == (True, "stdin: Eicar FOUND")


@pytest.mark.parametrize("words", [("/no/such/scanner",), (sys.executable, "-c", "import sys; sys.exit(2)")])
async def test_a_command_that_fails_has_not_answered(words: tuple[str, ...]) -> None:
    with pytest.raises(ScannerAway):
        await asyncio.wait_for(CommandScanner(words).scan(content(b"x" * 200_000)), 60)


@pytest.mark.parametrize("setting", ["clamd://", "clamd://host", "http://host:1", "command:", "clamav"])
def test_a_scanner_that_is_none_is_refused_in_the_settings(setting: str) -> None:
    with pytest.raises(ValueError, match="clamd://"):
        scanner_of(setting)


def test_scanners_are_named_in_the_settings() -> None:
    assert scanner_of("") is None
    assert scanner_of("clamd://[::1]:3310") == Clamd("::1", 3310)
    assert scanner_of("command:clamdscan --no-summary -") == CommandScanner(("clamdscan", "--no-summary", "-"))
