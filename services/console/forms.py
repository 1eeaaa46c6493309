"""Forms of steps: from JSON Schema with the house's hints (bpmn/README.md) to fields of a page, and back to answers.

Nothing is checked here: the workflow service decides whether answers fit.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

PREFIX: Final = "a."
"""What the names of a form's controls begin with, so that no field meets one of the page's own."""

MORE: Final = ".more"
"""What the name of the second control of a field ends with: people who are not among those to tick."""

_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")

Schema = Mapping[str, Any]
Answers = Mapping[str, Any]
Typed = Mapping[str, Sequence[str]]


class Widget(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    TEXTAREA = "textarea"
    NUMBER = "number"
    DATE = "date"
    RADIO = "radio"
    YESNO = "yesno"
    CHECKBOX = "checkbox"
    LINES = "lines"
    PEOPLE = "people"
    CHOICES = "choices"
    HIDDEN = "hidden"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: what is sent, and what people read."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the page. It shows only while another field (`show`) has one of the values `equals`."""

    name: str
    widget: Widget
    title: str
    hint: str
    optional: bool
    choices: tuple[Choice, ...]
    most: int | None
    show: str
    equals: tuple[str, ...]

    @property
    def control(self) -> str:
        """The name of its control."""
        return PREFIX + self.name

    @property
    def id(self) -> str:
        """The id of its control, to which the list of errors leads."""
        return f"f-{self.name}"


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under one heading; the heading may be empty."""

    title: str
    fields: tuple[Field, ...]


def sections_of(schema: Schema, *, english: bool = False) -> tuple[Section, ...]:
    """The form's fields in their order and under their headings; what stands under none comes last."""
    fields = {name: _field(schema, name, english=english) for name in _properties(schema)}
    sections, placed = [], set()
    for part in schema.get("x-sections", ()):
        names = [name for name in part.get("fields", ()) if name in fields and name not in placed]
        placed.update(names)
        sections.append(Section(_title(part, "", english=english), tuple(fields[name] for name in names)))
    rest = tuple(field for name, field in fields.items() if name not in placed)
    return tuple(section for section in (*sections, Section("", rest)) if section.fields)


def typed_answers(schema: Schema, typed: Typed) -> dict[str, Any]:
    """What was typed, in the schema's terms; what does not fit stays as it was typed, for the service to refuse."""
    found = ((name, _read(_widget(field), field, name, typed)) for name, field in _properties(schema).items())
    return {name: value for name, value in found if value is not None}


def visible_answers(schema: Schema, answers: Answers) -> dict[str, Any]:
    """The answers without those of fields that do not show: nobody meant them."""
    return {name: value for name, value in answers.items() if _is_shown(schema, name, answers, frozenset())}


def texts_of(schema: Schema, answers: Answers, known: Answers | None = None) -> dict[str, list[str]]:
    """What the controls show for answers: a draft's, or those that were refused.

    Else what the form takes over (`x-from`) from `known`, which earlier steps brought; else the form's defaults.
    """
    found = {}
    for name, field in _properties(schema).items():
        value = answers.get(name, _taken_over(field, known or {}))
        found[name] = [] if value is None else [_text(one) for one in value] if _is_list(value) else [_text(value)]
    return found


def _taken_over(field: Schema, known: Answers) -> object:
    """What stands at the place that `x-from` names, such as `certificate.certificate_no`; else the default."""
    value: object = known
    for part in str(field.get("x-from", "")).split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return field.get("default") if value is None else value


def errors_of(schema: Schema, problem: Mapping[str, Any]) -> list[dict[str, str]]:
    """A refusal's errors, each with the id of the control it is about (empty if the page has none) and its field."""
    known = _properties(schema)
    told = []
    for error in problem.get("errors", ()):
        field = str(error.get("where", "")).removeprefix("body.").removeprefix("answers.").partition(".")[0]
        name = field if field in known else ""
        told.append({"where": f"f-{name}" if name else "", "field": name, "message": str(error.get("message", ""))})
    return told


def in_words(schema: Schema, answers: Answers, *, english: bool = False) -> list[tuple[str, str]]:
    """Answers as people read them: each field's title and what was said."""
    known = _properties(schema)
    told = []
    for name, value in answers.items():
        field = known.get(name, {})
        if _widget(field) is not Widget.HIDDEN:
            told.append((_title(field, name, english=english), _words(field, value, english=english)))
    return told


def _properties(schema: Schema) -> Mapping[str, Schema]:
    found = schema.get("properties", {})
    return found if isinstance(found, Mapping) else {}


def _field(schema: Schema, name: str, *, english: bool) -> Field:
    field = _properties(schema)[name]
    show = field.get("x-show") or {}
    equals = show.get("equals", ())
    return Field(
        name=name,
        widget=_widget(field),
        title=_title(field, name, english=english),
        hint=str((field.get("x-hint-en") if english else None) or field.get("x-hint", "")),
        optional=name not in _asked(schema),
        choices=_choices(field, english=english),
        most=field.get("maxLength"),
        show=PREFIX + show["field"] if "field" in show else "",
        equals=tuple(_text(one) for one in (equals if _is_list(equals) else [equals])),
    )


def _asked(schema: Schema) -> set[str]:
    """The fields that must be filled in, always or in some case."""
    parts = [schema, *(part.get("then", {}) for part in schema.get("allOf", ()))]
    return {name for part in parts for name in part.get("required", ())}


def _widget(field: Schema) -> Widget:
    wanted, kind = field.get("x-widget"), field.get("type")
    if wanted in set(Widget):
        return Widget(wanted)
    if "oneOf" in field or "enum" in field:
        return Widget.RADIO
    if kind == "array":
        items = field.get("items", {})
        has_choices = "oneOf" in items or "enum" in items
        return Widget.CHOICES if has_choices else Widget.LINES if items.get("type") == "string" else Widget.JSON
    if kind == "string" and field.get("format") == "date":
        return Widget.DATE
    kinds = {"number": Widget.NUMBER, "integer": Widget.NUMBER, "boolean": Widget.YESNO, "object": Widget.JSON}
    return kinds.get(str(kind), Widget.HIDDEN if "const" in field else Widget.TEXT)


def _choices(field: Schema, *, english: bool) -> tuple[Choice, ...]:
    if _widget(field) is Widget.YESNO:
        return tuple(Choice(_text(value), _yes_or_no(value, english=english)) for value in (True, False))
    listed = field if "oneOf" in field or "enum" in field else field.get("items", {})
    if "enum" in listed:
        return tuple(Choice(_text(one), _text(one)) for one in listed["enum"])
    ways = [one for one in listed.get("oneOf", ()) if "const" in one]
    return tuple(Choice(_text(one["const"]), _title(one, _text(one["const"]), english=english)) for one in ways)


def _read(widget: Widget, field: Schema, name: str, typed: Typed) -> object:
    """The answer of one field; None if nothing was typed."""
    values = [value.strip() for value in typed.get(PREFIX + name, ()) if value.strip()]
    if widget is Widget.HIDDEN:
        return field.get("const", field.get("default"))
    if widget in {Widget.LINES, Widget.PEOPLE}:
        lines = (line for value in (*values, *typed.get(PREFIX + name + MORE, ())) for line in _lines(value))
        return list(lines) or None
    if widget is Widget.CHOICES:
        return [_meant(field.get("items", {}), value) for value in values] or None
    return _read_one(widget, field, values[0]) if values else None


def _read_one(widget: Widget, field: Schema, text: str) -> object:
    match widget:
        case Widget.NUMBER:
            return _number(text)
        case Widget.CHECKBOX:
            return field.get("const", True)
        case Widget.YESNO:
            return {"true": True, "false": False}.get(text, text)
        case Widget.JSON:
            return _json(text)
        case _:
            return _meant(field, text)


def _meant(field: Schema, text: str) -> object:
    """The value behind a choice; a text that is none is kept."""
    ways = [*field.get("enum", ()), *(one["const"] for one in field.get("oneOf", ()) if "const" in one)]
    return next((value for value in ways if _text(value) == text), text.replace("\r\n", "\n"))


def _number(text: str) -> object:
    """A number, also one typed in full width; a text that is none is kept, so that the service can complain."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    if not _NUMBER.fullmatch(plain):
        return text
    return float(plain) if "." in plain else int(plain)


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


def _is_shown(schema: Schema, name: str, answers: Answers, above: frozenset[str]) -> bool:
    """Whether a field shows; one that hangs on a hidden field is hidden too."""
    show = _properties(schema).get(name, {}).get("x-show")
    if not show or show.get("field") in above:
        return True
    ruling, equals = show.get("field"), show.get("equals")
    if not _is_shown(schema, ruling, answers, above | {name}):
        return False
    return answers.get(ruling) in (equals if _is_list(equals) else [equals])


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _text(value: object) -> str:
    """A value as a control shows it."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _title(part: Schema, otherwise: str, *, english: bool) -> str:
    return str((part.get("x-title-en") if english else None) or part.get("title", otherwise))


def _yes_or_no(value: bool, *, english: bool) -> str:
    return ("yes" if value else "no") if english else ("是" if value else "否")


def _words(field: Schema, value: object, *, english: bool) -> str:
    if isinstance(value, bool):
        return _yes_or_no(value, english=english)
    if isinstance(value, list | tuple):
        return ("; " if english else "；").join(_words(field.get("items", {}), one, english=english) for one in value)
    titles = {choice.value: choice.title for choice in _choices(field, english=english)}
    return titles.get(_text(value), _text(value))
