"""Functions as values, and the functions that FEEL has: how they are called."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.workflow.engine.language.office import Office


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the author's own, or one of the list as a value."""

    names: tuple[str, ...]
    run: Callable[..., Any] = field(compare=False)

    def call(self, plain: Sequence[Any], named: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any FEEL value
        """Call it; nothing when the arguments are not those it has."""
        if named:
            if set(named) != set(self.names):
                return None
            return self.run(*(named[name] for name in self.names))
        return self.run(*plain) if len(plain) == len(self.names) or not self.names else None


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of the list: the names of its arguments (there may be other sets), how many it takes."""

    run: Callable[..., Any]
    names: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    other: tuple[tuple[str, ...], ...] = ()

    def call(self, office: Office, plain: Sequence[Any], named: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Call it; nothing when it has no such arguments."""
        if not named:
            return self.run(office, *plain)
        for names in (self.names, *self.other):
            if set(named) <= set(names):
                given = [named.get(name) for name in names]
                while given and names[len(given) - 1] not in named:
                    given.pop()
                return self.run(office, *given) if len(given) >= self.least else None
        return None
