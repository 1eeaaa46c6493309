"""The pages' two languages: texts are written in Chinese, and `locale/en/*.toml` gives the English for each."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import Request

from services.kernel.problem import Language, language_of

_LOCALE: Final = Path(__file__).parent / "locale" / "en"
COOKIE: Final = "lang"


@cache
def english() -> dict[str, str]:
    """English by Chinese, of all files together."""
    found: dict[str, str] = {}
    for file in sorted(_LOCALE.glob("*.toml")):
        found |= tomllib.loads(file.read_text(encoding="utf-8"))
    return found


def say(text: str, language: Language) -> str:
    """A text of the pages in the reader's language; Chinese where nobody gave the English."""
    return english().get(text, text) if language is Language.EN else text


def language_wanted(request: Request) -> Language:
    """What the reader chose, else what the browser asks for; Chinese when in doubt."""
    chosen = request.cookies.get(COOKIE)
    if chosen in set(Language):
        return Language(chosen)
    return language_of(request.headers.get("accept-language"))
