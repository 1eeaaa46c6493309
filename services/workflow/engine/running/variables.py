"""The variables of an instance: one set for a process, its own for a called process, a layer for one of several.

Parallel branches share the variables of their process, so what one branch writes is never lost to another. Only an
instance of a multi-instance subprocess writes into a layer of its own; when it ends, what it changed is merged into
what the others have made of the variables meanwhile.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final


class _Missing:
    """Stands for a variable that was not there."""


MISSING: Final = _Missing()


class Variables:
    """One layer of variables over another, or over nothing. `base` remembers what a layer changed from."""

    __slots__ = ("above", "base", "layers", "own")

    def __init__(
        self,
        own: dict[str, Any],
        above: "Variables | None" = None,
        base: dict[str, Any] | None = None,
    ) -> None:
        self.own = own
        self.above = above
        self.base: dict[str, Any] = {} if base is None else base
        self.layers: tuple[Mapping[str, Any], ...] = (own,) if above is None else (own, *above.layers)

    def look(self, name: str) -> Any:  # noqa: ANN401 - variables hold any JSON
        """Give the value of a variable as it is seen here; `MISSING` when it is nowhere."""
        for layer in self.layers:
            if name in layer:
                return layer[name]
        return MISSING

    def write(self, name: str, value: object) -> None:
        """Set a variable here."""
        if self.above is not None and name not in self.base and name not in self.own:
            before = self.above.look(name)
            if before is not MISSING:
                self.base[name] = before
        self.own[name] = value

    def hand_up(self, private: Sequence[str]) -> None:
        """Merge what was changed here into the layer above; `private` names stay here."""
        if self.above is None:
            return
        for name, mine in self.own.items():
            if name in private:
                continue
            theirs = self.above.look(name)
            result = merged(self.base.get(name, MISSING), theirs, mine)
            if result is not theirs:
                self.above.write(name, result)


def merged(base: object, theirs: object, mine: object) -> object:
    """Three-way merge: what I changed since `base`, on top of what they made of it.

    Objects merge key by key and lists that both only grew keep both additions, theirs first; where both changed the
    same thing, mine is the later and wins.
    """
    if _same(mine, base):
        return theirs
    if theirs is MISSING or base is MISSING or _same(theirs, base):
        return mine
    if isinstance(base, dict) and isinstance(theirs, dict) and isinstance(mine, dict):
        return _merged_objects(base, theirs, mine)
    if isinstance(base, list) and isinstance(theirs, list) and isinstance(mine, list) and _grew(base, theirs, mine):
        return [*theirs, *mine[len(base) :]]
    return mine


def _same(left: object, right: object) -> bool:
    return left is right or (type(left) is type(right) and left == right)


def _grew(base: list[Any], theirs: list[Any], mine: list[Any]) -> bool:
    return theirs[: len(base)] == base and mine[: len(base)] == base


def _merged_objects(base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]) -> dict[str, Any]:
    names = [*theirs, *(name for name in mine if name not in theirs)]
    result = {
        name: merged(base.get(name, MISSING), theirs.get(name, MISSING), mine.get(name, MISSING)) for name in names
    }
    return {name: value for name, value in result.items() if value is not MISSING}
