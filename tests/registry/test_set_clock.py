"""The demonstration's clock: set in one place, followed everywhere; a real office's clock is left alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.kernel.app.running import anchors
from services.kernel.clock import DEMO_BUCKET, DemoClock, RealClock
from services.registry.__main__ import SERVICE
from services.registry.settings import RegistrySettings
from tests.registry.builders import LEADER, OPERATOR
from tests.registry.conftest import Registry
from tests.support.desk import bus_of
from tests.support.office import Office
from tests.support.process import process
from tests.support.running import at_work, environment_of, values_of
from tests.support.wait import wait_until

FRIDAY = datetime(2017, 4, 21, 7, 30, tzinfo=UTC)


def entry(at: datetime = FRIDAY, **changes: Any) -> dict[str, Any]:
    return {"as_of": at.isoformat(), **changes}


@asynccontextmanager
async def following(office: Office, service: str) -> AsyncIterator[DemoClock]:
    """The clock of another service's process."""
    bus, clock = await bus_of(office, service), DemoClock()
    task = asyncio.create_task(clock.follow(anchors(bus)))
    try:
        yield clock
    finally:
        task.cancel()
        await asyncio.wait([task])
        await bus.close()


async def test_given_the_clock_is_set_then_every_process_shows_the_same(registry: Registry, office: Office) -> None:
    async with AsyncExitStack() as clocks:
        followers = [
            await clocks.enter_async_context(following(office, name))
            for name in ("intake", "workflow", "supervision", "notify")
        ]
        answer = await registry.ask("PUT", "/clock", OPERATOR, body=entry())
        await wait_until(lambda: all(clock.revision == 1 for clock in followers))

        assert datetime.fromisoformat(answer.json()["now"]) == FRIDAY
        assert {clock.now() for clock in followers} == {FRIDAY}


async def test_a_process_that_starts_later_follows_too(registry: Registry, office: Office) -> None:
    await registry.ask("PUT", "/clock", OPERATOR, body=entry())
    async with following(office, "notify") as clock:
        await wait_until(lambda: clock.revision == 1)
        assert clock.now() == FRIDAY


async def test_a_clock_with_speed_runs(registry: Registry) -> None:
    answer = (await registry.ask("PUT", "/clock", OPERATOR, body=entry(speed=3600))).json()
    assert (answer["speed"], answer["settable"]) == (3600, True)

    await wait_until(lambda: registry.deps.clock.now() > FRIDAY + timedelta(minutes=5))


async def test_many_settings_at_once_leave_one_that_all_agree_on(registry: Registry, office: Office) -> None:
    async with following(office, "workflow") as clock:
        moments = [FRIDAY + timedelta(days=n) for n in range(12)]
        await asyncio.gather(*(registry.ask("PUT", "/clock", OPERATOR, body=entry(at)) for at in moments))
        await wait_until(lambda: clock.revision == 12)

        assert clock.now() == registry.deps.clock.now()


async def test_given_the_broker_lost_the_setting_then_the_next_one_is_newer_still(
    registry: Registry, office: Office
) -> None:
    await registry.ask("PUT", "/clock", OPERATOR, body=entry())
    await (await office.broker()).jetstream().delete_key_value(DEMO_BUCKET)
    later = FRIDAY + timedelta(days=3)
    answer = await registry.ask("PUT", "/clock", OPERATOR, body=entry(later))

    assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    assert registry.deps.clock.now() == later


async def test_given_broker_lost_the_setting_and_registry_was_restarted_then_the_next_one_is_newer_still(
    office: Office, keys: tuple[Path, Path]
) -> None:
    """The new setting once began to count from one again, and processes that had seen more kept to the old one."""
    settings = RegistrySettings.model_validate(values_of(environment_of(office, "registry", keys[1])))
    async with at_work(SERVICE, settings, clock=DemoClock(), private_key=keys[0]) as registry:
        for _ in range(3):
            await registry.ask("PUT", "/clock", OPERATOR, body=entry())
    await (await office.broker()).jetstream().delete_key_value(DEMO_BUCKET)

    async with at_work(SERVICE, settings, clock=DemoClock(), private_key=keys[0]) as registry:
        answer = await registry.ask("PUT", "/clock", OPERATOR, body=entry())

    assert answer.json()["revision"] == 4


async def test_given_the_broker_lost_the_setting_then_it_is_put_back_for_processes_that_start_later(
    registry: Registry, office: Office
) -> None:
    """They once showed real time while the others stayed where the clock was set."""
    await registry.ask("PUT", "/clock", OPERATOR, body=entry())
    await (await office.broker()).jetstream().delete_key_value(DEMO_BUCKET)

    async with following(office, "notify") as clock:
        await wait_until(lambda: clock.revision == 1, within=20)

        assert clock.now() == FRIDAY


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"as_of": "2017-04-21T15:30:00"},
        {"as_of": "0001-01-01T00:00:00+14:00"},
        {"as_of": "2003-12-31T00:00:00+08:00"},
        {"as_of": "2101-01-01T00:00:00+08:00"},
        entry(speed=-1),
        entry(speed=1e9),
        entry(zone="Asia/Shanghai"),
    ],
    ids=["nothing", "no zone", "no such day", "before the calendar", "far away", "backwards", "too fast", "too much"],
)
async def test_what_is_no_setting_is_refused(registry: Registry, body: dict[str, Any]) -> None:
    assert (await registry.ask("PUT", "/clock", OPERATOR, body=body)).status_code == 422


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_day_in_a_second_is_the_fastest(registry: Registry, language: str) -> None:
    assert (await registry.ask("PUT", "/clock", OPERATOR, body=entry(speed=86_400))).status_code == 200
    refused = await registry.ask("PUT", "/clock", OPERATOR, body=entry(speed=86_401), language=language)
    [error] = refused.json()["errors"]
    assert (refused.status_code, error["where"]) == (422, "body.speed")
    assert "86400" in error["message"]
    assert ("应不大于" in error["message"]) == (language == "zh"), error


async def test_who_decides_on_cases_does_not_set_the_clock(registry: Registry) -> None:
    assert (await registry.ask("PUT", "/clock", LEADER, body=entry())).status_code == 403
    assert (await registry.ask("GET", "/clock", LEADER)).status_code == 200


async def test_the_clock_of_a_real_office_cannot_be_set(office: Office, keys: tuple[Path, Path]) -> None:
    settings = RegistrySettings.model_validate(values_of(environment_of(office, "registry", keys[1])))
    async with at_work(SERVICE, settings, clock=RealClock(), private_key=keys[0]) as registry:
        answer = await registry.ask("PUT", "/clock", OPERATOR, body=entry())
        shown = (await registry.ask("GET", "/clock", OPERATOR)).json()

    assert (answer.status_code, answer.json()["code"]) == (409, "clock-is-real")
    assert (shown["settable"], shown["revision"], shown["speed"]) == (False, 0, 1)


async def test_the_service_runs_as_a_process_and_stops_in_good_order(
    office: Office, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    environment = environment_of(office, "registry", keys[1]) | {"GUIHUA_CLOCK": "demo"}
    async with process("services.registry", environment, tmp_path / "registry.log") as running:
        await running.serving()
        assert (await running.get("/readyz")).status_code == 200
        running.terminate()
        assert await running.ended(within=30) == 0
