"""The studio: which processes there are (S1), and a process at work: its files, its settings, what lint says (S2)."""

import asyncio
import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response

from services.console.assets import assets
from services.console.diagrams import DiagramUnreadable, steps_of
from services.console.drafts import tag_of
from services.console.pages.routes import PageRoute
from services.console.pages.studio_files import DIAGRAM, Desk, FilePath, ProcessKey, definition, desk, version_files
from services.console.visits import Visit, holding
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.DEFINITION_READ))]
Drawer = Annotated[Visit, Depends(holding(Permission.DEFINITION_DEPLOY))]

_TEMPLATES: Final = "studio.templates.json"
_OTHERS: Final = "其他"
_FORMS: Final = "forms/"
_KINDS: Final = (
    ("流程图", "", ".bpmn"),
    ("事项", "item", ".toml"),
    ("决策表", "", ".dmn"),
    ("表单", "forms/", ".json"),
    ("走查", "walks/", ".toml"),
)
"""What a file is, by how its path begins and ends."""
_POSTS: Final = frozenset({"camunda:candidateGroups", "permit:post"})


@router.get("/studio")
async def processes(visit: Reader) -> Response:
    """Every process with its versions and running cases (S1)."""
    known = sorted(await visit.api.get("workflow", "/definitions"), key=lambda one: str(one["item"]["code"]))
    figures = await asyncio.gather(
        *(visit.api.get("workflow", f"/analytics/{one['key']}") for one in known),
    )
    mine = await visit.deps.drafts.query(
        {"body.person": visit.who.code}, sort=[("_id", 1)], limit=200, without=("past", "files")
    )
    return visit.page(
        "studio/list.html",
        rows=list(zip(known, figures, strict=True)),
        drafts={one.process: one for one in mine},
        names=await visit.deps.books.names(),
    )


@router.get("/studio/templates.json")
async def templates(visit: Drawer) -> Response:
    """The element templates, with the posts as the books have them, for the editor's panel.

    What may be left empty does not go against its pattern when it is: the panel would show it in red.
    """
    found: list[dict[str, Any]] = json.loads(assets()[_TEMPLATES].content)
    names = await visit.deps.books.post_names(english=visit.english)
    choices = [{"name": f"{code} {name}", "value": code} for code, name in sorted(names.items())]
    for template in found:
        for one in template["properties"]:
            if one["binding"].get("name") in _POSTS and choices:
                one["choices"] = choices
            limits = one.get("constraints", {})
            if "pattern" in limits and not limits.get("notEmpty"):
                limits["pattern"]["value"] = f"^$|{limits['pattern']['value']}"
    return Response(json.dumps(found, ensure_ascii=False), media_type="application/json")


@router.get("/studio/{key}")
async def editor(visit: Reader, key: ProcessKey, file: FilePath = DIAGRAM, element: str = "") -> Response:
    """One file of the draft in its editor; who may not deploy sees the active version (S2)."""
    if not visit.may(Permission.DEFINITION_DEPLOY):
        return await _shown(visit, key)
    own = await desk(visit, key)
    text = own.text(file)
    return visit.page(
        "studio/editor.html",
        studio=True,
        key=key,
        title=await title_of(visit, own),
        desk=own,
        groups=groups_of(own.files),
        file=file,
        text=text,
        is_form=file.startswith(_FORMS) and file.endswith(".json"),
        tag=tag_of(text),
        element=element,
        changed={one.path for one in own.draft.files},
    )


def groups_of(files: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """The files by what they are, for a list to choose from."""
    found: dict[str, list[str]] = {name: [] for name in (*(kind for kind, _, _ in _KINDS), _OTHERS)}
    for path in sorted(files, key=lambda path: (path != DIAGRAM, path)):
        name = next((kind for kind, head, tail in _KINDS if path.startswith(head) and path.endswith(tail)), _OTHERS)
        found[name].append(path)
    return [(name, paths) for name, paths in found.items() if paths]


async def title_of(visit: Visit, own: Desk) -> str:
    """The item's name; a process that was never deployed has none yet."""
    if not own.draft.base:
        return own.key
    item = (await definition(visit, own.key))["item"]
    return str(item["name_en"] if visit.english else item["name"])


async def _shown(visit: Visit, key: str) -> Response:
    known = await definition(visit, key)
    number = known["active"] or known["versions"][0]["version"]
    files = await version_files(visit, key, number)
    try:
        steps = steps_of(files.get(DIAGRAM, ""))
    except DiagramUnreadable:
        steps = []
    return visit.page("studio/look.html", key=key, known=known, number=number, steps=steps, posts=await posts(visit))


async def posts(visit: Visit) -> dict[str, str]:
    """The posts by code, as the reader calls them."""
    return await visit.deps.books.post_names(english=visit.english)
