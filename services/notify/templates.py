"""Which event becomes which message: templates with versions, refused when they ask for what is not there."""

import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from importlib.resources import files
from typing import Any

from jinja2 import StrictUndefined, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

import services.contracts.intake
import services.contracts.supervision
import services.contracts.workflow  # the contract modules fill the catalogue  # noqa: F401
from services.contracts.events import CATALOGUE, Said
from services.contracts.words import Attendance


class Audience(StrEnum):
    """Who is told."""

    RECIPIENTS = "recipients"
    ASSIGNEE_OR_POST = "assignee_or_post"
    APPLICANT = "applicant"
    OPERATORS = "operators"


class Channel(StrEnum):
    """A way to reach somebody."""

    SMTP = "smtp"
    SMS = "sms"
    CHAT = "chat"


class BrokenTemplateError(Exception):
    """A template names an unknown event or a placeholder that its event does not carry."""


class Template(BaseModel, frozen=True, extra="forbid"):
    """One text for one kind of event and audience."""

    id: str
    version: int
    event: str
    when: Mapping[str, Any] = {}
    to: Audience
    attendance: Attendance | None = None
    channels: tuple[Channel, ...]
    link: bool = False
    subject: str
    text: str

    def fits(self, said: Said) -> bool:
        """Whether this template speaks about this event."""
        return self.event == said.TYPE and all(getattr(said, name) == value for name, value in self.when.items())


class Wording(BaseModel, frozen=True):
    """A template filled in for one event."""

    template: str
    version: int
    subject: str
    text: str


_JINJA = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def word(template: Template, said: Said, *, link: str = "") -> Wording:
    """Fill the template with the event's own fields."""
    values = {**said.model_dump(), "link": link, "day": _day}
    return Wording(
        template=template.id,
        version=template.version,
        subject=_JINJA.from_string(template.subject).render(values),
        text=_JINJA.from_string(template.text).render(values),
    )


def check(template: Template) -> None:
    """Refuse a template whose event or placeholders do not exist. Raises BrokenTemplateError."""
    event = CATALOGUE.get(template.event)
    if event is None:
        msg = f"{template.id}: 没有事件 {template.event} / no event of this type"
        raise BrokenTemplateError(msg)
    known = {*event.model_fields, "link", "day"}
    used = _placeholders(template.subject) | _placeholders(template.text) | template.when.keys()
    if unknown := sorted(used - known):
        msg = f"{template.id}: 事件 {template.event} 没有 {unknown} / its event does not carry these"
        raise BrokenTemplateError(msg)


def _placeholders(text: str) -> set[str]:

    return meta.find_undeclared_variables(_JINJA.parse(text))


def load() -> tuple[Template, ...]:
    """Every template that ships with the service, checked."""
    raw = tomllib.loads(files("services.notify").joinpath("templates.toml").read_text(encoding="utf-8"))
    templates = tuple(Template.model_validate(row) for row in raw["template"])
    for template in templates:
        check(template)
    return templates
