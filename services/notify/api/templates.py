"""The templates: which are in force, what they would say, and the bureau's own words in new versions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from services.kernel import logs
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.store import AlreadyExists, Conflict
from services.notify import wordbooks
from services.notify.api.common import Here, Reader
from services.notify.deps import Deps
from services.notify.previews import Preview, preview
from services.notify.templates import Template
from services.notify.wordbooks import (
    Edit,
    TemplateBroken,
    TemplateMoved,
    TemplateUnknown,
    Version,
    Wanted,
    Wordbook,
    worded,
)

log = logs.get(__name__)
router = APIRouter()

Caretaker = Annotated[Person, Depends(allowed(Permission.MESSAGE_SETUP))]
Key = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class TemplateView(BaseModel, frozen=True):
    """A template: as it ships, as it is in force, and every version that was saved, the newest last."""

    key: str
    newest: int
    shipped: Template
    in_force: Template
    preview: Preview
    versions: tuple[Version, ...]


@router.get("/templates", summary="消息模板")
async def list_templates(deps: Here, _who: Reader) -> tuple[Template, ...]:
    """The templates in force."""
    return deps.templates.in_force(deps.clock.wall())


@router.get("/templates/{key}", summary="模板及其版本", responses=problems(TemplateUnknown))
async def see_template(deps: Here, _who: Reader, key: Key) -> TemplateView:
    """One template with its versions, and what it would say."""
    return await _view(deps, key)


@router.post("/templates/{key}/preview", summary="预览模板", responses=problems(TemplateUnknown, TemplateBroken))
async def preview_template(deps: Here, _who: Reader, key: Key, wanted: Wanted) -> Preview:
    """What these words would say, in both languages, and how many short messages that is. Nothing is saved."""
    return preview(worded(_shipped(deps, key), wanted), signature=deps.signature)


@router.put(
    "/templates/{key}",
    summary="修改模板",
    responses=problems(TemplateUnknown, TemplateBroken, TemplateMoved, Conflict),
)
async def change_template(deps: Here, who: Caretaker, key: Key, edit: Edit) -> TemplateView:
    """Save other words as a new version, in force at once or from a moment on. What was sent keeps its version."""
    wall, kept = deps.clock.wall(), deps.templates
    found = await kept.books.find(key)
    shipped = _shipped(deps, key)
    book, revision = found or (Wordbook(key=key), 0)
    changed = wordbooks.write(shipped, book, edit, by=who.code, wall=wall)
    try:
        await (kept.books.save(changed, revision) if found else kept.books.create(changed))
    except AlreadyExists:
        raise Conflict(key=key) from None
    kept.put(changed, wall)
    log.info("template changed", template=key, version=changed.versions[-1].template.version, by=who.code)
    return await _view(deps, key)


def _shipped(deps: Deps, key: str) -> Template:
    try:
        return deps.templates.shipped[key]
    except KeyError:
        raise TemplateUnknown(key=key) from None


async def _view(deps: Deps, key: str) -> TemplateView:
    found = await deps.templates.books.find(key)
    shipped = _shipped(deps, key)
    versions = found[0].versions if found else ()
    in_force = next(each for each in deps.templates.in_force(deps.clock.wall()) if each.id == shipped.id)
    return TemplateView(
        key=shipped.id,
        newest=max([shipped.version, *(each.template.version for each in versions)]),
        shipped=shipped,
        in_force=in_force,
        preview=preview(in_force, signature=deps.signature),
        versions=versions,
    )
