"""What a machine can keep true of the code's style (docs/architecture.md): each rule names the place that breaks it."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FUNCTION = 40
LONGEST_FILE = 300
GENERATED = "# generated"


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def dotted(node: ast.AST) -> str:
    """`datetime.now` of a name or attribute chain; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr}"
        case _:
            return ""


def calls(path: Path, is_wrong: Callable[[str], bool]) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and is_wrong(dotted(node.func)) and ast.unparse(node) not in HARMLESS:
            yield f"{place(path, node)} {dotted(node.func)}()"


HARMLESS = {"asyncio.sleep(0)"}
"""Gives the others a turn and waits for nothing."""


def asks_the_machine_for_the_time(name: str) -> bool:
    end = tuple(name.split(".")[-2:])
    return end in {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")} or end in {
        ("time", "time"),
        ("time", "time_ns"),
        ("time", "localtime"),
        ("time", "gmtime"),
    }


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    others = [path for path in files("services") if path != ROOT / "services/kernel/clock.py"]
    assert [wrong for path in others for wrong in calls(path, asks_the_machine_for_the_time)] == []


def is_sleep(name: str) -> bool:
    return name in {"time.sleep", "asyncio.sleep", "anyio.sleep", "sleep"}


def test_no_test_sleeps() -> None:
    """Wait for a condition with `wait_until`. Only the chaos tests let time pass: it is what they are about."""
    may = {ROOT / "tests/support/wait.py", *(ROOT / "tests/chaos").rglob("*.py")}
    others = [path for path in files("tests") if path not in may]
    assert [wrong for path in others for wrong in calls(path, is_sleep)] == []


def test_no_test_mocks_our_code() -> None:
    wrong = [
        place(path, node)
        for path in files("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom) and "mock" in ast.unparse(node).lower()
    ]
    patched = [wrong for path in files("tests") for wrong in calls(path, lambda name: name == "monkeypatch.setattr")]
    assert wrong + patched == []


@pytest.mark.parametrize("folder", ["services", "tests", "bench"])
def test_no_function_is_longer_than_forty_lines(folder: str) -> None:
    functions = (
        (path, node)
        for path in files(folder)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    long = [
        f"{place(path, node)} {node.name} has {lines} lines"
        for path, node in functions
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    """A file that outgrows this becomes a folder of the same name, split by noun. Contracts are lists, not code."""
    texts = {path: path.read_text(encoding="utf-8") for path in files("services") if room(path) != "contracts"}
    long = [
        f"{path.relative_to(ROOT)} has {lines} lines"
        for path, text in texts.items()
        if (lines := text.count("\n")) > LONGEST_FILE and GENERATED not in text[:200].lower()
    ]
    assert long == []


def catches_everything(node: ast.ExceptHandler) -> bool:
    """Whether the handler takes any exception and keeps it: one that tidies up and raises again does not."""
    if isinstance(last := node.body[-1], ast.Raise) and last.exc is None:
        return False
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(each is None or dotted(each) in {"Exception", "BaseException"} for each in caught)


def test_only_the_kernel_catches_everything() -> None:
    others = [path for path in files("services") if not path.is_relative_to(ROOT / "services/kernel")]
    wrong = [
        place(path, node)
        for path in others
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    ]
    assert wrong == []


def test_every_refusal_of_a_service_has_a_code_of_its_own() -> None:
    """A reader, and a client's program, tells a service's refusals apart by their code."""
    places: dict[tuple[str, str], list[str]] = {}
    for path in files("services"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and (code := refusal_code(node)):
                places.setdefault((room(path), code), []).append(place(path, node))
    assert {code: found for code, found in places.items() if len(found) > 1} == {}


def room(path: Path) -> str:
    return path.relative_to(ROOT / "services").parts[0]


def refusal_code(node: ast.ClassDef) -> str | None:
    """The `code = "…"` of a class that also states a `status`."""
    stated = {
        target.id: statement.value.value
        for statement in node.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    return str(stated["code"]) if {"code", "status"} <= stated.keys() else None
