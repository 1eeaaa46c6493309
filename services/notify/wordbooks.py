"""The templates in force: those that ship with the service, and what the bureau wrote in their place, by version."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, Field

from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.store import Aggregates, Body
from services.notify.previews import NotPlainError, prove
from services.notify.templates import BrokenTemplateError, Template, check

_MANY: Final = 1000
_MOST_VERSIONS: Final = 200


class TemplateUnknown(Problem):
    """There is no template of this name."""

    status = 404
    code = "template-unknown"
    zh = "没有模板 {key}"
    en = "there is no template {key}"
    remedy_zh = "请在模板列表中选择"
    remedy_en = "choose one from the list of templates"


class TemplateBroken(Problem):
    """The text asks for what the event does not carry, or cannot be read."""

    status = 422
    code = "template-broken"
    zh = "模板无法使用：{reason}"
    en = "the template cannot be used: {reason}"
    remedy_zh = "请只用该事件带有的字段，并核对大括号"
    remedy_en = "use only the fields that the event carries, and look at the braces"


class TemplateMoved(Problem):
    """Somebody else saved another version meanwhile."""

    status = 409
    code = "template-moved"
    zh = "模板 {key} 已是第 {version} 版，您改的是第 {based_on} 版"
    en = "template {key} is at version {version}, you changed version {based_on}"
    remedy_zh = "请刷新后在最新版本上修改"
    remedy_en = "reload, and change the newest version"


class Wanted(Request, frozen=True):
    """New words for a template."""

    subject: Annotated[str, Field(max_length=200)]
    text: Annotated[str, Field(min_length=1, max_length=2000)]
    subject_en: Annotated[str, Field(max_length=200)] = ""
    text_en: Annotated[str, Field(max_length=2000)] = ""


class Edit(Wanted, frozen=True):
    """New words, from which version they were made, from when they hold, and why."""

    based_on: Annotated[int, Field(ge=1, le=1_000_000)]
    effective_at: AwareDatetime | None = None
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class Version(BaseModel, frozen=True):
    """One version that somebody saved. It is never changed; messages that were sent keep its number."""

    template: Template
    effective_at: datetime
    saved_at: datetime
    saved_by: str
    reason: str


class Wordbook(Body, frozen=True):
    """All saved versions of one template."""

    key: str
    versions: tuple[Version, ...] = ()


def write(shipped: Template, book: Wordbook, edit: Edit, *, by: str, wall: datetime) -> Wordbook:
    """The book with a new version. Raises TemplateMoved, TemplateBroken."""
    newest = max([shipped.version, *(each.template.version for each in book.versions)])
    if edit.based_on != newest or len(book.versions) >= _MOST_VERSIONS:
        raise TemplateMoved(key=book.key, version=newest, based_on=edit.based_on)
    template = worded(shipped, edit).model_copy(update={"version": newest + 1})
    effective_at = max(wall, edit.effective_at) if edit.effective_at else wall
    saved = Version(template=template, effective_at=effective_at, saved_at=wall, saved_by=by, reason=edit.reason)
    return book.model_copy(update={"versions": (*book.versions, saved)})


def worded(shipped: Template, wanted: Wanted) -> Template:
    """The template with other words; event, condition, audience and channels stay. Raises TemplateBroken."""
    words = wanted.model_dump(include={"subject", "text", "subject_en", "text_en"})
    template = shipped.model_copy(update=words)
    try:
        check(template)
        prove(template)
    except (BrokenTemplateError, NotPlainError) as broken:
        raise TemplateBroken(reason=str(broken)) from None
    return template


class Wordbooks:
    """All templates, read once and kept up by what this process saves: one process sends (ADR 0009)."""

    def __init__(self, shipped: Sequence[Template], books: Aggregates[Wordbook]) -> None:
        self.books = books
        self.shipped: Mapping[str, Template] = {each.id: each for each in shipped}
        self._saved: dict[str, Wordbook] = {}
        self._known: tuple[Template, ...] = tuple(shipped)
        self._until: datetime | None = None
        """Until then what is known holds; None for ever."""

    async def load(self, wall: datetime) -> None:
        """Read what the bureau saved."""
        found = await self.books.query({}, sort=[("_id", 1)], limit=_MANY)
        self._saved = {each.key: each for each in found if each.key in self.shipped}
        self._sort(wall)

    def put(self, book: Wordbook, wall: datetime) -> None:
        """It was changed just now."""
        self._saved[book.key] = book
        self._sort(wall)

    def in_force(self, wall: datetime) -> tuple[Template, ...]:
        """The templates that hold now: of those in effect the highest version of each."""
        if self._until is not None and wall >= self._until:
            self._sort(wall)
        return self._known

    def _sort(self, wall: datetime) -> None:
        self._known = tuple(self._of(key, wall) for key in self.shipped)
        coming = [each.effective_at for book in self._saved.values() for each in book.versions]
        self._until = min((at for at in coming if at > wall), default=None)

    def _of(self, key: str, wall: datetime) -> Template:
        versions = self._saved[key].versions if key in self._saved else ()
        effective = [each.template for each in versions if each.effective_at <= wall]
        return max([self.shipped[key], *effective], key=lambda each: each.version)
