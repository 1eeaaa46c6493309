"""Who may read a sheet: what is said of a person is personnel information."""

from collections.abc import Mapping
from typing import Any

from services.contracts.words import Role
from services.kernel.identity import Person, scope_of
from services.supervision.scores.sheets import NotYourEntry, Sheet
from services.supervision.scores.tables import Level

_ALL = frozenset({Role.SUPERVISOR, Role.LEADER, Role.BUREAU_HEAD})


def readable(who: Person) -> Mapping[str, Any]:
    """The sheets that somebody may read, as a database filter.

    The office and the leaders read all that they see of the bureau, a chief those of the department and its people,
    everybody their own.
    """
    if not who.roles.isdisjoint(_ALL):
        return scope_of(who).filter("body.departments")
    own: dict[str, Any] = {"body.subject": who.code}
    if Role.SECTION_CHIEF not in who.roles:
        return own
    department = {"body.departments": {"$in": sorted(who.departments)}, "body.level": {"$ne": Level.LEADER.value}}
    return {"$or": [own, department]}


def appeals(who: Person, sheet: Sheet) -> None:
    """Whom the sheet is about may appeal: the person, the leader, the department's chief. Raises NotYourEntry."""
    is_own = sheet.subject == who.code
    is_chief = sheet.level is Level.DEPARTMENT and Role.SECTION_CHIEF in who.roles and sheet.subject in who.departments
    if not (is_own or is_chief):
        raise NotYourEntry
