"""Drawings that people bring from other tools: an answer in words and in time, whatever they hold."""

import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from services.workflow.engine.bundles import compile_bundle
from services.workflow.engine.models import Severity
from services.workflow.lint import lint_files
from services.workflow.lint.mending.fixes import mended
from services.workflow.lint.mending.translating import translate

FOREIGN: Final = sorted((Path(__file__).parent / "foreign").iterdir())
LIMIT: Final = 2.0
"""Seconds that the gate may take over a file."""


def _examined(content: bytes) -> float:
    """Give how long the gate, the translator and the mender take together; none of them may raise."""
    begun = time.process_time()
    compiled = compile_bundle({"diagram.bpmn": content})
    files = translate({"diagram.bpmn": content}).files
    mended(files, lint_files)
    assert (compiled.bundle is None) == any(found.severity is Severity.ERROR for found in compiled.findings)
    return time.process_time() - begun


@pytest.mark.parametrize("file", FOREIGN, ids=lambda file: file.name)
def test_a_drawing_of_another_tool_is_answered_in_words(file: Path) -> None:
    findings = lint_files({"diagram.bpmn": file.read_bytes()})
    assert findings
    assert all(finding.zh and finding.en and finding.remedy_zh and finding.remedy_en for finding in findings)


_BROKEN: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gb18030, said so": lambda text: text.decode().replace("UTF-8", "GB18030").encode("gb18030"),
    "gb18030, not said": lambda text: text.decode().encode("gb18030"),
    "utf-16": lambda text: text.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "utf-8 with a mark": lambda text: b"\xef\xbb\xbf" + text,
    "an encoding there is not": lambda text: text.replace(b"UTF-8", b"x-klingon"),
    "cut in two": lambda text: text[: len(text) // 2],
    "cut in a letter": lambda text: text[: text.index("流".encode()) + 1],
    "empty": lambda _: b"",
    "blank": lambda _: b" \n",
    "no XML": lambda _: b"PK\x03\x04 a Visio file",
    "zero bytes": lambda text: text.replace(b"<process", b"<\x00process"),
    "a document type": lambda text: text.replace(b"<definitions", b'<!DOCTYPE d [<!ENTITY x "y">]><definitions', 1),
    "entities that nobody declared": lambda text: text.replace("请假".encode(), b"&nbsp;"),
    "doubled": lambda text: text + text,
    "only the root": lambda _: b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    "no namespace": lambda text: text.replace(b'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"', b""),
    "deep": lambda _: b"<a>" * 5_000 + b"</a>" * 5_000,
    "one long text": lambda text: text.replace("请假".encode(), b"x" * 900_000),
    "a thousand attributes": lambda text: text.replace(
        b"<process", b"<process " + b" ".join(b'a%d="1"' % number for number in range(10_000)), 1
    ),
}


@pytest.mark.parametrize("breaks", _BROKEN.values(), ids=_BROKEN)
def test_a_broken_file_is_refused_or_read_and_never_breaks_the_gate(breaks: Callable[[bytes], bytes]) -> None:
    drawing = next(file for file in FOREIGN if file.name.startswith("flowable")).read_bytes()
    assert _examined(breaks(drawing)) < LIMIT


def test_a_drawing_of_a_megabyte_is_answered_in_time() -> None:
    drawing = next(file for file in FOREIGN if file.name == "signavio.bpmn").read_text().replace("false", "true")
    shape = '<startEvent id="x{0}"/><task id="t{0}"/><endEvent id="e{0}"/>'
    shape += '<sequenceFlow id="f{0}" sourceRef="x{0}" targetRef="t{0}"/>'
    shape += '<sequenceFlow id="g{0}" sourceRef="t{0}" targetRef="e{0}"/>'
    many = "".join(shape.format(number) for number in range(5_200))
    content = drawing.replace("</process>", f"{many}</process>").encode()
    assert len(content) > 900_000
    assert _examined(content) < 3 * LIMIT  # the gate, the translator and the mender: the gate alone is below
    begun = time.process_time()
    compile_bundle({"diagram.bpmn": content})
    assert time.process_time() - begun < LIMIT


_TAG: Final = re.compile(rb"<(?!\?|!|/)[^<>]*?/?>")
_ATTRIBUTE: Final = re.compile(rb'\s([\w:]+)="([^"]*)"')


def _drop_attribute(text: bytes, chance: random.Random) -> bytes:
    found = chance.choice(list(_ATTRIBUTE.finditer(text)))
    return text[: found.start()] + text[found.end() :]


def _change_attribute(text: bytes, chance: random.Random) -> bytes:
    found = chance.choice(list(_ATTRIBUTE.finditer(text)))
    other = chance.choice(list(_ATTRIBUTE.finditer(text))).group(2)
    value = chance.choice([other, b"", b"${", b"-1", b"9" * 30, "一".encode(), b"a b", b"&#10;", b"=["])
    return text[: found.start(2)] + value + text[found.end(2) :]


def _rename_attribute(text: bytes, chance: random.Random) -> bytes:
    found, other = (chance.choice(list(_ATTRIBUTE.finditer(text))) for _ in range(2))
    return text[: found.start(1)] + other.group(1) + text[found.end(1) :]


def _double_element(text: bytes, chance: random.Random) -> bytes:
    found = chance.choice([tag for tag in _TAG.finditer(text) if tag.group().endswith(b"/>")] or [_TAG.search(text)])
    assert found is not None
    return text[: found.end()] + found.group() + text[found.end() :]


def _drop_element(text: bytes, chance: random.Random) -> bytes:
    found = chance.choice(list(_TAG.finditer(text)))
    return text[: found.start()] + text[found.end() :]


def _move_element(text: bytes, chance: random.Random) -> bytes:
    found = chance.choice(list(_TAG.finditer(text)))
    place = chance.choice(list(_TAG.finditer(text))).end()
    rest = text[: found.start()] + b" " * len(found.group()) + text[found.end() :]
    return rest[:place] + found.group() + rest[place:]


def _rename_element(text: bytes, chance: random.Random) -> bytes:
    names = sorted(set(re.findall(rb"</([\w:]+)>", text)))
    old, new = chance.choice(names), chance.choice([*names, b"bpmn:transaction", b"complexGateway", b"adHocSubProcess"])
    return text.replace(b"<" + old, b"<" + new, 1).replace(b"</" + old + b">", b"</" + new + b">", 1)


_CHANGES: Final = (
    _drop_attribute,
    _change_attribute,
    _rename_attribute,
    _double_element,
    _drop_element,
    _move_element,
    _rename_element,
)


@pytest.mark.parametrize(
    "file", [file for file in FOREIGN if b"omg.org" in file.read_bytes()], ids=lambda file: file.name
)
def test_no_drawing_with_things_missing_doubled_or_in_the_wrong_place_breaks_the_gate(file: Path) -> None:
    drawing, slowest = file.read_bytes(), 0.0
    for seed in range(150):
        chance, text = random.Random(seed), drawing  # noqa: S311 - a fuzz, seeded to be repeated
        for _ in range(chance.randint(1, 4)):
            text = chance.choice(_CHANGES)(text, chance)
        slowest = max(slowest, _examined(text))
    assert slowest < LIMIT
