"""A derivation in words, Chinese or English: what the office shows to whoever asks "why that day?"."""

from datetime import date
from typing import Final, assert_never

from services.contracts.words import DayKind
from services.kernel.worktime.explanations import DayClass, DayLine, Explanation
from services.kernel.worktime.holds import Interval

_WEEKDAYS_ZH: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WEEKDAYS_EN: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_HOLIDAYS_EN: Final = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Qingming",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
}


def in_chinese(explanation: Explanation) -> str:
    """The derivation as Chinese text, one line a day."""
    return "\n".join([*_head_zh(explanation), *(line_in_chinese(line) for line in explanation.lines)])


def in_english(explanation: Explanation) -> str:
    """The derivation as English text, one line a day."""
    return "\n".join([*_head_en(explanation), *(line_in_english(line) for line in explanation.lines)])


def line_in_chinese(line: DayLine) -> str:
    """One day in Chinese, such as `2026-09-20 周日  第 2 个工作日（调休上班：国庆节）`."""
    tail = "（暂定）" if line.provisional else ""
    return f"{line.day} {_WEEKDAYS_ZH[line.day.weekday()]}  {_said_zh(line)}{tail}"


def line_in_english(line: DayLine) -> str:
    """One day in English, such as `2026-09-20 Sun  working day 2 (weekend worked for National Day)`."""
    tail = " (provisional)" if line.provisional else ""
    return f"{line.day} {_WEEKDAYS_EN[line.day.weekday()]}  {_said_en(line)}{tail}"


def _head_zh(why: Explanation) -> list[str]:
    spent = why.account
    return [
        _title_zh(why),
        f"起算日 {_date_zh(why.start)}，当日不计入（民法典第二百零一条）。",
        "按工作日计算，不含法定节假日（行政许可法第八十二条）。",
        f"期限 {why.limit} 个工作日{_extension_zh(why.extension)}。",
        f"起算日之后经过 {spent.total} 个工作日，其中计入 {spent.counted} 个，停止计时 {spent.held} 个。",
        *(f"停止计时：{_hold_zh(hold)}，期内 {_held_days(hold, why)} 个工作日。" for hold in why.holds),
        f"工作日历 {why.calendar}，官方放假安排已知至 {why.horizon}。",
        *_provisional_zh(why),
        "",
    ]


def _head_en(why: Explanation) -> list[str]:
    spent = why.account
    return [
        _title_en(why),
        f"Starts on {_date_en(why.start)}, which does not count (Civil Code art. 201).",
        "Counted in working days, public holidays left out (Administrative Licensing Law art. 82).",
        f"The period is {why.limit} working days{_extension_en(why.extension)}.",
        f"Working days since the start: {spent.total}, of them {spent.counted} counted and {spent.held} held.",
        *(f"Held: {_hold_en(hold)}, working days within the period: {_held_days(hold, why)}." for hold in why.holds),
        f"Calendar {why.calendar}; official holidays known up to {why.horizon}.",
        *_provisional_en(why),
        "",
    ]


def _title_zh(why: Explanation) -> str:
    if why.due is None:
        return f"尚无到期日：自 {why.standing_since} 起停止计时，尚未恢复"
    return f"到期日：{_date_zh(why.due.on)}，当日下班前办结为按时（民法典第二百零三条）。为什么是这一天？"


def _title_en(why: Explanation) -> str:
    if why.due is None:
        return f"No due date yet: the clock stands still since {why.standing_since} and is not resumed"
    return f"Due on {_date_en(why.due.on)}, by close of business (Civil Code art. 203). Why on that day?"


def _extension_zh(extension: int) -> str:
    return f"，延长 {extension} 个工作日（行政许可法第四十二条）" if extension else ""


def _extension_en(extension: int) -> str:
    return f", extended by {extension} (Administrative Licensing Law art. 42)" if extension else ""


def _provisional_zh(why: Explanation) -> list[str]:
    if why.due is None or not why.due.provisional:
        return []
    return [
        "到期日为暂定：超出已知的官方放假安排。",
        "仅扣除了日期固定的法定节日和清明节；导入新年度安排后重新计算。",
    ]


def _provisional_en(why: Explanation) -> list[str]:
    if why.due is None or not why.due.provisional:
        return []
    return [
        "The due date is provisional: it lies beyond the official notices.",
        "Only the holidays on fixed dates and Qingming are taken out; work it out again when the year is imported.",
    ]


def _said_zh(line: DayLine) -> str:
    match line.day_class:
        case DayClass.START:
            return "起算日，不计"
        case DayClass.COUNTED:
            return f"第 {line.counted} 个工作日{_moved_zh(line)}"
        case DayClass.DUE:
            return f"第 {line.counted} 个工作日{_moved_zh(line)}，到期日"
        case DayClass.HELD:
            return f"停止计时，不计：{'；'.join(_hold_zh(hold) for hold in line.held_by)}{_moved_zh(line)}"
        case DayClass.OFF:
            return f"{_off_zh(line)}，不计"
        case _:
            assert_never(line.day_class)


def _said_en(line: DayLine) -> str:
    match line.day_class:
        case DayClass.START:
            return "start, not counted"
        case DayClass.COUNTED:
            return f"working day {line.counted}{_moved_en(line)}"
        case DayClass.DUE:
            return f"working day {line.counted}{_moved_en(line)}, due"
        case DayClass.HELD:
            return f"held, not counted: {'; '.join(_hold_en(hold) for hold in line.held_by)}{_moved_en(line)}"
        case DayClass.OFF:
            return f"{_off_en(line)}, not counted"
        case _:
            assert_never(line.day_class)


def _off_zh(line: DayLine) -> str:
    match line.kind:
        case DayKind.HOLIDAY:
            return f"放假：{line.name}"
        case DayKind.LOCAL_OFF:
            return f"本局停办：{line.name}"
        case _:
            return "周末"


def _off_en(line: DayLine) -> str:
    match line.kind:
        case DayKind.HOLIDAY:
            return f"holiday: {_holiday_en(line.name)}"
        case DayKind.LOCAL_OFF:
            return f"office closed: {line.name}"
        case _:
            return "weekend"


def _moved_zh(line: DayLine) -> str:
    return f"（调休上班：{line.name}）" if line.kind is DayKind.SHIFTED_WORKDAY else ""


def _moved_en(line: DayLine) -> str:
    return f" (weekend worked for {_holiday_en(line.name)})" if line.kind is DayKind.SHIFTED_WORKDAY else ""


def _holiday_en(name: str) -> str:
    """The English of a holiday; a notice joins two that fall together (国庆节、中秋节)."""
    return " and ".join(_HOLIDAYS_EN.get(part, part) for part in name.split("、"))


def _held_days(hold: Interval, why: Explanation) -> int:
    return sum(line.day_class is DayClass.HELD and hold in line.held_by for line in why.lines)


def _hold_zh(hold: Interval) -> str:
    until = f"至 {hold.end}" if hold.end else "，尚未恢复"
    return f"{hold.by or '中止'}（{hold.start} 之后{until}）"


def _hold_en(hold: Interval) -> str:
    until = f"up to and with {hold.end}" if hold.end else "and not resumed"
    return f"{hold.by or 'hold'} (after {hold.start} {until})"


def _date_zh(day: date) -> str:
    return f"{day}（{_WEEKDAYS_ZH[day.weekday()]}）"


def _date_en(day: date) -> str:
    return f"{day} ({_WEEKDAYS_EN[day.weekday()]})"
