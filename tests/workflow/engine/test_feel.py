"""FEEL as DMN has it: literals, dates, durations, ranges, lists, contexts, loops, functions; and whole graphs."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.kernel.worktime import Calendar
from services.workflow.engine.decisions.cells import Cell
from services.workflow.engine.decisions.feel import read_expression, read_tests
from services.workflow.engine.decisions.moments import Months
from services.workflow.engine.decisions.reckoning import passes, value_of
from services.workflow.engine.language.office import Office

OFFICE = Office(datetime(2026, 11, 23, 2, tzinfo=UTC), Calendar.builtin())
DATA: dict[str, Any] = {"x": 7, "list": [1, 2, 3, 4], "people": [{"name": "a", "age": 20}, {"name": "b", "age": 40}]}


def value(text: str, *names: str, **data: Any) -> Any:
    return value_of(read_expression(text, names), Cell([DATA | data], OFFICE))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 + 2 * 3 ** 2", 19),
        ("-x + 1", -6),
        ("10 / 4", Decimal("2.5")),
        ("1 / 0", None),
        ("0.1 + 0.2 = 0.3", True),
        ("1.5e3", 1500),
        ('1 + "a"', None),
        ('if x > 5 then "big" else "small"', "big"),
        ("5 between 1 and 10", True),
        ("x in (1..7)", False),
        ("x in [1..7]", True),
        ("x in (> 5, < 2)", True),
        ("null in [1..2]", None),
        ("true and null", None),
        ("false and null", False),
        ("1 // a comment\n + 1 /* and another */", 2),
        ("x instance of number", True),
        ("list instance of list<number>", True),
        ("people instance of list<context<name: string, age: number>>", True),
        ("null instance of Any", False),
        ('"😀" = "\\U01F600"', True),
    ],
)
def test_a_plain_expression_gives_its_value(text: str, wanted: Any) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("list[1]", 1),
        ("list[-1]", 4),
        ("list[9]", None),
        ("list[item > 2]", [3, 4]),
        ("people[age > 30].name", ["b"]),
        ("people.age", [20, 40]),
        ("for a in list return a * a", [1, 4, 9, 16]),
        ("for a in 1..3, b in [10, 20] return a + b", [11, 21, 12, 22, 13, 23]),
        ("for a in 1..4 return if a = 1 then 1 else a * partial[-1]", [1, 2, 6, 24]),
        ("some p in people satisfies p.age > 30", True),
        ("every p in people satisfies p.age > 30", False),
        ("{a: 1, b: a + 1}", {"a": 1, "b": 2}),
        ('{first name: "Li", greeting: "Hello " + first name}.greeting', "Hello Li"),
        ("sort(list, function(a, b) a > b)", [4, 3, 2, 1]),
        ("{double: function(n) n * 2, r: double(4)}.r", 8),
        ("count(distinct values([1, 1, 2]))", 2),
        ("sublist(list, 2, 2)", [2, 3]),
        ("insert before(list, 1, 0)", [0, 1, 2, 3, 4]),
        ("remove(list, -1)", [1, 2, 3]),
        ("index of([1, 2, 1], 1)", [1, 3]),
        ("flatten([[1, [2]], 3])", [1, 2, 3]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("mean(list)", Decimal("2.5")),
        ("median([3, 1, 2])", 2),
        ("mode([1, 2, 2])", [2]),
        ("stddev([2, 4, 7, 5])", Decimal("2.081665999466132735282297706979931")),
        ("max([1, 5, 3])", 5),
        ('min("b", "a")', "a"),
        ("sum([])", None),
        ("all([true, null])", None),
        ("any([false, true])", True),
        ('get value({a: {b: 1}}, ["a", "b"])', 1),
        ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ("context merge([{a: 1}, {a: 2}])", {"a": 2}),
        ("get entries({a: 1})", [{"key": "a", "value": 1}]),
        ("list replace(list, 1, 9)", [9, 2, 3, 4]),
    ],
)
def test_lists_and_contexts_are_filtered_gone_through_and_put_together(text: str, wanted: Any) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('substring("规划许可", 3)', "许可"),
        ('substring(string: "abcd", start position: -2, length: 1)', "c"),
        ('substring before("a-b", "-") + substring after("a-b", "-")', "ab"),
        ('string join(["a", null, "b"], "、")', "a、b"),
        ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
        ('matches("PT0500017", "^PT[0-9]{7}$")', True),
        ('replace("2026-11", "-", "/")', "2026/11"),
        ('upper case("ab") + lower case("CD")', "ABcd"),
        ('string([1, "a", date("2026-01-31")])', '[1, "a", 2026-01-31]'),
        ('number("1 000,5", " ", ",")', Decimal("1000.5")),
        ("decimal(2.345, 2)", Decimal("2.34")),
        ("round half up(2.345, 2)", Decimal("2.35")),
        ("round up(-2.1, 0)", -3),
        ("floor(-1.5) + ceiling(1.2)", 0),
        ("modulo(-10, 3)", 2),
        ("sqrt(16) + abs(-1)", 5),
        ("odd(3) and even(4)", True),
    ],
)
def test_texts_and_numbers_have_their_functions(text: str, wanted: Any) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
        ('date("2026-03-01") - date("2026-02-01")', timedelta(days=28)),
        ('@"2026-01-01" + @"P2D"', date(2026, 1, 3)),
        ('date and time("2026-01-01T08:00:00") + @"PT90M"', datetime(2026, 1, 1, 9, 30)),  # noqa: DTZ001 - as written
        ('time("23:30:00") + @"PT1H"', time(0, 30)),
        ('years and months duration(date("2024-02-10"), date("2026-05-09"))', Months(26)),
        ('@"P1Y" + @"P2M"', Months(14)),
        ('@"P3D" * 2 = @"P6D"', True),
        ('@"PT10H" / @"PT4H"', Decimal("2.5")),
        ('date("2026-11-23").weekday', 1),
        ('day of week(date("2026-11-23"))', "Monday"),
        ('week of year(@"2026-01-01")', 1),
        ('@"2026-01-01T10:00:00+08:00".time offset', timedelta(hours=8)),
        ('duration("P1DT2H").hours', 2),
        ('date("2026-02-30")', None),
        ("date(2026, 11, 23)", date(2026, 11, 23)),
        ('string(duration("P1DT2H3M4.5S"))', "P1DT2H3M4.5S"),
        ('string(duration("-P1Y2M"))', "-P1Y2M"),
        ('string(@"2026-01-01T10:00:00Z")', "2026-01-01T10:00:00Z"),
        ('@"2026-01-05" in [@"2026-01-01"..@"2026-01-31"]', True),
        ("before([1..5], [6..9])", True),
        ("overlaps([1..5], [5..9])", True),
        ("includes([1..10], 5)", True),
        ("during(5, (5..9))", False),
        ("meets([1..5], [5..9])", True),
        ('range("[1..3)").end included', False),
    ],
)
def test_dates_times_durations_and_ranges_are_reckoned_with(text: str, wanted: Any) -> None:
    found = value_of(read_expression(text, lenient=True), Cell([DATA], OFFICE))
    assert (found, type(found)) == (wanted, type(found) if isinstance(wanted, int) else type(wanted))


@pytest.mark.parametrize(
    ("cell", "hits", "misses"),
    [
        ('@"P3D"', [timedelta(days=3)], [timedelta(days=2)]),
        ("not(null)", [1], [None]),
        ('> @"2026-01-01"', ["2026-01-02"], ["2025-12-31"]),
        ("[1..3], (> 10)", [2, 11], [4, 10]),
        ("list contains([1, 2], ?)", [1], [3]),
        ("even(?) and ? > 2", [4], [2, 5]),
    ],
)
def test_a_cell_may_hold_any_of_it(cell: str, hits: list[Any], misses: list[Any]) -> None:
    def hit(given: Any) -> bool:
        number = Decimal(given) if isinstance(given, int) else given
        return passes(read_tests(cell), Cell([], OFFICE, number))

    assert all(map(hit, hits))
    assert not any(map(hit, misses))


def test_names_with_blanks_and_signs_are_read_where_they_are_declared() -> None:
    data = {"Applicant Age": 20, "floor-area": 3, "A": 1}
    assert value("Applicant Age + floor-area - A", "Applicant Age", "floor-area", **data) == 22
