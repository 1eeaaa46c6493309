"""The hall, on the real servers."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.kernel.clock import FrozenClock
from tests.support.office import Office
from tests.workflow.clock_support import at
from tests.workflow.parts import deps_on
from tests.workflow.signals import drawn
from tests.workflow.signals.hall import Hall


@pytest.fixture(scope="module")
async def opened(servers: Office, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    """The service with its processes, one for a module."""
    clock = FrozenClock(at("2026-09-16", "15:00"))
    async with deps_on(servers, tmp_path_factory.mktemp("keys"), clock) as deps:
        hall = Hall(deps, clock)
        for files in (drawn.watchers(), drawn.criers()):
            await hall.deploy(files)
        yield hall


@pytest.fixture
async def hall(opened: Hall) -> Hall:
    """The same an hour later, with nothing under way and no case that waits: each test has cases of its own."""
    await opened.spread()
    opened.clock.set(opened.clock.now() + timedelta(hours=1))
    for instance in await opened.deps.instances.query({}, sort=[("_id", 1)], limit=1_000):
        await opened.deps.instances.change(
            instance.case_no, lambda body: (body.model_copy(update={"signals": (), "messages": ()}), ())
        )
    return opened
