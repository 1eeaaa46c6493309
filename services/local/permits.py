"""Who may ask what: every operation of every service with the permission it declares and the roles that bring it."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.contracts.words import Role
from services.kernel.identity import Permission, declared
from services.kernel.identity.permissions import GRANTED
from services.local.layout import SERVICES

PATH: Final = Path("docs/permissions.md")

_HEAD: Final = """# Who may ask what

Generated from the routes and from the one table of roles (`services/kernel/identity/permissions.py`) by
`python -m services.local.documents --write`. `tests/hostile/test_permissions.py` asks every operation as every role and
compares the answers with it. Which cases somebody sees beyond that is decided by their departments
(`services/kernel/identity/scope.py`): `tests/hostile/test_leaks.py`.
"""

_CONVERTED: Final = re.compile(r":[a-z]+\}")
"""How a route says of which kind a part of its path is; the OpenAPI document does not."""

ROLES: Final = {
    Role.CLERK: "clerk",
    Role.OFFICER: "officer",
    Role.SECTION_CHIEF: "chief",
    Role.LEADER: "leader",
    Role.BUREAU_HEAD: "head",
    Role.SECRETARY: "secretary",
    Role.SUPERVISOR: "supervisor",
    Role.IT_STAFF: "IT",
    Role.OPERATOR: "operator",
    Role.REGISTRAR: "registrar",
}
"""The columns."""


@dataclass(frozen=True, slots=True)
class Permit:
    """One operation, and what one must be allowed for it: nothing where anybody may ask."""

    service: str
    method: str
    path: str
    summary: str
    permissions: frozenset[Permission]

    def is_granted(self, role: Role) -> bool:
        """Whether who has this role alone is let in."""
        return self.permissions <= GRANTED[role]


def permits(service: str) -> Iterator[Permit]:
    """The operations of a service, in the order of their paths."""
    module = importlib.import_module(f"services.{service}.__main__")
    routes = [route for route in module.SERVICE.routes if route.include_in_schema]
    for route in sorted(routes, key=lambda each: (each.path, sorted(each.methods))):
        for method in sorted(route.methods):
            yield Permit(service, method, _CONVERTED.sub("}", route.path), route.summary or "", declared(route))


def permissions() -> str:
    """The document: the roles' permissions, then each service's operations."""
    return "\n".join([_HEAD, *_granted(), *(line for service in SERVICES for line in _operations(service))]) + "\n"


def _granted() -> Iterator[str]:
    yield from _row("## Permissions", "", "permission", "")
    for permission in Permission:
        marks = " | ".join("●" if permission in GRANTED[role] else "" for role in ROLES)
        yield f"| `{permission.value}` {permission.zh} | {marks} |"


def _operations(service: str) -> Iterator[str]:
    yield from _row(f"\n## {service}", "", "operation", " permission |")
    for permit in permits(service):
        marks = " | ".join("●" if permit.is_granted(role) else "" for role in ROLES)
        asked = ", ".join(f"`{each.value}`" for each in sorted(permit.permissions)) or "anybody"
        yield f"| `{permit.method} {permit.path}` {permit.summary} | {asked} | {marks} |"


def _row(heading: str, gap: str, first: str, second: str) -> Iterator[str]:
    yield from (heading, gap)
    yield f"| {first} |{second} " + " | ".join(ROLES.values()) + " |"
    yield "| --- |" + (" --- |" if second else "") + " :-: |" * len(ROLES)
