"""`docs/domain.md` and `docs/glossary.md` hold every id and word that code, tests and events lean on."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Final

import pytest

from services.contracts import words
from services.contracts.catalogue import CATALOGUE
from services.kernel.worktime.calendars import Calendar

ROOT: Final = Path(__file__).parents[2]
DOMAIN: Final = (ROOT / "docs" / "domain.md").read_text(encoding="utf-8")
GLOSSARY: Final = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")

IDS: Final = (
    *(f"A-{n:02}" for n in range(1, 43)),
    *(f"B-{n:02}" for n in range(1, 53)),
    *(f"SL-{n:02}" for n in range(1, 31)),
    *(f"PT-{n:02}" for n in range(1, 14)),
    *(f"SC-{n}" for n in range(1, 16)),
    *(f"0.{n}" for n in range(1, 25)),
)
CITED_ID: Final = re.compile(r"\b(?:A|B|SL|SC|PT)-\d{1,2}\b")
CITED_SECTION: Final = re.compile(r"domain\.md §(\d+(?:\.\d+)?)")
PLAIN_VECTOR: Final = re.compile(r"\| (V-\d\d) \|[^|+;→]*?(\d{4}-\d\d-\d\d)[^|+;→]* \+(\d+) \| (\d{4}-\d\d-\d\d)")


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, headings and rulers included."""
    return [
        [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]


def keys() -> Counter[str]:
    """What the document can be cited by: first cells of rows, and numbers or ids of headings."""
    headings = re.findall(r"^#+ (\S+)", DOMAIN, re.MULTILINE)
    return Counter([row[0] for row in rows(DOMAIN)] + headings)


def docstrings() -> Iterator[tuple[Path, str]]:
    """Every docstring, and every bare string under a constant or field, of services and tests."""
    for folder in ("services", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Expr)
                    and isinstance(node.value, ast.Constant)
                    and isinstance(node.value.value, str)
                ):
                    yield path.relative_to(ROOT), node.value.value


def snake(name: str) -> str:
    """`RequiredDocument` → `required_document`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def spoken() -> set[str]:
    """Every name the contracts speak: classes, fields, values, parts of event types, and the words within them."""
    names: set[str] = set()
    for path in (ROOT / "services" / "contracts").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.Name(id=name):
                    names.add(snake(name))
                case ast.Constant(value=str(value)) if re.fullmatch(r"[a-z0-9_.]+", value):
                    names.update(value.split("."))
                case _:
                    pass
    parts = {part for name in names for part in name.split("_")}
    return names | parts | {part.removesuffix("s") for part in parts}


def glossary_rows() -> list[list[str]]:
    """The rows of the five-column word tables."""
    return [row for row in rows(GLOSSARY) if len(row) == 5 and row[2].startswith("`")]


def identifiers() -> list[str]:
    """The identifier column."""
    return [row[2].strip("`") for row in glossary_rows()]


@pytest.mark.parametrize("key", IDS)
def test_every_id_is_the_key_of_exactly_one_row_or_heading(key: str) -> None:
    assert keys()[key] == 1, f"docs/domain.md: {key} is the key of {keys()[key]} rows, wanted 1"


def test_no_row_or_heading_invents_an_id() -> None:
    assert {key for key in keys() if CITED_ID.fullmatch(key)} == {key for key in IDS if CITED_ID.fullmatch(key)}


def test_every_table_is_strict_one_row_a_line_as_many_cells_as_its_heading() -> None:
    for text in (DOMAIN, GLOSSARY):
        width = 0
        for line in text.splitlines():
            cells = rows(line)[0] if line.startswith("|") else []
            assert not cells or not width or len(cells) == width, f"{len(cells)} cells instead of {width}: {line}"
            width = len(cells)


def test_every_requirement_row_has_where_it_is_built_and_what_proves_it_or_a_dash() -> None:
    wanted = [row for row in rows(DOMAIN) if re.fullmatch(r"[AB]-\d\d", row[0])]
    assert len(wanted) == 94
    assert [row[0] for row in wanted if len(row) != 6 or not all(row)] == []


def test_every_id_cited_in_a_docstring_exists() -> None:
    known = keys()
    wrong = {
        f"{path}: {cited}" for path, text in docstrings() for cited in CITED_ID.findall(text) if cited not in known
    }
    assert sorted(wrong) == [], "cite an id that stands in docs/domain.md"


def test_every_section_cited_in_a_docstring_exists() -> None:
    known = keys()
    wrong = {
        f"{path}: §{cited}"
        for path, text in docstrings()
        for cited in CITED_SECTION.findall(text)
        if cited not in known
    }
    assert sorted(wrong) == [], "cite a section that stands in docs/domain.md"


@pytest.mark.parametrize(("vector", "start", "workdays", "due_on"), PLAIN_VECTOR.findall(DOMAIN))
def test_the_calendar_agrees_with_the_printed_vector(vector: str, start: str, workdays: str, due_on: str) -> None:
    counted = Calendar.builtin().add_workdays(date.fromisoformat(start), int(workdays))
    assert counted == date.fromisoformat(due_on), vector


def test_at_least_a_dozen_vectors_are_recomputed() -> None:
    assert len(PLAIN_VECTOR.findall(DOMAIN)) >= 12


@pytest.mark.parametrize(("file", "table"), [("departments.toml", "department"), ("posts.toml", "post")])
def test_every_department_and_post_of_the_demo_office_stands_in_the_domain_document(file: str, table: str) -> None:
    office = tomllib.loads((ROOT / "services" / "local" / "office" / file).read_text(encoding="utf-8"))
    first_cells = {code for row in rows(DOMAIN) for code in row[0].split(", ")}
    assert {entry["code"] for entry in office[table]} <= first_cells


@pytest.mark.parametrize(("column", "name"), [(0, "Chinese term"), (1, "English word"), (2, "identifier")])
def test_one_word_for_one_thing(column: int, name: str) -> None:
    counted = Counter(row[column] for row in glossary_rows())
    assert [word for word, times in counted.items() if times > 1] == [], f"{name} stands twice in docs/glossary.md"


def test_every_identifier_is_written_as_code_writes_it() -> None:
    assert [word for word in identifiers() if not re.fullmatch(r"[a-z][a-z0-9_]*", word)] == []


def test_a_word_marked_as_said_is_said_by_the_contracts() -> None:
    said = spoken()
    marked = {row[2].strip("`") for row in glossary_rows() if row[3] == "●"}
    assert sorted(marked - said) == []


def test_every_closed_set_of_the_contracts_is_in_the_glossary() -> None:
    closed = [cls for cls in vars(words).values() if isinstance(cls, type) and issubclass(cls, Enum)]
    values = {str(member.value) for cls in closed for member in cls}
    assert len(values) > 40
    assert sorted(values - set(identifiers())) == []


def test_every_noun_of_an_event_type_is_in_the_glossary() -> None:
    nouns = {event_type.split(".")[2] for event_type in CATALOGUE if event_type.startswith("guihua.")}
    assert sorted(nouns - set(identifiers())) == []
