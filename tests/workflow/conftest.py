"""The workflow service's fixtures."""

from collections.abc import AsyncIterator

import pytest

from tests.support.office import Office
from tests.workflow.room import Room, room_on


@pytest.fixture(scope="module")
async def room(servers: Office, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    """The service on servers that were empty, the books filled; one for a module, each test with cases of its own."""
    for server in (servers.servers.mongo, servers.servers.nats):
        assert server
        if not server.is_alive():
            await server.start()
    await servers.empty()
    async with room_on(servers, tmp_path_factory.mktemp("workflow")) as opened:
        yield opened


@pytest.fixture
def case_no(room: Room) -> str:
    """A case number that no other test uses."""
    return room.new_case_no()
