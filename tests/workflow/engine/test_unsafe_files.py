"""No file crashes the gate, and no file makes it read, fetch, or expand anything."""

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.workflow.engine import run
from services.workflow.engine.bundles import Bundle, compile_bundle, compile_diagrams
from services.workflow.engine.documents import MAX_BYTES, MAX_ELEMENTS
from services.workflow.engine.models import Command, Complete, EngineFault, Fire, Message, Severity
from tests.workflow.engine.drawing import HEAD, drawn, end, flows, node, process, start, user
from tests.workflow.engine.playing import CALENDAR, NOW, rules_of
from tests.workflow.engine.random_drawing import drawn_process
from tests.workflow.engine.random_processes import Maker
from tests.workflow.engine.tables import cells, table

LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha" * 10) for n in range(10))
EMPTY = drawn(process(start(), end(), flows("s", "e")))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("billion laughs", b"<!DOCTYPE a [" + LAUGHS + b"]><a>&l9;</a>"),
        ("external entity", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        ("external dtd", b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'),
        ("parameter entity", b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;]><a/>'),
        ("utf-16 doctype", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a []><a/>'.encode("utf-16")),
        ("utf-32 doctype", '<?xml version="1.0" encoding="UTF-32"?><!DOCTYPE a []><a/>'.encode("utf-32")),
        (
            "ebcdic doctype",
            '<?xml version="1.0" encoding="IBM037"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("cp037"),
        ),
        ("undeclared entity", b"<a>&nothing;</a>"),
        ("xinclude", b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd"/></a>'),
        ("deep", b"<a>" * 100_000 + b"</a>" * 100_000),
        ("wide", b"<a>" + b"<b/>" * (MAX_ELEMENTS + 1) + b"</a>"),
        ("large", b"<a>" + b"x" * 10 * 2**20 + b"</a>"),
        ("long attribute", b'<a b="' + b"x" * (MAX_BYTES - 100) + b'"/>'),
        ("empty", b""),
        ("blank", b"   \n"),
        ("nul", b"<a>\0</a>"),
        ("not xml", b"%PDF-1.7"),
        ("cut off", EMPTY[: len(EMPTY) // 2]),
        ("wrong encoding", b'<?xml version="1.0" encoding="klingon"?><a/>'),
        ("bad utf-8", HEAD.encode() + b"\xff\xfe</bpmn:definitions>"),
        ("bad namespace", b"<x:a/>"),
        ("html", b"<!doctype html><html><body><p>hi</html>"),
        ("svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("bpmn 1.2", EMPTY.replace(b"20100524", b"20090501")),
        ("only definitions", drawn()),
        ("no id anywhere", drawn("<bpmn:process><bpmn:startEvent/><bpmn:task/><bpmn:sequenceFlow/></bpmn:process>")),
        ("stylesheet", b'<?xml-stylesheet href="http://127.0.0.1:9/x"?><a/>'),
    ],
)
def test_a_hostile_or_broken_file_gives_findings_quickly(name: str, content: bytes) -> None:
    began = time.monotonic()
    for extension in ("bpmn", "dmn"):
        compiled = compile_bundle({f"{name}.{extension}": content})
        assert compiled.bundle is None
        assert any(finding.severity is Severity.ERROR for finding in compiled.findings)
        assert not any("root:" in finding.en for finding in compiled.findings)
    assert time.monotonic() - began < 5


def test_a_lower_case_doctype_is_no_way_in() -> None:
    assert "GH-E002" in rules_of(compile_bundle({"d.bpmn": b"<!doctype a []><a/>"}).findings)


def test_deeply_nested_subprocesses_are_read_or_refused() -> None:
    for depth in (20, 120, 400):
        inner = user("u")
        for level in range(depth):
            chain = flows(f"s{level}", "u" if level == 0 else f"p{level - 1}", f"e{level}")
            inner = node("subProcess", f"p{level}", start(f"s{level}"), inner, end(f"e{level}"), chain)
        whole = drawn(process(start(), inner, end(), flows("s", f"p{depth - 1}", "e")))
        compiled = compile_diagrams({"d.bpmn": whole})
        assert (compiled.bundle is None) == bool(compiled.findings)


def test_comments_and_instructions_do_not_matter() -> None:
    strewn = EMPTY.replace(b"><bpmn:", b"><!-- a --><?x y?><bpmn:")
    assert compile_diagrams({"d.bpmn": strewn}).bundle is not None


def _seeds() -> list[bytes]:
    made = []
    for seed in range(12):
        maker = Maker(seed)
        made.append(drawn_process(maker.graph("main", 3, blocks=2), maker.called))
    return [*made, table(rules=[cells("> 5", output='"x"')]), *(path.read_bytes() for path in _own_diagrams())]


def _own_diagrams() -> list[Path]:
    return sorted(Path("bpmn").glob("*/*.bpmn")) + sorted(Path("bpmn").glob("*/*.dmn"))


def test_two_thousand_damaged_files_crash_nothing() -> None:
    chance, seeds = random.Random(7), _seeds()  # noqa: S311 - the same damage every time
    for _ in range(2_000):
        content = bytearray(chance.choice(seeds))
        for _ in range(chance.choice([1, 1, 2, 5, 20])):
            _damage(chance, content)
        name = "d.dmn" if b"DMN" in content[:400] else "d.bpmn"
        compiled = compile_bundle({name: bytes(content)})
        assert compiled.bundle is not None or compiled.findings


def _damage(chance: random.Random, content: bytearray) -> None:
    place = chance.randrange(len(content) or 1)
    length = chance.choice([1, 1, 3, 10, 60, 300])
    match chance.randrange(4):
        case 0:
            del content[place : place + length]
        case 1:
            content[place:place] = content[place : place + length]
        case 2:
            elsewhere = chance.randrange(len(content) or 1)
            content[place:place] = content[elsewhere : elsewhere + length]
        case _:
            content[place : place + 1] = bytes([chance.randrange(32, 127)])


def test_a_thousand_rearranged_drawings_crash_nothing_and_what_is_accepted_starts() -> None:
    """Whole words are swapped, so that most of what comes out is still XML."""
    chance, seeds = random.Random(11), [seed.decode() for seed in _seeds()]  # noqa: S311 - the same every time
    words = ["userTask", "subProcess", "parallelGateway", "endEvent", "startEvent", "boundaryEvent", "callActivity"]
    words += ["eventBasedGateway", "receiveTask", "intermediateCatchEvent", "scriptTask", "businessRuleTask", "main"]
    for _ in range(1_000):
        content = chance.choice(seeds)
        for _ in range(chance.choice([1, 2, 3])):
            content = content.replace(chance.choice(words), chance.choice(words), chance.choice([1, 2, -1]))
        name = "d.dmn" if "DMN" in content[:400] else "d.bpmn"
        compiled = compile_diagrams({name: content.encode()})
        if compiled.bundle is None:
            assert compiled.findings
        else:
            _play(chance, compiled.bundle)


def _play(chance: random.Random, bundle: Bundle) -> None:
    """Take some random steps; a diagram may run into a fault, the engine may not run into an error."""
    data = {"case": {"items": ["x", "y"]}, "form": {"x": 1}}
    with suppress(EngineFault):
        step = run.start(bundle, chance.choice(sorted(bundle.processes)), data, now=NOW, calendar=CALENDAR)
        for _ in range(6):
            commands: list[Command] = [Complete(task.id, {"x": 3}) for task in step.tasks if task.kind == "human"]
            commands += [Fire(timer.id) for timer in step.timers] + [Message(name) for name in step.awaits]
            if not commands:
                return
            step = run.apply(bundle, step.state, chance.choice(commands), now=NOW, calendar=CALENDAR)


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes_at_all_give_findings(content: bytes) -> None:
    assert compile_bundle({"d.bpmn": content}).findings
