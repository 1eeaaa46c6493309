"""Whether the references of a form lead somewhere, and to an end: `#/$defs/…` of the same file, never in a circle."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

MOST_PARTS: Final = 5_000
"""Parts of a form with every reference followed: two references in each of forty definitions are a billion."""

MOST_STEPS: Final = 20
"""References one behind the other."""

_POINTING: Final = ("$ref", "$dynamicRef")


def references(value: object) -> Iterator[str]:
    """Every reference in a form, and the addresses that would change where the others lead."""
    if isinstance(value, dict):
        yield from (pointer for key in (*_POINTING, "$id") if isinstance(pointer := value.get(key), str))
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def tangled(form: Mapping[str, Any]) -> str | None:
    """The first reference that leads nowhere, in a circle, or to too much; None if all are well."""
    return _Walk(form).fault


class _Walk:
    """Follows every reference of a form."""

    def __init__(self, form: Mapping[str, Any]) -> None:
        self._resolver = Registry().with_resource("", DRAFT202012.create_resource(form)).resolver()
        self._left = MOST_PARTS
        self.fault = self._through(form, ())

    def _through(self, value: object, above: tuple[str, ...]) -> str | None:
        self._left -= 1
        if self._left < 0:
            return above[-1] if above else None
        if isinstance(value, list):
            return next((fault for inner in value if (fault := self._through(inner, above))), None)
        if not isinstance(value, dict):
            return None
        for key, inner in value.items():
            is_pointing = key in _POINTING and isinstance(inner, str)
            fault = self._follow(inner, above) if is_pointing else self._through(inner, above)
            if fault:
                return fault
        return None

    def _follow(self, reference: str, above: tuple[str, ...]) -> str | None:
        if reference in above or len(above) >= MOST_STEPS:
            return reference
        try:
            found = self._resolver.lookup(reference).contents
        except Unresolvable:
            return reference
        return self._through(found, (*above, reference))
