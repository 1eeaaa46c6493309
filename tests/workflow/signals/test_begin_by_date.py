"""A date begins a case of the active version: once, also over a crash, and without a storm after downtime."""

from datetime import datetime

import pytest

from services.workflow import activations
from services.workflow.definitions.alarms import AlarmUnreckonable
from services.workflow.definitions.models import Definition
from services.workflow.starts.alarms import ring_due
from tests.workflow.clock_support import at
from tests.workflow.room import IT
from tests.workflow.signals.drawn import begun_by, timed
from tests.workflow.signals.hall import Hall

DAILY = timed("timeCycle", "R/2027-01-05T09:00:00+08:00/P1D")


async def _moments(hall: Hall, key: str) -> list[datetime]:
    """For which moments cases were begun."""
    return [each.application.received_at for each in await hall.cases_of(key)]


async def _definition(hall: Hall, key: str) -> Definition:
    return (await hall.deps.definitions.load(key))[0]


async def test_given_a_daily_start_then_each_day_has_its_case_and_missed_days_have_one(hall: Hall) -> None:
    hall.clock.set(at("2027-01-04"))
    await hall.deploy(begun_by(DAILY, key="daily", code="SG-20"))
    for clock in ("08:59:59", "09:00", "09:00"):
        hall.clock.set(at("2027-01-05", clock))
        await ring_due(hall.deps)
    assert await _moments(hall, "daily") == [at("2027-01-05", "09:00")]
    hall.clock.set(at("2027-01-09", "12:00"))
    await ring_due(hall.deps)
    assert await _moments(hall, "daily") == [at("2027-01-05", "09:00"), at("2027-01-09", "09:00")]
    assert (await _definition(hall, "daily")).next_alarm_at == at("2027-01-10", "09:00")


async def test_given_a_crash_before_the_alarm_was_moved_on_then_no_second_case_begins(hall: Hall) -> None:
    hall.clock.set(at("2027-01-04"))
    await hall.deploy(begun_by(DAILY, key="crash", code="SG-21"))
    before = await _definition(hall, "crash")
    hall.clock.set(at("2027-01-05", "09:00"))
    await ring_due(hall.deps)
    await hall.deps.definitions.change(
        "crash",
        lambda body: (
            body.model_copy(update={"alarms": before.alarms, "next_alarm_at": before.next_alarm_at}),
            (),
        ),
    )
    await ring_due(hall.deps)
    assert await _moments(hall, "crash") == [at("2027-01-05", "09:00")]
    assert (await _definition(hall, "crash")).next_alarm_at == at("2027-01-06", "09:00")


async def test_given_a_new_version_then_an_unchanged_timer_goes_on_and_a_changed_one_begins_anew(hall: Hall) -> None:
    key, code = "versions", "SG-22"
    hall.clock.set(at("2027-01-04"))
    await hall.deploy(begun_by(DAILY, key=key, code=code))
    hall.clock.set(at("2027-01-05", "10:00"))  # the ticker has not come by when the next version is activated
    await hall.deploy(begun_by(DAILY, key=key, code=code, result="tick"))
    await ring_due(hall.deps)
    assert await _moments(hall, key) == [at("2027-01-05", "09:00")]
    once = timed("timeDate", "2027-01-05T09:30:00+08:00")
    await hall.deploy(begun_by(once, key=key, code=code))
    assert (await _definition(hall, key)).next_alarm_at is None  # past when it was set: it begins nothing
    await hall.deploy(begun_by(timed("timeDuration", "PT2H"), key=key, code=code))
    assert (await _definition(hall, key)).next_alarm_at == at("2027-01-05", "12:00")
    hall.clock.set(at("2027-01-05", "12:00"))
    await ring_due(hall.deps)
    assert await _moments(hall, key) == [at("2027-01-05", "09:00"), at("2027-01-05", "12:00")]
    assert (await _definition(hall, key)).next_alarm_at is None


async def test_given_a_retired_process_then_no_date_begins_a_case_until_it_is_active_again(hall: Hall) -> None:
    key = "retired"
    hall.clock.set(at("2027-01-04"))
    await hall.deploy(begun_by(DAILY, key=key, code="SG-23"))
    await activations.retire(hall.deps, key, who=IT, reason="检查暂停")
    hall.clock.set(at("2027-01-08", "12:00"))
    await ring_due(hall.deps)
    await activations.activate(hall.deps, key, 1, who=IT)
    await ring_due(hall.deps)
    assert await _moments(hall, key) == []
    hall.clock.set(at("2027-01-09", "09:00"))
    await ring_due(hall.deps)
    assert await _moments(hall, key) == [at("2027-01-09", "09:00")]


async def test_given_a_count_then_so_many_moments_and_no_more(hall: Hall) -> None:
    key = "counted"
    hall.clock.set(at("2027-01-04"))
    await hall.deploy(begun_by(timed("timeCycle", "R2/PT1H"), key=key, code="SG-24"))
    for clock in ("11:00", "12:00", "13:00"):
        hall.clock.set(at("2027-01-04", clock))
        await ring_due(hall.deps)
    assert await _moments(hall, key) == [at("2027-01-04", "11:00"), at("2027-01-04", "12:00")]


async def test_given_a_date_beyond_the_calendar_then_the_version_is_not_activated(hall: Hall) -> None:
    far = timed("timeDate", "open_of_business(workday_after(today(), 9000))")
    with pytest.raises(AlarmUnreckonable):
        await hall.deploy(begun_by(far, key="far", code="SG-25"))
