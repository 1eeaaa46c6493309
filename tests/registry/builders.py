"""Entries and people for the registry's tests."""

from typing import Any

from services.contracts.words import Role
from services.kernel.identity import Person
from services.registry.books import DepartmentEntry, MemberEntry, PostEntry

REGISTRAR = Person(code="u.registrar", name="魏某", roles=frozenset({Role.REGISTRAR}), department="D12")
OPERATOR = Person(code="u.ops", name="金某", roles=frozenset({Role.OPERATOR}), department="D11")
HANDLER = Person(code="u.handler.d06", name="李某", roles=frozenset({Role.OFFICER}), department="D06")
LEADER = Person(code="u.leader", name="何某", roles=frozenset({Role.LEADER}), department="D00")


def department(**changes: Any) -> DepartmentEntry:
    return DepartmentEntry.model_validate({"name": "建筑工程规划管理科", "name_en": "Building works", **changes})


def post(**changes: Any) -> PostEntry:
    return PostEntry.model_validate({"name": "经办", "name_en": "Handler", "departments": ["D06"], **changes})


def member(**changes: Any) -> MemberEntry:
    usual = {
        "name": "李某",
        "department": "D06",
        "posts": ["P04@D06"],
        "roles": ["officer"],
        "phone": "13800000008",
        "mail": "u.handler.d06@guihua.example",
        "chat": "u.handler.d06",
    }
    return MemberEntry.model_validate({**usual, **changes})
