"""What the books say about posts, departments and people, and what follows for a task: where it goes, who may act.

The books are kept by the registry; these are read copies, filled by what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from services.contracts.registry import DepartmentChanged, PersonChanged, PostChanged
from services.contracts.words import Attendance


@dataclass(frozen=True)  # no slots: what is reckoned once is kept in the object
class Books:
    """Read copies of the registry's books, by code."""

    posts: Mapping[str, PostChanged] = field(default_factory=dict)
    departments: Mapping[str, DepartmentChanged] = field(default_factory=dict)
    people: Mapping[str, PersonChanged] = field(default_factory=dict)

    def is_township(self, department: str) -> bool:
        """Whether a department is the planning office of a township."""
        found = self.departments.get(department)
        return found is not None and found.township

    def is_away(self, person: str) -> bool:
        """Whether a person is known to be out of the office."""
        found = self.people.get(person)
        return found is not None and found.attendance is Attendance.OUT_OF_OFFICE

    def has_left(self, person: str) -> bool:
        """Whether a person is known to work here no more: what they had claimed is free again."""
        found = self.people.get(person)
        return found is not None and not found.active

    def stood_in_for(self, person: str) -> tuple[PersonChanged, ...]:
        """The people out of office whose deputy (AB岗) this person is."""
        return tuple(self._away_by_deputy.get(person, ()))

    @cached_property
    def _away_by_deputy(self) -> Mapping[str, list[PersonChanged]]:
        """Reckoned once: it is asked for every task of every list."""
        found: dict[str, list[PersonChanged]] = {}
        for other in self.people.values():
            if other.active and other.deputy and other.attendance is Attendance.OUT_OF_OFFICE:
                found.setdefault(other.deputy, []).append(other)
        return found

    def holders(self, seat: str) -> tuple[str, ...]:
        """Who holds a post at a department (`P04@D06`), by code."""
        return tuple(code for code, person in sorted(self.people.items()) if person.active and seat in person.posts)

    def posts_of(self, person: str, own: frozenset[str]) -> frozenset[str]:
        """The posts (`P04@D06`) in whose place a person may act now: their own, and those they stand in for."""
        lent = (post for other in self.stood_in_for(person) for post in other.posts)
        return own.union(lent)


class PostUnplaced(Exception):
    """No department has the post for this case: the case cannot go on until the books say where."""

    def __init__(self, post: str, zh: str, en: str) -> None:
        super().__init__(post, zh, en)
        self.post, self.zh, self.en = post, zh, en


def place(post: str, *, department: str, township: str | None, books: Books) -> str:
    """The department whose post does a step of a case; raises `PostUnplaced`.

    A post of exactly one department goes there; a post of the townships goes to the case's township; any other goes
    to the department responsible for the case.
    """
    known = books.posts.get(post)
    if known is None:
        raise PostUnplaced(post, f"岗位 {post} 未在岗位台账登记", f"the post {post} is not in the books")
    if len(known.departments) == 1:
        return known.departments[0]
    if any(books.is_township(code) for code in known.departments):
        return _placed(township, known)
    return _placed(department, known)


def _placed(wanted: str | None, post: PostChanged) -> str:
    if wanted is not None and wanted in post.departments:
        return wanted
    where = wanted or "?"
    raise PostUnplaced(
        post.code,
        f"{where} 没有设置岗位 {post.code}（{post.name}），请先在岗位台账登记",
        f"{where} has no post {post.code} ({post.name_en}); enter it in the books first",
    )
