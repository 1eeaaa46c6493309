"""Who did what when: every service tells it in the same way, to those who may see all cases."""

from typing import Any

import pytest

from services.contracts.catalogue import CATALOGUE
from services.contracts.words import Role
from services.kernel.audits import actor_of, acts_of
from services.kernel.identity import Person, Tokens
from tests.kernel.test_app_life import CASE, CLERK, LETTER, OPERATOR, Start, folder, lay_down_a_letter, started, tokens
from tests.support.office import Office
from tests.support.process import Process
from tests.support.wait import wait_until

__all__ = ["folder", "started", "tokens"]

SUPERVISOR = Person(code="u.supervisor", name="督查", roles=frozenset({Role.SUPERVISOR}), department="D10")
TOWNSHIP = SUPERVISOR.model_copy(update={"code": "u.t02", "department": "T02", "township": True})


@pytest.mark.parametrize(
    ("act", "field"),
    [
        ("workflow.task.completed", "person"),
        ("workflow.jump.decided", "person"),
        ("supervision.instruction.given", "by"),
        ("supervision.matter.moved", "moved_by"),
        ("registry.person.changed", "changed_by"),
        ("supervision.light.changed", None),
        ("supervision.notice.issued", None),
        ("workflow.timer.held", None),
    ],
)
def test_given_an_event_then_who_did_it_stands_in_one_field_or_nobody_did(act: str, field: str | None) -> None:
    assert actor_of(CATALOGUE[f"guihua.{act}.v1"]) == field


def test_given_a_service_then_only_its_own_events_are_its_acts() -> None:
    assert acts_of("registry").keys() == {
        f"guihua.registry.{noun}.v1"
        for noun in ("person.changed", "post.changed", "department.changed", "calendar.published")
    }


async def test_given_acts_then_they_are_told_newest_first_page_by_page_and_found_by_who_what_about_and_day(
    started: Start, office: Office, tokens: Tokens
) -> None:
    await lay_down_a_letter(office)
    operator = {"Authorization": f"Bearer {tokens.issue(OPERATOR)}"}
    async with started() as service:
        await service.post(f"/held/{CASE}")
        await wait_until(lambda: _acts(service, tokens))
        await service.post(f"/dead-letters/{LETTER}/discard", {"reason": "测试"}, **operator)
        given_up, claimed = await _acts(service, tokens)
        assert (given_up["act"], given_up["person"], given_up["about"], given_up["words"]) == (
            "workflow.dead_letter.discarded",
            "u.ops",
            CASE,
            "测试",
        )
        assert (claimed["act"], claimed["person"], claimed["about"]) == ("workflow.task.claimed", "u", CASE)
        assert given_up["key"] > claimed["key"]
        assert await _acts(service, tokens, limit=1) == [given_up]
        assert await _acts(service, tokens, limit=1, after=given_up["key"]) == [claimed]
        assert await _acts(service, tokens, after=claimed["key"]) == []
        assert await _acts(service, tokens, person="u") == [claimed]
        assert await _acts(service, tokens, person="u.ops") == [given_up]
        assert await _acts(service, tokens, person="u.o") == []
        assert await _acts(service, tokens, act="workflow.task.claimed") == [claimed]
        assert await _acts(service, tokens, act="workflow.task.completed") == []
        assert await _acts(service, tokens, about=CASE) == [given_up, claimed]
        assert await _acts(service, tokens, about="other") == []
        assert await _acts(service, tokens, until="2020-01-01") == []
        assert await _acts(service, tokens, since="9999-12-31") == []


async def test_given_those_who_may_not_see_all_cases_then_the_audit_is_not_shown(
    started: Start, tokens: Tokens
) -> None:
    async with started() as service:
        for who in (CLERK, OPERATOR, TOWNSHIP):
            answer = await service.get("/audit", Authorization=f"Bearer {tokens.issue(who)}")
            assert answer.status_code == 403, who
            assert answer.json()["permission"] == "audit-read"


async def _acts(service: Process, tokens: Tokens, **query: object) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = await service.get(f"/audit?{asked}", Authorization=f"Bearer {tokens.issue(SUPERVISOR)}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found
