"""Working-day arithmetic: which days are worked, when a legal period ends, and why on that day.

Pure: no I/O, no clock. Read `calendars` first, then `deadlines`; `explanations` shows the same sum day by day.
"""

from services.kernel.worktime.calendars import Calendar, DayOutsideCalendar
from services.kernel.worktime.deadlines import (
    Account,
    ClockStandsStill,
    DeemedAcceptance,
    Due,
    LimitOutOfRange,
    account,
    deemed_acceptance,
    due,
    due_if_resumed,
    overdue_workdays,
    remaining_workdays,
    saved_workdays,
    stands_still_since,
)
from services.kernel.worktime.derivations import DayUnreadable, HoldUnreadable, derivation
from services.kernel.worktime.explanations import DayClass, DayLine, Explanation, explain
from services.kernel.worktime.holds import HoldEndsBeforeItStarts, Interval
from services.kernel.worktime.hours import SHANGHAI, OfficeHours, OfficeHoursImpossible
from services.kernel.worktime.publicity import PeriodUnit, Publicity, publicity
from services.kernel.worktime.sentences import in_chinese, in_english, line_in_chinese, line_in_english
from services.kernel.worktime.warnpoints import (
    PercentOfLimit,
    WarningPoint,
    WarningPointUnreadable,
    WorkdaysBefore,
    read_warning_point,
    warn_on,
)
from services.kernel.worktime.yearfiles import YEAR_FILE_PROBLEMS, OfficialDays, YearFile, checked_year, read_year_file

__all__ = [
    "SHANGHAI",
    "YEAR_FILE_PROBLEMS",
    "Account",
    "Calendar",
    "ClockStandsStill",
    "DayClass",
    "DayLine",
    "DayOutsideCalendar",
    "DayUnreadable",
    "DeemedAcceptance",
    "Due",
    "Explanation",
    "HoldEndsBeforeItStarts",
    "HoldUnreadable",
    "Interval",
    "LimitOutOfRange",
    "OfficeHours",
    "OfficeHoursImpossible",
    "OfficialDays",
    "PercentOfLimit",
    "PeriodUnit",
    "Publicity",
    "WarningPoint",
    "WarningPointUnreadable",
    "WorkdaysBefore",
    "YearFile",
    "account",
    "checked_year",
    "deemed_acceptance",
    "derivation",
    "due",
    "due_if_resumed",
    "explain",
    "in_chinese",
    "in_english",
    "line_in_chinese",
    "line_in_english",
    "overdue_workdays",
    "publicity",
    "read_warning_point",
    "read_year_file",
    "remaining_workdays",
    "saved_workdays",
    "stands_still_since",
    "warn_on",
]
