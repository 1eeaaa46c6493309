"""Attempts to get out of the language, or to make it run for ever. Every one is refused, at deploy or when it runs."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.worktime import Calendar
from services.workflow.engine.decisions.cells import Cell
from services.workflow.engine.decisions.feel import read_expression, read_tests
from services.workflow.engine.decisions.reckoning import value_of
from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.language.office import Office
from services.workflow.engine.language.texts import expression, script

OFFICE = Office(datetime(2026, 11, 23, 2, tzinfo=UTC), Calendar.builtin())
DATA = {"case": {"a": 1}, "text": "x" * 90_000, "items": list(range(9_000))}

ATTRIBUTES = [
    "().__class__",
    "().__class__.__base__.__subclasses__()",
    "''.__class__.__mro__[1].__subclasses__()",
    "case.__class__",
    "case.__dict__",
    "case._private",
    "today.__globals__",
    "len.__self__",
    "(1).__class__",
    "[].__len__()",
    "case.get.__globals__",
    "'{0.__class__}'.format(case)",
    "'{}'.format_map(case)",
    "case.pop('a')",
    "case.update({})",
    "case.clear()",
    "items.append(1)",
    "items.sort()",
    "text.encode()",
    "text.translate({})",
    "text.zfill(100000000)",
    "text.center(100000000)",
    "text.ljust(100000000)",
    "text.expandtabs(100000000)",
    "(1.5).hex()",
    "(255).to_bytes(1000000, 'big')",
]
NAMES = [
    "__import__('os')",
    "__builtins__",
    "open('/etc/passwd')",
    "eval('1')",
    "exec('1')",
    "compile('1', '', 'eval')",
    "globals()",
    "locals()",
    "vars()",
    "dir()",
    "getattr(case, 'a')",
    "setattr(case, 'a', 1)",
    "type(case)",
    "object()",
    "super()",
    "input()",
    "range(1000000000)",
    "bytes(1000000000)",
    "bytearray(10)",
    "map(len, items)",
    "filter(None, items)",
    "zip(items, items)",
    "iter(items)",
    "next(items)",
    "id(case)",
    "hash(case)",
    "repr(case)",
    "format(1, '1000000')",
    "pow(9, 9999999)",
    "chr(65)",
    "memoryview(b'')",
    "print(1)",
    "breakpoint()",
    "exit()",
    "help()",
    "_case",
    "len",
    "today",
]
FORMS = [
    "lambda: 1",
    "(lambda x: x)(1)",
    "(x := 1)",
    "[*items]",
    "{**case}",
    "len(*items)",
    "len(value=items)",
    "max(items, key=len)",
    "f'{case!r}'",
    "f'{1:1000000}'",
    "f'{1:{text}}'",
    "b'bytes'",
    "1j",
    "...",
    "9 ** 9999999",
    "1 << 999999999",
    "1 >> 1",
    "1 & 1",
    "1 | 1",
    "~1",
    "+'a'",
    "items @ items",
    "items[::2]",
    "{x for x in items}",
    "{x: 1 for x in items}",
    "[x for x in items for y in items]",
    "[(x, y) for (x, y) in items]",
    "(yield 1)",
    "(await case)",
    "[x async for x in items]",
    "case is items",
    "case == 1; 2",
    "import os",
    "1\n2",
    "items[0](1)",
    "case.get('a')(1)",
    "{1: 2}",
    "(len)(items)()",
    "not " * 200 + "1",
    "-" * 3000 + "1",
    "(" * 1500 + "1" + ")" * 1500,
    "[" * 90 + "]" * 90,
    "1 + " * 1200 + "1",
    "'" + "a" * 5000 + "'",
    "1" + "0" * 50,
    "1e999",
    "",
    "   ",
    "${}",
    "text\0",
    "é\ud800",
]


@pytest.mark.parametrize("text", ATTRIBUTES + NAMES + FORMS)
def test_an_escape_is_refused_when_it_is_read(text: str) -> None:
    with pytest.raises(Unwritable):
        expression(text)


GROWTH = [
    "text + text + text",
    "text * 1000000",
    "[1] * 100000000",
    "text.replace('x', text)",
    "text.join([text, text])",
    "','.join([text for x in items])",
    "[[y for y in items] for x in items]",
    "[x for x in [y for y in items] + items]",
    "sum([[1], [2]])",
    "9223372036854775807 * 9223372036854775807",
    "float('1' + '0' * 400)",
    "f'{text}{text}'",
    "items + items",
]


@pytest.mark.parametrize("text", GROWTH)
def test_growth_without_bound_is_stopped_when_it_runs(text: str) -> None:
    run = expression(text)
    with pytest.raises(Miscalculated):
        run.value([DATA], OFFICE)


def test_a_script_cannot_grow_a_value_by_assigning_it_again() -> None:
    with pytest.raises(Miscalculated):
        script("a = text; " + "a = a + a; " * 20).changes([DATA], OFFICE)


FEEL = [
    "__import__('os')",
    "external {java: 1}",
    'function(x) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}',
    "x.__class__ ++",
    '@"soon"',
    "(" * 60 + "1" + ")" * 60,
    "1" * 9000,
    "open(1)",
    "eval(1)",
    "for x in items",
    "some x in items",
    "{a: 1, a: 2}",
    "function(x",
    "a instance of",
    "[1..",
    "`x`",
    "; 1",
]


@pytest.mark.parametrize("text", FEEL)
def test_what_is_not_in_our_feel_is_refused(text: str) -> None:
    with pytest.raises(Unwritable):
        read_expression(text)


FEEL_GROWTH = [
    "2 ** 99999999",
    "10 ** (10 ** 10)",
    "for x in 1..10000, y in 1..10000 return x",
    "for x in 1..100000000 return x",
    "{f: function(n) f(n), r: f(1)}.r",
    "{g: function(f) f(f), r: g(g)}.r",
    "string join(for x in 1..1000 return text)",
    'replace(text, "x", text)',
    "text + text",
    "for x in items return for y in items return x",
    "string({a: items, b: [a, a], c: [b, b, b], d: [c, c, c], e: [d, d, d]}.e)",
    "flatten({a: items, b: [a, a], c: [b, b, b], d: [c, c, c], e: [d, d, d]}.e)",
    "{a: items, b: [a, a], c: [b, b, b], d: [c, c, c], e: [d = d, [c, c] = [c, c]]}.e",
    "concatenate(items, items)",
    'count(for x in date("0001-01-01")..date("9999-12-31") return x)',
]


@pytest.mark.parametrize("text", FEEL_GROWTH)
def test_feel_that_grows_or_runs_without_bound_is_stopped(text: str) -> None:
    with pytest.raises(Miscalculated):
        value_of(read_expression(text), Cell([DATA], OFFICE))


@pytest.mark.parametrize(
    "text",
    ['matches(text, "(x+)+y")', 'matches(text, "(x|xx)*y")', 'replace(text, "(x*)*y", "")', 'split(text, "(x+x+)+y")'],
)
def test_a_pattern_that_could_take_for_ever_gives_nothing(text: str) -> None:
    assert value_of(read_expression(text), Cell([DATA], OFFICE)) is None


@pytest.mark.parametrize(
    "text", ["case.get", "items.append(1)", "text.upper()", "today.now", "case.__dict__", "count.run"]
)
def test_feel_reaches_nothing_behind_its_values(text: str) -> None:
    assert value_of(read_expression(text, lenient=True), Cell([DATA], OFFICE)) is None


def test_feel_reads_keys_only() -> None:
    assert value_of(read_expression("case.__class__"), Cell([DATA], OFFICE)) is None


@given(st.text(max_size=60))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    for read in (expression, script, read_expression, read_tests):
        with suppress(Unwritable):
            read(text)


WORDS = st.sampled_from(
    [
        "a",
        ".",
        "(",
        ")",
        "[",
        "]",
        "==",
        "<",
        "and",
        "not",
        "in",
        "1",
        '"x"',
        "if",
        "else",
        "for",
        ",",
        "-",
        "{",
        "}",
        "__x__",
    ]
)


@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_any_jumble_of_words_is_read_or_refused(text: str) -> None:
    for read in (expression, script, read_expression, read_tests):
        with suppress(Unwritable):
            read(text)
