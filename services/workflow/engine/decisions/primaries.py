"""Reads the parts of FEEL that stand by themselves: literals, names, calls, lists, ranges, contexts, functions."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from services.workflow.engine.decisions.builtins import FUNCTIONS
from services.workflow.engine.decisions.cursors import Cursor
from services.workflow.engine.decisions.moments import at_literal, read_date
from services.workflow.engine.decisions.trees import (
    Call,
    Constant,
    Filter,
    Items,
    Lambda,
    Member,
    Name,
    Range,
    Record,
    Test,
    Tree,
)
from services.workflow.engine.decisions.words import unescaped
from services.workflow.engine.language.errors import Unwritable
from services.workflow.engine.language.values import moment

COMPARISONS: Final = frozenset({"<", "<=", ">", ">=", "=", "!="})
_MOST_EXPONENT: Final = 6_111
_WORDS: Final = {"true": True, "false": False, "null": None}
_KEYWORDS: Final = frozenset({"and", "or", "in", "between", "if", "then", "else", "return", "satisfies"})


class Primaries:
    """What every expression is made of; `expression` and `sum` are read by the reader that is one of these."""

    def __init__(self, at: Cursor, names: Iterable[str], *, lenient: bool) -> None:
        self._at = at
        self._names = set(names)
        self._lenient = lenient

    def expression(self) -> Tree:
        """Read an expression."""
        raise NotImplementedError

    def sum(self) -> Tree:
        """Read additions and subtractions."""
        raise NotImplementedError

    def test(self) -> Test:
        """Read one unary test."""
        raise NotImplementedError

    def value(self) -> Tree:
        """Read a part, and what is asked of it: `.key`, `[…]`, `(…)`."""
        tree = self._part()
        while True:
            if self._at.sees(".") and self._at.peek(1)[0] in ("name", "long"):
                self._at.place += 1
                key = self._at.next()[1]
                tree = Name((*tree.path, key)) if isinstance(tree, Name) else Member(tree, key)
            elif self._at.sees("[") and not self._closes(1):
                self._at.place += 1
                tree = Filter(tree, self.expression())
                self._at.need("]")
            elif self._at.sees("(") and isinstance(tree, Name | Member | Lambda | Filter | Call):
                self._known(tree)
                arguments, named = self._arguments()
                tree = Call("", arguments, named, tree)
            else:
                return tree

    def _closes(self, ahead: int) -> bool:
        """Say whether a bracket ends a range: nothing that could be inside it follows."""
        kind, text = self._at.peek(ahead)
        return kind == "end" or text in (",", ")", "]", "}", "and", "or", "then", "else", "return", "satisfies")

    def _known(self, function: Tree) -> None:
        """Refuse the call of a function that nobody makes, where the file is to be deployed."""
        if isinstance(function, Name) and len(function.path) == 1 and not self._lenient:
            name = function.path[0]
            if name not in self._names:
                raise Unwritable(zh=f"没有函数“{name}”", en=f"there is no function {name}")

    def _part(self) -> Tree:
        kind, text = self._at.next()
        match kind:
            case "number":
                return _number(text)
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
        if text == "function" and self._at.sees("("):
            return self._lambda()
        if text in FUNCTIONS and self._at.sees("("):
            return self._call(text)
        if text in _KEYWORDS:
            raise Unwritable(zh=f"此处不能用“{text}”", en=f"{text!r} cannot stand here")
        return Name((text,))

    def _call(self, name: str) -> Tree:
        known = FUNCTIONS[name]
        arguments, named = self._arguments()
        count = len(arguments) + len(named)
        if not known.least <= count <= known.most:
            if self._lenient:
                return Constant(None)
            raise Unwritable(zh=f"函数 {name} 的参数个数不对", en=f"{name} has the wrong number of arguments")
        if name == "date" and len(arguments) == 1 and isinstance(arguments[0], Constant):
            return self._day(arguments[0].value) or Call(name, arguments, named)
        return Call(name, arguments, named)

    def _day(self, text: object) -> Tree | None:
        """Read a date that is written out, so that tables can be compared before they run."""
        found = read_date(text) if isinstance(text, str) else None
        if found is None and isinstance(text, str) and moment(text) is None and not self._lenient:
            raise Unwritable(zh=f"看不懂的日期：{text}", en=f"the date is not understood: {text}")
        return None if found is None else Constant(found)

    def _arguments(self) -> tuple[tuple[Tree, ...], tuple[tuple[str, Tree], ...]]:
        self._at.need("(")
        plain: list[Tree] = []
        named: list[tuple[str, Tree]] = []
        while not self._at.take(")"):
            if plain or named:
                self._at.need(",")
            if self._at.peek()[0] in ("name", "long") and self._at.sees(":", 1):
                key = self._at.next()[1]
                self._at.need(":")
                named.append((key, self.expression()))
            else:
                plain.append(self.expression())
        if plain and named:
            raise Unwritable(zh="参数须全部命名或全部不命名", en="name all arguments or none")
        return tuple(plain), tuple(named)

    def _lambda(self) -> Tree:
        self._at.need("(")
        names: list[str] = []
        types: list[str] = []
        while not self._at.take(")"):
            if names:
                self._at.need(",")
            names.append(self._at.next()[1])
            self._names.add(names[-1])
            types.append(self.type_name() if self._at.take(":") else "")
        if self._at.sees("external"):
            raise Unwritable(zh="不支持外部函数", en="external functions are not supported")
        return Lambda(tuple(names), self.expression(), tuple(types))

    def type_name(self) -> str:
        """Read the name of a type, as far as it goes: `list<number>`, `date and time`."""
        kind, text = self._at.next()
        if kind not in ("name", "long"):
            raise Unwritable(zh="缺少类型名称", en="the name of a type is missing")
        words = [text]
        while self._at.take("."):
            words.append(self._at.next()[1])
        name = ".".join(words)
        while self._at.peek()[0] == "name" and self._at.peek()[1] in ("and", "time", "months", "duration"):
            name += f" {self._at.next()[1]}"
        if self._at.take("<"):
            inner: list[str] = []
            while not self._at.take(">"):
                if inner:
                    self._at.need(",")
                inner.append(self._type_argument())
            name += f"<{', '.join(inner)}>"
            if self._at.take("->"):
                name += f"->{self.type_name()}"
        return name

    def _type_argument(self) -> str:
        if self._at.peek()[0] in ("name", "long") and self._at.sees(":", 1):
            key = self._at.next()[1]
            self._at.need(":")
            return f"{key}: {self.type_name()}"
        return self.type_name()

    # ── brackets ──

    def _bracketed(self, opening: str) -> Tree:
        if opening == "{":
            return self._record()
        if opening not in ("(", "[", "]"):
            raise Unwritable(zh=f"此处不能用“{opening}”", en=f"{opening!r} cannot stand here")
        self._at.place -= 1
        if opening == "]" or self.is_range():
            return self._range()
        self._at.place += 1
        if opening == "(":
            return self._round()
        items: list[Tree] = []
        while not self._at.take("]"):
            if items:
                self._at.need(",")
            items.append(self._item())
        return Items(tuple(items))

    def _item(self) -> Tree:
        half = self._half()
        return self.expression() if half is None else half

    def _round(self) -> Tree:
        inner = self._half() or self.expression()
        self._at.need(")")
        return inner

    def _half(self) -> Range | None:
        """Read a range with one end, `(> 5)`; nothing when another expression stands here."""
        kind, text = self._at.peek()
        if kind != "sign" or text not in COMPARISONS:
            return None
        self._at.place += 1
        end = self.sum()
        if text == "!=":
            raise Unwritable(zh="此处不能用“!=”", en="'!=' cannot stand here")
        low, high = (end if text in (">", ">=", "=") else None), (end if text in ("<", "<=", "=") else None)
        return Range(low, high, with_low=text in (">=", "="), with_high=text in ("<=", "="))

    def is_range(self) -> bool:
        """Look ahead for `..` before the bracket closes."""
        depth = 0
        for ahead in range(len(self._at) - self._at.place):
            kind, text = self._at.peek(ahead)
            if kind == "sign" and text in ("(", "[", "{"):
                depth += 1
            elif kind == "sign" and text in (")", "]", "}"):
                depth -= 1
            if kind == "sign" and text == ".." and depth == 1:
                return True
            if depth == 0:
                return False
            if kind == "name" and text in ("for", "some", "every"):
                return False
        return False

    def _range(self) -> Tree:
        opening = self._at.next()[1]
        low = self.sum()
        self._at.need("..")
        high = self.sum()
        closing = self._at.next()[1]
        if closing not in (")", "]", "["):
            raise Unwritable(zh="区间没有结束", en="the range is not closed")
        return Range(low, high, with_low=opening == "[", with_high=closing == "]")

    def _record(self) -> Tree:
        entries: list[tuple[str, Tree]] = []
        while not self._at.take("}"):
            if entries:
                self._at.need(",")
            kind, text = self._at.next()
            if kind not in ("name", "long", "text"):
                raise Unwritable(zh=f"此处应为名称，得到“{text}”", en=f"a name is expected here, not {text!r}")
            key = unescaped(text[1:-1]) if kind == "text" else text
            self._at.need(":")
            self._names.add(key)
            if key in {name for name, _ in entries}:
                raise Unwritable(zh=f"名称“{key}”重复", en=f"the name {key} occurs twice")
            entries.append((key, self.expression()))
        return Record(tuple(entries))


def _number(text: str) -> Tree:
    """Read a number within the bounds DMN gives numbers: 34 digits, exponents to 6111."""
    found = Decimal(text)
    if found.adjusted() > _MOST_EXPONENT or found.adjusted() < -_MOST_EXPONENT:
        raise Unwritable(zh="数字太大", en="the number is too large")
    return Constant(found)


def _dated(text: str) -> Tree:
    found = at_literal(text)
    if found is None:
        raise Unwritable(zh=f"看不懂的日期：{text}", en=f"the date is not understood: {text}")
    return Constant(found)
