"""What a role may do, where one permission leans on another."""

import pytest

from services.contracts.words import Role
from services.kernel.identity import Permission, Person, may, scope_of


def one_with(role: Role) -> Person:
    return Person(code="u.x", name="某", roles=frozenset({role}), department="D11")


@pytest.mark.parametrize("role", Role)
def test_given_one_who_works_on_dead_letters_then_they_may_see_the_cases_whose_numbers_stand_there(role: Role) -> None:
    """The list of dead letters names cases of all departments, and nothing else of them."""
    who = one_with(role)
    if may(who, Permission.DEAD_LETTER_WORK):
        assert may(who, Permission.CASE_READ)
        assert scope_of(who).everything


def test_those_who_run_the_system_work_on_dead_letters_and_nobody_who_decides_cases() -> None:
    working = {role for role in Role if may(one_with(role), Permission.DEAD_LETTER_WORK)}
    assert working == {Role.IT_STAFF, Role.OPERATOR}
