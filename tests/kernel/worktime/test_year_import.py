"""Importing the official days of a year: a file is taken whole and exact, or refused with a reason."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.contracts.registry import CalendarDay
from services.contracts.words import DayKind
from services.kernel.problem import Language
from services.kernel.worktime import YEAR_FILE_PROBLEMS, Calendar, OfficialDays, YearFile, checked_year, read_year_file
from services.kernel.worktime.yearfiles import (
    YearFileDayOutside,
    YearFileDayTwice,
    YearFileEmpty,
    YearFileIncomplete,
    YearFileMalformed,
    YearFileSourceMissing,
    YearFileWrongYear,
)

NOTICE = "https://www.gov.cn/example-notice-2027"


def entry(day: str, name: str = "元旦", *, off: bool = True) -> dict[str, Any]:
    return {"name": name, "date": day, "isOffDay": off}


def practice_file() -> dict[str, Any]:
    """A made-up 2027: the fixed days, one worked Saturday, one confirmed Monday and a day of December before."""
    return {
        "$schema": "https://example.org/schema.json",
        "$id": "https://example.org/2027.json",
        "year": 2027,
        "papers": [NOTICE],
        "days": [
            entry("2026-12-31"),
            entry("2027-01-01"),
            entry("2027-01-09", off=False),
            entry("2027-02-08", "春节", off=False),
            entry("2027-05-01", "劳动节"),
            entry("2027-05-02", "劳动节"),
            *(entry(f"2027-10-0{n}", "国庆节") for n in (3, 2, 1)),
        ],
    }


def read(changes: dict[str, Any] | None = None, *, year: int = 2027) -> OfficialDays:
    return read_year_file(json.dumps(practice_file() | (changes or {})), year=year)


def with_days(*more: dict[str, Any]) -> dict[str, Any]:
    return {"days": [*practice_file()["days"], *more]}


def test_a_year_file_becomes_the_days_of_the_year_in_order() -> None:
    official = read()
    assert (official.year, official.source) == (2027, NOTICE)
    assert [day.day for day in official.days] == sorted(day.day for day in official.days)
    assert official.days[0] == CalendarDay(day=date(2026, 12, 31), kind=DayKind.HOLIDAY, name="元旦")
    kinds = {day.day: day.kind for day in official.days}
    assert kinds[date(2027, 1, 9)] is DayKind.SHIFTED_WORKDAY
    assert kinds[date(2027, 2, 8)] is DayKind.WORKDAY


def test_the_days_of_the_year_can_be_published_and_move_the_horizon() -> None:
    said = read().published(version=3, at=datetime(2026, 11, 25, tzinfo=UTC), by="u.registrar")
    assert (said.year, said.version, said.key, said.published_by) == (2027, 3, "2027", "u.registrar")
    calendar = Calendar.builtin().with_years([said])
    assert calendar.horizon == date(2027, 12, 31)
    assert calendar.is_workday(date(2027, 1, 9))
    assert not calendar.is_workday(date(2026, 12, 31))


def test_a_year_that_is_built_in_can_be_imported_again_without_a_change() -> None:
    builtin = Calendar.builtin()
    days = [day for day in builtin.days_of(2026) if day.name]
    file = {
        "year": 2026,
        "papers": ["国办发明电〔2025〕7号"],
        "days": [entry(day.day.isoformat(), day.name, off=day.kind is DayKind.HOLIDAY) for day in days],
    }
    official = read_year_file(json.dumps(file).encode(), year=2026)
    said = official.published(version=1, at=datetime(2026, 11, 25, tzinfo=UTC), by="u.registrar")
    assert builtin.with_years([said]).version == builtin.version


def test_a_year_file_can_come_as_a_request_body() -> None:
    for file in (YearFile.model_validate_json(json.dumps(practice_file())), YearFile.model_validate(practice_file())):
        assert checked_year(file, year=2027) == read()


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"comment": "?"}, "comment"),
        ({"year": "2027"}, "year"),
        ({"year": True}, "year"),
        ({"year": 1066}, "year"),
        ({"papers": None}, "papers"),
        ({"papers": [""]}, "papers.0"),
        ({"days": {}}, "days"),
        (with_days({"name": "元旦", "date": "2027-01-02"}), "days.9.isOffDay"),
        (with_days(entry("2027-01-02") | {"weekday": 6}), "days.9.weekday"),
        (with_days(entry("2027-01-02") | {"isOffDay": "yes"}), "days.9.isOffDay"),
        (with_days(entry("2027-01-02") | {"isOffDay": 1}), "days.9.isOffDay"),
        (with_days(entry("2027-01-02", "")), "days.9.name"),
        (with_days(entry("2027-02-30")), "days.9.date"),
        (with_days(entry("2027-1-2")), "days.9.date"),
        (with_days(entry("2027-01-02T00:00:00")), "days.9.date"),
        (with_days(entry("2027-01-02") | {"date": 1798848000}), "days.9.date"),
        (with_days(entry("2027-01-02") | {"date": None}), "days.9.date"),
        ({"days": [entry("2027-01-01")] * 401}, "days"),
    ],
)
def test_a_file_of_another_form_is_refused_with_the_place(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(YearFileMalformed) as refused:
        read(changes)
    assert [error.where for error in refused.value.errors] == [where]
    assert refused.value.values == {"count": 1}


def test_a_date_that_is_none_is_said_in_both_languages() -> None:
    with pytest.raises(YearFileMalformed) as refused:
        read(with_days(entry("someday")))
    (error,) = refused.value.errors
    assert "应为日期" in error.zh
    assert error.en == "should be a date such as 2026-09-16"


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "2027", b"\xff\xfe"])
def test_what_is_no_year_file_at_all_is_refused(text: str | bytes) -> None:
    with pytest.raises(YearFileMalformed):
        read_year_file(text, year=2027)


def test_every_mistake_of_form_is_listed_at_once() -> None:
    with pytest.raises(YearFileMalformed) as refused:
        read({"comment": "?"} | with_days(entry("someday"), entry("2027-01-02", "")))
    assert {error.where for error in refused.value.errors} == {"comment", "days.9.date", "days.10.name"}
    assert "3" in refused.value.detail(Language.ZH)


def test_the_file_of_another_year_is_refused() -> None:
    with pytest.raises(YearFileWrongYear) as refused:
        read(year=2028)
    assert refused.value.values == {"wanted": 2028, "found": 2027}
    assert refused.value.detail(Language.ZH) == "要导入的是 2028 年，文件却是 2027 年的"


def test_a_year_without_its_notice_yet_is_refused() -> None:
    with pytest.raises(YearFileEmpty) as refused:
        read({"papers": [], "days": []})
    assert "尚未公布" in refused.value.detail(Language.ZH)


def test_a_file_that_names_no_notice_is_refused() -> None:
    with pytest.raises(YearFileSourceMissing):
        read({"papers": []})


def test_a_date_that_occurs_twice_is_refused_with_every_place() -> None:
    with pytest.raises(YearFileDayTwice) as refused:
        read(with_days(entry("2027-05-02", off=False)))
    assert [error.where for error in refused.value.errors] == ["days.5.date", "days.9.date"]
    assert refused.value.values == {"days": "2027-05-02"}


@pytest.mark.parametrize("day", ["2026-11-30", "2025-12-31", "2028-01-01"])
def test_a_date_that_is_not_the_notices_is_refused(day: str) -> None:
    with pytest.raises(YearFileDayOutside) as refused:
        read(with_days(entry(day)))
    assert refused.value.values == {"year": 2027, "days": day}
    assert [error.where for error in refused.value.errors] == ["days.9.date"]


@pytest.mark.parametrize("day", ["2027-01-01", "2027-05-01", "2027-05-02", "2027-10-01", "2027-10-02", "2027-10-03"])
def test_a_file_without_a_day_off_that_the_law_fixes_is_refused(day: str) -> None:
    rest = [each for each in practice_file()["days"] if each["date"] != day]
    for days in (rest, [*rest, entry(day, off=False)]):
        with pytest.raises(YearFileIncomplete) as refused:
            read({"days": days})
        assert refused.value.values == {"year": 2027, "days": day}


def test_the_second_of_may_is_a_holiday_of_law_since_2025() -> None:
    days = [entry(f"2020-{day}") for day in ("01-01", "05-01", "10-01", "10-02", "10-03")]
    assert len(read({"year": 2020, "days": days}, year=2020).days) == 5
    since = [entry(day["date"].replace("2020", "2025")) for day in days]
    with pytest.raises(YearFileIncomplete):
        read({"year": 2025, "days": since}, year=2025)


def test_every_refusal_is_said_in_both_languages_with_a_remedy() -> None:
    assert len({problem.code for problem in YEAR_FILE_PROBLEMS}) == len(YEAR_FILE_PROBLEMS) == 7
    assert all(problem.status == 422 for problem in YEAR_FILE_PROBLEMS)
