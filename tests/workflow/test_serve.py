"""Whatever is sent, the answer is one that the OpenAPI document names."""

import pytest

from services.contracts.words import Role
from services.kernel.identity import Person
from tests.support.attack import attack
from tests.workflow.clock_support import at
from tests.workflow.room import ACCEPT, Room

EVERYTHING = Person(
    code="u.all",
    name="全某",
    roles=frozenset({Role.IT_STAFF, Role.BUREAU_HEAD, Role.OFFICER}),
    department="D06",
    posts=frozenset({"P04@D06"}),
)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_given_anything_at_all_then_no_answer_is_a_surprise(room: Room, case_no: str) -> None:
    await room.deploy()
    await room.set_clock(at("2026-09-16", "15:00"))
    await room.receive(case_no)
    await room.complete(case_no, "Accept", ACCEPT, decision="accept")
    wrong = await attack(room.service.url, token=room.tokens.issue(EVERYTHING), examples=15)
    assert not wrong, wrong
    assert "request failed" not in room.service.said()
