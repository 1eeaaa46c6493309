"""The case file with the PDFs of its papers, as far as the person who takes it away may read them."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from services.console.backends import Asking, Refused

_LIST: Final = "papers.json"
_AT_ONCE: Final = 4
_MOST_BYTES: Final = 100_000_000


async def with_papers(api: Asking, file: bytes) -> bytes:
    """The case file with each paper under the path that its signed list names; one that may not be read stays away."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        listed = json.loads(archive.read(_LIST)) if _LIST in archive.namelist() else []
    places = asyncio.Semaphore(_AT_ONCE)

    async def fetched(paper: Mapping[str, Any]) -> bytes | None:
        async with places:
            return await _pdf(api, paper)

    some = listed if sum(int(paper["size"]) for paper in listed) <= _MOST_BYTES else []
    found = await asyncio.gather(*(fetched(paper) for paper in some))
    papers = {paper["path"]: pdf for paper, pdf in zip(some, found, strict=True) if pdf is not None}
    return await asyncio.to_thread(_added, file, papers)


async def _pdf(api: Asking, paper: Mapping[str, Any]) -> bytes | None:
    """What intake has under the address, if the person may see it and it is what was issued."""
    try:
        answer = await api.send("GET", "intake", str(paper["source"]))
    except Refused:
        return None
    is_it = hashlib.sha256(answer.content).hexdigest() == paper["sha256"]
    return answer.content if is_it else None


def _added(file: bytes, papers: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    stream.write(file)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        at = archive.getinfo("manifest.json").date_time
        for path, content in papers.items():
            entry = zipfile.ZipInfo(path, at)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return stream.getvalue()
