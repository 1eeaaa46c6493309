"""Which cases a person may see: the one permission filter, used by every read path."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from services.contracts.words import Role
from services.kernel.identity.persons import Person

_BUREAU_WIDE: Final = frozenset(
    {
        Role.CLERK,
        Role.LEADER,
        Role.BUREAU_HEAD,
        Role.SECRETARY,
        Role.SUPERVISOR,
        Role.OPERATOR,
        Role.IT_STAFF,
    }
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The cases of some departments, or all of them."""

    everything: bool
    departments: frozenset[str]

    def filter(self, field: str = "body.departments") -> dict[str, Any]:
        """The database filter for documents whose `field` names the departments that take part."""
        return {} if self.everything else {field: {"$in": sorted(self.departments)}}

    def sees(self, departments: Iterable[str]) -> bool:
        """Whether something that these departments take part in is inside."""
        return self.everything or not self.departments.isdisjoint(departments)


def scope_of(who: Person) -> Scope:
    """All cases for windows, leaders, secretaries, supervisors and those who run the system; else own departments'.

    A township's staff see their own township only, whatever their role.
    """
    everything = not who.township and not who.roles.isdisjoint(_BUREAU_WIDE)
    return Scope(everything=everything, departments=who.departments)
