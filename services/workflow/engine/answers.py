"""Data from outside: plain JSON of bounded size, or refused."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from services.workflow.engine.language.values import MAX_NUMBER
from services.workflow.engine.models import Refusal, Refused

MAX_DEPTH: Final = 30
MAX_VALUES: Final = 50_000
MAX_CHARACTERS: Final = 2 * 2**20


def checked_answers(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give a copy that nobody else holds. Raises `Refused` for anything but bounded JSON."""
    if not isinstance(given, Mapping):
        raise _bad(zh="须为对象", en="an object is needed")
    return _Copy().copy(dict(given), 0)  # type: ignore[no-any-return]


def _bad(*, zh: str, en: str) -> Refused:
    return Refused(Refusal.BAD_ANSWERS, zh, en)


class _Copy:
    """One copying, with what is left of its allowance."""

    def __init__(self) -> None:
        self.values = MAX_VALUES
        self.characters = MAX_CHARACTERS

    def copy(self, value: Any, depth: int) -> Any:  # noqa: ANN401 - any JSON
        """Copy a value."""
        self.values -= 1
        if self.values < 0 or depth > MAX_DEPTH:
            raise _bad(zh="数据太多或嵌套太深", en="the data are too many or nested too deeply")
        match value:
            case None | bool():
                return value
            case str():
                return self._text(value)
            case int() if -MAX_NUMBER <= value <= MAX_NUMBER:
                return value
            case float() if isfinite(value):
                return value
            case dict() if all(isinstance(key, str) for key in value):
                return {self._text(key): self.copy(part, depth + 1) for key, part in value.items()}
            case list() | tuple():
                return [self.copy(part, depth + 1) for part in value]
            case _:
                kind = type(value).__name__
                raise _bad(zh=f"不能保存这种数据：{kind}", en=f"this kind of data cannot be kept: {kind}")

    def _text(self, value: str) -> str:
        self.characters -= len(value)
        if self.characters < 0:
            raise _bad(zh="数据太大", en="the data are too large")
        return value


def amend(variables: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Give variables other values, by dotted path. Raises `Refused` where a path leads through something else."""
    for path, value in values.items():
        first, *rest = path.split(".")
        variables[first] = _with(variables.get(first), rest, value, path)


def _with(old: Any, parts: list[str], value: Any, path: str) -> Any:  # noqa: ANN401 - any JSON
    """A copy with the value in it; what lies beside the path is shared, as nothing is ever changed in place."""
    if not parts:
        return value
    part, *rest = parts
    match old:
        case None | dict():
            known = old or {}
            return {**known, part: _with(known.get(part), rest, value, path)}
        case list() if part.isdecimal() and int(part) < len(old):
            place = int(part)
            return [*old[:place], _with(old[place], rest, value, path), *old[place + 1 :]]
        case _:
            raise _bad(zh=f"路径 {path} 在“{part}”处走不通", en=f"the path {path} leads nowhere at {part!r}")
