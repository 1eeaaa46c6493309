"""The case file: one ZIP with the history, the process, the papers issued, a page that replays it, and a manifest.

`manifest.json` names every file with its SHA-256; `manifest.sig` signs it (Ed25519, base64) where there is a key.
"""

import base64
import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel

from services.workflow.history.chains import Verdict, verdict
from services.workflow.history.lines import Line
from services.workflow.history.papers import PAPERS, Paper, altered, listed, written
from services.workflow.history.replays import replay
from services.workflow.history.standings import standing

FORMAT: Final = "guihua-case-file/1"
HISTORY: Final = "history.jsonl"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
_CASE: Final = "case.json"
_REPLAY: Final = "replay.html"
_PROCESS: Final = "process/"
_UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError, RuntimeError)
_LARGEST: Final = 300_000_000
_MOST_FILES: Final = 2_000


class FileManifest(BaseModel, frozen=True):
    """What is in a case file, and whose. `head` is the hash its history ends with."""

    format: str
    case_no: str
    exported_at: datetime
    exported_by: str
    withheld: bool
    process_key: str | None
    version: int | None
    bundle: str | None
    lines: int
    head: str
    files: dict[str, str]
    public_key: str | None


class FileVerdict(BaseModel, frozen=True):
    """Whether a case file is as it was exported. `signed` is the fingerprint of the key that signed it.

    `papers` were issued in the case, and the PDFs of `papers_here` of them stand in the file.
    """

    whole: bool
    case_no: str | None
    withheld: bool
    signed: str | None
    chain: Verdict | None
    faults: list[tuple[str, str]]
    papers: int = 0
    papers_here: int = 0


@dataclass(frozen=True, slots=True)
class Export:
    """Who asks for which case, when, and the version it follows, if it has started."""

    case_no: str
    by: str
    at: datetime
    process_key: str | None
    version: int | None
    bundle: str | None
    sources: Mapping[str, bytes]
    key: Ed25519PrivateKey | None
    papers: Sequence[Paper] = ()


def case_file(export: Export, lines: Sequence[Line]) -> bytes:
    """The ZIP. The same case, reader and moment give the same bytes."""
    contents = {
        HISTORY: "".join(f"{line.model_dump_json()}\n" for line in lines).encode(),
        _CASE: standing(export.case_no, lines).model_dump_json(indent=1).encode(),
        PAPERS: written(export.papers),
        _REPLAY: replay(export.case_no, lines, export.sources).encode(),
        **{_PROCESS + path: content for path, content in export.sources.items()},
    }
    manifest = FileManifest(
        format=FORMAT,
        case_no=export.case_no,
        exported_at=export.at,
        exported_by=export.by,
        withheld=any(line.data is None for line in lines),
        process_key=export.process_key,
        version=export.version,
        bundle=export.bundle,
        lines=len(lines),
        head=verdict(lines).head,
        files={path: hashlib.sha256(content).hexdigest() for path, content in sorted(contents.items())},
        public_key=_raw(export.key.public_key()) if export.key else None,
    )
    contents[MANIFEST] = manifest.model_dump_json(indent=1).encode()
    if export.key:
        contents[SIGNATURE] = base64.b64encode(export.key.sign(contents[MANIFEST]))
    return _zipped(contents, export.at)


def file_verdict(content: bytes, *, key: Ed25519PublicKey | None = None) -> FileVerdict:
    """Verify a case file; with `key` it must be signed by that key, else by the one it names itself, if it names one.

    Never raises, whatever the bytes are.
    """
    try:
        contents = _unzipped(content)
        manifest = FileManifest.model_validate_json(contents[MANIFEST])
        lines = [Line.model_validate_json(line) for line in contents[HISTORY].splitlines()]
        chain, papers = verdict(lines, head=manifest.head), listed(contents)
    except _UNREADABLE as error:
        fault = (f"不是完整的案件档案：{type(error).__name__}", f"this is no whole case file: {type(error).__name__}")
        return FileVerdict(whole=False, case_no=None, withheld=False, signed=None, chain=None, faults=[fault])
    strangers = _strangers(lines, manifest)
    faults = [*_changed(contents, manifest, papers), *altered(contents, papers), *strangers]
    signed, unsigned = _signed(contents, manifest, key)
    faults += unsigned
    return FileVerdict(
        whole=chain.whole and not faults,
        case_no=manifest.case_no,
        withheld=manifest.withheld,
        signed=signed,
        chain=chain,
        faults=faults,
        papers=len(papers),
        papers_here=sum(paper.path in contents for paper in papers),
    )


def fingerprint(key: Ed25519PublicKey) -> str:
    """A short name for a key, to compare by eye."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def _changed(contents: Mapping[str, bytes], manifest: FileManifest, papers: Sequence[Paper]) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    for path, digest in manifest.files.items():
        if path not in contents:
            faults.append((f"缺少文件 {path}", f"the file {path} is missing"))
        elif hashlib.sha256(contents[path]).hexdigest() != digest:
            faults.append((f"文件 {path} 被改动", f"the file {path} was changed"))
    known = {MANIFEST, SIGNATURE, *manifest.files, *(paper.path for paper in papers)}
    strange = sorted(contents.keys() - known)
    return faults + [(f"多出文件 {path}", f"the file {path} does not belong here") for path in strange]


def _strangers(lines: Sequence[Line], manifest: FileManifest) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    if len(lines) != manifest.lines:
        faults.append(
            (f"历史应有 {manifest.lines} 行，实有 {len(lines)} 行", f"{len(lines)} lines, not {manifest.lines}")
        )
    if any(line.subject != manifest.case_no for line in lines):
        faults.append(("历史中有其他案件的记录", "there are lines of another case in the history"))
    return faults


def _signed(
    contents: Mapping[str, bytes], manifest: FileManifest, key: Ed25519PublicKey | None
) -> tuple[str | None, list[tuple[str, str]]]:
    """The fingerprint of the key that signed it, and what is wrong with the signature."""
    if SIGNATURE not in contents:
        missing = [("档案没有签名", "the file is not signed")]
        return None, missing if key or manifest.public_key else []
    try:
        signer = key or Ed25519PublicKey.from_public_bytes(base64.b64decode(manifest.public_key or ""))
        signer.verify(base64.b64decode(contents[SIGNATURE]), contents[MANIFEST])
    except (InvalidSignature, ValueError):
        return None, [("签名不符：清单被改动，或由其他密钥签名", "the signature does not fit: changed, or another's")]
    return fingerprint(signer), []


def _raw(key: Ed25519PublicKey) -> str:
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def _zipped(contents: Mapping[str, bytes], at: datetime) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(path, at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return stream.getvalue()


def _unzipped(content: bytes) -> dict[str, bytes]:
    """The files of an archive of bounded size. Raises BadZipFile, ValueError."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _LARGEST:
            msg = "the archive is too large"
            raise ValueError(msg)
        if len({entry.filename for entry in entries}) != len(entries):
            msg = "a name comes twice"
            raise ValueError(msg)
        return {entry.filename: archive.read(entry) for entry in entries}
