"""Two versions side by side (S3), and the figures of a process on its diagram (S7)."""

from collections.abc import Iterable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response

from services.console.backends import Refused
from services.console.diagrams import DiagramUnreadable, names_of
from services.console.pages.routes import PageRoute
from services.console.pages.studio_files import DIAGRAM, FilePath, ProcessKey, definition, version_files
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.DEFINITION_READ))]
Day = Annotated[str, Query(max_length=10)]

_UNPROCESSABLE: Final = 422
_HOTTEST: Final = 4


@router.get("/studio/{key}/diff")
async def diff(
    visit: Reader,
    key: ProcessKey,
    *,
    was: Annotated[int, Query(alias="from", ge=0, le=1_000_000)] = 0,
    now: Annotated[int, Query(alias="to", ge=0, le=1_000_000)] = 0,
    file: FilePath = DIAGRAM,
) -> Response:
    """What differs, as sentences and on both diagrams; how a diagram is laid out makes no difference (S3)."""
    known = await definition(visit, key)
    numbers = [one["version"] for one in known["versions"]]
    now = now or numbers[0]
    was = was or known["active"] or numbers[-1]
    found = await visit.api.get("workflow", f"/definitions/{key}/diff", **{"from": was, "to": now})
    old, new = await version_files(visit, key, was), await version_files(visit, key, now)
    return visit.page(
        "studio/diff.html",
        key=key,
        known=known,
        was=was,
        now=now,
        diff=found,
        file=file,
        diagrams=sorted(
            {path for path in {**old, **new} if path.endswith(".bpmn")}, key=lambda path: (path != DIAGRAM, path)
        ),
        has_old=file in old,
        has_new=file in new,
        old_marks=_marks(found["differences"], file, names_in(old, file)),
        new_marks=_marks(found["differences"], file, names_in(new, file)),
    )


@router.get("/studio/{key}/heat")
async def heat(
    visit: Reader,
    key: ProcessKey,
    *,
    version: str = "",
    since: Annotated[Day, Query(alias="from")] = "",
    until: Annotated[Day, Query(alias="to")] = "",
) -> Response:
    """Running, days and overdue of each step, as a table and on the diagram (S7)."""
    known, refusal, figures = await definition(visit, key), None, None
    chosen = int(version) if version.isdecimal() else None
    try:
        figures = await visit.api.get("workflow", f"/analytics/{key}", version=chosen, **{"from": since, "to": until})
    except Refused as refused:
        if refused.status != _UNPROCESSABLE:
            raise
        refusal = refused.problem
    number = chosen or known["active"] or known["versions"][0]["version"]
    names = names_in(await version_files(visit, key, number), DIAGRAM)
    rows = [one for one in figures["elements"] if one["running"] or one["finished"] or one["left"]] if figures else []
    return visit.page(
        "studio/heat.html",
        status=_UNPROCESSABLE if refusal else 200,
        key=key,
        known=known,
        number=number,
        chosen=chosen,
        since=since,
        until=until,
        refusal=refusal,
        figures=figures,
        names=names,
        rows=sorted(rows, key=lambda one: list(names).index(one["element"]) if one["element"] in names else len(names)),
        heat={one["element"]: level for one, level in _levels(rows)},
        badges={one["element"]: _badge(visit, one) for one in rows},
    )


def names_in(files: dict[str, str], path: str) -> dict[str, str]:
    """The names of a diagram's elements by id, in its order; none where there is no such diagram to be read."""
    try:
        return names_of(files[path]) if path in files else {}
    except DiagramUnreadable:
        return {}


def _marks(differences: Iterable[dict[str, Any]], file: str, known: dict[str, str]) -> dict[str, str]:
    """How each element of a diagram is marked: by the first thing said of it, an addition or a removal before all."""
    found: dict[str, str] = {}
    for one in differences:
        element, kind = one["element"], one["kind"].rpartition("-")[2]
        if element in known and one["file"] in {"", file}:
            mark = kind if kind in {"added", "removed", "moved"} else "changed"
            if found.get(element) not in {"added", "removed"}:
                found[element] = mark if element not in found or mark in {"added", "removed"} else "changed"
    return found


def _levels(rows: list[dict[str, Any]]) -> Iterable[tuple[dict[str, Any], int]]:
    """How hot each step is, 0 to 4: by the cases that stand there now, one that is overdue counting twice."""
    hottest = max((_weight(one) for one in rows), default=0)
    return ((one, -(-_weight(one) * _HOTTEST // hottest) if hottest else 0) for one in rows)


def _weight(one: dict[str, Any]) -> int:
    return int(one["running"] + one["running_overdue"])


def _badge(visit: Visit, one: dict[str, Any]) -> dict[str, str]:
    parts = [f"{visit.say('在办')} {one['running']}"]
    if one["median_workdays"] is not None:
        parts.append(f"{one['median_workdays']} {visit.say('工作日')}")
    if one["running_overdue"]:
        parts.append(f"{visit.say('逾期')} {one['running_overdue']}")
    return {"text": " · ".join(parts), "kind": "bad" if one["running_overdue"] else "good"}
