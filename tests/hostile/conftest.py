"""The hostile room: one running system for all its tests, which therefore come last and stay together."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hostile.city import City, city_at
from tests.hostile.situation import Situation, situation_in

_HERE = Path(__file__).parent
_LAST = ("test_documented_statuses_day", "test_every_endpoint")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the room's tests together at the end; those that leave nothing as it was come last of all."""
    items.sort(key=lambda item: (_HERE in item.path.parents, _turn(item.path.stem)))


def _turn(module: str) -> int:
    return _LAST.index(module) + 1 if module in _LAST else 0


@pytest.fixture(scope="session")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[City]:
    """The five services on real servers of their own."""
    async with city_at(tmp_path_factory.mktemp("city")) as city:
        yield city


@pytest.fixture(scope="session")
async def situation(city: City) -> Situation:
    """Cases, tasks, matters and messages that a stranger should never see."""
    return await situation_in(city)
