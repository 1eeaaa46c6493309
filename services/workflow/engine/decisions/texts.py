"""The functions of FEEL on texts. Patterns that could take for ever give nothing."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from services.workflow.engine.decisions.comparing import Value
from services.workflow.engine.decisions.functions import Builtin
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.office import Office
from services.workflow.engine.language.patterns import is_costly

_MOST: Final = 100_000
_FLAGS: Final = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}


def _texts(compute: Callable[..., Value]) -> Callable[..., Value]:
    """Make a function of texts give nothing for anything else."""

    def run(_: Office, *values: Value) -> Value:
        return compute(*values) if all(isinstance(value, str) for value in values) else None

    return run


def _substring(_: Office, text: Value, start: Value, length: Value = Decimal(_MOST)) -> Value:
    if not isinstance(text, str) or not isinstance(start, Decimal) or not isinstance(length, Decimal):
        return None
    begin, count = int(start), int(length)
    if not begin or abs(begin) > len(text) or count < 1:
        return None if not begin or abs(begin) > len(text) else ""
    place = begin - 1 if begin > 0 else len(text) + begin
    return text[place : place + count]


def _before(text: str, part: str) -> str:
    head, found, _ = text.partition(part) if part else ("", "", "")
    return head if found else ""


def _after(text: str, part: str) -> str:
    if not part:
        return text
    return text.partition(part)[2]


def _pattern(pattern: str, flags: str = "") -> re.Pattern[str] | None:
    """Read a pattern of XPath as Python's; nothing when it cannot be, or could take for ever."""
    if not set(flags) <= set(_FLAGS):
        return None
    sum_ = 0
    for flag in flags:
        sum_ |= _FLAGS[flag]
    try:
        return None if is_costly(pattern) else re.compile(pattern, sum_)
    except (re.error, RecursionError, OverflowError):
        return None


def _matches(_: Office, text: Value, pattern: Value, flags: Value = "") -> Value:
    if not isinstance(text, str) or not isinstance(pattern, str) or not isinstance(flags or "", str):
        return None
    found = _pattern(pattern, flags or "")
    return None if found is None else found.search(text[:_MOST]) is not None


def _replace(_: Office, text: Value, pattern: Value, new: Value, flags: Value = "") -> Value:
    if not all(isinstance(value, str) for value in (text, pattern, new, flags or "")):
        return None
    found = _pattern(pattern, flags or "")
    if found is None:
        return None
    if len(new) * len(text) > _MOST * 100:
        raise Miscalculated(zh="文本太长", en="the text is too long")
    written = re.sub(r"\$(\d)", r"\\g<\1>", new.replace("\\", "\\\\"))
    try:
        result = found.sub(written, text[:_MOST])
    except (re.error, IndexError):
        return None
    if len(result) > _MOST:
        raise Miscalculated(zh="文本太长", en="the text is too long")
    return result


def _split(_: Office, text: Value, pattern: Value) -> Value:
    if not isinstance(text, str) or not isinstance(pattern, str) or not pattern:
        return None
    found = _pattern(pattern)
    return None if found is None else [part or "" for part in found.split(text[:_MOST])]


def _join(_: Office, parts: Value, delimiter: Value = "") -> Value:
    given = parts if isinstance(parts, list) else [parts]
    if not all(part is None or isinstance(part, str) for part in given) or parts is None:
        return None
    if not isinstance(delimiter or "", str):
        return None
    kept = [part for part in given if part is not None]
    if sum(map(len, kept)) + len(delimiter or "") * len(kept) > _MOST:
        raise Miscalculated(zh="文本太长", en="the text is too long")
    return (delimiter or "").join(kept)


_SM: Final = ("string", "match")
TEXTS: Final[dict[str, Builtin]] = {
    "substring": Builtin(_substring, ("string", "start position", "length"), 2, 3),
    "string length": Builtin(_texts(lambda text: Decimal(len(text))), ("string",), 1, 1),
    "upper case": Builtin(_texts(str.upper), ("string",), 1, 1),
    "lower case": Builtin(_texts(str.lower), ("string",), 1, 1),
    "substring before": Builtin(_texts(_before), _SM, 2, 2),
    "substring after": Builtin(_texts(_after), _SM, 2, 2),
    "contains": Builtin(_texts(lambda text, part: part in text), _SM, 2, 2),
    "starts with": Builtin(_texts(lambda text, part: text.startswith(part)), _SM, 2, 2),
    "ends with": Builtin(_texts(lambda text, part: text.endswith(part)), _SM, 2, 2),
    "matches": Builtin(_matches, ("input", "pattern", "flags"), 2, 3),
    "replace": Builtin(_replace, ("input", "pattern", "replacement", "flags"), 3, 4),
    "split": Builtin(_split, ("string", "delimiter"), 2, 2),
    "string join": Builtin(_join, ("list", "delimiter"), 1, 2),
}
