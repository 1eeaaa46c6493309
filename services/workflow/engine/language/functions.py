"""The plain functions and methods of the language. All bounded; none takes another function or a pattern."""

from collections.abc import Callable, Sequence
from functools import cmp_to_key
from typing import Final

from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.values import (
    COMPARE,
    MAX_DIGITS,
    MAX_TEXT,
    Value,
    add,
    bounded,
    equal,
    is_number,
    mismatch,
    text,
)

_LESS = COMPARE["Lt"]


def _list(word: str, value: Value) -> list[Value]:
    if not isinstance(value, list):
        raise mismatch(value, by=word)
    return value


def _len(value: Value) -> int:
    if not isinstance(value, str | list | dict):
        raise mismatch(value, by="len")
    return len(value)


def _extreme(word: str, better: Callable[[Value, Value], bool]) -> Callable[..., Value]:
    def run(*values: Value) -> Value:
        items = _list(word, values[0]) if len(values) == 1 else list(values)
        if not items:
            raise Miscalculated(zh=f"{word} 不能用于空列表", en=f"{word} of an empty list")
        best = items[0]
        for other in items[1:]:
            if better(other, best):
                best = other
        return best

    return run


def _sum(values: Value) -> Value:
    total: Value = 0
    for value in _list("sum", values):
        if not is_number(value):
            raise mismatch(value, by="sum")
        total = add(total, value)
    return total


def _sorted(values: Value) -> list[Value]:
    def order(left: Value, right: Value) -> int:
        return -1 if _LESS(left, right) else int(_LESS(right, left))

    return sorted(_list("sorted", values), key=cmp_to_key(order))


def _abs(value: Value) -> Value:
    if not is_number(value):
        raise mismatch(value, by="abs")
    return abs(value)


def _round(value: Value, digits: Value = 0) -> Value:
    """Round half away from zero, as a cashier does; a whole number when no digits are asked for."""
    if not is_number(value) or isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 9:  # noqa: PLR2004
        raise mismatch(value, digits, by="round")
    scaled = abs(value) * 10**digits
    whole = int(scaled + 0.5) if scaled < MAX_TEXT**3 else int(scaled)
    signed = -whole if value < 0 else whole
    return signed / 10**digits if digits else signed


def _int(value: Value) -> int:
    if isinstance(value, str) and len(value) <= MAX_DIGITS and value.strip().lstrip("+-").isdecimal():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise mismatch(value, by="int")
    return int(value)


def _float(value: Value) -> float:
    if isinstance(value, str) and len(value) <= MAX_DIGITS:
        try:
            return float(bounded(float(value)))
        except ValueError:
            raise mismatch(value, by="float") from None
    if not is_number(value):
        raise mismatch(value, by="float")
    return float(value)


def _true(value: Value) -> bool:
    return bool(value)


def _any(values: Value) -> bool:
    return any(_list("any", values))


def _all(values: Value) -> bool:
    return all(_list("all", values))


PLAIN: Final[dict[str, tuple[int, int, Callable[..., Value]]]] = {
    "len": (1, 1, _len),
    "min": (1, 20, _extreme("min", _LESS)),
    "max": (1, 20, _extreme("max", COMPARE["Gt"])),
    "sum": (1, 1, _sum),
    "abs": (1, 1, _abs),
    "round": (1, 2, _round),
    "any": (1, 1, _any),
    "all": (1, 1, _all),
    "sorted": (1, 1, _sorted),
    "str": (1, 1, text),
    "int": (1, 1, _int),
    "float": (1, 1, _float),
    "bool": (1, 1, _true),
}
"""The plain functions: name → least and most arguments, and the function."""


def _on_text(word: str, method: Callable[..., Value]) -> Callable[..., Value]:
    def run(holder: Value, *given: Value) -> Value:
        if not isinstance(holder, str) or not all(isinstance(value, str) for value in given):
            raise mismatch(holder, *given, by=f".{word}()")
        return bounded(method(holder, *given))

    return run


def _replace(holder: str, old: str, new: str) -> str:
    if not old or len(holder) + holder.count(old) * len(new) > MAX_TEXT:
        raise Miscalculated(zh="replace 的结果太大", en="the result of replace is too large")
    return holder.replace(old, new)


def _split(holder: str, separator: str) -> list[str]:
    if not separator:
        raise Miscalculated(zh="split 需要分隔符", en="split needs a separator")
    return holder.split(separator)


def _join(holder: Value, parts: Value) -> str:
    if not isinstance(holder, str) or not isinstance(parts, list) or not all(isinstance(p, str) for p in parts):
        raise mismatch(holder, parts, by=".join()")
    if sum(map(len, parts)) + len(holder) * len(parts) > MAX_TEXT:
        raise Miscalculated(zh="join 的结果太大", en="the result of join is too large")
    return holder.join(parts)


def _get(holder: Value, key: Value, default: Value = None) -> Value:
    if holder is not None and not isinstance(holder, dict):
        raise mismatch(holder, by=".get()")
    return default if holder is None or not isinstance(key, str) else holder.get(key, default)


def _of_object(word: str, method: Callable[[dict[str, Value]], Sequence[Value]]) -> Callable[..., Value]:
    def run(holder: Value) -> Value:
        if not isinstance(holder, dict):
            raise mismatch(holder, by=f".{word}()")
        return list(method(holder))

    return run


def _times(holder: Value, value: Value) -> int:
    if isinstance(holder, str) and isinstance(value, str) and value:
        return holder.count(value)
    return sum(1 for item in _list(".count()", holder) if equal(item, value))


METHODS: Final[dict[str, tuple[int, int, Callable[..., Value]]]] = {
    "lower": (0, 0, _on_text("lower", str.lower)),
    "upper": (0, 0, _on_text("upper", str.upper)),
    "strip": (0, 0, _on_text("strip", str.strip)),
    "startswith": (1, 1, _on_text("startswith", str.startswith)),
    "endswith": (1, 1, _on_text("endswith", str.endswith)),
    "split": (1, 1, _on_text("split", _split)),
    "replace": (2, 2, _on_text("replace", _replace)),
    "join": (1, 1, _join),
    "get": (1, 2, _get),
    "keys": (0, 0, _of_object("keys", lambda holder: list(holder.keys()))),
    "values": (0, 0, _of_object("values", lambda holder: list(holder.values()))),
    "items": (0, 0, _of_object("items", lambda holder: [list(pair) for pair in holder.items()])),
    "count": (1, 1, _times),
}
"""The methods: name → least and most arguments, and the function (what the method is called on comes first)."""
