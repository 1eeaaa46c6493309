"""Splits FEEL into words and signs. Raises `Unwritable`."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from services.workflow.engine.decisions.builtins import FUNCTIONS
from services.workflow.engine.language.errors import Unwritable

MAX_SOURCE: Final = 8_000

_LONG_NAMES: Final = "|".join(
    sorted((re.escape(name).replace(r"\ ", r"\s+") for name in FUNCTIONS if " " in name), key=len, reverse=True)
)
_ESCAPES: Final = re.compile(r"\\(U[0-9A-Fa-f]{6}|u[0-9A-Fa-f]{4}|.)")
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_PARTS: Final = frozenset({"time offset", "start included", "end included"})
"""Parts of moments and ranges whose names hold a blank."""

_BOUND: Final = (
    re.compile(r"[{,]\s*([^\W\d][\w '+*./-]*?)\s*:"),
    re.compile(r"\b(?:for|some|every)\s+([^\W\d][\w '+*./-]*?)\s+in\b"),
    re.compile(r"[(,]\s*([^\W\d][\w '+*./-]*?)\s*:"),
)
"""Where a text names something itself: entries of contexts, loop variables, named arguments."""


@lru_cache(maxsize=256)
def _pattern(names: frozenset[str]) -> re.Pattern[str]:
    known = "|".join(
        sorted((r"\s*".join(map(re.escape, _parts(name))) for name in names if name), key=len, reverse=True)
    )
    special = rf"|(?P<known>(?:{known})(?!\w))" if known else ""
    return re.compile(
        r"(?:\s|//[^\n]*|/\*.*?\*/)*(?:"
        r"(?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)(?![\w])"
        r'|(?P<text>"(?:[^"\\]|\\.)*")'
        r'|(?P<at>@"[^"]*")'
        rf"|(?P<long>(?:{_LONG_NAMES})(?=\s*\())"
        f"{special}"
        "|(?P<name>(?:[^\\W\\d]|[\U00010000-\U000effff])(?:\\w|[\U00010000-\U000effff])*|\\?)"
        r"|(?P<quoted>'[^'\n]+')"
        r"|(?P<sign>\.\.|<=|>=|!=|\*\*|->|[-+*/()\[\]{}<>=,.:])"
        r")",
        re.DOTALL,
    )


def _parts(name: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", name)


def tokens(source: str, names: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Give (kind, text) of every word and sign; the last is of kind `end`. `names` may hold blanks and signs."""
    if len(source) > MAX_SOURCE:
        raise Unwritable(zh=f"超过 {MAX_SOURCE} 个字符", en=f"longer than {MAX_SOURCE} characters")
    bound = {match.group(1) for pattern in _BOUND for match in pattern.finditer(source)}
    wanted = frozenset(name for name in {*names, *bound, *_PARTS} if not name.isidentifier() and name not in FUNCTIONS)
    pattern, found, place = _pattern(wanted), [], 0
    rest = re.sub(r"(\s|//[^\n]*|/\*.*?\*/)+\Z", "", source, flags=re.DOTALL)
    while place < len(rest):
        match = pattern.match(rest, place)
        if match is None or match.lastgroup is None:
            shown = rest[place : place + 20]
            raise Unwritable(zh=f"看不懂“{shown}”", en=f"{shown!r} is not understood")
        text = match.group(match.lastgroup)
        kind = "name" if match.lastgroup in ("known", "quoted") else match.lastgroup
        found.append((kind, plain(text) if kind in ("name", "long") else text))
        place = match.end()
    return [*found, ("end", "")]


def plain(name: str) -> str:
    """Give a name with one blank between its words, as it is compared."""
    return " ".join(name.split())


def unescaped(text: str) -> str:
    """Give a text literal what its escapes mean."""

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        return chr(int(code[1:], 16)) if len(code) > 1 else _ESCAPED.get(code, "\\" + code)

    def whole(match: re.Match[str]) -> str:
        return match.group().encode("utf-16", "surrogatepass").decode("utf-16")

    return _PAIR.sub(whole, _ESCAPES.sub(one, text))
