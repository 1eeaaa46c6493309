"""The permit that speed and size are measured on: docs/architecture.md's typical case, not a real item.

Twelve user tasks in five lanes, two parallel branches of which one is a called process, a yellow and a red timer on
every task, a completeness loop, a rework loop, limits from a decision table, three co-signers side by side. Fifteen
completions play it; the application weighs about 4 KB and grows to about 12.
"""

from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Any

from services.workflow.engine.bundles import Bundle, compile_diagrams
from services.workflow.engine.models import Complete, Step
from services.workflow.engine.run import apply, start
from tests.workflow.engine import drawing as draw
from tests.workflow.engine.playing import CALENDAR, NOW
from tests.workflow.engine.tables import cells, table

WORDS = [
    "新建住宅",
    "车库",
    "退让",
    "日照",
    "绿地率",
    "容积率",
    "消防",
    "道路红线",
    "市政管线",
    "地勘",
    "方案",
    "图纸",
    "复核",
    "补正",
    "会签",
    "纪要",
]
LANES = {
    "registry": ("register", "completeness"),
    "handling": ("assign", "check", "draft", "send"),
    "specialists": ("environment",),
    "leaders": ("cosign", "approve"),
    "applicant": ("supply", "pay"),
}
LIMITS = table(
    inputs=["application.kind"],
    outputs=["register", "work", "special", "sign", "supply"],
    rules=[
        cells('"building"', output=("3", "10", "20", "5", "30")),
        cells('"trade"', output=("2", "5", "10", "3", "20")),
        cells('"event"', output=("1", "3", "5", "2", "10")),
    ],
)


def _timed(name: str, limit: str, *inner: str) -> str:
    """A user task with its two timers."""
    parts = [draw.user(name, *inner, form=name)]
    for colour, days in (("yellow", f"limits.{limit} - 1"), ("red", f"limits.{limit}")):
        text = f"close_of_business(workday_after(today(), {days}))"
        event = f"{name}_{colour}"
        parts += [
            draw.boundary(event, name, draw.timer(text, "timeDate"), interrupting=False),
            draw.node("sendTask", f"{event}_n", messageRef="m_warning"),
            draw.end(f"{event}_e"),
            draw.flows(event, f"{event}_n", f"{event}_e"),
        ]
    return "".join(parts)


def _lanes() -> str:
    lanes = (
        draw.node(
            "lane", f"lane_{name}", *(f"<bpmn:flowNodeRef>{task}</bpmn:flowNodeRef>" for task in tasks), name=name
        )
        for name, tasks in LANES.items()
    )
    return f"<bpmn:laneSet>{''.join(lanes)}</bpmn:laneSet>"


def _main() -> str:
    decide = {"camunda__decisionRef": "d", "camunda__resultVariable": "limits"}
    handed = '<camunda:in source="limits" target="limits"/><camunda:out source="fire" target="fire"/>'
    extension = f"<bpmn:extensionElements>{handed}</bpmn:extensionElements>"
    return draw.process(
        _lanes(),
        draw.start(),
        draw.node("businessRuleTask", "decide", **decide),
        *(_timed(*pair) for pair in (("register", "register"), ("completeness", "register"), ("supply", "supply"))),
        *(_timed(*pair) for pair in (("assign", "work"), ("check", "work"), ("environment", "special"))),
        *(_timed(*pair) for pair in (("draft", "work"), ("approve", "sign"), ("pay", "supply"), ("send", "work"))),
        _timed("cosign", "sign", draw.several("assign.cosigners", "cosigner")),
        draw.node("callActivity", "fire", extension, calledElement="fire_process"),
        draw.script("agree", "agreed = all([one.ok for one in cosign])"),
        *(draw.node("exclusiveGateway", name) for name in ("again", "redo")),
        draw.node("exclusiveGateway", "complete", default="yes"),
        draw.node("exclusiveGateway", "signed", default="no"),
        draw.node("parallelGateway", "fork"),
        draw.node("parallelGateway", "join"),
        draw.end(),
        draw.flows("s", "decide", "register", "again", "completeness", "complete"),
        draw.flow("complete", "supply", "not completeness.complete"),
        draw.flow("complete", "assign", id="yes"),
        draw.flows("supply", "again"),
        draw.flows("assign", "fork", "check", "join", "redo", "draft", "cosign", "agree", "signed"),
        draw.flows("fork", "environment", "fire", "join"),
        draw.flow("signed", "approve", "agreed"),
        draw.flow("signed", "redo", id="no"),
        draw.flows("approve", "pay", "send", "e"),
        id="permit",
    )


def _called() -> str:
    """The process the permit calls."""
    form = _timed("fire_check", "special").replace('camunda:formKey="fire_check"', 'camunda:formKey="fire"')
    return draw.process(draw.start("fs"), form, draw.end("fe"), draw.flows("fs", "fire_check", "fe"), id="fire_process")


def files() -> dict[str, bytes]:
    """The permit, the process it calls, and its decision table."""
    return {"permit.bpmn": draw.drawn(draw.message("warning"), _main(), _called()), "limits.dmn": LIMITS}


def bundle() -> Bundle:
    compiled = compile_diagrams(files())
    assert compiled.bundle is not None, compiled.findings
    return compiled.bundle


def _prose(chance: Random, words: int) -> str:
    """Text that does not repeat itself."""
    return " ".join(chance.choice(WORDS) + str(chance.randrange(99)) for _ in range(words))


def application() -> dict[str, Any]:
    """About 4 KB of application data that does not compress away."""
    chance = Random(7)  # noqa: S311 - the same permit every time
    papers = [
        {
            "id": f"{chance.getrandbits(64):x}",
            "name": f"{_prose(chance, 2)}.pdf",
            "size": chance.randrange(10**7),
            "sha256": f"{chance.getrandbits(256):064x}",
            "by": f"u{chance.randrange(999)}",
        }
        for _ in range(16)
    ]
    return {"kind": "building", "no": "51200020261123PT0500017", "text": _prose(chance, 60), "attachments": papers}


def answers(task: str, seen: set[str]) -> dict[str, Any]:
    """What a person writes into each form."""
    chance = Random(task + str(len(seen)))  # noqa: S311 - the same permit every time
    common: dict[str, Any] = {
        "by": f"u{len(seen)}",
        "opinion": _prose(chance, 40),
        "ref": f"{chance.getrandbits(128):x}",
    }
    match task:
        case "completeness":
            return common | {"complete": "supply" in seen, "checklist": {f"c{n}": True for n in range(15)}}
        case "assign":
            return common | {"cosigners": ["u11", "u12", "u13"]}
        case "cosign":
            return {"ok": True, "at": "2026-11-23T10:00:00+08:00"}
        case "check":
            return common | {"findings": [{"p": n, "t": _prose(chance, 4)} for n in range(8)]}
        case _:
            return common


def played(made: Bundle) -> Iterator[Step]:
    """Play one permit from start to end; give every step."""
    step = start(made, "permit", {"case": {}, "application": application()}, now=NOW, calendar=CALENDAR)
    yield step
    seen: set[str] = set()
    for _ in count():
        if step.ended is not None:
            return
        task = step.tasks[0]
        command = Complete(task.id, answers(task.element, seen))
        seen.add(task.element)
        step = apply(made, step.state, command, now=NOW, calendar=CALENDAR)
        yield step
