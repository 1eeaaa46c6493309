"""Splits FEEL into words and signs. Raises `Unwritable`."""

import re
from typing import Final

from services.workflow.engine.decisions.builtins import FUNCTIONS
from services.workflow.engine.language.errors import Unwritable

MAX_SOURCE: Final = 4_000

_LONG_NAMES: Final = "|".join(sorted((re.escape(name) for name in FUNCTIONS if " " in name), key=len, reverse=True))
_TOKEN: Final = re.compile(
    r"\s*(?:"
    r"(?P<number>\d+(?:\.\d+)?|\.\d+)(?![\w])"
    r'|(?P<text>"(?:[^"\\]|\\.)*")'
    r'|(?P<at>@"[^"]*")'
    rf"|(?P<long>(?:{_LONG_NAMES})(?=\s*\())"
    r"|(?P<name>[^\W\d]\w*|\?)"
    r"|(?P<sign>\.\.|<=|>=|!=|\*\*|[-+*/()\[\]<>=,.])"
    r")"
)
_ESCAPES: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)")
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}


def tokens(source: str) -> list[tuple[str, str]]:
    """Give (kind, text) of every word and sign; the last is of kind `end`."""
    if len(source) > MAX_SOURCE:
        raise Unwritable(zh=f"超过 {MAX_SOURCE} 个字符", en=f"longer than {MAX_SOURCE} characters")
    found, place = [], 0
    rest = source.rstrip()
    while place < len(rest):
        match = _TOKEN.match(rest, place)
        if match is None or match.lastgroup is None:
            shown = rest[place : place + 20]
            raise Unwritable(zh=f"看不懂“{shown}”", en=f"{shown!r} is not understood")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        place = match.end()
    return [*found, ("end", "")]


def unescaped(text: str) -> str:
    """Give a text literal what its escapes mean."""

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPED.get(code, "\\" + code)

    return _ESCAPES.sub(one, text)
