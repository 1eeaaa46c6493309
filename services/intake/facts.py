"""The facts of a case: a free JSON object that diagrams decide on, kept within limits that every reader can rely on."""

import re
from typing import Any, Final

from services.kernel.problem import FieldError

MOST_DEEP: Final = 8
MOST_TEXT: Final = 4_000
MOST_VALUES: Final = 4_000
LARGEST_INTEGER: Final = 2**53
"""Beyond it a JSON reader may round (RFC 8259 §6)."""

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_WHERE: Final = "body.facts"


def faults(facts: dict[str, Any]) -> tuple[FieldError, ...]:
    """What is wrong with the facts, all at once; empty when they can be kept and sent as they are.

    Names are plain identifiers, because conditions in diagrams read `case.facts.<name>`; at most eight levels deep
    (a GeoJSON polygon has five), 4000 values in all, 4000 characters in a text.
    """
    found: list[FieldError] = []
    values = 0
    waiting: list[tuple[str, Any, int]] = [(_WHERE, facts, 1)]
    while waiting:
        where, value, depth = waiting.pop()
        values += 1
        if values > MOST_VALUES:
            return (_too_many(), *found)
        found += _faults_of(where, value, depth)
        if depth < MOST_DEEP:
            waiting += _inside(where, value, depth + 1)
    return tuple(found)


def _too_many() -> FieldError:
    return FieldError(_WHERE, zh=f"案情要素最多 {MOST_VALUES} 个值", en=f"at most {MOST_VALUES} values")


def _inside(where: str, value: Any, depth: int) -> list[tuple[str, Any, int]]:  # noqa: ANN401 - any JSON value
    match value:
        case dict():
            return [(f"{where}.{name}", part, depth) for name, part in value.items()]
        case list():
            return [(f"{where}.{place}", part, depth) for place, part in enumerate(value)]
        case _:
            return []


def _faults_of(where: str, value: Any, depth: int) -> list[FieldError]:  # noqa: ANN401 - any JSON value
    match value:
        case dict() | list() if depth == MOST_DEEP:
            return [FieldError(where, zh=f"最多 {MOST_DEEP} 层", en=f"at most {MOST_DEEP} levels deep")]
        case dict():
            return [_bad_name(where, name) for name in value if not _NAME.fullmatch(name)]
        case str() if len(value) > MOST_TEXT:
            return [FieldError(where, zh=f"文字最多 {MOST_TEXT} 字", en=f"at most {MOST_TEXT} characters")]
        case int() if abs(value) > LARGEST_INTEGER:
            return [FieldError(where, zh="整数过大，请改用文字", en="too large for a JSON integer: send it as text")]
        case _:
            return []


def _bad_name(where: str, name: str) -> FieldError:
    return FieldError(
        where,
        zh=f"名称「{name[:64]}」不可用：以英文字母开头，只含字母、数字和下划线，最多 64 个字符",
        en=f"name {name[:64]!r}: start with a letter; letters, digits and underscores; at most 64 characters",
    )
