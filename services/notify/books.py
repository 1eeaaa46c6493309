"""Read copies: what the registry says of people, and how applicants want to be told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from services.contracts.registry import PersonChanged
from services.contracts.words import Role
from services.kernel.store import Collection

_MANY: Final = 1000
"""More than any post or role has holders."""


class Contact(BaseModel, frozen=True):
    """An applicant's number for one case."""

    case_no: str
    phone: str


@dataclass(frozen=True, slots=True)
class Books:
    """What notify remembers of what others said."""

    persons: Collection[PersonChanged]
    contacts: Collection[Contact]

    async def people(self, codes: Iterable[str]) -> list[PersonChanged]:
        """The active people among these codes."""
        return await self._query({"body.code": {"$in": list(codes)}})

    async def holders(self, post: str) -> list[PersonChanged]:
        """Who holds a post such as `P09@D00`."""
        return await self._query({"body.posts": post})

    async def with_role(self, role: Role) -> list[PersonChanged]:
        """Who has a role."""
        return await self._query({"body.roles": role.value})

    async def contact(self, case_no: str) -> Contact | None:
        """The applicant's number for a case, if the window gave one."""
        return await self.contacts.get(case_no)

    async def _query(self, condition: dict[str, object]) -> list[PersonChanged]:
        return await self.persons.query({**condition, "body.active": True}, sort=[("_id", 1)], limit=_MANY)
