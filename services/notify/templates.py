"""Which event becomes which message: templates with versions, refused when they ask for what is not there."""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final

import jinja2
from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from services.contracts.catalogue import CATALOGUE
from services.contracts.events import Said
from services.contracts.workflow import TaskOpened
from services.notify.hours import Hours

LINK_MARK: Final = "【审批链接】"
"""Stands in a stored message for its approval link; only the copy that is handed over has the link itself."""


class Audience(StrEnum):
    """Who is told."""

    RECIPIENTS = "recipients"
    """The people whom the event names."""
    DESK = "desk"
    """Who can do the task at the desk: those who hold it, and the deputies of the absent."""
    AWAY = "away"
    """Who holds the task, is out of office, and may decide it by link (A-18)."""
    APPLICANT = "applicant"
    GROUP = "group"
    """The group chat of the department that the event names, if it is bound to one (A-17)."""
    OPERATORS = "operators"


class Channel(StrEnum):
    """A way to reach somebody."""

    SMTP = "smtp"
    SMS = "sms"
    CHAT = "chat"
    VOICE = "voice"
    """A telephone call that reads the text out."""
    GROUP = "group"
    """The group chat that a department is bound to (A-17)."""
    DESK = "desk"
    """A line on the list of those whom somebody at the desk tells by hand: the last way there is (A-20)."""


class BrokenTemplateError(ValueError):
    """A template cannot be read, or asks for what its event does not carry."""

    def __init__(self, template: str, zh: str, en: str) -> None:
        super().__init__(f"{template}: {zh} / {en}")


class Template(BaseModel, frozen=True, extra="forbid"):
    """One text for one kind of event and audience; `channels` is the order in which ways are tried."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    version: Annotated[int, Field(ge=1)]
    event: str
    when: Mapping[str, Any] = {}
    to: Audience
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    subject: str
    text: Annotated[str, Field(min_length=1)]
    subject_en: str = ""
    text_en: str = ""
    """For those who want to be told in English; Chinese where it is empty."""
    hours: Hours = Hours.WAKING
    digest: bool = False
    """Several about one case to one person within ten minutes become one summary."""
    optional: bool = False
    """Who does not want to be told may say so."""
    statutory: bool = False
    """The law requires it to be said: where every address is closed, somebody tells it by hand."""
    good_for_hours: Annotated[int | None, Field(ge=1, le=8760)] = None
    """After so many hours it is not worth sending any more."""

    def fits(self, said: Said) -> bool:
        """Whether this template speaks about this event."""
        return self.event == said.TYPE and all(getattr(said, name) == value for name, value in self.when.items())


class Wording(BaseModel, frozen=True):
    """A template filled in for one event."""

    template: str
    version: int
    channels: tuple[Channel, ...]
    subject: str
    text: str
    hours: Hours = Hours.ANY
    digest: bool = False
    statutory: bool = False
    good_for: timedelta | None = None


_JINJA: Final = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)

_NEEDED: Final[Mapping[Audience, str]] = {
    Audience.RECIPIENTS: "recipients",
    Audience.APPLICANT: "case_no",
    Audience.DESK: "task_id",
    Audience.AWAY: "task_id",
    Audience.GROUP: "department",
    Audience.OPERATORS: "TYPE",
}
"""What an event must have for somebody to be told of it."""


def word(template: Template, said: Said, *, english: bool = False) -> Wording:
    """Fill the template with the event's own fields; in English if that is wanted and there."""
    subject, text = template.subject, template.text
    if english and template.text_en:
        subject, text = template.subject_en, template.text_en
    values = {**said.model_dump(), "link": LINK_MARK, **FUNCTIONS}
    return Wording(
        template=template.id,
        version=template.version,
        channels=template.channels,
        subject=" ".join(_compiled(subject).render(values).split()),
        text=_compiled(text).render(values),
        hours=template.hours,
        digest=template.digest,
        statutory=template.statutory,
        good_for=None if template.good_for_hours is None else timedelta(hours=template.good_for_hours),
    )


@cache
def _compiled(text: str) -> jinja2.Template:
    """A template's text, compiled once: that takes far longer than to fill it in."""
    return _JINJA.from_string(text)


def check(template: Template) -> None:
    """Refuse a template whose event, condition, audience or placeholders do not exist. Raises BrokenTemplateError."""
    event = CATALOGUE.get(template.event)
    if event is None:
        raise BrokenTemplateError(template.id, f"没有事件 {template.event}", "there is no event of this type")
    _check_audience(template, event)
    _check_condition(template, event)
    english = _placeholders(template, template.subject_en) | _placeholders(template, template.text_en)
    used = _placeholders(template, template.subject) | _placeholders(template, template.text) | english
    if unknown := sorted(used - {*event.model_fields, "link", *FUNCTIONS}):
        raise BrokenTemplateError(template.id, f"事件没有 {unknown}", f"{template.event} does not carry these")
    if ("link" in used) is not (template.to is Audience.AWAY):
        zh, en = (
            "审批链接只属于也必须属于 to = away 的模板",
            "a link belongs to every template for `away` and to no other",
        )
        raise BrokenTemplateError(template.id, zh, en)


def load(file: Path | None = None) -> tuple[Template, ...]:
    """The templates of a file, or those that ship with the service; all checked. Raises BrokenTemplateError."""
    source = file or files("services.notify").joinpath("templates.toml")
    try:
        rows = tomllib.loads(source.read_text(encoding="utf-8"))["template"]
        templates = TypeAdapter(tuple[Template, ...]).validate_python(rows)
    except (OSError, KeyError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BrokenTemplateError(str(source), "模板文件无法读取", f"cannot be read: {error}") from error
    _check_ids(templates)
    for template in templates:
        check(template)
    return templates


def _check_ids(templates: Iterable[Template]) -> None:
    for name, times in Counter(template.id for template in templates).items():
        if times > 1:
            raise BrokenTemplateError(name, f"编号出现 {times} 次", f"the id occurs {times} times")


def _check_audience(template: Template, event: type[Said]) -> None:
    needed = _NEEDED[template.to]
    fits = event is TaskOpened if needed == "task_id" else needed in {*event.model_fields, "TYPE"}
    if not fits:
        zh, en = f"事件 {template.event} 不能发给 {template.to}", f"its event cannot be told to {template.to}"
        raise BrokenTemplateError(template.id, zh, en)


def _check_condition(template: Template, event: type[Said]) -> None:
    """A condition that could never be true would silence the template without a word."""
    for name, value in template.when.items():
        field = event.model_fields.get(name)
        if field is None or not _is_value_of(field.annotation, value):
            zh, en = f"条件 {name} = {value!r} 不可能成立", f"the condition {name} = {value!r} can never hold"
            raise BrokenTemplateError(template.id, zh, en)


def _is_value_of(annotation: Any, value: object) -> bool:  # noqa: ANN401 - a type, as pydantic keeps it
    try:
        return bool(TypeAdapter(annotation).validate_python(value) == value)
    except ValidationError:
        return False


def _placeholders(template: Template, text: str) -> set[str]:
    try:
        return meta.find_undeclared_variables(_JINJA.parse(text))
    except TemplateError as error:
        raise BrokenTemplateError(template.id, "模板语法错误", f"not a Jinja template: {error}") from error


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _ladder(rung: str) -> str:
    """A rung of the ladder (docs/domain.md §5.4) as people call it."""
    return _RUNGS.get(rung, rung)


_RUNGS: Final = {
    "reminder": "提醒",
    "yellow": "黄灯",
    "red": "红灯",
    "matter": "督查事项",
    "notice": "督办通知",
    "bulletin": "督查通报",
}

FUNCTIONS: Final[Mapping[str, Callable[..., str]]] = {"day": _day, "ladder": _ladder}
"""What a template may do with a field besides showing it."""
