"""The person behind a token."""

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from services.contracts.words import Role

Code = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Person(BaseModel, frozen=True):
    """A member of staff as the token describes them. `posts` are written `P04@D06`: post at department."""

    code: Code
    name: str
    roles: frozenset[Role]
    department: str
    posts: frozenset[str] = frozenset()
    township: bool = False

    @property
    def departments(self) -> frozenset[str]:
        """Where the person works: the own department and those of every post held."""
        return frozenset({self.department} | {post.partition("@")[2] or self.department for post in self.posts})
