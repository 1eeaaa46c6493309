"""A template is data: TOML with `{slots}`. One template gives both outputs; an unknown slot is refused at load.

A text slot stands anywhere in a text. A list slot is the whole of `listing = "{defects}"`, a table slot the whole of
`table = "{rows}"`. What is filled in is never read again for slots. A block with `when = "slot"` is left out while that
slot is empty; every other slot that a template names must be filled, or the document is not made.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.kernel.documents.sheets import (
    Block,
    Fields,
    Form,
    Heading,
    Listing,
    Paragraph,
    Table,
)
from services.kernel.problem import Problem

Value = str | tuple[str, ...] | tuple[tuple[str, ...], ...]
"""What fills a slot: a text, the items of a list, or the rows of a table."""

_SLOT: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CONTENT: Final = ("text", "heading", "listing", "table", "fields")


class TemplateUnsound(Exception):
    """The template cannot be used; says where and why, in both languages."""


class SlotEmpty(Problem):
    """A document is not made while something that must stand in it is missing."""

    status = 422
    code = "document-slot-empty"
    zh = "「{document}」缺少必须载明的内容：{slots}"
    en = "{document!r} lacks what must stand in it: {slots}"
    remedy_zh = "请补齐这些内容后再生成文书"
    remedy_en = "complete these, then make the document again"


class Part(BaseModel):
    """One block of a template: exactly one of the five kinds of content, and when it is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: str = ""
    text: str = ""
    heading: str = ""
    listing: str = ""
    table: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    level: Literal[1, 2] = 1
    style: Literal["arabic", "chinese"] = "arabic"
    indent: bool = True
    strong: bool = False
    head: tuple[str, ...] = ()
    shares: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _one_content(self) -> "Part":
        if len([name for name in _CONTENT if getattr(self, name)]) != 1:
            msg = f"one of {', '.join(_CONTENT)}"
            raise ValueError(msg)
        for whole in (self.listing, self.table):
            if whole and not _SLOT.fullmatch(whole):
                msg = f"{whole!r} must be one slot and nothing else"
                raise ValueError(msg)
        return self

    def is_there(self, values: Mapping[str, Value]) -> bool:
        """Whether the block stands in a document with these values."""
        return not self.when or _is_set(values.get(self.when))

    def texts(self) -> Iterator[str]:
        """All texts that may hold slots."""
        yield from (self.text, self.heading, self.listing, self.table)
        for row in self.fields:
            yield from row


class Template(BaseModel):
    """A kind of document: its names, what it rests on, its number's mark, and what stands in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
    name: str
    name_en: str
    basis: tuple[str, ...]
    needs: str
    """What must have happened before the document exists, for people."""
    nature: str = ""
    """The nature in the document's number (资规`许受`〔2026〕1号); empty for what bears no number of its own."""
    form: Form = Form.PLAIN
    mark: str = ""
    title: str
    recipient: str = ""
    attachments: tuple[str, ...] = ()
    note: str = ""
    sign_for: tuple[str, ...] = ()
    copy_to: tuple[str, ...] = ()
    seal: str = "（行政许可专用章）"
    block: tuple[Part, ...]

    def texts(self) -> Iterator[str]:
        """All texts that may hold slots."""
        yield from (self.mark, self.title, self.recipient, self.note, *self.attachments, *self.copy_to)
        for part in self.block:
            yield from part.texts()

    @property
    def slots(self) -> frozenset[str]:
        """Every slot that the template names, also those that only say when."""
        named = {name for text in self.texts() for name in _SLOT.findall(text)}
        return frozenset(named | {part.when for part in self.block if part.when})

    def needed(self, values: Mapping[str, Value]) -> frozenset[str]:
        """The slots that must be filled: those of the head, and of every block that is there with these values."""
        head = (self.mark, self.title, self.recipient, self.note, *self.attachments, *self.copy_to)
        present = [text for part in self.block if part.is_there(values) for text in part.texts()]
        return frozenset(_named((*head, *present)))


def load(source: bytes, *, slots: Iterable[str], where: str) -> Template:
    """The template in a TOML file; raises TemplateUnsound for what is malformed or a slot that is not in `slots`."""
    try:
        template = Template.model_validate(tomllib.loads(source.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        msg = f"{where}: 模板不能读取 / the template cannot be read: {error}"
        raise TemplateUnsound(msg) from error
    if unknown := sorted(template.slots - set(slots)):
        msg = f"{where}: 模板里有未定义的占位符 / unknown slots: {', '.join(unknown)}"
        raise TemplateUnsound(msg)
    if stray := sorted({text for text in template.texts() if set(_SLOT.sub("", text)) & set("{}")}):
        msg = f"{where}: 占位符应写作 {{name}} / a slot is written {{name}}: {stray[0][:60]}"
        raise TemplateUnsound(msg)
    return template


def filled(template: Template, values: Mapping[str, Value]) -> dict[str, Any]:
    """What of a Sheet the template gives with these values; raises SlotEmpty naming all that is missing."""
    missing = sorted(name for name in template.needed(values) if not _is_set(values.get(name)))
    if missing:
        raise SlotEmpty(document=template.name, slots="、".join(missing))
    return {
        "form": template.form,
        "mark": _text(template.mark, values),
        "title": _text(template.title, values),
        "recipient": _text(template.recipient, values),
        "attachments": tuple(_text(text, values) for text in template.attachments),
        "note": _text(template.note, values),
        "sign_for": template.sign_for,
        "copy_to": tuple(_text(text, values) for text in template.copy_to),
        "blocks": tuple(block for part in template.block if part.is_there(values) for block in _blocks(part, values)),
    }


def _blocks(part: Part, values: Mapping[str, Value]) -> Iterator[Block]:
    if part.text:
        for line in _text(part.text, values).split("\n"):
            yield Paragraph(text=line, indent=part.indent, strong=part.strong)
    elif part.heading:
        yield Heading(text=_text(part.heading, values), level=part.level)
    elif part.listing:
        yield Listing(items=_items(values[_SLOT.findall(part.listing)[0]]), style=part.style)
    elif part.table:
        rows = values[_SLOT.findall(part.table)[0]]
        yield Table(head=part.head, rows=tuple(_items(row) for row in rows), shares=part.shares)
    else:
        yield Fields(rows=tuple((_text(label, values), _text(answer, values)) for label, answer in part.fields))


def _items(value: Value) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(each) for each in value)


def _text(text: str, values: Mapping[str, Value]) -> str:
    return _SLOT.sub(lambda found: "、".join(_items(values.get(found[1], ""))), text)


def _is_set(value: Value | None) -> bool:
    return bool(value and (not isinstance(value, str) or value.strip()))


def _named(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in _SLOT.findall(text)}
