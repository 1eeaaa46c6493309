"""Decision tables: cells, hit policies, results; and what is found before they are deployed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.worktime import Calendar
from services.workflow.engine.bundles import compile_bundle, compile_diagrams
from services.workflow.engine.decisions.cells import Cell
from services.workflow.engine.decisions.converting import feel_value, plain_value
from services.workflow.engine.decisions.feel import read_expression, read_tests
from services.workflow.engine.decisions.graphs import read_decisions
from services.workflow.engine.decisions.reading import MAX_RULES
from services.workflow.engine.decisions.reckoning import passes, value_of
from services.workflow.engine.decisions.tables import Table
from services.workflow.engine.documents import read_xml
from services.workflow.engine.findings import Report
from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.language.office import Office
from services.workflow.engine.models import EngineFault
from tests.workflow.engine.drawing import drawn, end, flows, node, process, start, user
from tests.workflow.engine.playing import Play, rules_of
from tests.workflow.engine.tables import cells, table

OFFICE = Office(datetime(2026, 11, 23, 2, tzinfo=UTC), Calendar.builtin())
DATA: dict[str, Any] = {"x": 7, "y": "b", "case": {"area": 812.5, "on": "2026-11-20", "ok": True, "list": ["p", "q"]}}


def read(content: bytes) -> Table:
    report = Report("d.dmn")
    root = read_xml(report, content)
    assert root is not None
    (found,) = read_decisions(report, root)
    assert isinstance(found, Table)
    assert report.findings == []
    return found


def answer(content: bytes, mapping: str = "", **data: Any) -> Any:
    return read(content).answer([data], OFFICE, mapping=mapping)


@pytest.mark.parametrize(
    ("cell", "hits", "misses"),
    [
        ("-", [1, "a", None, True], []),
        ("", [1, None], []),
        ("5", [5, 5.0], [4, "5", None]),
        ('"a"', ["a"], ["b", "A", None, 1]),
        ('"a","b"', ["a", "b"], ["c"]),
        ("1, 3, [5..7]", [1, 3, 5, 6.5, 7], [2, 4, 8]),
        ("< 5", [4.99, -1], [5, None, "4"]),
        (">= 1000", [1000, 1000.0], [999.999]),
        ("!= 3", [4], [3]),
        ("[1..5]", [1, 5, 3], [0.99, 5.01]),
        ("]1..5[", [1.01, 4.99], [1, 5]),
        ("(1..5)", [2], [1, 5]),
        ("[1..5)", [1], [5]),
        ("not(3)", [4], [3, "a"]),  # a text is neither equal to a number nor not
        ('not("a","b")', ["c"], ["a", "b"]),
        ("not([1..5])", [6], [3]),
        ("true", [True], [False, None, 1]),
        ("false", [False], [True, 0]),
        ("null", [None], [0, "", False]),
        ("-3", [-3], [3]),
        ("< -1.5", [-2], [-1]),
        ("0.3", [0.3, 0.1 + 0.2 - 4e-17], []),
        ('date("2026-11-20")', ["2026-11-20"], ["2026-11-21", None]),
        ('>= date("2026-07-01")', ["2026-07-01", "2027-01-01"], ["2026-06-30"]),
        ('[date("2026-01-01")..date("2026-12-31")]', ["2026-05-05"], ["2025-12-31", "2027-01-01"]),
        ('@"2026-11-20"', ["2026-11-20"], []),
        ("> today()", ["2026-11-24"], ["2026-11-23"]),
        ("> limit", [11], [10]),
        ("limit * 2", [20], [10]),
        ('["a", "b"]', ["a"], ["c"]),
        ('contains(?, "ill")', ["village"], ["town"]),
        ("? > 3 and ? < 5", [4], [3, 5]),
        ('starts with(?, "v") or ? = "town"', ["village", "town"], ["city"]),
        ("not(? > 3)", [2], [4]),
        ("if limit > 5 then 1 else 2", [1], [2]),
        ("(5)", [5], [4]),
        ("string length(?) > 3", ["four"], ["abc"]),
        ("1, -", [5], []),
        ("not(true) = ?", [False], [True]),
        ("not(-)", [], [1, None]),
        ("? in [1..3]", [2], [4]),
    ],
)
def test_a_cell_matches_what_it_says(cell: str, hits: list[object], misses: list[object]) -> None:
    tests = read_tests(cell)
    layers = [{"limit": 10}]
    assert [value for value in hits if not passes(tests, Cell(layers, OFFICE, feel_value(value)))] == []
    assert [value for value in misses if passes(tests, Cell(layers, OFFICE, feel_value(value)))] == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x + 1", 8),
        ("x / 2", 3.5),
        ("0.1 + 0.2", 0.3),
        ("case.area", 812.5),
        ("case.nothing.deeper", None),
        ('"a" + y', "ab"),
        ("[1, x]", [1, 7]),
        ('date("2026-02-03")', "2026-02-03"),
        ("-x", -7),
        ("- (x + 1)", -8),
        ("2 * (x - 3)", 8),
        ("1 - 2 - 3", -4),
        ("x between 5 and 9", True),
        ("x in [1..9]", True),
        ("x in (1, 7)", True),
        ("x in > 8", False),
        ('y = "b" and x > 3', True),
        ("missing and false", False),
        ("missing and true", None),
        ("missing or true", True),
        ("missing > 3", None),
        ("1 / 0", None),
        ('1 + "a"', None),
        ("null = null", True),
        ("null = 0", False),
        ('list contains(case.list, "q")', True),
        ("count(case.list)", 2),
        ("max(1, x)", 7),
        ("min([3, 2])", 2),
        ("sum(1, 2, 3.5)", 6.5),
        ("abs(-2)", 2),
        ("floor(2.7)", 2),
        ("ceiling(2.1)", 3),
        ("modulo(-1, 3)", 2),
        ('upper case("a")', "A"),
        ('lower case("A")', "a"),
        ("string(1.50)", "1.50"),
        ('number("12.5")', 12.5),
        ('number("x")', None),
        ("not(true)", False),
        ('"say \\"hi\\" \\u4e2d"', 'say "hi" 中'),
        ('if x > 3 then "big" else "small"', "big"),
        ("[1..3]", None),
        ("date(case.on)", "2026-11-20"),
        ("date(x)", None),
        ("string(case.ok)", "true"),
        ("string(date(case.on))", "2026-11-20"),
        ("string(case.list)", '["p", "q"]'),
        ("number(x)", 7),
        ("count(x)", 1),
        ("list contains(x, 1)", False),
        ("not(x)", None),
        ("upper case(x)", None),
        ("sum(y)", None),
        ('-"a"', None),
        ('date("2026-01-01") < "2026-02-01"', True),
        ('"2026-01-01" < date("2026-02-01")', True),
        ('@"2026-01-01T00:00:00" < @"2026-02-01T00:00:00Z"', None),
        ("x != 7", False),
        ("case.list", ["p", "q"]),
    ],
)
def test_an_expression_gives_its_value(text: str, wanted: object) -> None:
    assert plain_value(value_of(read_expression(text), Cell([DATA], OFFICE))) == wanted


GRADES = [cells("< 3", output='"low"'), cells("[3..7]", output='"mid"'), cells("> 5", output='"high"')]


def test_unique_gives_the_one_rule_that_matches() -> None:
    assert answer(table(rules=GRADES), x=1) == "low"
    assert answer(table(rules=GRADES), x=9) == "high"


def test_unique_fails_when_two_rules_match() -> None:
    with pytest.raises(Miscalculated, match=r"rules 2, 3"):
        answer(table(rules=GRADES), x=6)


def test_first_gives_the_first_rule_that_matches() -> None:
    assert answer(table("FIRST", rules=GRADES), x=6) == "mid"


def test_any_gives_the_common_answer_and_fails_when_there_is_none() -> None:
    same = [cells("> 1", output='"a"'), cells("> 2", output='"a"')]
    assert answer(table("ANY", rules=same), x=5) == "a"
    with pytest.raises(Miscalculated, match="ANY"):
        answer(table("ANY", rules=GRADES), x=6)


def test_rule_order_and_collect_give_every_answer_in_order() -> None:
    assert answer(table("RULE ORDER", rules=GRADES), x=6) == ["mid", "high"]
    assert answer(table("COLLECT", rules=GRADES), x=6) == ["mid", "high"]
    assert answer(table("COLLECT", rules=GRADES), x="none") == []


FEES = [cells("> 1", output="10"), cells("> 2", output="2.5"), cells("> 100", output="7")]


@pytest.mark.parametrize(
    ("aggregation", "wanted", "of_none"), [("SUM", 12.5, 0), ("MIN", 2.5, None), ("MAX", 10, None), ("COUNT", 2, 0)]
)
def test_collect_makes_one_number_of_many(aggregation: str, wanted: object, of_none: object) -> None:
    fees = table("COLLECT", aggregation=aggregation, rules=FEES)
    assert answer(fees, x=5) == wanted
    assert answer(fees, x=0) == of_none


def test_an_aggregation_of_words_fails() -> None:
    with pytest.raises(Miscalculated, match="not numbers"):
        answer(table("COLLECT", aggregation="SUM", rules=GRADES), x=6)


def test_no_match_gives_nothing_or_the_default() -> None:
    assert answer(table(rules=GRADES), x="none") is None
    assert answer(table(rules=GRADES, default='"otherwise"'), x="none") == "otherwise"


def test_several_outputs_give_an_object() -> None:
    two = table(outputs=["a", "b"], rules=[cells("-", output=("1", '"z"'))])
    assert answer(two) == {"a": 1, "b": "z"}
    assert answer(table(outputs=["a", "b"], rules=[cells("-", output=("1", "-"))])) == {"a": 1, "b": None}


def test_several_inputs_all_have_to_match() -> None:
    both = table(inputs=["x", "y"], rules=[cells("> 3", '"b"', output="1")])
    assert answer(both, x=5, y="b") == 1
    assert answer(both, x=5, y="c") is None


@pytest.mark.parametrize(
    ("mapping", "wanted"),
    [
        ("singleEntry", "low"),
        ("singleResult", {"result": "low"}),
        ("collectEntries", ["low"]),
        ("resultList", [{"result": "low"}]),
    ],
)
def test_the_task_may_say_in_which_form_it_wants_the_answer(mapping: str, wanted: object) -> None:
    assert answer(table(rules=GRADES), mapping, x=1) == wanted


def test_a_single_answer_of_many_fails() -> None:
    with pytest.raises(Miscalculated, match="2 results"):
        answer(table("COLLECT", rules=GRADES), "singleEntry", x=6)


def test_a_value_that_is_not_allowed_fails() -> None:
    assert answer(table(allowed='"a","b"'), x="a") == "yes"
    assert answer(table(allowed='"a","b"'), x=None) == "yes"
    with pytest.raises(Miscalculated, match="may not be 'c'"):
        answer(table(allowed='"a","b"'), x="c")


def test_a_date_column_reads_iso_text() -> None:
    dated = table(input_type="date", rules=[cells('> date("2026-01-01")', output="1")])
    assert answer(dated, x="2026-05-01") == 1


@pytest.mark.parametrize(
    "version",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
    ],
)
def test_tables_of_every_version_are_read(version: str) -> None:
    assert answer(table(version=version)) == "yes"


# ── what is found at deploy ──


def found(content: bytes) -> list[str]:
    body = drawn(process(start(), end(), flows("s", "e")))
    return rules_of(compile_diagrams({"d.bpmn": body, "d.dmn": content}).findings)


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ("< 5", ">= 5", False),
        ("<= 5", ">= 5", True),
        ("[1..5]", "]5..9]", False),
        ("[1..5]", "[5..9]", True),
        ('"a"', '"b"', False),
        ('"a","c"', '"b","c"', True),
        ('not("a")', '"a"', False),
        ('not("a")', '"b"', True),
        ('not("a")', 'not("b")', True),
        ("-", '"a"', True),
        ("true", "false", False),
        ("null", "1", False),
        ('< date("2026-07-01")', '>= date("2026-07-01")', False),
        ('<= date("2026-07-01")', '>= date("2026-06-30")', True),
        ("> limit", "> 3", False),  # not decidable: left to run time
    ],
)
def test_an_overlap_under_unique_is_found_before_anything_runs(first: str, second: str, overlap: bool) -> None:
    rules = [cells(first, output="1"), cells(second, output="2")]
    assert ("GH-E505" in found(table(rules=rules))) is overlap


def test_whole_numbers_do_not_meet_between_two_of_them() -> None:
    rules = [cells("< 5", output="1"), cells("> 4", output="2")]
    assert "GH-E505" in found(table(rules=rules))
    assert "GH-E505" not in found(table(rules=rules, input_type="integer"))


def test_two_columns_on_one_input_are_looked_at_together() -> None:
    rules = [cells("> 1", "< 3", output="1"), cells("> 5", "-", output="2")]
    assert "GH-E505" not in found(table(inputs=["x", "x"], rules=rules))
    assert "GH-E505" in found(table(inputs=["x", "y"], rules=rules))


def test_rules_apart_in_one_column_do_not_overlap() -> None:
    rules = [cells("> 1", '"a"', output="1"), cells("> 1", '"b"', output="2")]
    assert "GH-E505" not in found(table(inputs=["x", "y"], rules=rules))


BOUNDS = st.integers(0, 6)
INTERVALS = st.tuples(st.sampled_from("[]"), BOUNDS, BOUNDS, st.sampled_from("[]"))


@given(st.lists(INTERVALS, min_size=2, max_size=4))
def test_the_overlap_found_at_deploy_is_the_overlap_met_at_run_time(intervals: list[tuple[str, int, int, str]]) -> None:
    rules = [cells(f"{a}{low}..{high}{b}", output=str(n)) for n, (a, low, high, b) in enumerate(intervals)]
    content = table(rules=rules)
    met = False
    for x in (n / 4 for n in range(-4, 30)):
        try:
            answer(content, x=x)
        except Miscalculated:
            met = True
    assert ("GH-E505" in found(content)) is met


# ── in a process ──


def test_a_business_rule_task_keeps_the_answer_in_its_variable() -> None:
    task = node("businessRuleTask", "d1", camunda__decisionRef="d", camunda__resultVariable="route")
    play = Play.of(
        start(), task, user("a"), end(), flows("s", "d1", "a", "e"), dmn=table(rules=GRADES[:2]), data={"x": 1}
    )
    assert play.data["route"] == "low"
    assert play.passed == ["s", "d1"]


def test_a_contradiction_at_run_time_is_a_fault_of_the_task() -> None:
    task = node("businessRuleTask", "d1", camunda__decisionRef="d", camunda__resultVariable="route")
    undecidable = [cells("> limit", output="1"), cells("> 3", output="2")]
    with pytest.raises(EngineFault, match="rules 1, 2") as fault:
        Play.of(start(), task, end(), flows("s", "d1", "e"), dmn=table(rules=undecidable), data={"x": 9, "limit": 1})
    assert fault.value.element == "d1"


@pytest.mark.parametrize(
    "text",
    [
        "x in",
        "[1..2",
        "(1..2",
        "f(1)",
        "abs()",
        "if x then 1",
        "and",
        "[1, 2",
        "1 2",
        '@"x"',
        'date("x")',
        "a..b",
        ")",
        "<",
    ],
)
def test_feel_that_is_cut_off_or_jumbled_is_refused(text: str) -> None:
    with pytest.raises(Unwritable):
        read_expression(text)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (["< 3", "> 5"], True),
        (["< 3", "[3..5]", "> 5"], False),
        (["< 3", "-"], False),
        (['"a"', '"b"'], False),  # what other texts there are nobody has said
    ],
)
def test_an_input_that_no_rule_matches_is_told(rules: list[str], *, told: bool) -> None:
    content = table("FIRST", rules=[cells(rule, output='"x"') for rule in rules])
    assert ("GH-I516" in found(content)) is told
    assert "GH-I516" not in found(table("COLLECT", rules=[cells(rule, output='"x"') for rule in rules]))


def test_a_table_in_another_language_is_refused() -> None:
    foreign = table(rules=[cells("> 5", output='"x"'), cells("<= 5", output='"y"')])
    for part in (b"<inputEntry>", b"<outputEntry>"):
        marked = part.replace(b">", b' expressionLanguage="groovy">')
        assert "GH-E504" in found(foreign.replace(part, marked))
    spoken = foreign.replace(b"<inputExpression ", b'<inputExpression expressionLanguage="juel" ')
    assert "GH-E508" in found(spoken)
    assert found(foreign.replace(b"<inputExpression ", b'<inputExpression expressionLanguage="feel" ')) == []


def test_a_file_without_decisions_is_refused() -> None:
    assert "GH-E501" in found(table().replace(b"<decision ", b"<other ").replace(b"</decision>", b"</other>"))


def test_a_table_of_thousands_of_rules_is_refused() -> None:
    rules = [cells(str(n), output="1") for n in range(MAX_RULES + 1)]
    assert "GH-E501" in found(table(rules=rules))


def test_moments_are_told_apart_to_the_second() -> None:
    edge = '@"2026-07-01T00:00:00Z"'
    apart = [cells(f"< {edge}", output="1"), cells(f">= {edge}", output="2")]
    assert "GH-E505" not in found(table(rules=apart))
    assert "GH-E505" in found(table(rules=[cells(f"<= {edge}", output="1"), apart[1]]))


def test_what_a_table_reads_has_to_be_set_by_somebody() -> None:
    task = node("businessRuleTask", "d1", camunda__decisionRef="d", camunda__resultVariable="route")
    body = drawn(process(start(), task, end(), flows("s", "d1", "e")))
    findings = compile_bundle({"d.bpmn": body, "d.dmn": table(inputs=["case.area", "nobody.sets"])}).findings
    assert [(f.element, f.rule) for f in findings if f.rule == "GH-W402"] == [("d1", "GH-W402")]
