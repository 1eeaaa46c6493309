"""Which kinds of file a bureau takes, told by their content. A name that promises another kind is refused.

A table and no library: `libmagic` knows thousands of kinds, of which nine are taken, and knows nothing of OFD; and what
matters here, that a package of parts is what it says and no bomb, it does not look at.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Final

from services.kernel.problem import Problem

HEAD: Final = 1024
"""Bytes at the beginning that tell the kind."""

TAIL: Final = 1024 * 1024
"""Bytes at the end that are looked at: they hold the list of a package's parts, and where a PDF says that it ends."""

_PDF_END: Final = 64 * 1024
_MOST_PARTS: Final = 5_000
_LARGEST_CONTENT: Final = 1_000_000_000
_MOST_PACKED: Final = 100
"""Content may be so many times as large as its package: drawings in XML pack well, bombs a thousand times better."""
_SMALL: Final = 10_000_000
_ENCRYPTED: Final = 0x1


class KindNotTaken(Problem):
    """The file is of no kind that is taken, or is not what its name says."""

    status = 415
    code = "kind-not-taken"
    zh = "文件“{name}”不能接收：{reason_zh}"
    en = "the file {name} is not taken: {reason}"
    remedy_zh = "请上传 PDF、JPG、PNG、TIFF、OFD、DOCX、XLSX 或 DWG 文件；不要改扩展名，应另存为或重新扫描成这些格式"
    remedy_en = (
        "send PDF, JPG, PNG, TIFF, OFD, DOCX, XLSX or DWG; do not rename the file, save or scan it as one of them"
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: how its content begins, and for a package the parts that it must have."""

    media_type: str
    begins: re.Pattern[bytes]
    parts: frozenset[str] = frozenset()


_PACKAGE: Final = re.compile(rb"PK\x03\x04")
_WORD: Final = "application/vnd.openxmlformats-officedocument"
_JPEG: Final = Kind("image/jpeg", re.compile(rb"\xff\xd8\xff"))
_TIFF: Final = Kind("image/tiff", re.compile(rb"II\*\x00|MM\x00\*"))

KINDS: Final[dict[str, Kind]] = {
    "pdf": Kind("application/pdf", re.compile(rb"%PDF-[12]\.")),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": Kind("image/png", re.compile(rb"\x89PNG\r\n\x1a\n....IHDR", re.DOTALL)),
    "tif": _TIFF,
    "tiff": _TIFF,
    "dwg": Kind("image/vnd.dwg", re.compile(rb"AC10[0-9]{2}")),
    "ofd": Kind("application/ofd", _PACKAGE, frozenset({"OFD.xml"})),
    "docx": Kind(
        f"{_WORD}.wordprocessingml.document", _PACKAGE, frozenset({"[Content_Types].xml", "word/document.xml"})
    ),
    "xlsx": Kind(f"{_WORD}.spreadsheetml.sheet", _PACKAGE, frozenset({"[Content_Types].xml", "xl/workbook.xml"})),
}
"""By the ending of the name."""


def kind_of(name: str, head: bytes) -> Kind:
    """The kind that the name promises and the first bytes show; raises KindNotTaken."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kind = KINDS.get(ending)
    if kind is None:
        raise _refused(name, f"不收 .{ending} 文件" if ending else "没有扩展名", f"no .{ending} files are taken")
    if not head:
        raise _refused(name, "文件是空的", "it is empty")
    if not kind.begins.match(head):
        raise _refused(name, f"内容不是 {ending.upper()}", f"its content is not {ending.upper()}")
    return kind


def check_end(name: str, kind: Kind, tail: bytes, *, size: int) -> None:
    """Look at the end of a file of `size` bytes; raises KindNotTaken if it is cut off or a package that lies."""
    if kind.parts:
        _check_package(name, kind, tail, size=size)
    elif kind.media_type == "application/pdf" and b"%%EOF" not in tail[-_PDF_END:]:
        raise _refused(name, "文件不完整（没有结束标记）", "it is cut off: the end mark is missing")


def _check_package(name: str, kind: Kind, tail: bytes, *, size: int) -> None:
    try:
        with zipfile.ZipFile(_End(tail, size)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
        raise _refused(name, "文件已损坏或不完整", "it is damaged or cut off") from None
    names = {part.filename for part in parts}
    content = sum(part.file_size for part in parts)
    if not kind.parts <= names:
        raise _refused(name, "内容与扩展名不符", "its content is not what its ending says")
    if len(parts) > _MOST_PARTS or content > _LARGEST_CONTENT or content > max(_SMALL, size * _MOST_PACKED):
        raise _refused(name, "解压后过大", "unpacked it would be too large")
    if any(_is_outside(part) for part in names) or len(names) != len(parts):
        raise _refused(name, "内部文件的路径不安全", "the paths of its parts are not safe")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise _refused(name, "文件已加密，无法检查", "it is encrypted and cannot be looked at")
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        raise _refused(name, "文件含有宏", "it holds macros")


def _is_outside(part: str) -> bool:
    """Whether unpacking the part would write elsewhere than below the folder chosen."""
    return part.startswith("/") or "\\" in part or ":" in part or ".." in part.split("/")


def _refused(name: str, zh: str, en: str) -> KindNotTaken:
    return KindNotTaken(name=name, reason_zh=zh, reason=en)


class _End(io.RawIOBase):
    """A file of which only the end is known: enough for the list of a package's parts, which stands there."""

    def __init__(self, tail: bytes, size: int) -> None:
        self._tail, self._starts, self._size, self._at = tail, size - len(tail), size, 0

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place of the whole file."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(offset)
        self._at = base + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Bytes from here; OSError before what is known."""
        if self._at < self._starts:
            raise OSError(self._at)
        start = self._at - self._starts
        found = self._tail[start:] if size < 0 else self._tail[start : start + size]
        self._at += len(found)
        return found
