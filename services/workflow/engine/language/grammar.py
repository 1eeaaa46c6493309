"""What may be written: the closed list of forms, each turned into one small function of ours.

Python's parser only reads the text; what it read is walked by `Reader`, and a form without a method here is refused.
"""

import ast
from collections.abc import Callable
from typing import Any, ClassVar, Final

from services.workflow.engine.language.errors import Unwritable
from services.workflow.engine.language.functions import METHODS, PLAIN
from services.workflow.engine.language.office import OFFICE
from services.workflow.engine.language.surroundings import Surroundings
from services.workflow.engine.language.values import (
    BINARY,
    COMPARE,
    MAX_NUMBER,
    Value,
    bounded,
    field,
    item,
    mismatch,
    negative,
    text,
)

MAX_SOURCE: Final = 4_000
MAX_DEPTH: Final = 40
WORDS: Final = {"true": True, "false": False, "null": None}

Run = Callable[[Surroundings], Value]


def parsed(source: str, *, mode: str) -> Value:
    """Read a text with Python's parser, which runs nothing. Raises `Unwritable`."""
    if len(source) > MAX_SOURCE:
        raise Unwritable(zh=f"表达式超过 {MAX_SOURCE} 个字符", en=f"the text is longer than {MAX_SOURCE} characters")
    try:
        return ast.parse(source, mode=mode)
    except SyntaxError as error:
        place = f"{error.lineno}:{error.offset}"
        raise Unwritable(zh=f"语法错误（{place}）", en=f"the syntax is wrong at {place}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError):
        raise Unwritable(zh="无法解析", en="the text cannot be read") from None


def _refused(node: ast.AST) -> Unwritable:
    form = type(node).__name__
    return Unwritable(zh=f"不支持的写法：{form}", en=f"{form} is not part of the language")


class Reader:
    """Turns a parsed text into functions, and notes which variables it reads."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self._bound: list[str] = []
        self._depth = 0

    def read(self, node: ast.expr) -> Run:
        """Turn one form into a function. Raises `Unwritable` for a form that is not in the list."""
        method = self._FORMS.get(type(node))
        if method is None:
            raise _refused(node)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unwritable(zh="表达式嵌套太深", en="the text is nested too deeply")
        run = method(self, node)
        self._depth -= 1
        return run

    def _constant(self, node: ast.Constant) -> Run:
        value = node.value
        if not isinstance(value, str | int | float | None):  # bool is an int
            raise Unwritable(zh="不支持的常量", en="this kind of constant is not part of the language")
        if isinstance(value, int | float) and not -MAX_NUMBER <= value <= MAX_NUMBER:
            raise Unwritable(zh="数字太大", en="the number is too large")
        return lambda _: value

    def _name(self, node: ast.Name) -> Run:
        name = checked(node.id)
        if name in WORDS and name not in self._bound:
            word = WORDS[name]
            return lambda _: word
        if name not in self._bound:
            if name in PLAIN or name in OFFICE:
                raise Unwritable(zh=f"“{name}”是函数，须加括号", en=f"{name} is a function: write {name}(…)")
            self.names.add(name)
        return lambda around: around.variable(name)

    def _attribute(self, node: ast.Attribute) -> Run:
        holder, name = self.read(node.value), checked(node.attr)
        return lambda around: field(holder(around), name)

    def _subscript(self, node: ast.Subscript) -> Run:
        holder = self.read(node.value)
        if isinstance(node.slice, ast.Slice):
            return self._slice(holder, node.slice)
        key = self.read(node.slice)
        return lambda around: item(holder(around), key(around))

    def _slice(self, holder: Run, node: ast.Slice) -> Run:
        if node.step is not None:
            raise _refused(node)
        lower = self.read(node.lower) if node.lower else (lambda _: None)
        upper = self.read(node.upper) if node.upper else (lambda _: None)
        return lambda around: part(holder(around), lower(around), upper(around))

    def _unary(self, node: ast.UnaryOp) -> Run:
        operand = self.read(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda around: not operand(around)
        if isinstance(node.op, ast.USub):
            return lambda around: negative(operand(around))
        raise _refused(node.op)

    def _binary(self, node: ast.BinOp) -> Run:
        compute = BINARY.get(type(node.op).__name__)
        if compute is None:
            raise _refused(node.op)
        left, right = self.read(node.left), self.read(node.right)
        return lambda around: compute(left(around), right(around))

    def _both(self, node: ast.BoolOp) -> Run:
        parts = [self.read(value) for value in node.values]
        wanted = isinstance(node.op, ast.Or)

        def run(around: Surroundings) -> Value:
            value: Value = None
            for part_ in parts:
                value = part_(around)
                if bool(value) is wanted:
                    break
            return value

        return run

    def _compare(self, node: ast.Compare) -> Run:
        for operator, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(operator, ast.Is | ast.IsNot) and not (
                isinstance(right, ast.Constant) and (right.value is None or isinstance(right.value, bool))
            ):
                raise Unwritable(zh="“is”只能用于 None、True、False", en="'is' is for None, True and False only")
        first = self.read(node.left)
        rest = [
            (COMPARE[type(operator).__name__], self.read(right))
            for operator, right in zip(node.ops, node.comparators, strict=True)
        ]

        def run(around: Surroundings) -> bool:
            left = first(around)
            for compare, operand in rest:
                right = operand(around)
                if not compare(left, right):
                    return False
                left = right
            return True

        return run

    def _choice(self, node: ast.IfExp) -> Run:
        test, yes, no = self.read(node.test), self.read(node.body), self.read(node.orelse)
        return lambda around: yes(around) if test(around) else no(around)

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Run:
        parts = [self.read(value) for value in node.elts]
        return lambda around: [part_(around) for part_ in parts]

    def _mapping(self, node: ast.Dict) -> Run:
        pairs = []
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                raise Unwritable(zh="对象的键须为文本", en="the keys of an object must be texts")
            pairs.append((key.value, self.read(value)))
        return lambda around: {key: value(around) for key, value in pairs}

    def _formatted(self, node: ast.JoinedStr) -> Run:
        parts: list[Run] = []
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                if value.format_spec is not None or value.conversion != -1:
                    raise Unwritable(zh="不支持格式说明", en="format specifications are not part of the language")
                parts.append(self.read(value.value))
            else:
                parts.append(self.read(value))
        return lambda around: bounded("".join(text(part_(around)) for part_ in parts))

    def _call(self, node: ast.Call) -> Run:
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise Unwritable(zh="函数只接受普通参数", en="functions take plain arguments only")
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func)
        if not isinstance(node.func, ast.Name) or node.func.id in self._bound:
            raise Unwritable(zh="只能按名称调用函数", en="only named functions can be called")
        return self._function(node, node.func.id)

    def _function(self, node: ast.Call, name: str) -> Run:
        if name in OFFICE:
            count, ask = OFFICE[name]
            _counted(name, node.args, count, count)
            given = self._arguments(node)
            return lambda around: ask(around.office, *(value(around) for value in given))
        if name not in PLAIN:
            raise Unwritable(zh=f"没有函数“{name}”", en=f"there is no function {name}")
        least, most, compute = PLAIN[name]
        _counted(name, node.args, least, most)
        given = self._arguments(node)
        return lambda around: compute(*(value(around) for value in given))

    def _method(self, node: ast.Call, function: ast.Attribute) -> Run:
        name = checked(function.attr)
        if name not in METHODS:
            raise Unwritable(zh=f"没有方法“.{name}()”", en=f"there is no method .{name}()")
        least, most, compute = METHODS[name]
        _counted(name, node.args, least, most)
        holder, given = self.read(function.value), self._arguments(node)
        return lambda around: compute(holder(around), *(value(around) for value in given))

    def _arguments(self, node: ast.Call) -> list[Run]:
        return [self.read(argument) for argument in node.args]

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> Run:
        if len(node.generators) != 1:
            raise Unwritable(zh="一次只能遍历一个列表", en="one list at a time")
        loop = node.generators[0]
        if loop.is_async or not isinstance(loop.target, ast.Name):
            raise _refused(loop.target)
        name, source = checked(loop.target.id), self.read(loop.iter)
        self._bound.append(name)
        result, tests = self.read(node.elt), [self.read(test) for test in loop.ifs]
        self._bound.pop()
        return lambda around: around.each(name, source(around), tests, result)

    _FORMS: ClassVar[dict[type[ast.expr], Callable[["Reader", Any], Run]]] = {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Subscript: _subscript,
        ast.UnaryOp: _unary,
        ast.BinOp: _binary,
        ast.BoolOp: _both,
        ast.Compare: _compare,
        ast.IfExp: _choice,
        ast.List: _sequence,
        ast.Tuple: _sequence,
        ast.Set: _sequence,
        ast.Dict: _mapping,
        ast.JoinedStr: _formatted,
        ast.Call: _call,
        ast.ListComp: _comprehension,
        ast.GeneratorExp: _comprehension,
    }
    """Everything that may be written. There is nothing else."""


def part(holder: Value, lower: Value, upper: Value) -> Value:
    """`holder[lower:upper]` of a text or a list."""
    numbers = all(bound is None or (isinstance(bound, int) and not isinstance(bound, bool)) for bound in (lower, upper))
    if not isinstance(holder, str | list) or not numbers:
        raise mismatch(holder, by="[:]")
    return holder[lower:upper]


def checked(name: str) -> str:
    """Give a name back, or refuse one that begins with an underscore. Raises `Unwritable`."""
    if name.startswith("_"):
        raise Unwritable(zh=f"名称不能以下划线开头：{name}", en=f"names do not begin with an underscore: {name}")
    return name


def _counted(name: str, given: list[ast.expr], least: int, most: int) -> None:
    if not least <= len(given) <= most:
        span = f"{least}" if least == most else f"{least}-{most}"
        raise Unwritable(zh=f"函数 {name} 需要 {span} 个参数", en=f"{name} takes {span} arguments, not {len(given)}")
