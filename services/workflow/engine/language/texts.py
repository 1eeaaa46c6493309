"""Expressions and scripts as the rest of the engine uses them: read once at deploy, reckoned many times."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from services.workflow.engine.language.errors import Miscalculated, Unwritable
from services.workflow.engine.language.functions import PLAIN
from services.workflow.engine.language.grammar import WORDS, Reader, Run, checked, parsed
from services.workflow.engine.language.office import OFFICE, Office
from services.workflow.engine.language.surroundings import Surroundings
from services.workflow.engine.language.values import BINARY, MAX_ITEMS, Value, kind_of

MAX_STATEMENTS: Final = 100


@dataclass(frozen=True, slots=True)
class Expression:
    """A text that gives a value. `names` are the variables it reads."""

    source: str
    names: frozenset[str]
    _run: Run = field(repr=False)

    def value(self, layers: Sequence[Mapping[str, Value]], office: Office) -> Value:
        """Reckon the value. Raises `Miscalculated`."""
        return self._run(Surroundings(layers, office))

    def holds(self, layers: Sequence[Mapping[str, Value]], office: Office) -> bool:
        """Reckon a condition; nothing counts as no. Raises `Miscalculated` for an answer other than yes or no."""
        value = self.value(layers, office)
        if value is None or isinstance(value, bool):
            return bool(value)
        zh, en = kind_of(value)
        raise Miscalculated(zh=f"条件的结果是{zh}，不是“是/否”", en=f"the condition gave {en}, not yes or no")


@dataclass(frozen=True, slots=True)
class Script:
    """Assignments, one after another. `names` are the variables it reads, `assigns` those it sets."""

    source: str
    names: frozenset[str]
    assigns: frozenset[str]
    _steps: tuple[tuple[str, tuple[str, ...], Run], ...] = field(repr=False)

    def changes(self, layers: Sequence[Mapping[str, Value]], office: Office) -> dict[str, Value]:
        """Reckon the new values of the variables it sets; nothing is changed in place. Raises `Miscalculated`."""
        changed: dict[str, Value] = {}
        around = Surroundings([changed, *layers], office)
        for name, path, run in self._steps:
            value = storable(run(around))
            changed[name] = _placed(around.variable(name), path, value) if path else value
        return changed


@lru_cache(maxsize=8192)
def expression(source: str) -> Expression:
    """Read an expression. Raises `Unwritable`."""
    bare = unwrapped(source)
    if not bare:
        raise Unwritable(zh="表达式为空", en="the expression is empty")
    reader = Reader()
    run = reader.read(parsed(bare, mode="eval").body)
    return Expression(bare, frozenset(reader.names), run)


@lru_cache(maxsize=2048)
def script(source: str) -> Script:
    """Read a script: assignments only. Raises `Unwritable`."""
    body = parsed(_dedented(source), mode="exec").body
    if not body or len(body) > MAX_STATEMENTS:
        raise Unwritable(zh=f"脚本须有 1-{MAX_STATEMENTS} 条赋值", en=f"a script has 1 to {MAX_STATEMENTS} assignments")
    reader, steps, assigned, read = Reader(), [], set[str](), set[str]()
    for statement in body:
        reader.names = set()
        name, path, run = _assignment(reader, statement)
        read |= reader.names - assigned
        assigned.add(name)
        steps.append((name, path, run))
    return Script(source, frozenset(read), frozenset(assigned), tuple(steps))


def unwrapped(source: str) -> str:
    """Take off what other editors put round an expression: `${…}` and `#{…}`."""
    bare = source.strip()
    if bare[:2] in ("${", "#{") and bare.endswith("}"):
        bare = bare[2:-1].strip()
    return bare


def storable(value: Value) -> Value:
    """A value as it is kept: dates and moments become ISO text, everything else stays. Raises `Miscalculated`."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [storable(part) for part in value]
    if isinstance(value, dict):
        return {key: storable(part) for key, part in value.items()}
    return value


def _dedented(source: str) -> str:
    lines = [line.strip() for line in source.strip().splitlines()]
    return "\n".join(line for line in lines if line)


def _assignment(reader: Reader, statement: ast.stmt) -> tuple[str, tuple[str, ...], Run]:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        name, path = _target(statement.targets[0])
        return name, path, reader.read(statement.value)
    if isinstance(statement, ast.AugAssign):
        name, path = _target(statement.target)
        compute = BINARY.get(type(statement.op).__name__)
        if compute is None:
            raise Unwritable(zh="不支持的赋值运算", en="this kind of assignment is not part of the language")
        reached = ast.copy_location(_loaded(statement.target), statement)
        return name, path, _combined(compute, reader.read(reached), reader.read(statement.value))
    raise Unwritable(zh="脚本只能写赋值语句", en="a script holds assignments only")


def _combined(compute: Callable[[Value, Value], Value], left: Run, right: Run) -> Run:
    return lambda around: compute(left(around), right(around))


def _loaded(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Attribute):
        return ast.Attribute(_loaded(target.value), target.attr, ast.Load())
    return ast.Name(target.id, ast.Load()) if isinstance(target, ast.Name) else target


def _target(node: ast.expr) -> tuple[str, tuple[str, ...]]:
    """Read the place an assignment goes to: a name, or a path of keys under a name."""
    path: list[str] = []
    while isinstance(node, ast.Attribute):
        path.insert(0, checked(node.attr))
        node = node.value
    if not isinstance(node, ast.Name):
        raise Unwritable(zh="只能给变量或其字段赋值", en="only variables and their fields can be assigned")
    if node.id in PLAIN or node.id in OFFICE or node.id in WORDS:
        raise Unwritable(zh=f"“{node.id}”是保留名称", en=f"{node.id} is a reserved name")
    return checked(node.id), tuple(path)


def _placed(holder: Value, path: tuple[str, ...], value: Value) -> dict[str, Value]:
    """A copy of an object with a value put at a path; what is passed on the way is copied, not changed."""
    if holder is None:
        holder = {}
    if not isinstance(holder, dict):
        zh, en = kind_of(holder)
        raise Miscalculated(zh=f"不能给{zh}的字段“{path[0]}”赋值", en=f"{en} has no field {path[0]} to assign")
    if len(holder) >= MAX_ITEMS:
        raise Miscalculated(zh="结果太大", en="the result is too large")
    key, rest = path[0], path[1:]
    return {**holder, key: _placed(holder.get(key), rest, value) if rest else value}
