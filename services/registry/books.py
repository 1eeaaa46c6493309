"""Departments, posts and people: what each record holds and which changes are lawful."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.contracts.registry import DepartmentChanged, PersonChanged, PostChanged
from services.contracts.words import Attendance, Role
from services.kernel.identity import conflicts
from services.kernel.problem import FieldError, Problem
from services.kernel.requests import Request
from services.kernel.store import Body

DepartmentCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}$")]
PersonCode = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*$")]
"""Such as `u.handler.d06`; it ends NATS subjects, so no part between dots is empty."""
Name = Annotated[str, Field(min_length=1, max_length=80)]
Mail = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,5}$")
]
"""As browsers understand a mail address (HTML, §4.10.5.1.5), with a dot in the domain."""
HeldPost = Annotated[str, Field(pattern=r"^P[0-9]{2}@[A-Z][0-9]{2}$")]


class UnknownReference(Problem):
    """A record names a department, post or person that is not in the books."""

    status = 422
    code = "unknown-reference"
    zh = "{record} 的 {field} 引用了不存在的 {value}"
    en = "{field} of {record} names {value}, which is not in the books"
    remedy_zh = "请先登记 {value}，或改用已登记的代码"
    remedy_en = "register {value} first, or use a registered code"


class RoleConflict(Problem):
    """Duties in one person that must be apart (A-28; docs/domain.md, separation of duty); `errors` lists them."""

    status = 422
    code = "role-conflict"
    zh = "{person} 兼任了不能由一人兼任的岗位或角色"
    en = "{person} holds posts or roles that one person may not hold together"
    remedy_zh = "请按 errors 中列出的每一对去掉其中之一"
    remedy_en = "of each pair in errors, take one away"


class OwnRights(Problem):
    """Who keeps the books gives themselves neither posts nor roles."""

    status = 403
    code = "own-rights"
    zh = "{person} 不能修改自己的岗位和角色"
    en = "{person} may not change their own posts and roles"
    remedy_zh = "请由另一位登记管理员修改"
    remedy_en = "another registrar must do it"


class PostHeld(Problem):
    """A post cannot leave a department where somebody holds it."""

    status = 409
    code = "post-held"
    zh = "岗位 {post} 在 {department} 仍由 {person} 担任，不能从该部门撤销"
    en = "post {post} cannot leave {department}: {person} holds it there"
    remedy_zh = "请先调整 {person} 的岗位"
    remedy_en = "change the posts of {person} first"


class OwnDeputy(Problem):
    """Nobody stands in for themselves."""

    status = 422
    code = "own-deputy"
    zh = "{person} 不能是自己的AB岗"
    en = "{person} cannot be their own deputy"
    remedy_zh = "请指定另一位工作人员"
    remedy_en = "name another person"


class Department(Body, frozen=True):
    """A department (科室) or a township planning office."""

    code: str
    name: str
    name_en: str
    leader_in_charge: str | None
    township: bool


class Post(Body, frozen=True):
    """A post (岗位) as data: duty, authority, limit and where it exists (B-43)."""

    code: str
    name: str
    name_en: str
    duty: str
    may_decide: str
    limit_workdays: int | None
    departments: tuple[str, ...]


class Member(Body, frozen=True):
    """A person of the bureau with posts, roles, deputy (AB岗), attendance (A-41) and ways to be reached."""

    code: str
    name: str
    department: str
    posts: tuple[str, ...]
    roles: tuple[Role, ...]
    deputy: str | None
    attendance: Attendance
    phone: str
    mail: str
    chat: str | None
    active: bool


class DepartmentEntry(Request, frozen=True):
    """What the registrar writes about a department."""

    name: Name
    name_en: Name
    leader_in_charge: PersonCode | None = None
    township: bool = False


class PostEntry(Request, frozen=True):
    """What the registrar writes about a post."""

    name: Name
    name_en: Name
    duty: Annotated[str, Field(max_length=500)] = ""
    may_decide: Annotated[str, Field(max_length=200)] = ""
    limit_workdays: Annotated[int, Field(ge=0, le=999)] | None = None
    departments: Annotated[tuple[DepartmentCode, ...], Field(min_length=1, max_length=100)]


class MemberEntry(Request, frozen=True):
    """What the registrar writes about a person; attendance is changed apart."""

    name: Name
    department: DepartmentCode
    posts: Annotated[tuple[HeldPost, ...], Field(max_length=20)] = ()
    roles: Annotated[tuple[Role, ...], Field(max_length=10)] = ()
    deputy: PersonCode | None = None
    phone: Annotated[str, Field(pattern=r"^1[3-9][0-9]{9}$")]
    mail: Mail
    chat: Annotated[str, Field(max_length=80)] | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """Which of the codes that an entry names are in the books; a post comes with its departments."""

    departments: frozenset[str] = frozenset()
    posts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people: frozenset[str] = frozenset()


def enter_department(code: str, entry: DepartmentEntry) -> Department:
    """The department as it now is."""
    return Department(code=code, **entry.model_dump())


def enter_post(code: str, entry: PostEntry, known: Known, *, held: Mapping[str, str]) -> Post:
    """The post as it now is. `held` names one holder for each department where somebody holds it.

    Raises UnknownReference, PostHeld.
    """
    for department in entry.departments:
        if department not in known.departments:
            raise UnknownReference(record=code, field="departments", value=department)
    for department, person in held.items():
        if department not in entry.departments:
            raise PostHeld(post=code, department=department, person=person)
    return Post(code=code, **entry.model_dump())


def enter_member(code: str, entry: MemberEntry, known: Known, *, was: Member | None) -> Member:
    """The person as they now are; attendance is kept.

    Raises UnknownReference, OwnDeputy, RoleConflict.
    """
    if entry.department not in known.departments:
        raise UnknownReference(record=code, field="department", value=entry.department)
    for held in entry.posts:
        post, _, department = held.partition("@")
        if department not in known.posts.get(post, ()):
            raise UnknownReference(record=code, field="posts", value=held)
    if entry.deputy == code:
        raise OwnDeputy(person=code)
    if entry.deputy is not None and entry.deputy not in known.people:
        raise UnknownReference(record=code, field="deputy", value=entry.deputy)
    _refuse_role_conflict(code, entry)
    attendance = was.attendance if was else Attendance.ON_DUTY
    return Member(code=code, attendance=attendance, **entry.model_dump())


def refuse_own_rights(entry: MemberEntry, *, was: Member) -> None:
    """Of one's own entry everything but posts and roles may be changed. Raises OwnRights."""
    if {*entry.posts} != {*was.posts} or {*entry.roles} != {*was.roles}:
        raise OwnRights(person=was.code)


def _refuse_role_conflict(code: str, entry: MemberEntry) -> None:
    found = conflicts(entry.posts, entry.roles)
    if found:
        raise RoleConflict(person=code, errors=[FieldError("body.posts", zh=one.zh, en=one.en) for one in found])


def note_attendance(member: Member, attendance: Attendance) -> Member:
    """The person is at the desk or out of office (在岗 / 外出)."""
    return member.model_copy(update={"attendance": attendance})


def department_fact(department: Department, now: datetime, *, by: str) -> DepartmentChanged:
    """What the others are told about a department."""
    return DepartmentChanged(**department.model_dump(), changed_at=now, changed_by=by)


def post_fact(post: Post, now: datetime, *, by: str) -> PostChanged:
    """What the others are told about a post."""
    return PostChanged(**post.model_dump(), changed_at=now, changed_by=by)


def member_fact(member: Member, now: datetime, *, by: str) -> PersonChanged:
    """What the others are told about a person."""
    return PersonChanged(**member.model_dump(), changed_at=now, changed_by=by)
