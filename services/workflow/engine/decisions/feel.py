"""Reads FEEL (DMN 1.5 §10.3): the unary tests of decision-table cells, and expressions. Raises `Unwritable`.

Functions in Java and external decisions are not read. Names may hold blanks and signs where they are told beforehand.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from services.workflow.engine.decisions.cursors import Cursor
from services.workflow.engine.decisions.names import asks_input
from services.workflow.engine.decisions.primaries import COMPARISONS, Primaries
from services.workflow.engine.decisions.trees import (
    Anything,
    Binary,
    Choice,
    Compared,
    Condition,
    Constant,
    Kind,
    Loop,
    Matches,
    Negated,
    Range,
    Test,
    Tree,
    Unary,
    Within,
)
from services.workflow.engine.decisions.words import tokens
from services.workflow.engine.language.errors import Unwritable

MAX_DEPTH: Final = 40
_LOOPS: Final = {"for": "return", "some": "satisfies", "every": "satisfies"}


def read_tests(source: str, names: Iterable[str] = (), *, lenient: bool = False) -> tuple[Test, ...]:
    """Read the unary tests of a cell: one of them has to pass.

    `names` are those the file declares, which may hold blanks and signs. `lenient` reads what gives nothing for certain
    (a date there is not, a function there is not), as DMN does; otherwise that is refused.
    """
    if source.strip() in ("", "-"):
        return (Anything(),)
    reader = _Reader(source, names, lenient=lenient)
    tests = reader.negated() or reader.tests()
    reader.done()
    return tests


def read_expression(source: str, names: Iterable[str] = (), *, lenient: bool = False) -> Tree:
    """Read an expression that gives a value. Names and leniency as for tests."""
    reader = _Reader(source, names, lenient=lenient)
    tree = reader.expression()
    reader.done()
    return tree


class _Reader(Primaries):
    """Reads from left to right, binding as DMN orders it, the loosest first."""

    def __init__(self, source: str, names: Iterable[str], *, lenient: bool) -> None:
        super().__init__(Cursor(tokens(source, names)), names, lenient=lenient)
        self._depth = 0

    def done(self) -> None:
        """Make sure that nothing is left."""
        self._at.done()

    # ── unary tests ──

    def negated(self) -> tuple[Test, ...] | None:
        """Read `not(…)` when it is the whole cell; otherwise nothing."""
        if not (self._at.sees("not") and self._at.sees("(", 1)):
            return None
        start = self._at.place
        self._at.place += 2
        inner = self.tests()
        self._at.need(")")
        if self._at.peek()[0] == "end":
            return (Negated(inner),)
        self._at.place = start
        return None

    def tests(self) -> tuple[Test, ...]:
        """Read tests separated by commas."""
        found = [self.test()]
        while self._at.take(","):
            found.append(self.test())
        return tuple(found)

    def test(self) -> Test:
        """Read one test."""
        if self._at.sees("-") and self._at.peek(1)[1] in (",", "", ")"):
            self._at.place += 1
            return Anything()
        kind, text = self._at.peek()
        if kind == "sign" and text in COMPARISONS:
            self._at.place += 1
            return Compared(text, self.sum())
        tree = self.expression()
        return Condition(tree) if asks_input(tree) else Matches(tree)

    # ── expressions, loosest first ──

    def expression(self) -> Tree:
        """Read an expression."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unwritable(zh="嵌套太深", en="nested too deeply")
        word = self._at.peek()[1] if self._at.peek()[0] == "name" else ""
        if word == "if" and not self._at.sees("(", 1, ends=True):
            self._at.place += 1
            tree = self._choice()
        elif word in _LOOPS and self._at.peek(1)[0] == "name":
            self._at.place += 1
            tree = self._loop(word)
        else:
            tree = self._or()
        self._depth -= 1
        return tree

    def _choice(self) -> Tree:
        test = self.expression()
        self._at.need("then")
        yes = self.expression()
        self._at.need("else")
        return Choice(test, yes, self.expression())

    def _loop(self, word: str) -> Tree:
        ways = [self._way()]
        while self._at.take(","):
            ways.append(self._way())
        self._at.need(_LOOPS[word])
        return Loop(word, tuple(ways), self.expression())

    def _way(self) -> tuple[str, Tree]:
        kind, name = self._at.next()
        if kind != "name":
            raise Unwritable(zh="循环缺少变量名", en="the loop lacks a name")
        self._at.need("in")
        self._names.add(name)
        source = self.expression()
        if self._at.take(".."):
            source = Range(source, self.expression(), with_low=True, with_high=True)
        return name, source

    def _or(self) -> Tree:
        left = self._and()
        while self._at.take("or"):
            left = Binary("or", left, self._and())
        return left

    def _and(self) -> Tree:
        left = self._comparison()
        while self._at.take("and"):
            left = Binary("and", left, self._comparison())
        return left

    def _comparison(self) -> Tree:
        left = self.sum()
        while True:
            kind, text = self._at.peek()
            if kind == "sign" and text in COMPARISONS:
                self._at.place += 1
                left = Binary(text, left, self.sum())
            elif self._at.take("between"):
                low = self.sum()
                self._at.need("and")
                left = Within(left, (Matches(Range(low, self.sum(), with_low=True, with_high=True)),))
            elif self._at.take("in"):
                left = Within(left, self._in())
            else:
                return left

    def _in(self) -> tuple[Test, ...]:
        if self._at.sees("(") and not self.is_range():
            self._at.place += 1
            tests = self.tests()
            self._at.need(")")
            return tests
        kind, text = self._at.peek()
        if kind == "sign" and text in COMPARISONS:
            return (self.test(),)
        tree = self.sum()
        return (Condition(tree) if asks_input(tree) else Matches(tree),)

    def sum(self) -> Tree:
        """Read additions and subtractions."""
        left = self._product()
        while self._at.peek()[0] == "sign" and self._at.peek()[1] in "+-":
            left = Binary(self._at.next()[1], left, self._product())
        return left

    def _product(self) -> Tree:
        left = self._power()
        while self._at.peek()[0] == "sign" and self._at.peek()[1] in "*/":
            left = Binary(self._at.next()[1], left, self._power())
        return left

    def _power(self) -> Tree:
        left = self._signed()
        while self._at.take("**"):
            left = Binary("**", left, self._signed())
        return left

    def _signed(self) -> Tree:
        if self._at.take("-"):
            operand = self._signed()
            if isinstance(operand, Constant) and isinstance(operand.value, Decimal):
                return Constant(-operand.value)
            return Unary(operand)
        tree = self.value()
        while self._at.sees("instance") and self._at.sees("of", 1):
            self._at.place += 2
            tree = Kind(tree, self.type_name())
        return tree
