"""What can be done with a task besides filling in its form (docs/operations.md): which fields it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from services.console.forms import Choice
from services.console.naming import Names
from services.contracts.registry import PersonChanged

OPERATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "claim": (),
    "release": (),
    "send-back": ("to", "reason"),
    "hand-over": ("to", "reason"),
    "delegate": ("to", "reason"),
    "add-signer": ("signer", "place", "rule", "reason"),
    "remove-signer": ("seat", "reason"),
    "sign": ("agrees", "opinion"),
    "urge": ("message",),
}
"""The fields of each operation, named as the service names them."""

_PATHS: Final = {"add-signer": "signers", "remove-signer": "signers/{seat}/remove"}


def body_of(act: str, fields: Mapping[str, str]) -> tuple[str, dict[str, Any] | None]:
    """Where an operation is asked for, below the task's address, and its body."""
    given: dict[str, Any] = {name: fields.get(name, "").strip() for name in OPERATIONS[act]}
    seat = given.pop("seat", "")
    if "agrees" in given:
        given["agrees"] = given["agrees"] == "true"
    if not given.get("rule", "-"):
        given["rule"] = None
    return _PATHS.get(act, act).format(seat=_safe(seat)), given or None


def _safe(seat: str) -> str:
    """A seat's id as part of an address: nothing else leads anywhere."""
    return seat if seat.replace("-", "").isalnum() and seat.isascii() else "-"


@dataclass(frozen=True, slots=True)
class People:
    """Whom a task can be given to, or who can be asked to sign."""

    here: Sequence[Choice]
    groups: Sequence[tuple[str, Sequence[Choice]]]
    desks: Sequence[Choice]

    @classmethod
    def of(
        cls, found: Sequence[PersonChanged], desks: Sequence[str], names: Names, *, department: str, me: str
    ) -> "People":
        """Everybody by department; `here` are those of the task's own department, the reader among them."""
        groups = groupby((one for one in found if one.code != me), key=lambda one: one.department)
        return cls(
            here=[Choice(one.code, one.name) for one in found if one.department == department],
            groups=[(names.department(code), [Choice(one.code, one.name) for one in some]) for code, some in groups],
            desks=[Choice(desk, names.signer(desk)) for desk in desks],
        )
