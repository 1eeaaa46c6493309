"""When a legal period ends: every worked example of docs/domain.md §3.4 and §4.5, and what holds do to it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.kernel.problem import Language
from services.kernel.worktime import (
    Account,
    Calendar,
    ClockStandsStill,
    DeemedAcceptance,
    Due,
    HoldEndsBeforeItStarts,
    Interval,
    LimitOutOfRange,
    OfficeHours,
    PercentOfLimit,
    PeriodUnit,
    Publicity,
    WarningPointUnreadable,
    WorkdaysBefore,
    account,
    deemed_acceptance,
    due,
    due_if_resumed,
    overdue_workdays,
    publicity,
    read_warning_point,
    remaining_workdays,
    saved_workdays,
    stands_still_since,
    warn_on,
)
from services.kernel.worktime.holds import union

CALENDAR = Calendar.builtin()
HOURS = OfficeHours()


def day(text: str) -> date:
    return date.fromisoformat(text)


def hold(start: str, end: str | None, by: str = "") -> Interval:
    return Interval(day(start), day(end) if end else None, by)


# --- worked examples: plain periods ---


@pytest.mark.parametrize(
    ("start", "workdays", "ends"),
    [
        ("2026-09-17", 10, "2026-10-08"),  # over 中秋 and 国庆 and two worked weekend days
        ("2026-09-17", 20, "2026-10-21"),
        ("2026-09-17", 30, "2026-11-04"),
        ("2026-09-24", 5, "2026-10-09"),
        ("2026-09-24", 20, "2026-10-29"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-02-13", 5, "2026-02-27"),  # Saturday the 14th is worked, then nine days of Spring Festival
        ("2026-02-09", 20, "2026-03-13"),
        ("2026-10-21", 10, "2026-11-04"),  # deliver
        ("2026-10-21", 7, "2026-10-30"),  # publish
        ("2026-10-21", 20, "2026-11-18"),
        ("2026-12-10", 15, "2026-12-31"),
        ("2026-12-03", 20, "2026-12-31"),
        ("2026-09-14", 20, "2026-10-16"),
        ("2026-09-18", 5, "2026-09-24"),  # Sunday the 20th is worked
        ("2026-09-18", 20, "2026-10-22"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2017-03-20", 10, "2017-04-01"),  # a worked Saturday
        ("2017-04-21", 1, "2017-04-24"),
        ("2026-11-23", 5, "2026-11-30"),  # a hearing may be asked for until then
        ("2026-11-27", 20, "2026-12-25"),  # and is held by then
    ],
)
def test_a_period_ends_on_its_last_working_day(start: str, workdays: int, ends: str) -> None:
    assert due(day(start), workdays, calendar=CALENDAR) == Due(day(ends), False, CALENDAR.version)
    assert CALENDAR.add_workdays(day(start), workdays) == day(ends)


@pytest.mark.parametrize(
    ("start", "end", "workdays"),
    [("2017-04-10", "2017-04-12", 2), ("2017-04-10", "2017-04-17", 5), ("2026-12-10", "2026-12-31", 15)],
)
def test_the_working_days_between_two_days_are_those_after_the_first(start: str, end: str, workdays: int) -> None:
    assert CALENDAR.workdays_between(day(start), day(end)) == workdays


def test_two_weeks_by_the_wall_calendar_are_not_ten_working_days() -> None:
    in_two_weeks = day("2017-03-20") + timedelta(days=14)
    assert in_two_weeks == day("2017-04-03")
    assert not CALENDAR.is_workday(in_two_weeks)


def test_a_hearing_is_announced_seven_working_days_before() -> None:
    assert CALENDAR.workdays_before(day("2026-12-21"), 7) == day("2026-12-10")


@pytest.mark.parametrize(("start", "workdays"), [("2026-12-10", 16), ("2026-12-04", 20)])
def test_a_period_that_crosses_the_horizon_ends_provisionally(start: str, workdays: int) -> None:
    assert due(day(start), workdays, calendar=CALENDAR) == Due(day("2027-01-04"), True, CALENDAR.version)


def test_an_extension_lengthens_the_period() -> None:
    ends = due(day("2026-02-09"), 20, extension=10, calendar=CALENDAR)
    assert ends.on == day("2026-03-27")


@pytest.mark.parametrize(("limit", "extension"), [(0, 0), (-1, 10), (20, -1)])
def test_a_period_of_no_working_day_is_refused(limit: int, extension: int) -> None:
    with pytest.raises(LimitOutOfRange) as refused:
        due(day("2026-02-09"), limit, extension=extension, calendar=CALENDAR)
    assert refused.value.values == {"limit": limit, "extension": extension}


# --- holds ---


def test_a_hold_takes_out_the_working_days_after_its_first_up_to_its_last() -> None:
    review = hold("2026-09-21", "2026-09-24")
    assert due(day("2026-09-17"), 20, holds=[review], calendar=CALENDAR).on == day("2026-10-26")
    assert account(day("2026-09-17"), day("2026-10-26"), holds=[review], calendar=CALENDAR) == Account(23, 20, 3)


def test_a_hold_over_a_worked_sunday_takes_that_day_out_too() -> None:
    review = hold("2026-09-18", "2026-09-28")
    assert due(day("2026-09-14"), 20, holds=[review], calendar=CALENDAR).on == day("2026-10-26")
    assert account(day("2026-09-14"), day("2026-10-26"), holds=[review], calendar=CALENDAR).held == 6


def test_holds_that_overlap_count_once() -> None:
    review, hearing = hold("2026-09-18", "2026-09-28"), hold("2026-09-22", "2026-10-09")
    assert due(day("2026-09-14"), 20, holds=[hearing, review], calendar=CALENDAR).on == day("2026-10-30")
    assert due(day("2026-09-14"), 20 + 6 + 7, calendar=CALENDAR).on == day("2026-11-04"), "what adding them would give"
    assert account(day("2026-09-14"), day("2026-10-30"), holds=[review, hearing], calendar=CALENDAR).held == 10


def test_a_hold_can_pull_a_later_hold_into_the_period() -> None:
    first, second = hold("2026-09-18", "2026-09-28"), hold("2026-10-20", "2026-10-22")
    assert due(day("2026-09-14"), 20, holds=[second], calendar=CALENDAR).on == day("2026-10-16")
    assert due(day("2026-09-14"), 20, holds=[first, second], calendar=CALENDAR).on == day("2026-10-28")


@pytest.mark.parametrize(
    "outside",
    [
        hold("2026-09-01", "2026-09-14"),  # over when the period starts
        hold("2026-10-16", "2026-11-16"),  # begins on the due date, which is still counted
        hold("2026-09-21", "2026-09-21"),  # lasts no day
        hold("2026-09-30", "2026-10-07"),  # takes out days that were off anyway
        hold("2099-01-01", "2099-02-01"),
        hold("2026-10-16", None),
    ],
)
def test_a_hold_outside_the_period_changes_nothing(outside: Interval) -> None:
    assert due(day("2026-09-14"), 20, holds=[outside], calendar=CALENDAR).on == day("2026-10-16")


def test_a_hold_that_began_before_the_period_holds_it_from_its_start() -> None:
    before = hold("2026-09-01", "2026-09-16")
    assert due(day("2026-09-14"), 1, holds=[before], calendar=CALENDAR).on == day("2026-09-17")


def test_a_hold_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(HoldEndsBeforeItStarts) as refused:
        hold("2026-09-24", "2026-09-21")
    assert refused.value.detail(Language.EN) == "the hold ends on 2026-09-21, before it starts on 2026-09-24"


# --- a hold that still lasts ---


def test_while_a_hold_lasts_there_is_no_due_date() -> None:
    lasting = hold("2026-09-21", None)
    with pytest.raises(ClockStandsStill) as refused:
        due(day("2026-09-17"), 20, holds=[lasting], calendar=CALENDAR)
    assert refused.value.values == {"since": "2026-09-21"}
    assert refused.value.status == 409
    assert stands_still_since(day("2026-09-17"), 20, holds=[lasting], calendar=CALENDAR) == day("2026-09-21")


def test_a_lasting_hold_from_before_the_start_stands_still_since_the_start() -> None:
    since = stands_still_since(day("2026-09-17"), 20, holds=[hold("2026-09-01", None)], calendar=CALENDAR)
    assert since == day("2026-09-17")


def test_a_lasting_hold_after_a_finished_one_stands_still_since_the_finished_one_if_they_touch() -> None:
    holds = [hold("2026-09-21", "2026-09-24"), hold("2026-09-24", None)]
    assert stands_still_since(day("2026-09-17"), 20, holds=holds, calendar=CALENDAR) == day("2026-09-21")


def test_a_lasting_hold_takes_in_every_hold_after_its_start() -> None:
    lasting, inner, second = hold("2026-09-21", None), hold("2026-09-22", "2026-09-24"), hold("2026-10-12", None)
    assert union([second, inner, lasting]) == (lasting,)
    assert union([hold("2026-09-18", "2026-09-24"), second, lasting]) == (hold("2026-09-18", None),)


def test_nothing_stands_still_without_a_lasting_hold_in_the_way() -> None:
    assert stands_still_since(day("2026-09-17"), 20, calendar=CALENDAR) is None
    late = [hold("2026-10-21", None)]
    assert stands_still_since(day("2026-09-17"), 20, holds=late, calendar=CALENDAR) is None


@pytest.mark.parametrize(
    ("resumed", "ends"),
    [("2026-09-24", "2026-10-26"), ("2026-09-21", "2026-10-21"), ("2026-09-18", "2026-10-21")],
)
def test_if_it_were_resumed_on_a_day_there_would_be_a_due_date(resumed: str, ends: str) -> None:
    would = due_if_resumed(
        day("2026-09-17"),
        20,
        on=day(resumed),
        holds=[hold("2026-09-21", None)],
        calendar=CALENDAR,
    )
    assert would.on == day(ends)


def test_a_finished_hold_stays_as_it_is_when_asking_what_if() -> None:
    ended = [hold("2026-09-21", "2026-09-24")]
    assert due_if_resumed(day("2026-09-17"), 20, on=day("2026-11-11"), holds=ended, calendar=CALENDAR).on == day(
        "2026-10-26",
    )


# --- where the days went ---


def test_the_account_of_a_day_not_after_the_start_is_empty() -> None:
    for on in ("2026-09-14", "2026-09-01"):
        assert account(day("2026-09-14"), day(on), calendar=CALENDAR) == Account(0, 0, 0)


def test_a_lasting_hold_is_accounted_up_to_the_day_asked() -> None:
    lasting = [hold("2026-09-21", None)]
    assert account(day("2026-09-17"), day("2026-09-24"), holds=lasting, calendar=CALENDAR) == Account(6, 3, 3)
    assert account(day("2026-09-17"), day("2026-09-18"), holds=lasting, calendar=CALENDAR) == Account(1, 1, 0)


@pytest.mark.parametrize(
    ("on", "left"),
    [("2026-09-17", 20), ("2026-09-18", 19), ("2026-10-20", 1), ("2026-10-21", 0), ("2026-11-21", 0)],
)
def test_remaining_working_days_are_those_after_the_day(on: str, left: int) -> None:
    assert remaining_workdays(day("2026-09-17"), 20, on=day(on), calendar=CALENDAR) == left


def test_remaining_working_days_stand_still_with_the_clock() -> None:
    for on in ("2026-09-21", "2026-09-24", "2026-12-24"):
        left = remaining_workdays(
            day("2026-09-17"),
            20,
            on=day(on),
            extension=10,
            holds=[hold("2026-09-21", None)],
            calendar=CALENDAR,
        )
        assert left == 27


@pytest.mark.parametrize(
    ("on", "late"),
    [("2017-03-31", 0), ("2017-04-01", 0), ("2017-04-04", 0), ("2017-04-05", 1), ("2017-04-06", 2)],
)
def test_overdue_days_count_up_with_each_working_day(on: str, late: int) -> None:
    assert overdue_workdays(day("2017-04-01"), day(on), calendar=CALENDAR) == late


def test_a_friday_signature_from_afar_saves_a_working_day() -> None:
    friday, monday = day("2017-04-21"), day("2017-04-24")
    assert saved_workdays(friday, monday, calendar=CALENDAR) == 1
    assert saved_workdays(monday, friday, calendar=CALENDAR) == 0


# --- silence accepts ---


def test_without_a_notice_in_five_working_days_the_case_is_accepted_as_of_receipt() -> None:
    assert deemed_acceptance(day("2026-09-24"), calendar=CALENDAR, hours=HOURS) == DeemedAcceptance(
        accepted_on=day("2026-09-24"),
        last_day_on=day("2026-10-09"),
        takes_effect_at=datetime(2026, 10, 9, 9, tzinfo=UTC),
        provisional=False,
    )
    assert due(day("2026-09-24"), 20, calendar=CALENDAR).on == day("2026-10-29")


def test_deemed_acceptance_beyond_the_horizon_is_provisional() -> None:
    deemed = deemed_acceptance(day("2026-12-30"), calendar=CALENDAR, hours=HOURS)
    assert (deemed.last_day_on, deemed.provisional) == (day("2027-01-07"), True)


# --- warning points ---


@pytest.mark.parametrize(
    ("start", "limit", "warn", "on"),
    [
        ("2026-09-17", 10, "90%", "2026-09-30"),  # the ninth, on the last day before the long holiday
        ("2017-03-20", 10, "80%", "2017-03-30"),
        ("2017-03-20", 10, "2wd", "2017-03-30"),
        ("2026-09-18", 5, "1wd", "2026-09-23"),
        ("2026-09-18", 5, "0wd", "2026-09-24"),
        ("2026-09-18", 5, "100%", "2026-09-24"),
        ("2026-09-18", 5, "1%", "2026-09-20"),  # rounded up to the first counted day
        ("2026-09-18", 3, "67%", "2026-09-22"),  # 2.01 days are used up on the third
        ("2026-09-18", 3, "66%", "2026-09-21"),
        ("2026-09-18", 1, "80%", "2026-09-20"),
        ("2026-09-18", 1, "2wd", "2026-09-18"),  # too short to warn ahead: at once
    ],
)
def test_a_warning_point_is_a_counted_working_day(start: str, limit: int, warn: str, on: str) -> None:
    assert warn_on(day(start), limit, read_warning_point(warn), calendar=CALENDAR) == day(on)


def test_held_days_and_extensions_move_the_warning_point_too() -> None:
    holds = [hold("2026-09-21", "2026-09-24")]
    warned = warn_on(day("2026-09-17"), 10, PercentOfLimit(90), holds=holds, calendar=CALENDAR)
    assert warned == day("2026-10-10")
    later = warn_on(day("2026-09-17"), 10, WorkdaysBefore(1), extension=10, holds=holds, calendar=CALENDAR)
    assert later == day("2026-10-23")


def test_a_clock_that_stands_still_before_its_warning_point_does_not_warn() -> None:
    lasting = [hold("2026-09-21", None)]
    with pytest.raises(ClockStandsStill):
        warn_on(day("2026-09-17"), 10, PercentOfLimit(90), holds=lasting, calendar=CALENDAR)
    assert warn_on(day("2026-09-17"), 10, PercentOfLimit(20), holds=lasting, calendar=CALENDAR) == day("2026-09-20")


@pytest.mark.parametrize("text", ["80%", "100%", "1%", "2wd", "0wd", "999wd"])
def test_a_warning_point_is_written_as_it_is_read(text: str) -> None:
    assert str(read_warning_point(text)) == text


@pytest.mark.parametrize("text", ["", "0%", "101%", "-5%", "8.5%", "80", "80 %", "2 wd", "1000wd", "٨%", "02wd", "wd"])
def test_a_warning_point_without_meaning_is_refused(text: str) -> None:
    with pytest.raises(WarningPointUnreadable) as refused:
        read_warning_point(text)
    assert refused.value.values == {"text": text}
    assert "80%" in refused.value.remedy(Language.ZH)


def test_a_warning_point_cannot_be_made_outside_the_period() -> None:
    for make in (lambda: PercentOfLimit(0), lambda: PercentOfLimit(101), lambda: WorkdaysBefore(-1)):
        with pytest.raises(WarningPointUnreadable):
            make()


# --- publicity counts its first day ---


def test_publicity_in_working_days_counts_the_first() -> None:
    seven = publicity(day("2022-04-06"), 7, PeriodUnit.WORKDAYS, calendar=CALENDAR)
    assert seven == Publicity(day("2022-04-06"), day("2022-04-14"), day("2022-04-14"), False)


def test_publicity_in_calendar_days_may_end_on_a_day_off_and_objections_still_be_taken() -> None:
    seven = publicity(day("2026-09-21"), 7, PeriodUnit.CALENDAR_DAYS, calendar=CALENDAR)
    assert seven == Publicity(day("2026-09-21"), day("2026-09-27"), day("2026-09-28"), False)


def test_publicity_in_working_days_that_begins_on_a_day_off_counts_from_the_next_worked() -> None:
    two = publicity(day("2026-10-03"), 2, PeriodUnit.WORKDAYS, calendar=CALENDAR)
    assert two.last_on == day("2026-10-09")


def test_publicity_beyond_the_horizon_is_provisional() -> None:
    assert publicity(day("2026-12-28"), 7, PeriodUnit.CALENDAR_DAYS, calendar=CALENDAR).provisional


def test_publicity_of_no_day_is_refused() -> None:
    with pytest.raises(LimitOutOfRange):
        publicity(day("2026-12-28"), 0, PeriodUnit.CALENDAR_DAYS, calendar=CALENDAR)
