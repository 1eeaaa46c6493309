"""Reads FEEL: the unary tests of decision-table cells, and simple expressions. Raises `Unwritable`.

A subset of DMN 1.3 §10.3: literals, dotted names, arithmetic, comparisons, ranges, lists, `and`, `or`, `if`, `in`,
`between`, `not(…)` and the functions of `builtins`. No loops, no functions of the author's own.
"""

from decimal import Decimal
from typing import Final

from services.workflow.engine.decisions.builtins import FUNCTIONS
from services.workflow.engine.decisions.names import asks_input
from services.workflow.engine.decisions.trees import (
    Anything,
    Binary,
    Call,
    Choice,
    Compared,
    Condition,
    Constant,
    Items,
    Matches,
    Name,
    Negated,
    Range,
    Test,
    Tree,
    Unary,
    Within,
)
from services.workflow.engine.decisions.words import tokens, unescaped
from services.workflow.engine.language.errors import Unwritable
from services.workflow.engine.language.values import moment

MAX_DEPTH: Final = 40

_WORDS: Final = {"true": True, "false": False, "null": None}
_KEYWORDS: Final = frozenset({"and", "or", "in", "between", "if", "then", "else", "not"})
_COMPARISONS: Final = frozenset({"<", "<=", ">", ">=", "=", "!="})


def read_tests(source: str) -> tuple[Test, ...]:
    """Read the unary tests of a cell: one of them has to pass."""
    if source.strip() in ("", "-"):
        return (Anything(),)
    reader = _Reader(source)
    tests = reader.negated() or reader.tests()
    reader.done()
    return tests


def read_expression(source: str) -> Tree:
    """Read an expression that gives a value."""
    reader = _Reader(source)
    tree = reader.expression()
    reader.done()
    return tree


class _Reader:
    """Reads from left to right, binding as DMN 1.3 §10.3.1.2 orders it."""

    def __init__(self, source: str) -> None:
        self._tokens = tokens(source)
        self._place = 0
        self._depth = 0

    # ── tokens ──

    def _peek(self, ahead: int = 0) -> tuple[str, str]:
        return self._tokens[min(self._place + ahead, len(self._tokens) - 1)]

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._place += 1
        return token

    def _is(self, text: str, ahead: int = 0) -> bool:
        kind, found = self._peek(ahead)
        return found == text and kind in ("sign", "name")

    def _take(self, text: str) -> bool:
        if self._is(text):
            self._place += 1
            return True
        return False

    def _need(self, text: str) -> None:
        if not self._take(text):
            found = self._peek()[1] or "…"
            raise Unwritable(zh=f"此处应为“{text}”，得到“{found}”", en=f"{text!r} is expected here, not {found!r}")

    def done(self) -> None:
        """Make sure that nothing is left."""
        kind, text = self._peek()
        if kind != "end":
            raise Unwritable(zh=f"多余的“{text}”", en=f"{text!r} is left over")

    # ── unary tests ──

    def negated(self) -> tuple[Test, ...] | None:
        """Read `not(…)` when it is the whole cell; otherwise nothing."""
        if not (self._is("not") and self._is("(", 1)):
            return None
        start = self._place
        self._place += 2
        inner = self.tests()
        self._need(")")
        if self._peek()[0] == "end":
            return (Negated(inner),)
        self._place = start
        return None

    def tests(self) -> tuple[Test, ...]:
        """Read tests separated by commas."""
        found = [self._test()]
        while self._take(","):
            found.append(self._test())
        return tuple(found)

    def _test(self) -> Test:
        if self._is("-") and self._peek(1)[1] in (",", "", ")"):
            self._place += 1
            return Anything()
        kind, text = self._peek()
        if kind == "sign" and text in _COMPARISONS:
            self._place += 1
            return Compared(text, self._sum())
        tree = self.expression()
        return Condition(tree) if asks_input(tree) else Matches(tree)

    # ── expressions, loosest first ──

    def expression(self) -> Tree:
        """Read an expression."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unwritable(zh="嵌套太深", en="nested too deeply")
        tree = self._choice() if self._take("if") else self._or()
        self._depth -= 1
        return tree

    def _choice(self) -> Tree:
        test = self.expression()
        self._need("then")
        yes = self.expression()
        self._need("else")
        return Choice(test, yes, self.expression())

    def _or(self) -> Tree:
        left = self._and()
        while self._take("or"):
            left = Binary("or", left, self._and())
        return left

    def _and(self) -> Tree:
        left = self._comparison()
        while self._take("and"):
            left = Binary("and", left, self._comparison())
        return left

    def _comparison(self) -> Tree:
        left = self._sum()
        kind, text = self._peek()
        if kind == "sign" and text in _COMPARISONS:
            self._place += 1
            return Binary(text, left, self._sum())
        if self._take("between"):
            low = self._sum()
            self._need("and")
            high = self._sum()
            return Within(left, (Matches(Range(low, high, with_low=True, with_high=True)),))
        if self._take("in"):
            return Within(left, self._in())
        return left

    def _in(self) -> tuple[Test, ...]:
        if self._is("(") and not self._is_range():
            self._place += 1
            tests = self.tests()
            self._need(")")
            return tests
        return (self._test(),)

    def _is_range(self) -> bool:
        """Look ahead for `..` before the bracket closes."""
        depth = 0
        for ahead in range(len(self._tokens) - self._place):
            kind, text = self._peek(ahead)
            if kind == "sign" and text in "([":
                depth += 1
            elif kind == "sign" and text in ")]":
                depth -= 1
            if kind == "sign" and text == ".." and depth == 1:
                return True
            if depth == 0:
                return False
        return False

    def _sum(self) -> Tree:
        left = self._product()
        while self._peek()[0] == "sign" and self._peek()[1] in "+-":
            left = Binary(self._next()[1], left, self._product())
        return left

    def _product(self) -> Tree:
        left = self._signed()
        while self._peek()[0] == "sign" and self._peek()[1] in "*/":
            left = Binary(self._next()[1], left, self._signed())
        return left

    def _signed(self) -> Tree:
        if self._take("-"):
            operand = self._signed()
            if isinstance(operand, Constant) and isinstance(operand.value, Decimal):
                return Constant(-operand.value)
            return Unary(operand)
        return self._value()

    def _value(self) -> Tree:
        kind, text = self._next()
        match kind:
            case "number":
                return Constant(Decimal(text))
            case "text":
                return Constant(unescaped(text[1:-1]))
            case "at":
                return _dated(text[2:-1])
            case "long":
                return self._call(text)
            case "name":
                return self._named(text)
            case _:
                return self._bracketed(text)

    def _named(self, text: str) -> Tree:
        if text in _WORDS:
            return Constant(_WORDS[text])
        if self._is("("):
            return self._call(text)
        if text in _KEYWORDS:
            raise Unwritable(zh=f"此处不能用“{text}”", en=f"{text!r} cannot stand here")
        path = [text]
        while self._is(".") and self._peek(1)[0] == "name":
            self._place += 1
            path.append(self._next()[1])
        return Name(tuple(path))

    def _call(self, name: str) -> Tree:
        if name not in FUNCTIONS:
            raise Unwritable(zh=f"没有函数“{name}”", en=f"there is no function {name}")
        self._need("(")
        arguments: list[Tree] = []
        while not self._take(")"):
            if arguments:
                self._need(",")
            arguments.append(self.expression())
        least, most, _ = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise Unwritable(zh=f"函数 {name} 的参数个数不对", en=f"{name} has the wrong number of arguments")
        if name == "date" and isinstance(arguments[0], Constant) and isinstance(arguments[0].value, str):
            return _dated(arguments[0].value)
        return Call(name, tuple(arguments))

    def _bracketed(self, opening: str) -> Tree:
        if opening not in "([]" or not opening:
            raise Unwritable(zh=f"此处不能用“{opening}”", en=f"{opening!r} cannot stand here")
        self._place -= 1
        if opening == "]" or self._is_range():
            return self._range()
        self._place += 1
        if opening == "(":
            inner = self.expression()
            self._need(")")
            return inner
        items: list[Tree] = []
        while not self._take("]"):
            if items:
                self._need(",")
            items.append(self.expression())
        return Items(tuple(items))

    def _range(self) -> Tree:
        opening = self._next()[1]
        low = self._sum()
        self._need("..")
        high = self._sum()
        closing = self._next()[1]
        if closing not in (")", "]", "["):
            raise Unwritable(zh="区间没有结束", en="the range is not closed")
        return Range(low, high, with_low=opening == "[", with_high=closing == "]")


def _dated(text: str) -> Tree:
    found = moment(text)
    if found is None:
        raise Unwritable(zh=f"看不懂的日期：{text}", en=f"the date is not understood: {text}")
    return Constant(found)
