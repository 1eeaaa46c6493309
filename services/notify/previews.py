"""What a template would say: with an invented event, so that nobody's data is looked at."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from jinja2 import Environment, TemplateError, nodes
from pydantic import BaseModel

from services.contracts.catalogue import CATALOGUE
from services.contracts.events import Said
from services.notify.segments import length, segments
from services.notify.templates import FUNCTIONS, Channel, Template, word

_EXAMPLES: Final[dict[str, str]] = {
    "case_no": "51200020261123PT0500017",
    "title": "示例项目",
    "name": "经办审查",
    "message": "请抓紧办理",
    "reason": "材料待核",
    "rung": "科长",
    "heading": "督查通报 2026年第1期",
    "text": "示例内容。",
    "notice_no": "资规督办〔2026〕1号",
    "matter_no": "D-2026-001",
}
_PARSER: Final = Environment(autoescape=True)
_PLAIN: Final = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.Not,
    nodes.And,
    nodes.Or,
)
"""What a text may be made of, besides `day(…)`."""

_DAY: Final = date(2026, 11, 23)


class Preview(BaseModel, frozen=True):
    """The words in both languages; `segments` are the short messages paid for, with the signature."""

    subject: str
    text: str
    subject_en: str
    text_en: str
    characters: int
    segments: int


class NotPlainError(ValueError):
    """A template does more than fill in fields, or fails when a field that may be absent is."""


def prove(template: Template) -> None:
    """Raises NotPlainError for a template that is no plain text with fields: what people write at a page must not loop.

    Filled in twice, the second time without whatever an event need not carry.
    """
    for text in (template.subject, template.text, template.subject_en, template.text_en):
        _check_plain(_PARSER.parse(text))
    for absent in (False, True):
        said = _example(CATALOGUE[template.event], absent=absent)
        for english in (False, True):
            try:
                word(template, said, english=english)
            except (TemplateError, AttributeError, TypeError, ValueError) as error:
                msg = f"字段可能为空或类型不符 / a field may be absent, or is of another kind: {error}"
                raise NotPlainError(msg) from error


def _check_plain(node: nodes.Node) -> None:
    is_ours = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in FUNCTIONS
    if not (isinstance(node, _PLAIN) or is_ours):
        msg = f"不允许 {type(node).__name__} / {type(node).__name__} is not allowed"
        raise NotPlainError(msg)
    for child in node.iter_child_nodes():
        _check_plain(child)


def preview(template: Template, *, signature: str) -> Preview:
    """What it would say. The template must have been checked."""
    said = _example(CATALOGUE[template.event])
    chinese, english = word(template, said), word(template, said, english=True)
    sent = f"【{signature}】{chinese.text}" if signature and Channel.SMS in template.channels else chinese.text
    return Preview(
        subject=chinese.subject,
        text=chinese.text,
        subject_en=english.subject,
        text_en=english.text,
        characters=length(sent),
        segments=segments(sent),
    )


def _example(event: type[Said], *, absent: bool = False) -> Said:
    values = {name: _value(name, field.annotation, absent=absent) for name, field in event.model_fields.items()}
    return event.model_construct(**values)


def _value(name: str, annotation: Any, *, absent: bool) -> Any:  # noqa: ANN401 - whatever stands behind a field's colon
    if get_origin(annotation) is Annotated:
        return _value(name, get_args(annotation)[0], absent=absent)
    if get_origin(annotation) in (Union, UnionType):
        kinds = [each for each in get_args(annotation) if each is not type(None)]
        return None if absent and len(kinds) < len(get_args(annotation)) else _value(name, kinds[0], absent=absent)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return next(iter(annotation))
    plain: dict[Any, Any] = {
        str: _EXAMPLES.get(name, "示例"),
        int: 1,
        float: 1.0,
        bool: True,
        date: _DAY,
        datetime: datetime.combine(_DAY, datetime.min.time()),
    }
    return {} if get_origin(annotation) in (dict, Mapping) else plain.get(annotation, ())
