"""Static files, read once and kept in memory: style, scripts, islands. Their addresses bear a hash of the content."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "static"
_PACKED: Final = frozenset({".css", ".js", ".json", ".svg", ".txt", ".html"})
_TYPES: Final = {".js": "text/javascript", ".woff2": "font/woff2", ".woff": "font/woff"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    packed: bytes | None
    media_type: str
    version: str


@cache
def assets() -> dict[str, Asset]:
    """Every file under `static/`, by its path there."""
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    return {path.relative_to(FOLDER).as_posix(): _asset(path) for path in files}


@cache
def address(name: str) -> str:
    """Where a file is served; changes with its content, so browsers may keep it for ever. Raises KeyError."""
    return f"/static/{name}?v={assets()[name].version}"


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    packed = gzip.compress(content, mtime=0) if path.suffix in _PACKED else None
    return Asset(content, packed, media_type, hashlib.sha256(content).hexdigest()[:12])
