"""Fixtures for every room: the real broker and the real database, started once, emptied before each test.

Examples that Hypothesis makes up are the same in every run, and may take as long as a busy machine needs;
`GUIHUA_EXPLORE=1` tries others.
"""

import os
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

from services.local.servers import Ports, Servers
from tests.support.office import Office

settings.register_profile("guihua", deadline=None, derandomize="GUIHUA_EXPLORE" not in os.environ, print_blob=True)
settings.load_profile("guihua")


_LONG = ("test_storms", "test_crash_at_every_step", "test_play_the_stories", "test_run_faults", "test_app_life")
"""Files that take minutes: begun first, so that no process is left with one at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first; the others stay in their order."""
    items.sort(key=lambda item: item.path.stem not in _LONG)


@pytest.fixture(scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """Both servers on free ports, for the whole run. Use `office` unless you need what another test left."""
    started = Servers(tmp_path_factory.mktemp("servers"), Ports.free(), environment={})
    await started.start()
    office = Office(started)
    try:
        yield office
    finally:
        await office.close()


@pytest.fixture
async def office(servers: Office) -> Office:
    """Both servers, running and empty."""
    for server in (servers.servers.mongo, servers.servers.nats):
        assert server
        if not server.is_alive():
            await server.start()
    await servers.empty()
    return servers
