"""Settings of the house that are missing, misspelt or misplaced."""

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
from tests.workflow.engine.faulty import Case, between, instead
from tests.workflow.engine.playing import with_forms

LAX = settings(limitwd="3")

CASES: list[Case] = [
    ("GH-E301", "x", with_forms(between(node("userTask", "x", camunda__formKey="form")))),
    ("GH-E302", "x", with_forms(between(user("x", post="P04,P05")))),
    ("GH-E302", "x", with_forms(between(user("x", post="${post}")))),
    ("GH-E304", "x", with_forms(between(node("userTask", "x", camunda__candidateGroups="P04")))),
    ("GH-E305", "x", with_forms(between(user("x", form="other")))),
    ("GH-E306", "x", {"d.bpmn": between(user("x")), "forms/form.json": b"[1]"}),
    ("GH-E306", "x", {"d.bpmn": between(user("x")), "forms/form.json": b"{"}),
    ("GH-E307", "x", with_forms(between(node("userTask", "x", LAX)))),
    *[
        ("GH-E308", "x", with_forms(between(user("x", limit_wd=value))))
        for value in ("0", "1000", "-1", "1.5", "five", "", "５")
    ],
    ("GH-E308", "x", with_forms(between(user("x", warn="soon")))),
    ("GH-E308", "x", with_forms(between(user("x", two_officers="true")))),
    ("GH-E308", "x", with_forms(between(user("x", hold="lunch")))),
    ("GH-E308", "x", with_forms(between(user("x", case_clock="pause")))),
    ("GH-E308", "e", with_forms(instead(start(), end("e", settings(outcome="fine")), flows("s", "e")))),
    (
        "GH-W309",
        "x",
        with_forms(between(node("userTask", "x", camunda__candidateGroups="P04", camunda__formKey="form"))),
    ),
    ("GH-E310", "x", with_forms(between(user("x", hold="hearing")))),
    ("GH-E311", "x", with_forms(between(node("exclusiveGateway", "x", settings(limit_wd="3"))))),
    ("GH-E311", "p", with_forms(drawn(process(settings(limit_wd="3"), start(), end(), flows("s", "e"))))),
    ("GH-W312", "e", with_forms(instead(start(), end("e"), flows("s", "e")))),
    ("GH-W313", "x", with_forms(between(user("x").replace(' name="x"', "")))),
    (
        "GH-E314",
        "x",
        {"d.bpmn": between(user("x", quick_approval="yes")), "forms/form.json": b'{"properties": {"decision": {}}}'},
    ),
    (
        "GH-E316",
        "x",
        {
            "d.bpmn": between(user("x")),
            "forms/form.json": b'{"properties": {"number": {"x-from": "certificate.number"}}}',
        },
    ),
    (
        "GH-E316",
        "x",
        {"d.bpmn": between(user("x")), "forms/form.json": b'{"properties": {"number": {"x-from": "case[0]"}}}'},
    ),
]
