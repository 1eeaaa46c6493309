"""A store of a service under test, with either driver."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from services.kernel.clock import FrozenClock
from services.kernel.store import Driver, Store
from tests.support.office import Office


@pytest.fixture(params=["motor", "pymongo"])
def driver(request: pytest.FixtureRequest) -> Driver:
    return request.param


@pytest.fixture
async def store(office: Office, driver: Driver) -> AsyncIterator[Store]:
    settings = office.settings_of("intake")
    clock = FrozenClock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    built = Store(
        settings["GUIHUA_MONGO_URL"],
        settings["GUIHUA_MONGO_DATABASE"],
        service="intake",
        clock=clock,
        driver=driver,
    )
    yield built
    await built.close()
