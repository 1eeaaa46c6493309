"""Why a period ends on that day: the derivation, its words in two languages, and what the command line prints."""

from datetime import UTC, date, datetime

import pytest

from services.contracts.registry import CalendarDay, CalendarPublished
from services.contracts.words import DayKind
from services.kernel.problem import Language
from services.kernel.worktime import (
    Calendar,
    DayClass,
    DayUnreadable,
    HoldUnreadable,
    Interval,
    derivation,
    explain,
    in_chinese,
    in_english,
    line_in_chinese,
    line_in_english,
)
from services.kernel.worktime.derivations import read_hold

CALENDAR = Calendar.builtin()
REVIEW = Interval(date(2026, 9, 18), date(2026, 9, 28), "专家评审")
HEARING = Interval(date(2026, 9, 22), date(2026, 10, 9), "听证")


def test_every_day_has_its_class_and_reason() -> None:
    why = explain(date(2026, 9, 14), 20, holds=[REVIEW, HEARING], calendar=CALENDAR)
    by_day = {line.day: line for line in why.lines}
    assert by_day[date(2026, 9, 14)].day_class is DayClass.START
    assert by_day[date(2026, 9, 15)].counted == 1
    assert by_day[date(2026, 9, 19)].day_class is DayClass.OFF
    assert by_day[date(2026, 9, 19)].kind is DayKind.WEEKEND
    worked_sunday = by_day[date(2026, 9, 20)]
    assert (worked_sunday.day_class, worked_sunday.kind) == (DayClass.HELD, DayKind.SHIFTED_WORKDAY)
    assert by_day[date(2026, 9, 23)].held_by == (REVIEW, HEARING)
    assert by_day[date(2026, 9, 25)].name == "中秋节"
    assert by_day[date(2026, 10, 10)].counted == 5
    assert (why.lines[-1].day, why.lines[-1].day_class, why.lines[-1].counted) == (date(2026, 10, 30), DayClass.DUE, 20)
    assert (why.account.total, why.account.counted, why.account.held) == (30, 20, 10)


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        ("2026-09-14", "2026-09-14 周一  起算日，不计", "2026-09-14 Mon  start, not counted"),
        ("2026-09-15", "2026-09-15 周二  第 1 个工作日", "2026-09-15 Tue  working day 1"),
        ("2026-09-19", "2026-09-19 周六  周末，不计", "2026-09-19 Sat  weekend, not counted"),
        (
            "2026-09-20",
            "2026-09-20 周日  停止计时，不计：专家评审（2026-09-18 之后至 2026-09-28）（调休上班：国庆节）",
            (
                "2026-09-20 Sun  held, not counted: 专家评审 (after 2026-09-18 up to and with 2026-09-28)"
                " (weekend worked for National Day)"
            ),
        ),
        (
            "2026-09-25",
            "2026-09-25 周五  放假：中秋节，不计",
            "2026-09-25 Fri  holiday: Mid-Autumn Festival, not counted",
        ),
        (
            "2026-10-10",
            "2026-10-10 周六  第 5 个工作日（调休上班：国庆节）",
            "2026-10-10 Sat  working day 5 (weekend worked for National Day)",
        ),
        ("2026-10-30", "2026-10-30 周五  第 20 个工作日，到期日", "2026-10-30 Fri  working day 20, due"),
    ],
)
def test_a_day_is_said_in_both_languages(day: str, zh: str, en: str) -> None:
    why = explain(date(2026, 9, 14), 20, holds=[REVIEW, HEARING], calendar=CALENDAR)
    (line,) = [line for line in why.lines if line.day == date.fromisoformat(day)]
    assert line_in_chinese(line) == zh
    assert line_in_english(line) == en


def test_the_head_of_the_derivation_says_the_sum_and_the_law() -> None:
    why = explain(date(2026, 9, 14), 20, extension=10, holds=[REVIEW, HEARING], calendar=CALENDAR)
    zh, en = in_chinese(why), in_english(why)
    assert zh.startswith("到期日：2026-11-13（周五）")
    assert "期限 20 个工作日，延长 10 个工作日（行政许可法第四十二条）" in zh
    assert "起算日之后经过 40 个工作日，其中计入 30 个，停止计时 10 个" in zh
    assert "专家评审（2026-09-18 之后至 2026-09-28），期内 6 个工作日" in zh
    assert "听证（2026-09-22 之后至 2026-10-09），期内 7 个工作日" in zh
    assert CALENDAR.version in zh
    assert "暂定" not in zh
    assert en.startswith("Due on 2026-11-13 (Fri), by close of business (Civil Code art. 203). Why on that day?")
    assert "20 working days, extended by 10 (Administrative Licensing Law art. 42)" in en
    assert "Working days since the start: 40, of them 30 counted and 10 held" in en


def test_a_date_beyond_the_horizon_is_said_to_be_provisional() -> None:
    why = explain(date(2026, 12, 4), 20, calendar=CALENDAR)
    zh, en = in_chinese(why), in_english(why)
    assert "到期日为暂定" in zh
    assert "2027-01-01 周五  放假：元旦，不计（暂定）" in zh
    assert "The due date is provisional" in en
    assert "2027-01-04 Mon  working day 20, due (provisional)" in en


def test_an_office_closed_by_a_typhoon_is_said_with_its_reason() -> None:
    closed = CalendarDay(day=date(2026, 9, 15), kind=DayKind.LOCAL_OFF, name="台风停工")
    why = explain(date(2026, 9, 14), 1, calendar=CALENDAR.with_local_days_off([closed]))
    assert line_in_chinese(why.lines[1]) == "2026-09-15 周二  本局停办：台风停工，不计"
    assert line_in_english(why.lines[1]) == "2026-09-15 Tue  office closed: 台风停工, not counted"


def test_two_holidays_that_fall_together_are_both_named() -> None:
    day = CalendarDay(day=date(2028, 10, 3), kind=DayKind.HOLIDAY, name="国庆节、中秋节")
    notice = CalendarPublished(
        year=2028,
        version=1,
        source="practice notice",
        days=(day,),
        published_at=datetime(2027, 11, 4, tzinfo=UTC),
        published_by="u.registrar",
    )
    why = explain(date(2028, 10, 2), 1, calendar=CALENDAR.with_years([notice]))
    assert "holiday: National Day and Mid-Autumn Festival, not counted" in line_in_english(why.lines[1])


def test_a_clock_that_stands_still_has_no_due_date_and_says_since_when() -> None:
    lasting = Interval(date(2026, 9, 18), None)
    why = explain(date(2026, 9, 14), 20, holds=[lasting], calendar=CALENDAR)
    assert (why.due, why.standing_since) == (None, date(2026, 9, 18))
    assert [line.counted for line in why.lines] == [None, 1, 2, 3, 4]
    assert in_chinese(why).startswith("尚无到期日：自 2026-09-18 起停止计时，尚未恢复")
    assert "停止计时：中止（2026-09-18 之后，尚未恢复），期内 0 个工作日" in in_chinese(why)
    assert in_english(why).startswith("No due date yet: the clock stands still since 2026-09-18")
    assert "Held: hold (after 2026-09-18 and not resumed)" in in_english(why)


@pytest.mark.parametrize(("on", "last"), [("2026-09-21", "2026-09-21"), ("2026-09-15", "2026-09-18")])
def test_a_clock_that_stands_still_is_told_up_to_the_day_asked(on: str, last: str) -> None:
    lasting = Interval(date(2026, 9, 18), None, "听证")
    why = explain(date(2026, 9, 14), 20, on=date.fromisoformat(on), holds=[lasting], calendar=CALENDAR)
    assert why.lines[-1].day == date.fromisoformat(last)


# --- the command line ---


def test_the_command_line_prints_the_derivation_chinese_first() -> None:
    text = derivation("2026-09-17", workdays=20, holds=["2026-09-21..2026-09-24=expert review"])
    chinese, english = text.split("\n\nDue on ")
    assert chinese.startswith("到期日：2026-10-26（周一）")
    assert english.startswith("2026-10-26 (Mon)")
    assert "expert review（2026-09-21 之后至 2026-09-24），期内 3 个工作日" in chinese
    assert text.endswith("2026-10-26 Mon  working day 20, due\n")


def test_the_command_line_takes_an_extension_and_another_calendar() -> None:
    closed = CalendarDay(day=date(2026, 3, 27), kind=DayKind.LOCAL_OFF, name="台风停工")
    calendar = CALENDAR.with_local_days_off([closed])
    assert derivation("2026-02-09", workdays=20, extension=10).startswith("到期日：2026-03-27")
    assert derivation("2026-02-09", workdays=20, extension=10, calendar=calendar).startswith("到期日：2026-03-30")


def test_a_hold_may_last_and_may_say_why() -> None:
    assert read_hold("2026-09-21..") == Interval(date(2026, 9, 21), None)
    assert read_hold("2026-09-21..2026-09-24=a=b") == Interval(date(2026, 9, 21), date(2026, 9, 24), "a=b")


@pytest.mark.parametrize(
    "text", ["", "2026-9-17", "20260917", "2026-02-30", "2026-09-17T00:00", "２０２６-09-17", "明天"]
)
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DayUnreadable) as refused:
        derivation(text, workdays=20)
    assert refused.value.values == {"text": text}
    assert "2026-09-17" in refused.value.remedy(Language.ZH)


@pytest.mark.parametrize("text", ["", "2026-09-21", "2026-09-21-2026-09-24", "..2026-09-24", "2026-09-21..2026-09-24="])
def test_a_hold_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(HoldUnreadable) as refused:
        derivation("2026-09-17", workdays=20, holds=[text])
    assert refused.value.values == {"text": text}


def test_a_hold_between_days_that_are_none_is_refused() -> None:
    with pytest.raises(DayUnreadable):
        derivation("2026-09-17", workdays=20, holds=["2026-09-31..2026-10-09"])
