"""Who works here: the registry's facts, kept in the database and read from memory."""

from collections.abc import Iterable
from typing import Final

from services.contracts.registry import PersonChanged
from services.contracts.words import Role
from services.kernel.store import Collection

_PAGE: Final = 500


class People:
    """The newest known copy of each person. Read it once with `load`; from then on it hears every change itself.

    Nothing is looked up in the database for a message: one process hears for a service (ADR 0009), so what it was told
    last is what the database holds.
    """

    def __init__(self, copies: Collection[PersonChanged]) -> None:
        self._copies = copies
        self._known: dict[str, PersonChanged] = {}
        self._by_post: dict[str, list[PersonChanged]] = {}
        self._by_role: dict[Role, list[PersonChanged]] = {}

    async def load(self) -> None:
        """Read everybody from the database."""
        after = ""
        while page := await self._copies.query({"_id": {"$gt": after}}, sort=[("_id", 1)], limit=_PAGE):
            self._known |= {person.code: person for person in page}
            after = page[-1].code
        self._sort_anew()

    async def put(self, person: PersonChanged, *, sequence: int) -> PersonChanged:
        """Keep the person unless a newer fact is there; gives the person as known then."""
        if not await self._copies.put(person.code, person, unless_newer=sequence):
            person = await self._copies.get(person.code) or person
        self._known[person.code] = person
        self._sort_anew()
        return person

    def get(self, code: str) -> PersonChanged | None:
        """The person with this code, active or not."""
        return self._known.get(code)

    def active(self, codes: Iterable[str]) -> list[PersonChanged]:
        """The active people among these codes, by code."""
        found = (self._known[code] for code in sorted(set(codes)) if code in self._known)
        return [person for person in found if person.active]

    def holders(self, post: str) -> list[PersonChanged]:
        """Who holds a post such as `P09@D00`, by code."""
        return self._by_post.get(post, [])

    def with_role(self, role: Role) -> list[PersonChanged]:
        """Who has a role, by code."""
        return self._by_role.get(role, [])

    def _sort_anew(self) -> None:
        self._by_post, self._by_role = {}, {}
        for person in self.active(self._known):
            for post in person.posts:
                self._by_post.setdefault(post, []).append(person)
            for role in person.roles:
                self._by_role.setdefault(role, []).append(person)
