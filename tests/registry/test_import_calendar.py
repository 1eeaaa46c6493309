"""The official days of a year: taken in whole, published to all, refused when they cannot be true."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.contracts.registry import CalendarPublished
from services.kernel.worktime import DayOutsideCalendar, OfficialDays
from services.registry import calendars
from tests.registry.builders import LEADER, REGISTRAR
from tests.registry.conftest import Registry

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PAPER = "https://www.gov.cn/zhengce/2027"


def year_file(year: int = 2027, **changes: Any) -> dict[str, Any]:
    """A year file with the days that the law fixes, and a worked Saturday."""
    off = [(1, 1, "元旦"), (5, 1, "劳动节"), (5, 2, "劳动节"), (10, 1, "国庆节"), (10, 2, "国庆节"), (10, 3, "国庆节")]
    days = [{"name": name, "date": f"{year}-{month:02}-{day:02}", "isOffDay": True} for month, day, name in off]
    worked = {"name": "国庆节", "date": f"{year}-10-09", "isOffDay": False}
    return {"year": year, "papers": [PAPER], "days": [*days, worked], **changes}


def official(year: int, *days: Any) -> OfficialDays:
    return OfficialDays(year=year, source=PAPER, days=days)


def test_the_first_import_is_version_one_and_the_same_again_says_nothing() -> None:
    stands, said = calendars.publish(official(2027), was=None, by="u.registrar", now=NOW)
    again, nothing = calendars.publish(official(2027), was=stands, by="u.other", now=NOW)

    assert [event.version for event in said] == [1]
    assert (again, nothing) == (stands, ())


def test_a_changed_notice_is_the_next_version() -> None:
    stands, _ = calendars.publish(official(2027), was=None, by="u.registrar", now=NOW)
    changed = OfficialDays(year=2027, source=f"{PAPER} 更正", days=())

    assert calendars.publish(changed, was=stands, by="u.registrar", now=NOW)[0].version == 2


def test_a_year_that_nobody_can_count_with_is_refused_before_it_is_kept() -> None:
    with pytest.raises(DayOutsideCalendar):
        calendars.publish(official(2001), was=None, by="u.registrar", now=NOW)


async def test_given_a_year_file_when_imported_twice_then_it_is_published_once(registry: Registry) -> None:
    first = await registry.ask("POST", "/calendar/import", REGISTRAR, body=year_file())
    second = await registry.ask("POST", "/calendar/import", REGISTRAR, body=year_file())

    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    (said,) = await registry.said("2027")
    assert isinstance(said, CalendarPublished)
    assert (said.version, said.source, said.published_by, len(said.days)) == (1, PAPER, "u.registrar", 7)


async def test_given_a_corrected_file_then_it_is_published_as_the_next_version(registry: Registry) -> None:
    await registry.ask("POST", "/calendar/import", REGISTRAR, body=year_file())
    corrected = year_file(days=[*year_file()["days"], {"name": "春节", "date": "2027-02-06", "isOffDay": True}])
    answer = await registry.ask("POST", "/calendar/import", REGISTRAR, body=corrected)

    assert answer.json()["version"] == 2
    assert [each.version for each in await registry.said("2027") if isinstance(each, CalendarPublished)] == [1, 2]


async def test_an_imported_year_moves_the_horizon_and_is_shown_as_imported(registry: Registry) -> None:
    before = (await registry.ask("GET", "/calendar/2026", LEADER)).json()
    await registry.ask("POST", "/calendar/import", REGISTRAR, body=year_file())
    after = (await registry.ask("GET", "/calendar/2027", LEADER)).json()

    assert (before["version"], before["source"]) == (0, "chinesecalendar")
    assert {"day": "2026-10-01", "kind": "holiday", "name": "国庆节"} in before["days"]
    assert (after["version"], after["horizon"]) == (1, "2027-12-31")
    assert {"day": "2027-10-09", "kind": "shifted_workday", "name": "国庆节"} in after["days"]


async def test_a_year_that_nobody_knows_is_refused_with_what_to_do(registry: Registry) -> None:
    answer = await registry.ask("GET", "/calendar/2099", LEADER)

    assert (answer.status_code, answer.json()["code"]) == (404, "year-not-known")
    assert "/calendar/import" in answer.json()["remedy"]


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS"])
async def test_the_import_is_no_year(registry: Registry, method: str) -> None:
    answer = await registry.ask(method, "/calendar/import", REGISTRAR)

    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(("year", "status"), [("1999", 422), ("9" * 30, 422), ("x", 404), ("-1", 404)])
async def test_what_is_no_year_of_ours_is_not_shown(registry: Registry, year: str, status: int) -> None:
    assert (await registry.ask("GET", f"/calendar/{year}", REGISTRAR)).status_code == status


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (year_file(days=[]), "year-file-empty"),
        (year_file(papers=[]), "year-file-source-missing"),
        (year_file(days=year_file()["days"][1:]), "year-file-incomplete"),
        (year_file(days=year_file()["days"] + year_file()["days"][:1]), "year-file-day-twice"),
        (year_file(days=[*year_file()["days"], year_file(2028)["days"][1]]), "year-file-day-outside"),
        (year_file(2001, days=[{"name": "元旦", "date": f"2001-{md}", "isOffDay": True}
                               for md in ("01-01", "05-01", "10-01", "10-02", "10-03")]), "day-outside-calendar"),
        (year_file(days="all of them"), "invalid-request"),
        (year_file(extra=1), "invalid-request"),
    ],
    ids=["empty", "no notice", "holiday missing", "day twice", "other year", "before the calendar", "no list", "extra"],
)  # fmt: skip
async def test_a_file_that_cannot_be_true_is_refused_and_nothing_is_published(
    registry: Registry, file: dict[str, Any], code: str
) -> None:
    answer = await registry.ask("POST", "/calendar/import", REGISTRAR, body=file)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await registry.said() == []


async def test_only_the_registrar_imports(registry: Registry) -> None:
    assert (await registry.ask("POST", "/calendar/import", LEADER, body=year_file())).status_code == 403


async def test_imported_days_are_what_the_calendar_then_says(registry: Registry) -> None:
    await registry.ask("POST", "/calendar/import", REGISTRAR, body=year_file())
    stands, _ = await registry.deps.years.load("2027")

    assert {each.day for each in stands.days} >= {date(2027, 1, 1), date(2027, 10, 9)}
