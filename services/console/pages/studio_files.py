"""The files the studio works on: those of a version, as the workflow service keeps them, and those of a draft."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Path, Query

from services.console import drafts
from services.console.drafts import Draft
from services.console.visits import Visit
from services.kernel.problem import Problem
from services.kernel.store import AlreadyExists

ProcessKey = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
VersionNumber = Annotated[int, Path(ge=1, le=1_000_000)]
FilePath = Annotated[str, Query(min_length=1, max_length=160)]

DIAGRAM: Final = "diagram.bpmn"
_MOST_BUNDLES: Final = 16
_BUNDLES: Final[OrderedDict[str, dict[str, str]]] = OrderedDict()
"""The files of versions by digest: a version never changes. Who may not read a version does not learn its digest."""


class NoSuchFile(Problem):
    """The draft has no file of this name."""

    status = 404
    code = "no-such-file"
    zh = "草稿中没有文件“{path}”"
    en = "the draft has no file {path}"
    remedy_zh = "请从文件列表中选择"
    remedy_en = "choose one of the list of files"


@dataclass(frozen=True, slots=True)
class Desk:
    """A process as one person works on it: the draft, and all files as they would be deployed."""

    key: str
    draft: Draft
    base: dict[str, str]
    files: dict[str, str]

    def text(self, path: str) -> str:
        """The text of a file. Raises NoSuchFile."""
        if path not in self.files:
            raise NoSuchFile(path=path)
        return self.files[path]

    @property
    def diagrams(self) -> list[str]:
        """The diagrams, the process's own first."""
        found = [path for path in self.files if path.endswith(".bpmn")]
        return sorted(found, key=lambda path: (path != DIAGRAM, path))

    @property
    def forms(self) -> list[str]:
        """The keys of the forms."""
        return [path[len("forms/") : -len(".json")] for path in self.files if path.startswith("forms/")]


async def definition(visit: Visit, key: str) -> dict[str, Any]:
    """A process with its versions. Raises Refused."""
    found: dict[str, Any] = await visit.api.get("workflow", f"/definitions/{key}")
    return found


async def version_files(visit: Visit, key: str, number: int) -> dict[str, str]:
    """The files of a version as texts, by path; pictures are left out. Raises Refused."""
    detail = await visit.api.get("workflow", f"/definitions/{key}/versions/{number}")
    sha256 = detail["sha256"]
    if sha256 not in _BUNDLES:
        paths = [path for path in detail["paths"] if not path.endswith((".png", ".svg"))]
        address = f"/definitions/{key}/versions/{number}/files/"
        answers = await asyncio.gather(*(visit.api.send("GET", "workflow", address + quote(path)) for path in paths))
        _BUNDLES[sha256] = {path: answer.content.decode() for path, answer in zip(paths, answers, strict=True)}
    _BUNDLES.move_to_end(sha256)
    while len(_BUNDLES) > _MOST_BUNDLES:
        _BUNDLES.popitem(last=False)
    return _BUNDLES[sha256]


async def desk(visit: Visit, key: str) -> Desk:
    """The person's draft of a process; where there is none, an empty one over the version new cases follow."""
    found = await visit.deps.drafts.find(drafts.key_of(visit.who.code, key))
    if found is not None:
        draft = found[0]
    else:
        known = await definition(visit, key)
        base = known["active"] or known["versions"][0]["version"]
        draft = drafts.begun(visit.who.code, key, base=base, at=visit.now)
    base_files = await version_files(visit, key, draft.base) if draft.base else {}
    return Desk(key, draft, base_files, draft.over(base_files))


async def kept(visit: Visit, desk: Desk, change: Callable[[Draft], Draft]) -> Draft:
    """Change the draft and keep it; made if this is its first change. Raises what `change` raises."""
    store = visit.deps.drafts
    if await store.find(desk.draft.key) is None:
        try:
            await store.create(change(desk.draft))
        except AlreadyExists:  # another window was faster
            pass
        else:
            return change(desk.draft)
    return await store.change(desk.draft.key, lambda draft: (change(draft), ()))
