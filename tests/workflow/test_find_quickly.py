"""No look-up reads a whole collection: cases are kept for ever, so time would pass slower by the day."""

from collections.abc import AsyncIterator

import pytest

from tests.support.office import Office
from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.room import Room, at_review


@pytest.fixture
async def strict(servers: Office) -> AsyncIterator[None]:
    """The database refuses whatever would read a whole collection."""
    await servers.mongo.admin.command("setParameter", 1, notablescan=True)
    yield
    await servers.mongo.admin.command("setParameter", 1, notablescan=False)


async def test_given_a_database_that_refuses_to_scan_then_time_still_passes(
    room: Room, case_no: str, strict: None
) -> None:
    del strict
    await at_review(room, case_no)
    await room.set_clock(at("2026-10-09", "12:00"))
    await wait_until(lambda: _overdue(room, case_no))
    status = (await room.service.get("/status")).json()
    assert status["backlog"]["timers-due"] == 0
    assert None not in status["backlog"].values()


async def _overdue(room: Room, case_no: str) -> bool:
    await room.settled()
    return any(each["type"] == "guihua.workflow.timer.overdue.v1" for each in await room.history(case_no))
