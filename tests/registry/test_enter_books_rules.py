"""Which entries are lawful: references, duties apart (A-28), posts as data and under their holders (B-43)."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.contracts.words import Attendance, Role
from services.kernel.problem import Problem
from services.registry.books import (
    DepartmentEntry,
    Known,
    MemberEntry,
    OwnDeputy,
    PostEntry,
    PostHeld,
    RoleConflict,
    UnknownReference,
    enter_department,
    enter_member,
    enter_post,
    note_attendance,
)
from tests.registry.builders import department, member, post

KNOWN = Known(
    departments=frozenset({"D06", "D08"}),
    posts={"P04": ("D06",), "P06": ("D06", "D08"), "P15": ("D08",)},
    people=frozenset({"u.handler2.d06"}),
)


def entered(**changes: Any) -> MemberEntry:
    return member(**changes)


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"department": "D99", "posts": []}, "department", "D99"),
        ({"posts": ["P05@D06"]}, "posts", "P05@D06"),
        ({"posts": ["P04@D08"]}, "posts", "P04@D08"),
        ({"deputy": "u.nobody"}, "deputy", "u.nobody"),
    ],
    ids=["department", "post", "post in that department", "deputy"],
)
def test_a_person_may_only_name_what_is_in_the_books(changes: dict[str, Any], field: str, value: str) -> None:
    with pytest.raises(UnknownReference) as refused:
        enter_member("u.handler.d06", entered(**changes), KNOWN, was=None)

    assert refused.value.values == {"record": "u.handler.d06", "field": field, "value": value}


def test_nobody_is_their_own_deputy() -> None:
    with pytest.raises(OwnDeputy):
        enter_member("u.handler2.d06", entered(deputy="u.handler2.d06"), KNOWN, was=None)


@pytest.mark.parametrize(
    ("posts", "roles", "pairs"),
    [
        (["P04@D06", "P06@D06"], [], 1),
        (["P04@D06", "P15@D08"], ["officer"], 2),
        (["P04@D06"], ["supervisor"], 1),
        (["P04@D06"], ["registrar"], 1),
        ([], ["clerk", "leader"], 1),
        (["P04@D06"], ["officer"], 0),
        (["P06@D06"], ["section_chief"], 0),
        ([], ["operator", "registrar", "it_staff"], 0),
    ],
    ids=[
        "handling and review",
        "handling and supervision by post",
        "handling and supervision by role",
        "handling and keeping the books",
        "window and signing by role",
        "a handler",
        "a section chief",
        "those who run the system",
    ],
)
def test_duties_that_must_be_apart_are_refused_all_at_once(posts: list[str], roles: list[str], pairs: int) -> None:
    entry = entered(posts=posts, roles=roles)
    if not pairs:
        assert enter_member("u.one", entry, KNOWN, was=None).roles == tuple(Role(role) for role in roles)
        return

    with pytest.raises(RoleConflict) as refused:
        enter_member("u.one", entry, KNOWN, was=None)

    assert len(refused.value.errors) == pairs
    assert all(error.zh and error.en and error.where == "body.posts" for error in refused.value.errors)


def test_a_new_person_is_on_duty_and_a_changed_one_stays_where_they_are() -> None:
    new = enter_member("u.one", entered(), KNOWN, was=None)
    out = note_attendance(new, Attendance.OUT_OF_OFFICE)
    renamed = enter_member("u.one", entered(name="赵某"), KNOWN, was=out)

    assert new.attendance is Attendance.ON_DUTY
    assert (renamed.name, renamed.attendance) == ("赵某", Attendance.OUT_OF_OFFICE)


def test_a_post_may_only_name_departments_in_the_books() -> None:
    with pytest.raises(UnknownReference) as refused:
        enter_post("P04", post(departments=["D06", "D99"]), KNOWN, held={})

    assert refused.value.values["value"] == "D99"


def test_a_post_does_not_leave_a_department_where_somebody_holds_it() -> None:
    held = {"D06": "u.handler.d06"}
    with pytest.raises(PostHeld) as refused:
        enter_post("P04", post(departments=["D08"]), KNOWN, held=held)

    assert refused.value.values == {"post": "P04", "department": "D06", "person": "u.handler.d06"}
    assert enter_post("P04", post(departments=["D08", "D06"]), KNOWN, held=held).departments == ("D08", "D06")


def test_a_leader_in_charge_may_be_entered_after_the_department() -> None:
    assert enter_department("D06", department(leader_in_charge="u.leader")).leader_in_charge == "u.leader"


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (MemberEntry, {"phone": "12345"}),
        (MemberEntry, {"mail": "no address"}),
        (MemberEntry, {"mail": "two@at@signs.example"}),
        (MemberEntry, {"mail": "a,b@guihua.example"}),
        (MemberEntry, {"posts": ["P04"]}),
        (MemberEntry, {"roles": ["king"]}),
        (MemberEntry, {"deputy": "u..dots"}),
        (MemberEntry, {"attendance": "on_duty"}),
        (PostEntry, {"departments": []}),
        (PostEntry, {"limit_workdays": -1}),
        (DepartmentEntry, {"name": ""}),
    ],
)
def test_entries_that_cannot_be_read_are_refused(model: type[Any], changes: dict[str, Any]) -> None:
    build: dict[type[Any], Any] = {MemberEntry: member, PostEntry: post, DepartmentEntry: department}

    with pytest.raises(ValidationError):
        build[model](**changes)


def test_every_refusal_speaks_both_languages_and_says_what_to_do() -> None:
    for refusal in (UnknownReference, OwnDeputy, RoleConflict, PostHeld):
        assert issubclass(refusal, Problem)
        assert all((refusal.zh, refusal.en, refusal.remedy_zh, refusal.remedy_en))
