"""Running cases carried to another version: foretold case by case, started, watched, paused, taken back (S5)."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.console.backends import Refused
from services.console.pages.routes import PageRoute
from services.console.pages.studio_compare import names_in
from services.console.pages.studio_files import DIAGRAM, ProcessKey, definition, version_files
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.DEFINITION_READ))]
Drawer = Annotated[Visit, Depends(holding(Permission.DEFINITION_DEPLOY))]
MigrationId = Annotated[str, Path(pattern=r"^M[0-9]{8}-[0-9a-f]{8}$")]

_REFUSED: Final = frozenset({409, 422})
_NEEDS: Final = "needs-mapping"
_SHOWN: Final = 100


@router.get("/studio/{key}/migrate")
async def plan_page(
    visit: Drawer, key: ProcessKey, to_version: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> Response:
    """To which version, and from which; then what would become of each case."""
    return await _planning(visit, key, {"to_version": str(to_version or "")})


@router.post("/studio/{key}/migrate")
async def plan(visit: Drawer, request: Request, key: ProcessKey) -> Response:
    """What would become of the running cases; or, asked so with a reason, let them move."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    body = _body(form)
    try:
        if form.get("does") == "start":
            begun = await visit.api.post(
                "workflow", f"/definitions/{key}/migrations", body | {"reason": form.get("reason", "")}
            )
            return visit.see(f"/studio/migrations/{begun['migration_id']}")
        foretold, cases = await asyncio.gather(
            visit.api.post("workflow", f"/definitions/{key}/migrations/preview", body),
            _cases(visit, key, body),
        )
    except Refused as refused:
        if refused.status not in _REFUSED:
            raise
        return await _planning(visit, key, form, refusal=refused.problem, status=refused.status)
    return await _planning(visit, key, form, foretold=foretold, cases=cases["cases"])


@router.get("/studio/migrations")
async def migrations(visit: Drawer) -> Response:
    """The migrations, the newest first."""
    found = await visit.api.get("workflow", "/migrations", limit=_SHOWN)
    return visit.page("studio/migrations.html", rows=found, people=await visit.deps.books.names())


@router.get("/studio/migrations/{migration_id}")
async def migration(visit: Drawer, migration_id: MigrationId, outcome: str = "") -> Response:
    """One migration: how far it is, and what became of each case."""
    return await _migration(visit, migration_id, outcome=outcome)


@router.post("/studio/migrations/{migration_id}/{does}")
async def act(visit: Drawer, migration_id: MigrationId, does: Literal["pause", "resume", "revert"]) -> Response:
    """Pause it, resume it, take it back."""
    try:
        await visit.api.post("workflow", f"/migrations/{migration_id}/{does}")
    except Refused as refused:
        if refused.status not in _REFUSED:
            raise
        return await _migration(visit, migration_id, refusal=refused.problem, status=refused.status)
    return visit.see(f"/studio/migrations/{migration_id}")


def _body(form: Mapping[str, str]) -> dict[str, Any]:
    """The plan in a form: `map:<old>` says where a step goes."""
    mapping = {name[len("map:") :]: value for name, value in form.items() if name.startswith("map:") and value}
    chosen = form.get("from_version", "")
    return {
        "to_version": int(form["to_version"]) if form.get("to_version", "").isdecimal() else 0,
        "from_versions": [int(chosen)] if chosen.isdecimal() else [],
        "mapping": mapping,
    }


async def _cases(visit: Visit, key: str, body: dict[str, Any]) -> dict[str, Any]:
    address = f"/definitions/{key}/migrations/preview/cases"
    found: dict[str, Any] = (
        await visit.api.send("POST", "workflow", address, body=body, query={"limit": _SHOWN})
    ).json()
    return found


async def _planning(
    visit: Visit,
    key: str,
    form: Mapping[str, str],
    *,
    foretold: dict[str, Any] | None = None,
    cases: list[dict[str, Any]] | None = None,
    refusal: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    known = await definition(visit, key)
    numbers = {one["version"] for one in known["versions"]}
    wanted = int(form["to_version"]) if form.get("to_version", "").isdecimal() else 0
    target = wanted if wanted in numbers else known["active"] or max(numbers)
    names = names_in(await version_files(visit, key, target), DIAGRAM)
    lost = {
        place
        for group in (foretold or {"groups": []})["groups"]
        if group["verdict"] == _NEEDS
        for place in (*group["standing"], *(why["element"] for why in group["reasons"]))
        if place and place not in names
    }
    mapped = {name[len("map:") :] for name in form if name.startswith("map:")}
    return visit.page(
        "studio/migrate.html",
        status=status,
        key=key,
        known=known,
        target=target,
        form=form,
        foretold=foretold,
        cases=cases or [],
        names=names,
        lost=sorted(lost | mapped),
        refusal=refusal,
    )


async def _migration(
    visit: Visit, migration_id: str, *, outcome: str = "", refusal: dict[str, Any] | None = None, status: int = 200
) -> Response:
    found, lines = await asyncio.gather(
        visit.api.get("workflow", f"/migrations/{migration_id}"),
        visit.api.get("workflow", f"/migrations/{migration_id}/cases", outcome=outcome, limit=_SHOWN),
    )
    files = await version_files(visit, found["process_key"], found["to_version"])
    return visit.page(
        "studio/migration.html",
        status=status,
        one=found,
        lines=lines["cases"],
        outcome=outcome,
        people=await visit.deps.books.names(),
        names=names_in(files, DIAGRAM),
        refusal=refusal,
    )
