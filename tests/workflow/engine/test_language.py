"""The language of conditions, timers and scripts: what it means."""

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.worktime import Calendar
from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.language.office import Office
from services.workflow.engine.language.texts import expression, script
from services.workflow.engine.language.values import MAX_NUMBER

OFFICE = Office(datetime(2026, 11, 23, 2, tzinfo=UTC), Calendar.builtin())  # a Monday, 10:00 in the office
DATA: dict[str, Any] = {
    "case": {
        "received_on": "2026-11-20",
        "facts": {"area": 812.5, "kind": "village", "departments": ["D06", "D08"]},
        "items": 3,
    },
    "acceptance": {"decision": "accept"},
    "opinions": [{"ok": True}, {"ok": False}],
    "n": 7,
    "true_flag": True,
}


def value(text: str) -> Any:
    return expression(text).value([DATA], OFFICE)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('acceptance.decision == "accept"', True),
        ('acceptance["decision"] != "accept"', False),
        ('${acceptance.decision == "accept"}', True),
        ("case.items", 3),  # a key, though objects have a method of that name
        ("len(case.items())", 3),
        ("case.facts.area > 800 and not case.facts.missing", True),
        ("missing", None),
        ("missing.deeper.still", None),
        ("missing == None", True),
        ("missing is None", True),
        ("case.facts is not None", True),
        ("case.facts.area / 2", 406.25),
        ("n // 2", 3),
        ("n % 4", 3),
        ("-n", -7),
        ("0.1 + 0.2 > 0.3", True),
        ("1 < n < 10", True),
        ("1 < n < 5", False),
        ('"D06" in case.facts.departments', True),
        ('case.facts.kind in ("village", "town")', True),
        ('case.facts.kind in {"town"}', False),
        ('"area" in case.facts', True),
        ('"ill" in case.facts.kind', True),
        ("1 if true_flag else 2", 1),
        ("true and not false", True),
        ("null", None),
        ('missing or "otherwise"', "otherwise"),
        ("[o.ok for o in opinions]", [True, False]),
        ("[n for n in [1, 2, 3] if n > 1]", [2, 3]),
        ("all(o.ok for o in opinions)", False),
        ("any(o.ok for o in opinions)", True),
        ("[[x + y for y in [1, 2]] for x in [10, 20]]", [[11, 12], [21, 22]]),
        ("sum([1, 2.5])", 3.5),
        ("max(1, n)", 7),
        ("min([3, 2])", 2),
        ("sorted([3, 1, 2])", [1, 2, 3]),
        ("abs(-3)", 3),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(1.005 * 100) / 100", 1.0),
        ("round(3.14159, 2)", 3.14),
        ('int("12")', 12),
        ('float("1.5")', 1.5),
        ("str(n)", "7"),
        ("bool(missing)", False),
        ('"a,b".split(",")', ["a", "b"]),
        ('"-".join(case.facts.departments)', "D06-D08"),
        ('" A ".strip().lower()', "a"),
        ('"abc".replace("b", "x").upper()', "AXC"),
        ('case.facts.kind.startswith("vil")', True),
        ('"abc"[0]', "a"),
        ('"abc"[1:]', "bc"),
        ("[1, 2, 3][-1]", 3),
        ("[1][5]", None),
        ('{"a": n}.a', 7),
        ('case.get("nothing", 5)', 5),
        ('"aXbX".count("X")', 2),
        ('f"n is {n}"', "n is 7"),
        ("1 == True", False),  # a yes is not the number one
        ('"1" == 1', False),
        ("sum([])", 0),
        ("int(2.9)", 2),
        ("float(2)", 2.0),
        ("len([1, 2])", 2),
        ("[1, 2, 1].count(1)", 2),
        ("{'a': 1}.keys()", ["a"]),
        ("{'a': 1}.values()", [1]),
        ("missing.get('a', 3)", 3),
        ("'a' < 'b'", True),
        ("[1, 2, 3][1:2]", [2]),
        ("case.facts['nothing']", None),
        ("missing[0]", None),
        ("f'{true_flag} {missing}'", "true "),
        ("f'{today()}'", "2026-11-23"),
    ],
)
def test_an_expression_means_what_it_says(text: str, wanted: object) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("today()", date(2026, 11, 23)),
        ('date("2026-01-01")', date(2026, 1, 1)),
        ("workday_after(case.received_on, 5)", date(2026, 11, 27)),
        ("workday_after(today(), 0)", date(2026, 11, 23)),
        ("workday_before('2026-10-12', 2)", date(2026, 10, 9)),
        ("workday_before('2026-10-12', 3)", date(2026, 10, 8)),
        ('workdays_between("2026-11-20", today())', 1),
        ("close_of_business(today())", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("open_of_business(case.received_on)", datetime(2026, 11, 20, 1, tzinfo=UTC)),
        ("close_of_business(workday_after(case.received_on, 5))", datetime(2026, 11, 27, 9, tzinfo=UTC)),
        ("days_after(today(), 10)", date(2026, 12, 3)),
        ('is_workday("2026-10-01")', False),
        ("today() > case.received_on", True),
        ('case.received_on == date("2026-11-20")', True),
        ('date("2026-11-22T20:00:00+00:00")', date(2026, 11, 23)),  # already Monday in the office
        ("close_of_business(today()) > open_of_business(today())", True),
    ],
)
def test_the_office_functions_know_the_calendar_and_the_hours(text: str, wanted: object) -> None:
    assert value(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "n + 'a'",
        "n < missing",
        "'a' < 1",
        "n / 0",
        "n.field",
        "[1] + 1",
        "'ab' * 3",
        "[1] * 3",
        "sum(['a'])",
        "max([])",
        "workday_after('soon', 1)",
        "workday_after(today(), 0.5)",
        "workday_before(today(), -1)",
        "workday_after('1900-01-01', 1)",
        "days_after(today(), 20000000)",
        "date('2026-11-22T20:00:00')",
        "today() < close_of_business(today())",
        "'x' in None",
        "sorted([1, 'a'])",
        "int('x')",
        "float('inf')",
        f"{MAX_NUMBER} + 1",
        "', '.join([1])",
        "f'{case}'",
        "len(5)",
        "'a' in 'abc' and 1 in 'abc'",
        "1 in 5",
        "-'a'",
        "'abc'['x']",
        "abs('a')",
        "round('a')",
        "round(1.5, 99)",
        "sum(5)",
        "'a'.split('')",
        "'a'.replace('', 'b')",
        "n.lower()",
        "'a'.get('b')",
        "n.keys()",
        "n.count(1)",
        "int([1])",
        "float([1])",
        "str([1])",
        "[1][n == 7:]",
        "[x for x in n]",
        "days_after('9999-12-30', 5)",
        "workday_after(5, 1)",
        "(n / 0.0)",
    ],
)
def test_what_cannot_be_reckoned_fails_and_is_never_a_guess(text: str) -> None:
    with pytest.raises(Miscalculated) as failed:
        value(text)
    assert failed.value.zh
    assert failed.value.en


@pytest.mark.parametrize(("text", "wanted"), [("n == 7", True), ("missing", False), ("n > 8", False)])
def test_a_condition_is_yes_or_no_and_nothing_counts_as_no(text: str, wanted: object) -> None:
    assert expression(text).holds([DATA], OFFICE) is wanted


@pytest.mark.parametrize("text", ["n", "'no'", "[1]"])
def test_a_condition_that_is_neither_yes_nor_no_fails(text: str) -> None:
    with pytest.raises(Miscalculated, match="not yes or no"):
        expression(text).holds([DATA], OFFICE)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a = 1", {"a": 1}),
        ("a = 1; b = a + 1", {"a": 1, "b": 2}),
        ("  a = n\n  a += 1\n", {"a": 8}),
        ("due = workday_after(today(), 1)", {"due": "2026-11-24"}),
        ("due = [close_of_business(today())]", {"due": ["2026-11-23T09:00:00+00:00"]}),
        ("acceptance.by = 'u1'", {"acceptance": {"decision": "accept", "by": "u1"}}),
        ("new.deep.er = 1", {"new": {"deep": {"er": 1}}}),
        ("case.facts.area += 1", {"case": DATA["case"] | {"facts": DATA["case"]["facts"] | {"area": 813.5}}}),
    ],
)
def test_a_script_sets_variables_and_changes_nothing_in_place(text: str, wanted: dict[str, Any]) -> None:
    before = repr(DATA)
    assert script(text).changes([DATA], OFFICE) == wanted
    assert repr(DATA) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "print(1)",
        "n",
        "a, b = 1, 2",
        "a = b = 1",
        "if n: a = 1",
        "for x in [1]: a = x",
        "while True: a = 1",
        "def f(): return 1",
        "import os",
        "del n",
        "a[0] = 1",
        "case['x'] = 1",
        "len = 1",
        "today = 1",
        "true = 1",
        "_a = 1",
        "a **= 2",
        "a: int = 1",
        "x = 1\n" * 101,
    ],
)
def test_a_script_is_assignments_and_nothing_else(text: str) -> None:
    with pytest.raises(Unwritable):
        script(text)


def test_an_expression_knows_which_variables_it_reads() -> None:
    assert expression("a.b > len(c) and [x for x in d if x == e]").names == {"a", "c", "d", "e"}
    assert script("a = b; c = a + d").names == {"b", "d"}
    assert script("a = b; c = a + d").assigns == {"a", "c"}
    assert script("a += 1").names == {"a"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e9, 1e9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    JSON,
    JSON,
    st.sampled_from(
        ["a == b", "a < b", "a + b", "a in b", "a.k", "a[b]", "a and b", "not a", "a - b", "[x for x in a]", "len(a)"]
    ),
)
def test_on_any_data_an_expression_gives_a_value_or_says_that_it_cannot(left: object, right: object, text: str) -> None:
    with suppress(Miscalculated):
        expression(text).value([{"a": left, "b": right}], OFFICE)
