"""Reading the official days of a year from a file in the form of the holiday-cn project (docs/domain.md §4.3).

`{"year": 2027, "papers": [addresses of the notices], "days": [{"name", "date", "isOffDay"}]}`. What is not exactly
right is refused, because a wrong day moves legal deadlines.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from services.contracts.registry import CalendarDay, CalendarPublished
from services.contracts.words import DayKind
from services.kernel.problem import FieldError, Problem
from services.kernel.problem.validation import field_errors
from services.kernel.worktime.derivations import DayUnreadable, read_day
from services.kernel.worktime.officialdays import statutory_fixed_days

_DECEMBER: Final = 12
_SATURDAY: Final = 5
_NO_DATE: Final = "date_parsing"


class YearFileMalformed(Problem):
    """The file is not in the form of a year file; `errors` lists every place."""

    status = 422
    code = "year-file-malformed"
    zh = "年度日历文件有 {count} 处格式不符"
    en = "the year file is malformed in {count} places"
    remedy_zh = "请按 errors 逐项更正，或重新下载 holiday-cn 的年度文件"
    remedy_en = "correct each place listed in errors, or download the holiday-cn year file again"


class YearFileEmpty(Problem):
    """The file has no days: the year's notice is not published yet."""

    status = 422
    code = "year-file-empty"
    zh = "{year} 年的文件里没有任何日期，国务院的放假安排可能尚未公布"
    en = "the file for {year} has no days; the State Council notice may not be published yet"
    remedy_zh = "请等放假安排公布后再导入"
    remedy_en = "import it when the notice is published"


class YearFileSourceMissing(Problem):
    """The file does not say which notice it follows."""

    status = 422
    code = "year-file-source-missing"
    zh = "{year} 年的文件没有注明依据的通知（papers 为空）"
    en = "the file for {year} does not name the notice it follows (papers is empty)"
    remedy_zh = "请在 papers 中写明国务院办公厅通知的网址"
    remedy_en = "name the address of the State Council notice in papers"


class YearFileWrongYear(Problem):
    """The file is of another year than the one to be imported."""

    status = 422
    code = "year-file-wrong-year"
    zh = "要导入的是 {wanted} 年，文件却是 {found} 年的"
    en = "the year to import is {wanted}, but the file is for {found}"
    remedy_zh = "请核对年份，选择正确的文件"
    remedy_en = "check the year and choose the right file"


class YearFileDayTwice(Problem):
    """A date occurs more than once; `errors` lists every place."""

    status = 422
    code = "year-file-day-twice"
    zh = "文件中有重复的日期：{days}"
    en = "dates occur more than once in the file: {days}"
    remedy_zh = "请核对通知，每个日期只保留一条"
    remedy_en = "check the notice and keep one entry for each date"


class YearFileDayOutside(Problem):
    """A date is neither in the year nor in the December before it; `errors` lists every place."""

    status = 422
    code = "year-file-day-outside"
    zh = "文件中有不属于 {year} 年安排的日期：{days}"
    en = "dates in the file do not belong to the notice of {year}: {days}"
    remedy_zh = "只接受当年的日期和上一年 12 月的日期（元旦调休）"
    remedy_en = "only dates of the year itself and of the December before it (moved for New Year) are accepted"


class YearFileIncomplete(Problem):
    """Holidays that the law itself fixes are missing, so the file cannot be the whole year."""

    status = 422
    code = "year-file-incomplete"
    zh = "{year} 年的文件缺少法定放假日：{days}"
    en = "the file for {year} lacks days off that the law fixes: {days}"
    remedy_zh = "请对照全国年节及纪念日放假办法第二条补全，文件须包含全年的安排"
    remedy_en = "complete it by article 2 of the regulation on public holidays; the file must hold the whole year"


YEAR_FILE_PROBLEMS: Final = (
    YearFileMalformed,
    YearFileEmpty,
    YearFileSourceMissing,
    YearFileWrongYear,
    YearFileDayTwice,
    YearFileDayOutside,
    YearFileIncomplete,
)
"""Every way in which a year file can be refused, for the interface document."""


def _iso_day(text: object) -> date:
    try:
        return read_day(str(text))
    except DayUnreadable:
        raise PydanticCustomError(_NO_DATE, "should be a date such as 2026-09-16") from None


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class _Day(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: _Text
    date: Annotated[date, BeforeValidator(_iso_day)]
    is_off_day: bool = Field(alias="isOffDay")


class YearFile(BaseModel):
    """A year file as written; usable as a request body. `checked_year` says whether it can be true."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    schema_address: str | None = Field(default=None, alias="$schema")
    own_address: str | None = Field(default=None, alias="$id")
    year: int = Field(ge=2000, le=2200)
    papers: list[_Text] = Field(max_length=20)
    days: list[_Day] = Field(max_length=400)


@dataclass(frozen=True, slots=True)
class OfficialDays:
    """The days of a year as its notices set them, ready to be published."""

    year: int
    source: str
    days: tuple[CalendarDay, ...]

    def published(self, *, version: int, at: datetime, by: str) -> CalendarPublished:
        """The event that tells every service."""
        return CalendarPublished(
            year=self.year,
            version=version,
            source=self.source,
            days=self.days,
            published_at=at,
            published_by=by,
        )


def read_year_file(content: bytes | str, *, year: int) -> OfficialDays:
    """Read the JSON text of a year file for the year that is to be imported.

    Raises `YearFileMalformed` and what `checked_year` raises.
    """
    try:
        file = YearFile.model_validate_json(content)
    except ValidationError as invalid:
        errors = field_errors([dict(finding) for finding in invalid.errors(include_url=False)])
        raise YearFileMalformed(count=len(errors), errors=errors) from None
    return checked_year(file, year=year)


def checked_year(file: YearFile, *, year: int) -> OfficialDays:
    """The official days of a year file, if it can be the true and whole notice of the year that is to be imported.

    Raises `YearFileWrongYear`, `YearFileEmpty`, `YearFileSourceMissing`, `YearFileDayTwice`, `YearFileDayOutside`,
    `YearFileIncomplete`.
    """
    if file.year != year:
        raise YearFileWrongYear(wanted=year, found=file.year)
    if not file.days:
        raise YearFileEmpty(year=year)
    if not file.papers:
        raise YearFileSourceMissing(year=year)
    _no_day_twice(file)
    _no_day_outside(file)
    _nothing_missing(file)
    days = sorted((_calendar_day(day) for day in file.days), key=lambda each: each.day)
    return OfficialDays(year=year, source=" ".join(file.papers), days=tuple(days))


def _no_day_twice(file: YearFile) -> None:
    times = Counter(day.date for day in file.days)
    twice = [index for index, day in enumerate(file.days) if times[day.date] > 1]
    if twice:
        raise YearFileDayTwice(days=_dates(file, twice), errors=_places(twice, "重复的日期", "this date occurs twice"))


def _no_day_outside(file: YearFile) -> None:
    outside = [index for index, day in enumerate(file.days) if not _belongs(day.date, file.year)]
    if outside:
        errors = _places(outside, "不属于该年度的安排", "not a day of this year's notice")
        raise YearFileDayOutside(year=file.year, days=_dates(file, outside), errors=errors)


def _belongs(day: date, year: int) -> bool:
    return day.year == year or (day.year == year - 1 and day.month == _DECEMBER)


def _nothing_missing(file: YearFile) -> None:
    off = {day.date for day in file.days if day.is_off_day}
    missing = [day.isoformat() for day in statutory_fixed_days(file.year) if day not in off]
    if missing:
        raise YearFileIncomplete(year=file.year, days=", ".join(missing))


def _dates(file: YearFile, indexes: Iterable[int]) -> str:
    return ", ".join(sorted({file.days[index].date.isoformat() for index in indexes}))


def _places(indexes: Iterable[int], zh: str, en: str) -> list[FieldError]:
    return [FieldError(where=f"days.{index}.date", zh=zh, en=en) for index in indexes]


def _calendar_day(day: _Day) -> CalendarDay:
    return CalendarDay(day=day.date, kind=_kind(day), name=day.name)


def _kind(day: _Day) -> DayKind:
    if day.is_off_day:
        return DayKind.HOLIDAY
    return DayKind.SHIFTED_WORKDAY if day.date.weekday() >= _SATURDAY else DayKind.WORKDAY
