"""Whether a pattern of a form is matched in reasonable time, whatever somebody types in.

Python tries every way in which a pattern can match before it gives up: a repetition inside a repetition, such as
`(a+)+`, has a way for every division of the text. A pattern is taken only if it leaves one way to divide a text
between repetitions, or two of them side by side; that is judged by its form alone, and rather too strictly.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from re import _constants, _parser  # type: ignore[attr-defined]  # the one reader of patterns there is
from typing import Any, Final

_MANY: Final = 50
"""Repetitions up to here are tried in no time."""

_SIDE_BY_SIDE: Final = 2
_NO_SIGN: Final = -1
_SINGLE: Final = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN"})
_REPEATS: Final = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_CATEGORIES: Final[Mapping[str, Callable[[str], object]]] = {
    "CATEGORY_DIGIT": re.compile(r"\d").match,
    "CATEGORY_NOT_DIGIT": re.compile(r"\D").match,
    "CATEGORY_SPACE": re.compile(r"\s").match,
    "CATEGORY_NOT_SPACE": re.compile(r"\S").match,
    "CATEGORY_WORD": re.compile(r"\w").match,
    "CATEGORY_NOT_WORD": re.compile(r"\W").match,
}

Item = tuple[Any, Any]


class _Costly(Exception):
    """The pattern can be matched in too many ways."""


def is_costly(pattern: str) -> bool:
    """Whether a text could keep the matching of a valid pattern busy for long. Raises `re.error`, `OverflowError`."""
    items: list[Item] = list(_parser.parse(pattern))
    is_anchored = bool(items) and items[0][0] is _constants.AT
    reader = _Reader(frozenset(range(128)) | {ord("é"), ord("中")} | {ord(sign) for sign in pattern})
    try:
        reader.check(items, most=_SIDE_BY_SIDE if is_anchored else _SIDE_BY_SIDE - 1)
    except (_Costly, RecursionError):
        return True
    return False


@dataclass(slots=True)
class _Run:
    """Long repetitions side by side, and the signs that they could share."""

    most: int
    length: int = 0
    covered: frozenset[int] = frozenset()

    def pass_through(self, signs: frozenset[int]) -> None:
        """A place that none of them can be parts them from what follows."""
        if not signs & self.covered:
            self.length, self.covered = 0, frozenset()

    def repeat(self, signs: frozenset[int], *, long: bool) -> None:
        """One more, if it is long."""
        if long:
            self.length, self.covered = self.length + 1, self.covered | signs
        if self.length > self.most:
            raise _Costly


class _Reader:
    """Reads one pattern; `_signs` stand for all that can be typed."""

    def __init__(self, signs: frozenset[int]) -> None:
        self._signs = signs

    def check(self, items: Iterable[Item], *, most: int, again: bool = False) -> None:
        """Refuse more than `most` long repetitions that could share a text; `again`: the whole is repeated."""
        run = _Run(most)
        for kind, value in _flat(items):
            match str(kind):
                case name if name in _SINGLE:
                    run.pass_through(self._of(kind, value))
                case name if name in _REPEATS:
                    self._check_repeated(*value, most=most, again=again)
                    run.repeat(self._within([(kind, value)]), long=value[1] > _MANY)
                case "BRANCH":
                    self._check_branches(value[1], most=most, again=again)
                    run.repeat(self._within([(kind, value)]), long=any(map(_repeats_long, value[1])))
                case "ASSERT" | "ASSERT_NOT":
                    self.check(value[1], most=most, again=again)
                case "AT":
                    pass
                case _:  # a back reference, or something newer than this reader
                    raise _Costly

    def _check_repeated(self, low: int, high: int, inner: Iterable[Item], *, most: int, again: bool) -> None:
        if again and high != low:
            raise _Costly
        items = list(_flat(inner))
        if high <= 1:
            self.check(items, most=most, again=again)
        elif len(items) == 1 and str(items[0][0]) == "BRANCH":
            self._check_branches(items[0][1][1], most=1, again=True)
        elif any(str(kind) not in _SINGLE for kind, _ in items):
            self._check_separated(items)

    def _check_separated(self, items: Sequence[Item]) -> None:
        """A group may repeat what varies if it begins with a sign that nothing else in it can be."""
        kind, value = items[0]
        if str(kind) not in _SINGLE or self._of(kind, value) & self._within(items[1:]):
            raise _Costly
        for name, inner in items[1:]:
            if str(name) == "BRANCH":
                self._check_branches(inner[1], most=1, again=True)
        self.check(items[1:], most=1)

    def _check_branches(self, branches: Sequence[Iterable[Item]], *, most: int, again: bool) -> None:
        """In what is repeated, the first sign must tell which branch is taken; one of them may be empty."""
        taken: set[int] = set()
        for branch in branches:
            self.check(branch, most=most, again=again)
            first = self._first(branch) if again else frozenset[int]()
            if first & taken:
                raise _Costly
            taken |= first

    def _first(self, branch: Iterable[Item]) -> frozenset[int]:
        """The signs a branch can begin with; for an empty one a mark that only one branch may have."""
        kind, value = next(_flat(branch), (None, None))
        if kind is None:
            return frozenset({_NO_SIGN})
        if str(kind) not in _SINGLE:
            raise _Costly
        return self._of(kind, value)

    def _within(self, items: Iterable[Item]) -> frozenset[int]:
        """Every sign that any part of the items can be."""
        found = frozenset[int]()
        for kind, value in _flat(items):
            name = str(kind)
            if name in _SINGLE:
                found |= self._of(kind, value)
            elif name in _REPEATS:
                found |= self._within(value[2])
            elif name == "BRANCH":
                found = found.union(*(self._within(branch) for branch in value[1]))
        return found

    def _of(self, kind: object, value: Any) -> frozenset[int]:  # noqa: ANN401 - what the pattern's reader gives
        """The signs that a single place can be."""
        match str(kind):
            case "LITERAL":
                return frozenset({value})
            case "NOT_LITERAL":
                return self._signs - {value}
            case "ANY":
                return self._signs
            case _:
                return self._of_class(value)

    def _of_class(self, members: Collection[Item]) -> frozenset[int]:
        found = frozenset[int]()
        is_negated = False
        for kind, value in members:
            match str(kind):
                case "NEGATE":
                    is_negated = True
                case "LITERAL":
                    found |= {value}
                case "RANGE":
                    found |= {sign for sign in self._signs if value[0] <= sign <= value[1]}
                case _:
                    found |= {sign for sign in self._signs if _CATEGORIES[str(value)](chr(sign))}
        return self._signs - found if is_negated else found


def _flat(items: Iterable[Item]) -> Iterator[Item]:
    """The items with those of plain brackets in their place."""
    for kind, value in items:
        match str(kind):
            case "SUBPATTERN":
                yield from _flat(value[-1])
            case "ATOMIC_GROUP":
                yield from _flat(value)
            case _:
                yield kind, value


def _repeats_long(items: Iterable[Item]) -> bool:
    return any(str(kind) in _REPEATS and value[1] > _MANY for kind, value in _flat(items))
