"""Names for people where the services speak in codes: persons, departments, posts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.console.books import Books
from services.contracts.registry import PersonChanged
from services.kernel.requests import LARGEST_PAGE

ONLINE: Final = "online"
"""Who received what came online: nobody."""

_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Names:
    """The books' names by code; what nobody knows keeps its code."""

    people: Mapping[str, str]
    departments: Mapping[str, str]
    posts: Mapping[str, str]

    def person(self, code: str | None) -> str:
        """A person's name; empty for nobody."""
        return self.people.get(code, code) if code else ""

    def department(self, code: str | None) -> str:
        """A department's name; empty for none."""
        return self.departments.get(code, code) if code else ""

    def desk(self, post: str, department: str) -> str:
        """A post in its department."""
        return f"{self.department(department)} · {self.posts.get(post, post)}"

    def signer(self, code: str) -> str:
        """Who signs: a person, or a post such as `P05@D06`."""
        post, _, department = code.partition("@")
        return self.desk(post, department) if department else self.person(code)

    def within(self, text: str) -> str:
        """A sentence of a service, with names in place of the codes in it."""
        known = {**self.posts, **self.departments, **self.people}
        return _CODE.sub(lambda found: known.get(found[0], found[0]), text)


async def names_of(books: Books, *, english: bool) -> Names:
    """Everybody's name, and those of departments and posts in the reader's language."""
    return Names(
        people=await books.names() | {ONLINE: "applied online" if english else "网上申报"},
        departments=await books.department_names(english=english),
        posts=await books.post_names(english=english),
    )


async def colleagues(books: Books) -> list[PersonChanged]:
    """Everybody who works here, by department and name."""
    known = await books.people.query({}, sort=[("_id", 1)], limit=10 * LARGEST_PAGE)
    return sorted((one for one in known if one.active), key=lambda one: (one.department, one.name))


async def desks_of(books: Books) -> list[str]:
    """Every post in each of its departments, as signers are named: `P05@D06`."""
    known = await books.posts.query({}, sort=[("_id", 1)], limit=LARGEST_PAGE)
    return [f"{post.code}@{department}" for post in known for department in post.departments]
