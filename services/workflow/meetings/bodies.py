"""The collective bodies: who sits in them, who keeps their sessions, from how many on they may decide (A-40)."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

from services.kernel.store import Body as Stored
from services.workflow.books import Books


class Level(StrEnum):
    """Where a body stands."""

    DIVISION = "division"
    BUREAU = "bureau"
    COMMITTEE = "committee"
    EXPERTS = "experts"


class Power(StrEnum):
    """Whether a body decides, or advises whoever does."""

    DECIDES = "decides"
    ADVISES = "advises"


class MeetingBody(Stored, frozen=True):
    """A collective body. `members` and `chair` are people by code; while there are none, the holders of the posts.

    `quorum_pct` of the members that have not been recused must be present, and `least_members` of them in any case.
    `material_workdays` before the day of a session its papers are frozen, at close of business.
    """

    body_id: str
    name: str
    name_en: str
    level: Level
    power: Power
    post: str
    members: tuple[str, ...] = ()
    member_posts: tuple[str, ...] = ()
    chair: str = ""
    chair_posts: tuple[str, ...] = ()
    quorum_pct: int
    least_members: int = 1
    votes: bool
    material_workdays: int
    minutes_workdays: int = 3

    @property
    def is_panel(self) -> bool:
        """Whether outside experts sit in it, named for each session."""
        return self.level is Level.EXPERTS

    def sitting(self, books: Books) -> tuple[str, ...]:
        """Who sits in a session that names nobody, by code."""
        return self.members or _holders(self.member_posts, books)

    def presiding(self, books: Books) -> str:
        """Who is in the chair of a session that names nobody; empty if no one holds such a post."""
        return self.chair or next(iter(_holders(self.chair_posts, books)), "")

    def is_kept_by(self, seats: frozenset[str]) -> bool:
        """Whether one who holds these posts (`P10@D01`) keeps its sessions."""
        return any(seat.partition("@")[0] == self.post for seat in seats)


def _holders(posts: tuple[str, ...], books: Books) -> tuple[str, ...]:
    """The people who hold one of some posts at any department: by post, then by code."""
    found = (
        code
        for post in posts
        for code, person in sorted(books.people.items())
        if person.active and any(seat.partition("@")[0] == post for seat in person.posts)
    )
    return tuple(dict.fromkeys(found))


@cache
def bodies_at_first() -> dict[str, MeetingBody]:
    """The bodies as they are before anybody changes them, by id, in their order."""
    text = files(__package__).joinpath("bodies.toml").read_text(encoding="utf-8")
    found = [MeetingBody.model_validate(entry) for entry in tomllib.loads(text)["body"]]
    return {body.body_id: body for body in found}
