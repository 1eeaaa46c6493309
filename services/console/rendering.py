"""Pages out of templates: two languages, moments of the office's time, and headers that let nothing foreign run."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.console.assets import address
from services.console.languages import say
from services.kernel.problem import Language

_TEMPLATES: Final = Path(__file__).parent / "templates"
_ZONE: Final = ZoneInfo("Asia/Shanghai")
_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_STUDIO: Final = {"style-src-attr": "'unsafe-inline'", "font-src": "'self' data:"}
"""The diagram editor sets styles of its own elements; its icon font is inside its stylesheet."""

LIGHTS: Final = {
    "green": ("绿灯", "正常"),
    "grey": ("灰灯", "时钟暂停"),
    "yellow": ("黄灯", "即将到期"),
    "red": ("红灯", "已逾期"),
    "red2": ("红灯", "严重逾期"),
}
"""A light is a colour, a word and, where there is one, a number: never colour alone."""


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    gettext: Callable[[str], str] = partial(say, language=language)
    environment.install_gettext_callables(gettext, lambda one, _many, _n: gettext(one), newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    environment.filters |= {"day": day, "moment": moment}
    environment.globals |= {"asset": address, "LIGHTS": LIGHTS, "language": language}
    return environment


def html(template: str, language: Language, /, **context: Any) -> str:  # noqa: ANN401 - what templates take
    """The template's text, filled."""
    return _environment(language).get_template(template).render(context)


def answer(text: str, *, status: int = 200, studio: bool = False) -> HTMLResponse:
    """A page to be sent; `studio` allows what the diagram editor needs."""
    policy = _POLICY | (_STUDIO if studio else {})
    headers = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Vary": "Accept-Language, Cookie, HX-Request",
    }
    return HTMLResponse(text, status_code=status, headers=headers)


def day(value: str | date | datetime | None) -> str:
    """A date as the office writes it, e.g. 2026-11-23; empty for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(_ZONE).date()
    return value.isoformat()


def moment(value: str | datetime | None) -> str:
    """A moment in the office's time, e.g. 2026-11-23 16:05; empty for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M")
