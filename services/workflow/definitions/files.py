"""The files of a definition as they come in: a folder, a ZIP archive or named texts. Nothing is trusted."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from services.kernel.problem import Problem
from services.workflow.definitions.sharing import SHARED, needed

MAX_BYTES: Final = 15 * 2**20
MAX_FILE_BYTES: Final = 4 * 2**20
MAX_FILES: Final = 300
MAX_PATH: Final = 160
MAX_TAGS: Final = {".bpmn": 30_000, ".dmn": 60_000}
"""Tags in all files of a kind together: a drawing of ours has two thousand."""

TEMPLATES: Final = "templates"
"""The folder beside the permits that holds what new ones are copied from."""

_PART: Final = re.compile(r"[\w][\w .()（）-]*")
_KINDS: Final = frozenset({".bpmn", ".dmn", ".json", ".toml", ".md", ".txt", ".svg", ".png"})
_COMPRESSIONS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Others unpack a whole piece at once, however large it becomes."""
_JUNK: Final = frozenset({"__MACOSX", "Thumbs.db"})


class BundleRefused(Problem):
    """The files cannot be a definition: too many, too large, wrongly named, or not readable at all."""

    status = 422
    code = "bundle-refused"
    zh = "无法接收流程文件：{reason_zh}"
    en = "the files cannot be taken: {reason}"
    remedy_zh = "只上传流程文件夹本身（bpmn、dmn、json、toml、md、txt、svg、png），总计不超过 15 MB，单个不超过 4 MB"
    remedy_en = "send the process folder only (bpmn, dmn, json, toml, md, txt, svg, png), at most 15 MB, 4 MB a file"


def checked(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files in order of their paths; raises `BundleRefused` for what cannot be a definition."""
    kept = {path: content for path, content in files.items() if not _is_junk(path)}
    if not kept:
        raise BundleRefused(reason="there are none", reason_zh="没有文件")
    if len(kept) > MAX_FILES:
        raise BundleRefused(reason=f"more than {MAX_FILES} files", reason_zh=f"文件超过 {MAX_FILES} 个")
    for path, content in kept.items():
        _check_path(path)
        if len(content) > MAX_FILE_BYTES:
            raise _too_large(path=path)
    if sum(map(len, kept.values())) > MAX_BYTES:
        raise _too_large(path="*")
    _check_tags(kept)
    return dict(sorted(_without_top_folder(kept).items()))


def unpacked(archive: bytes) -> dict[str, bytes]:
    """The files of a ZIP archive; raises `BundleRefused`. What it says of its sizes is not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return checked(dict(_read(opened)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise BundleRefused(reason=f"the archive cannot be read ({error})", reason_zh="压缩包无法读取") from None


def in_folder(folder: Path) -> dict[str, bytes]:
    """The files of a process folder, and the shared processes beside it (for a template: beside all) that it calls.

    Raises `BundleRefused`, `OSError`.
    """
    found = dict(_below(folder, prefix=""))
    shared = (folder.resolve().parents[1] if is_template(folder) else folder.parent) / "shared"
    if shared.is_dir() and shared.resolve() != folder.resolve():
        found |= needed(found, dict(_below(shared, prefix=SHARED)))
    return checked(found)


def is_shelf(folder: Path) -> bool:
    """Whether a folder is that of the shared processes: no permit, but what permits call."""
    return folder.resolve().name == SHARED.removesuffix("/") and not (folder / "item.toml").exists()


def is_template(folder: Path) -> bool:
    """Whether a folder is one of `templates/`: to be copied beside the permits, never deployed itself."""
    return folder.resolve().parent.name == TEMPLATES


def on_shelf(folder: Path) -> dict[str, bytes]:
    """The files of the folder of shared processes, as `shared/…`; raises `BundleRefused`, `OSError`."""
    return {SHARED + path: content for path, content in checked(dict(_below(folder, prefix=""))).items()}


def _check_path(path: str) -> None:
    parts = path.split("/")
    well_named = len(path) <= MAX_PATH and all(_PART.fullmatch(part) for part in parts)
    if not well_named or "\\" in path or Path(path).suffix.lower() not in _KINDS:
        raise BundleRefused(
            reason=f"the path “{_shown(path)}” is not allowed", reason_zh=f"文件路径“{_shown(path)}”不允许"
        )


def _check_tags(files: Mapping[str, bytes]) -> None:
    for kind, most in MAX_TAGS.items():
        tags = {path: content.count(b"<") for path, content in files.items() if path.lower().endswith(kind)}
        if sum(tags.values()) > most:
            path = max(tags, key=lambda path: tags[path])
            raise BundleRefused(
                reason=f"{path}: the drawing is too large, divide it ({sum(tags.values())} tags, at most {most})",
                reason_zh=f"{path} 的图太大，请拆分（共 {sum(tags.values())} 个标签，最多 {most} 个）",
            )


def _is_junk(path: str) -> bool:
    """What desktop systems put into archives and folders by themselves; a path that climbs is no junk, but refused."""
    parts = path.split("/")
    return "\\" not in path and any(
        part in _JUNK or (part.startswith(".") and part not in (".", "..")) for part in parts
    )


def _without_top_folder(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """An archive of a folder holds all files below that folder's name; the name does not matter."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) != 1 or "item.toml" in files or not all("/" in path for path in files):
        return files
    return {path.partition("/")[2]: content for path, content in files.items()}


def _read(archive: zipfile.ZipFile) -> Iterable[tuple[str, bytes]]:
    seen: set[str] = set()
    total = 0
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_junk(entry.filename)]
    if len(entries) > MAX_FILES:
        raise BundleRefused(reason=f"more than {MAX_FILES} files", reason_zh=f"文件超过 {MAX_FILES} 个")
    for entry in entries:
        if entry.filename in seen:
            raise BundleRefused(reason="a path occurs twice", reason_zh="压缩包中有重复的路径")
        if entry.compress_type not in _COMPRESSIONS:
            raise BundleRefused(
                reason="it is compressed in an unusual way", reason_zh="压缩方法不常用，请用普通 ZIP 压缩"
            )
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise BundleRefused(reason="it holds a symbolic link", reason_zh="压缩包中有符号链接")
        seen.add(entry.filename)
        with archive.open(entry) as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
        total += len(content)
        if len(content) > MAX_FILE_BYTES or total > MAX_BYTES:
            raise _too_large(path=entry.filename)
        yield entry.filename, content


def _below(folder: Path, *, prefix: str) -> Iterable[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not _is_junk(name):
            with path.open("rb") as file:
                yield prefix + name, file.read(MAX_FILE_BYTES + 1)


def _too_large(*, path: str) -> BundleRefused:
    return BundleRefused(reason=f"{_shown(path)} is too large", reason_zh=f"{_shown(path)} 过大")


def _shown(path: str) -> str:
    """The path as it can be shown: what would not be seen is written out."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in path[:MAX_PATH])
