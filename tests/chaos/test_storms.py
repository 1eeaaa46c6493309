"""Nothing is lost and nothing is done twice, whatever dies: 200 cases for `make chaos`, 30 in every test run."""

import os
import secrets
from pathlib import Path

import pytest

from tests.chaos.figures import Figures
from tests.chaos.season import Plan, season, system
from tests.chaos.truth import truth_of
from tests.chaos.verdict import complaints
from tests.chaos.weather import Weather

CALM = Weather()
SERVICES_DIE = Weather(services=(1, 2), engine=(3, 6))
SERVERS_DIE = Weather(broker=(6, 10), database=(9, 15))
FROST = Weather(services=(6, 10), frost=(2, 5))
BROKER_LOSES_ITS_DISK = Weather(services=(4, 8), broker_disk=(15, 30))
WORKERS_FALL = Weather(workers=(3, 6))
A_BIT_OF_EVERYTHING = Weather(services=(2, 4), broker=(8, 12), database=(12, 16), broker_disk=(20, 30), half_day=2)


@pytest.fixture
def figures() -> Figures:
    """`GUIHUA_SEED` repeats the choices of an earlier storm."""
    return Figures(seed=int(os.environ.get("GUIHUA_SEED") or secrets.randbelow(10**6)))


@pytest.mark.timeout(600)
async def test_given_a_short_storm_over_30_cases_then_nothing_is_lost_and_nothing_is_done_twice(
    tmp_path: Path, figures: Figures
) -> None:
    await weathered(tmp_path, Plan(cases=30, seconds=30, weather=A_BIT_OF_EVERYTHING), figures)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("weather", "seconds"),
    [
        pytest.param(CALM, 1, id="calm"),
        pytest.param(SERVICES_DIE, 150, id="services die"),
        pytest.param(SERVERS_DIE, 150, id="servers die"),
        pytest.param(FROST, 120, id="processes freeze"),
        pytest.param(BROKER_LOSES_ITS_DISK, 120, id="the broker loses its disk"),
    ],
)
async def test_given_a_storm_over_200_cases_then_nothing_is_lost_and_nothing_is_done_twice(
    tmp_path: Path, figures: Figures, weather: Weather, seconds: float
) -> None:
    await weathered(tmp_path, Plan(cases=200, seconds=seconds, weather=weather, patience=1800), figures)


@pytest.mark.chaos
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("workers", "weather"),
    [
        pytest.param(2, WORKERS_FALL, id="two workers"),
        pytest.param(3, WORKERS_FALL, id="three workers"),
        pytest.param(3, A_BIT_OF_EVERYTHING, id="three workers, a bit of everything"),
    ],
)
async def test_given_several_workers_killed_and_frozen_over_200_cases_then_nothing_is_lost_or_done_twice(
    tmp_path: Path, figures: Figures, workers: int, weather: Weather
) -> None:
    await weathered(tmp_path, Plan(cases=200, seconds=120, weather=weather, patience=1800), figures, workers=workers)


async def weathered(folder: Path, plan: Plan, figures: Figures, *, workers: int = 1) -> None:
    """Play a season and hold the system to everything that must be true after it."""
    async with system(folder, workers=workers) as run:
        try:
            office = await season(run, plan, figures)
            truth = await truth_of(run)
        finally:
            print("\n" + figures.report())  # noqa: T201 - figures are for people
        found = complaints(truth, office)
        print(f"  events { ({name: len(said) for name, said in truth.said.items()}) }, letters {len(truth.letters)}")  # noqa: T201
    print(*(f"  ! {complaint}" for complaint in found[:60]), sep="\n")  # noqa: T201
    assert not found, f"{len(found)} complaints, the first: {found[0]}"
