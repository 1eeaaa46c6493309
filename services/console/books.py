"""Who works where, as the registry last said: the console's read copy."""

from dataclasses import dataclass

from services.contracts.registry import DepartmentChanged, PersonChanged, PostChanged
from services.kernel.identity import Person
from services.kernel.requests import LARGEST_PAGE
from services.kernel.store import Collection


@dataclass(frozen=True, slots=True)
class Books:
    """The read copies, each the newest that was heard."""

    people: Collection[PersonChanged]
    departments: Collection[DepartmentChanged]
    posts: Collection[PostChanged]

    async def person(self, code: str) -> Person | None:
        """Whom a token may speak for; None for who is not in the books or has left."""
        found = await self.people.get(code)
        if found is None or not found.active:
            return None
        department = await self.departments.get(found.department)
        return Person(
            code=found.code,
            name=found.name,
            roles=frozenset(found.roles),
            department=found.department,
            posts=frozenset(found.posts),
            township=department is not None and department.township,
        )

    async def names(self) -> dict[str, str]:
        """People's names by code, for pages that would otherwise show codes."""
        known = await self.people.query({}, sort=[("_id", 1)], limit=10 * LARGEST_PAGE)
        return {one.code: one.name for one in known}

    async def department_names(self, *, english: bool = False) -> dict[str, str]:
        """The names of departments by code."""
        known = await self.departments.query({}, sort=[("_id", 1)], limit=10 * LARGEST_PAGE)
        return {one.code: one.name_en if english else one.name for one in known}

    async def township_names(self, *, english: bool = False) -> dict[str, str]:
        """The names of the townships' offices by code."""
        known = await self.departments.query({"body.township": True}, sort=[("_id", 1)], limit=10 * LARGEST_PAGE)
        return {one.code: one.name_en if english else one.name for one in known}

    async def post_names(self, *, english: bool = False) -> dict[str, str]:
        """The names of posts by code."""
        known = await self.posts.query({}, sort=[("_id", 1)], limit=LARGEST_PAGE)
        return {one.code: one.name_en if english else one.name for one in known}
