"""Many random cases against a second calculator that walks day by day (`naive`).

`GUIHUA_WORKTIME_CASES` asks for more cases than usual, `GUIHUA_WORKTIME_SEED` for others.
"""

import os
import random
from datetime import date, timedelta

import pytest

from services.kernel.worktime import (
    Calendar,
    Interval,
    PercentOfLimit,
    WorkdaysBefore,
    account,
    due,
    overdue_workdays,
    remaining_workdays,
    warn_on,
)
from tests.kernel.worktime import naive

CASES = int(os.environ.get("GUIHUA_WORKTIME_CASES", "100000"))
SEED = int(os.environ.get("GUIHUA_WORKTIME_SEED", "20261121"))
CALENDAR = Calendar.builtin()


def random_case(dice: random.Random) -> tuple[date, int, int, list[naive.Hold]]:
    """Mostly limits that the law knows, with up to four holds before, in, across and after the period."""
    start = date(2007, 2, 1) + timedelta(days=dice.randrange(8000))
    limit = dice.choice((1, 2, 3, 5, 7, 10, 15, 20, 30, 45, dice.randint(1, 60)))
    holds = []
    for _ in range(dice.choice((0, 0, 1, 1, 2, 3, 4))):
        begins = start + timedelta(days=dice.randint(-15, 90))
        holds.append((begins, begins + timedelta(days=dice.randint(0, 40))))
    return start, limit, dice.choice((0, 0, 10, 15)), holds


@pytest.mark.timeout(600 + CASES // 1000)
def test_random_cases_come_out_as_the_laws_text_read_day_by_day() -> None:
    dice = random.Random(SEED)  # noqa: S311 - a test's dice
    for number in range(CASES):
        start, limit, extension, spans = random_case(dice)
        case = f"case {number} of seed {SEED}: {start} +{limit} +{extension} held {spans}"
        total = limit + extension
        holds = [Interval(begins, ends) for begins, ends in spans]
        counted = naive.counted_days(start, total, spans)
        found = due(start, limit, extension=extension, holds=holds, calendar=CALENDAR)
        assert found.on == counted[-1], case
        assert found.provisional == (counted[-1] > naive.HORIZON), case

        passed = naive.working_days_after(start, found.on)
        spent = account(start, found.on, holds=holds, calendar=CALENDAR)
        assert (spent.total, spent.counted) == (len(passed), total), case

        percent = dice.randint(1, 100)
        warned = warn_on(start, limit, PercentOfLimit(percent), extension=extension, holds=holds, calendar=CALENDAR)
        assert warned == naive.day_of_percentage(counted, percent), f"{case} warns at {percent} %"
        before = dice.randint(0, total)
        ahead = warn_on(start, limit, WorkdaysBefore(before), extension=extension, holds=holds, calendar=CALENDAR)
        assert ahead == [start, *counted][total - before], f"{case} warns {before} before"

        on = start + timedelta(days=dice.randint(0, 120))
        left = remaining_workdays(start, limit, on=on, extension=extension, holds=holds, calendar=CALENDAR)
        assert left == sum(day > on for day in counted), f"{case} on {on}"
        late = overdue_workdays(found.on, on, calendar=CALENDAR)
        assert late == len(naive.working_days_after(found.on, on)), f"{case} on {on}"


def test_both_calculators_know_the_same_working_days() -> None:
    days = [naive.FIRST + timedelta(days=n) for n in range((naive.LAST - naive.FIRST).days + 1)]
    assert [day for day in days if CALENDAR.is_workday(day) != (day in naive.WORKED)] == []
