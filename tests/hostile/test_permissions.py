"""Who may ask what: every operation, asked as every role alone, answers as the permission it declares says.

What is declared stands in docs/permissions.md, made from the same routes; here it is compared with real answers.
"""

import re
from typing import Final

import httpx
import pytest

from services.contracts.words import Role
from services.kernel.identity import Person
from services.local.layout import SERVICES
from services.local.permits import Permit, permits
from tests.hostile.city import City, Operation, person, refusal
from tests.hostile.test_tokens_and_scope import no_faults

pytestmark = pytest.mark.timeout(600)

ONE_OF_EACH: Final = {role: person(f"u.only.{role.value.replace('_', '-')}", role, department="D06") for role in Role}
"""Somebody who has this role alone."""

_ANSWERS: Final = (401, 403)


def declared() -> dict[tuple[str, str, str], Permit]:
    return {(each.service, each.method, each.path): each for name in SERVICES for each in permits(name)}


async def test_every_operation_that_is_served_is_declared_and_asks_for_one_permission_or_none(city: City) -> None:
    table = declared()

    assert {(each.service, each.method, each.path) for each in city.operations()} == table.keys()
    assert [str(key) for key, permit in table.items() if len(permit.permissions) > 1] == []
    for each in city.operations():
        permit = table[each.service, each.method, each.path]
        assert each.is_guarded is bool(permit.permissions), each


async def test_given_each_role_alone_then_it_is_let_in_where_its_permission_is_asked_for_and_nowhere_else(
    city: City,
) -> None:
    table = declared()
    asked = [(role, each) for each in city.operations() if each.is_guarded for role in Role]

    async def is_as_declared(asking: tuple[Role, Operation]) -> str:
        role, operation = asking
        permit = table[operation.service, operation.method, operation.path]
        answer = await knock(city, operation, ONE_OF_EACH[role])
        let_in = not _is_shut_out(answer)
        return "" if let_in is permit.is_granted(role) else f"{role.value}: {operation} → {answer.status_code}"

    await no_faults(is_as_declared, asked)


def _is_shut_out(answer: httpx.Response) -> bool:
    """Whether the permission was lacking, and not something else."""
    return answer.status_code in _ANSWERS and refusal(answer)["code"] == "not-allowed"


async def knock(city: City, operation: Operation, who: Person) -> httpx.Response:
    """Ask about nothing, with a body that nothing takes: whoever is let in changes nothing."""
    path = re.sub(r"\{\w+\}", "0" * 24, operation.path)
    body = None if operation.method == "GET" else {"nobody takes": "this"}
    return await city.ask(operation.service, operation.method, path, who, json=body)
