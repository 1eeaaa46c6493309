"""What is done to a draft: its files saved, checked and mended, the settings of its steps set, its history."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response

from services.console import drafts
from services.console.backends import Refused
from services.console.diagrams import steps_of, with_settings
from services.console.drafts import Draft, FileChangedElsewhere, tag_of
from services.console.pages.routes import PageRoute
from services.console.pages.studio import posts, title_of
from services.console.pages.studio_files import (
    DIAGRAM,
    FilePath,
    NoSuchFile,
    ProcessKey,
    desk,
    kept,
)
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.problem import Problem

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Drawer = Annotated[Visit, Depends(holding(Permission.DEFINITION_DEPLOY))]
_UNPROCESSABLE: Final = 422
_FIELDS: Final = frozenset({"name", "post", "form", "limit", "warn", "counts"})
_NEW: Final = re.compile(r"(forms/[a-z][a-z0-9-]*\.json|walks/[a-z][a-z0-9-]*\.toml|[a-z][a-z0-9_]*\.dmn|README\.md)")
_BEGINNINGS: Final = {
    ".json": (
        '{\n  "$schema": "https://json-schema.org/draft/2020-12/schema",\n  "type": "object",\n  "properties": {}\n}\n'
    ),
    ".toml": '[case]\nsituation = ""\nreceived_on = 2026-01-05\ndepartment = ""\n\n[expect]\nend = ""\noutcome = ""\n',
}


class FileNameUnfit(Problem):
    """A process folder has no place for a file of this name."""

    status = 422
    code = "file-name-unfit"
    zh = "不能新增文件“{path}”"
    en = "{path} cannot be added"
    remedy_zh = "表单写 forms/名称.json，走查写 walks/名称.toml，决策表写 名称.dmn；名称用小写英文字母、数字和连字符"
    remedy_en = "forms/name.json, walks/name.toml or name.dmn, in lower-case letters, digits and hyphens"


@router.put("/studio/{key}/draft")
async def save_file(
    visit: Drawer, request: Request, key: ProcessKey, path: FilePath, *, mark: bool = False
) -> Response:
    """Save one file as the editor has it; `mark` keeps the state in the history. `If-Match`: what the editor read."""
    text = (await request.body()).decode()
    await _save(visit, key, path, text, read=request.headers.get("if-match", ""), note="save" if mark else "")
    return Response(status_code=204, headers={"ETag": tag_of(text)})


@router.post("/studio/{key}/save")
async def save_form(
    visit: Drawer,
    key: ProcessKey,
    path: Annotated[str, Form(max_length=160)],
    text: Annotated[str, Form(max_length=4_000_000)],
    tag: Annotated[str, Form(max_length=40)],
) -> Response:
    """The same by a form, without scripts."""
    await _save(visit, key, path, text.replace("\r\n", "\n"), read=tag, note="save")
    return visit.see(f"/studio/{key}?file={path}")


@router.post("/studio/{key}/lint")
async def lint(visit: Drawer, request: Request, key: ProcessKey, path: FilePath) -> Response:
    """What lint says of the draft with this file as it stands in the editor: a list to be shown beside it."""
    own = await desk(visit, key)
    files = own.files | {path: (await request.body()).decode()}
    return visit.page("studio/findings.html", key=key, **await checked(visit, files))


@router.post("/studio/{key}/fix")
async def fix(visit: Drawer, key: ProcessKey) -> Response:
    """Let lint translate and mend what needs no decision, in the draft; as it was before is in the history."""
    own = await desk(visit, key)
    done = await mended(visit, own.files)
    if done["files"]:
        await kept(
            visit, own, lambda draft: drafts.put(_before(draft), own.base, done["files"], at=visit.now, note="fix")
        )
    return visit.page("studio/fixed.html", key=key, done=done, title=await title_of(visit, own))


@router.get("/studio/{key}/settings")
async def settings(visit: Drawer, key: ProcessKey, file: FilePath = DIAGRAM) -> Response:
    """Who does each step, by which form, within how many days: the diagram's settings as a table (S2)."""
    own = await desk(visit, key)
    steps = steps_of(own.text(file))
    said = await checked(visit, own.files)
    about: dict[str, list[dict[str, Any]]] = {}
    for one in said["findings"]:
        if one["file"] == file:
            about.setdefault(one["element"], []).append(one)
    return visit.page(
        "studio/settings.html",
        key=key,
        title=await title_of(visit, own),
        desk=own,
        file=file,
        tag=tag_of(own.text(file)),
        steps=steps,
        about=about,
        posts=await posts(visit),
    )


@router.post("/studio/{key}/settings")
async def set_settings(visit: Drawer, request: Request, key: ProcessKey) -> Response:
    """Write the settings into the diagram of the draft."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    path, own = form.get("path", DIAGRAM), await desk(visit, key)
    wanted: dict[str, dict[str, str]] = {}
    for name, value in form.items():
        field, _, element = name.partition(":")
        if field in _FIELDS and element:
            wanted.setdefault(element, {})[field] = value
    text = with_settings(own.text(path), wanted)
    await _save(visit, key, path, text, read=form.get("tag", ""), note="settings")
    return visit.see(f"/studio/{key}/settings?file={path}&saved=true")


@router.post("/studio/{key}/files")
async def add_file(visit: Drawer, key: ProcessKey, path: Annotated[str, Form(max_length=160)]) -> Response:
    """A new form, walk or decision table, with what every such file begins with."""
    path, own = path.strip(), await desk(visit, key)
    if _NEW.fullmatch(path) is None or path in own.files:
        raise FileNameUnfit(path=path)
    text = _BEGINNINGS.get(path[path.rfind(".") :], "")
    await kept(visit, own, lambda draft: drafts.put(draft, own.base, {path: text}, at=visit.now, note="add"))
    return visit.see(f"/studio/{key}?file={path}")


@router.post("/studio/{key}/files/remove")
async def remove_file(visit: Drawer, key: ProcessKey, path: Annotated[str, Form(max_length=160)]) -> Response:
    """Take a file out of the draft; as it was before is in the history."""
    own = await desk(visit, key)
    if path not in own.files or path == DIAGRAM:
        raise NoSuchFile(path=path)
    await kept(
        visit, own, lambda draft: drafts.put(_before(draft), own.base, {path: None}, at=visit.now, note="remove")
    )
    return visit.see(f"/studio/{key}")


@router.get("/studio/{key}/history")
async def history(visit: Drawer, key: ProcessKey) -> Response:
    """The states of the draft that one can come back to."""
    own = await desk(visit, key)
    return visit.page("studio/history.html", key=key, title=await title_of(visit, own), desk=own)


@router.post("/studio/{key}/history/restore")
async def restore(visit: Drawer, key: ProcessKey, place: Annotated[int, Form(ge=0, le=drafts.MOST_PAST)]) -> Response:
    """Come back to a state of the history."""
    own = await desk(visit, key)
    await kept(visit, own, lambda draft: drafts.restored(draft, place, at=visit.now))
    return visit.see(f"/studio/{key}")


@router.post("/studio/{key}/draft/begin")
async def begin(visit: Drawer, key: ProcessKey, version: Annotated[int, Form(ge=1, le=1_000_000)]) -> Response:
    """Begin the draft again with a version; what was there is in the history."""
    own = await desk(visit, key)
    await kept(visit, own, lambda draft: drafts.emptied(draft, base=version, at=visit.now))
    return visit.see(f"/studio/{key}")


@router.get("/studio/{key}/file")
async def raw(visit: Drawer, key: ProcessKey, path: FilePath) -> Response:
    """A file of the draft as it is."""
    own = await desk(visit, key)
    return Response(own.text(path), media_type="text/plain; charset=utf-8")


async def checked(visit: Visit, files: Mapping[str, str]) -> dict[str, Any]:
    """What lint says of files; files that it does not take are one finding. Raises Refused, TryLater."""
    return await _linted(visit, files, {})


async def mended(visit: Visit, files: Mapping[str, str]) -> dict[str, Any]:
    """The `files` that lint translated and mended, what it did, and what is left. Raises Refused, TryLater."""
    return await _linted(visit, files, {"fix": "true"})


async def _linted(visit: Visit, files: Mapping[str, str], query: Mapping[str, str]) -> dict[str, Any]:
    try:
        answer = await visit.api.send("POST", "workflow", "/lint", body={"files": dict(files)}, query=query)
    except Refused as refused:
        if refused.status != _UNPROCESSABLE:
            raise
        return {"findings": [_as_finding(refused)], "rewritten": [], "fixed": [], "files": {}}
    found: dict[str, Any] = answer.json()
    return found


def _as_finding(refused: Refused) -> dict[str, Any]:
    detail, remedy = refused.problem.get("detail", ""), refused.problem.get("remedy", "")
    said = {"zh": detail, "en": detail, "remedy_zh": remedy, "remedy_en": remedy}
    return said | {"file": "", "element": "", "rule": refused.code, "severity": "error", "fix": []}


def _before(draft: Draft) -> Draft:
    """With the state before in the history: what a machine does to it can be undone."""
    return draft if draft.is_empty else drafts.marked(draft)


async def _save(visit: Visit, key: str, path: str, text: str, *, read: str, note: str) -> None:
    own = await desk(visit, key)
    now = own.text(path)
    if read and read != tag_of(now) and text != now:
        raise FileChangedElsewhere(path=path)
    await kept(visit, own, lambda draft: drafts.put(draft, own.base, {path: text}, at=visit.now, note=note))
