"""Files that cannot be read, or do not go together."""

from services.workflow.engine import bundles
from services.workflow.engine.documents import MAX_BYTES
from tests.workflow.engine.drawing import (
    drawn,
    end,
    flows,
    node,
    process,
    settings,
    start,
    user,
)
from tests.workflow.engine.faulty import Case, sound
from tests.workflow.engine.playing import FORM, with_forms

TWO = user("a"), end("e", settings(outcome="granted"))

CASES: list[Case] = [
    ("GH-E001", "", {"d.bpmn": b"<a>" + b" " * MAX_BYTES + b"</a>"}),
    ("GH-E002", "", {"d.bpmn": b"<bpmn"}),
    ("GH-E003", "", {"d.bpmn": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'}),
    ("GH-E004", "", {"d.bpmn": b"<html/>"}),
    ("GH-E005", "", {"forms/form.json": FORM}),
    (
        "GH-E006",
        "q",
        with_forms(
            drawn(
                *(
                    process(*TWO[1:], start(), flows("s", "e"), id=i)
                    .replace('"s"', f'"s{i}"')
                    .replace('"e"', f'"e{i}"')
                    .replace('"f_s_e"', f'"f{i}"')
                    for i in "pq"
                )
            )
        ),
    ),
    ("GH-E007", "1x", with_forms(sound(node("userTask", "1x")))),
    ("GH-E008", "a", with_forms(sound(user("a")))),
    ("GH-E009", "p", {"b.bpmn": sound(), **with_forms(sound())}),
    ("GH-E012", "", {"d.bpmn": sound().replace(b" id=", b' xmlns:flowable="http://flowable.org/bpmn" id=', 1)}),
    ("GH-E011", "p", with_forms(sound(*(user(f"u{n}") for n in range(bundles.MAX_NODES))))),
    ("GH-E010", "", {f"{n}.txt": b"" for n in range(bundles.MAX_FILES + 1)}),
]
