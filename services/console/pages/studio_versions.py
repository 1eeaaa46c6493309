"""Deploying a draft, and the life of versions: activate, try out, roll back, retire (S4); walks played (S6)."""

import io
import zipfile
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Response

from services.console import drafts
from services.console.backends import Refused
from services.console.diagrams import DiagramUnreadable, names_of, steps_of, walk_path
from services.console.pages.routes import PageRoute
from services.console.pages.studio import posts, title_of
from services.console.pages.studio_drafts import checked
from services.console.pages.studio_files import (
    DIAGRAM,
    FilePath,
    NoSuchFile,
    ProcessKey,
    VersionNumber,
    definition,
    desk,
    kept,
    version_files,
)
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.DEFINITION_READ))]
Drawer = Annotated[Visit, Depends(holding(Permission.DEFINITION_DEPLOY))]
Chosen = Annotated[int, Form(ge=1, le=1_000_000)]
Why = Annotated[str, Form(max_length=500)]

_UNPROCESSABLE: Final = 422
_FIRST: Final = 0


@router.get("/studio/{key}/deploy")
async def deploy_page(visit: Drawer, key: ProcessKey) -> Response:
    """What lint says of the draft as it would be deployed, and what it changes (S4)."""
    return await _deploying(visit, key)


@router.post("/studio/{key}/deploy")
async def deploy(visit: Drawer, key: ProcessKey) -> Response:
    """Keep the draft as a version, without letting cases follow it; the same bytes are the same version."""
    own = await desk(visit, key)
    try:
        done = await visit.api.post("workflow", "/definitions", {"files": own.files})
    except Refused as refused:
        if refused.status != _UNPROCESSABLE:
            raise
        return await _deploying(visit, key, refusal=refused.problem, status=refused.status)
    if done["key"] == key:
        await kept(visit, own, lambda draft: drafts.emptied(draft, base=done["version"], at=visit.now))
    return visit.see(f"/studio/{done['key']}/versions/{done['version']}?{'new' if done['created'] else 'same'}=true")


@router.get("/studio/{key}/versions")
async def versions(visit: Reader, key: ProcessKey) -> Response:
    """The versions, and what was done about them."""
    return await _versions(visit, key)


@router.get("/studio/{key}/versions/{number}")
async def version(visit: Reader, key: ProcessKey, number: VersionNumber) -> Response:
    """One version: its diagram, its steps, its files; and what differs from the one that cases follow now."""
    return await _version(visit, key, number)


@router.post("/studio/{key}/versions/{number}/activate")
async def activate(visit: Drawer, key: ProcessKey, number: VersionNumber, reason: Why = "") -> Response:
    """Let new cases follow the version, once its walks end as they say."""
    try:
        await visit.api.post(
            "workflow", f"/definitions/{key}/versions/{number}/activate", {"reason": reason} if reason.strip() else None
        )
    except Refused as refused:
        if refused.code != "walks-failed":
            raise
        return await _version(visit, key, number, refusal=refused.problem, status=refused.status, reason=reason)
    return visit.see(f"/studio/{key}/versions/{number}?activated=true")


@router.get("/studio/{key}/walks")
async def walks_page(visit: Reader, key: ProcessKey, version: int = _FIRST, walk: str = "") -> Response:
    """Which walks a version has, and the path of one; playing them is a button, since it takes seconds (S6)."""
    return await _walks(visit, key, version, played=None, walk=walk)


@router.post("/studio/{key}/walks")
async def play_walks(visit: Reader, key: ProcessKey, version: Chosen) -> Response:
    """Play the walks in the engine, and show where one left its path."""
    played = await visit.api.post("workflow", f"/definitions/{key}/versions/{version}/walks")
    return await _walks(visit, key, version, played=played)


@router.get("/studio/{key}/simulate")
async def simulate(visit: Reader, key: ProcessKey, version: int = _FIRST) -> Response:
    """Tokens on the diagram of a version: a person chooses the ways (S6)."""
    known = await definition(visit, key)
    number = version or known["active"] or known["versions"][0]["version"]
    steps = _steps(await version_files(visit, key, number))
    return visit.page(
        "studio/simulate.html", studio=True, key=key, known=known, number=number, steps=steps, posts=await posts(visit)
    )


@router.post("/studio/{key}/rollback")
async def roll_back(visit: Drawer, key: ProcessKey, version: Chosen, reason: Why) -> Response:
    """Let new cases follow an earlier version again."""
    return await _done(visit, key, "POST", "rollback", {"version": version, "reason": reason})


@router.post("/studio/{key}/retire")
async def retire(visit: Drawer, key: ProcessKey, reason: Why) -> Response:
    """Let no new case follow the process."""
    return await _done(visit, key, "POST", "retire", {"reason": reason})


@router.post("/studio/{key}/canary")
async def set_canary(
    visit: Drawer,
    key: ProcessKey,
    version: Chosen,
    share: Annotated[int, Form(ge=0, le=100)],
    reason: Why,
    departments: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Let a share of new cases follow a version."""
    codes = departments.replace("，", ",").replace(",", " ").split()
    body = {"version": version, "share": share, "departments": codes, "reason": reason}
    return await _done(visit, key, "PUT", "canary", body)


@router.post("/studio/{key}/canary/end")
async def end_canary(visit: Drawer, key: ProcessKey, reason: Why) -> Response:
    """Let all new cases follow the active version again."""
    return await _done(visit, key, "POST", "canary/end", {"reason": reason})


@router.get("/studio/{key}/versions/{number}/file")
async def version_file(visit: Reader, key: ProcessKey, number: VersionNumber, path: FilePath) -> Response:
    """A file of a version as it is."""
    files = await version_files(visit, key, number)
    if path not in files:
        raise NoSuchFile(path=path)
    headers = {"Content-Disposition": "inline", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(files[path], media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/studio/{key}/versions/{number}/files.zip")
async def version_archive(visit: Reader, key: ProcessKey, number: VersionNumber) -> Response:
    """All files of a version, to be kept in a repository."""
    files, packed = await version_files(visit, key, number), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(f"{key}/{path}", text)
    headers = {"Content-Disposition": f'attachment; filename="{key}-v{number}.zip"'}
    return Response(packed.getvalue(), media_type="application/zip", headers=headers)


async def _deploying(visit: Visit, key: str, *, refusal: dict[str, Any] | None = None, status: int = 200) -> Response:
    own = await desk(visit, key)
    known = await definition(visit, key) if own.draft.base else None
    return visit.page(
        "studio/deploy.html",
        status=status,
        key=key,
        title=await title_of(visit, own),
        desk=own,
        known=known,
        refusal=refusal,
        **await checked(visit, own.files),
    )


async def _version(
    visit: Visit, key: str, number: int, *, refusal: dict[str, Any] | None = None, status: int = 200, reason: str = ""
) -> Response:
    known, files = await definition(visit, key), await version_files(visit, key, number)
    active, diff = known["active"], None
    if active is not None and active != number:
        diff = await visit.api.get("workflow", f"/definitions/{key}/diff", **{"from": active, "to": number})
    failures = [_failure(one) for one in refusal["errors"]] if refusal else []
    return visit.page(
        "studio/version.html",
        status=status,
        key=key,
        known=known,
        number=number,
        line=next(one for one in known["versions"] if one["version"] == number),
        was_active=await _was_active(visit, key, number),
        running=(await visit.api.get("workflow", f"/analytics/{key}"))["running"],
        files=files,
        steps=_steps(files),
        posts=await posts(visit),
        people=await visit.deps.books.names(),
        diff=diff,
        refusal=refusal,
        reason=reason,
        failures=failures,
        marks={one["element"]: "failed" for one in failures if one["element"]},
    )


async def _versions(visit: Visit, key: str, *, refusal: dict[str, Any] | None = None, status: int = 200) -> Response:
    return visit.page(
        "studio/versions.html",
        status=status,
        key=key,
        known=await definition(visit, key),
        changes=await visit.api.get("workflow", f"/definitions/{key}/changes"),
        people=await visit.deps.books.names(),
        departments=await visit.deps.books.department_names(english=visit.english),
        refusal=refusal,
    )


async def _walks(visit: Visit, key: str, number: int, *, played: dict[str, Any] | None, walk: str = "") -> Response:
    known = await definition(visit, key)
    number = number or known["active"] or known["versions"][0]["version"]
    files = await version_files(visit, key, number)
    failures = [one | _place(one["step"]) for one in played["failures"]] if played else []
    passed, badges = walk_path(files.get(walk, ""))
    return visit.page(
        "studio/walks.html",
        key=key,
        known=known,
        number=number,
        walks=sorted(path for path in files if path.startswith("walks/")),
        played=played,
        failures=failures,
        walk=walk if walk in files else "",
        marks=passed | {one["element"]: "failed" for one in failures if one["element"]},
        badges=badges,
        names=_names(files),
    )


async def _done(visit: Visit, key: str, method: str, what: str, body: dict[str, Any]) -> Response:
    """Do something about the versions; what is refused is shown on their page."""
    try:
        await visit.api.send(method, "workflow", f"/definitions/{key}/{what}", body=body)
    except Refused as refused:
        return await _versions(visit, key, refusal=refused.problem, status=refused.status)
    return visit.see(f"/studio/{key}/versions?done=true")


async def _was_active(visit: Visit, key: str, number: int) -> bool:
    changes = await visit.api.get("workflow", f"/definitions/{key}/changes")
    return any(one["version"] == number and one["kind"] in {"activated", "rolled-back"} for one in changes)


def _steps(files: dict[str, str]) -> list[Any]:
    try:
        return list(steps_of(files.get(DIAGRAM, "")))
    except DiagramUnreadable:
        return []


def _names(files: dict[str, str]) -> dict[str, str]:
    try:
        return names_of(files.get(DIAGRAM, ""))
    except DiagramUnreadable:
        return {}


def _failure(error: dict[str, Any]) -> dict[str, str]:
    """A failure out of a refusal: its place is `walk#step`."""
    walk, _, step = str(error.get("where", "")).partition("#")
    return {"walk": walk, "said": str(error.get("message", "")), **_place(step)}


def _place(step: str) -> dict[str, str]:
    """The step, and the element in its words if there is one."""
    what, _, rest = step.partition(" ")
    return {"step": step, "element": rest.partition(" ")[2] if what == "step" else ""}
