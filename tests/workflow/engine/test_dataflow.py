"""What is read was written before on every way there, and forms have the fields that are read of them."""

import json

from services.workflow.engine.bundles import compile_bundle
from services.workflow.engine.models import Finding
from tests.workflow.engine.drawing import (
    boundary,
    drawn,
    end,
    flow,
    flows,
    node,
    process,
    script,
    settings,
    start,
    timer,
    user,
)
from tests.workflow.engine.playing import with_forms

RULES = {"GH-W407", "GH-E408"}
END = end("e", settings(outcome="granted"))
CLOSED = {"type": "object", "additionalProperties": False, "properties": {"decision": {}, "opinion": {}}}


def found(*parts: str, form: object = None) -> list[Finding]:
    files = with_forms(drawn(process(*parts)), "other", "third")
    if form is not None:
        files["forms/form.json"] = json.dumps(form).encode()
    return [finding for finding in compile_bundle(files).findings if finding.rule in RULES]


def told(*parts: str, form: object = None) -> list[tuple[str, str]]:
    return [(finding.rule, finding.element) for finding in found(*parts, form=form)]


def choice(*ways: str, gateway: str = "exclusiveGateway") -> tuple[str, ...]:
    """Start → g → a or b → j → script x that reads what `a` writes → end."""
    parts = (start(), node(gateway, "g", default="fb") if gateway == "exclusiveGateway" else node(gateway, "g"))
    split = (flow("g", "a", "case.x" if gateway == "exclusiveGateway" else None), flow("g", "b", id="fb"))
    join = (flows("a", "j"), flows("b", "j", "x", "e"), node(gateway, "j"), script("x", "y = form.decision"))
    return (*parts, user("a"), user("b", form="other"), flows("s", "g"), *split, *join, END, *ways)


def test_what_is_written_in_one_branch_only_is_told_with_the_way_that_misses_it() -> None:
    findings = found(*choice())
    assert [(finding.rule, finding.element) for finding in findings] == [("GH-W407", "x")]
    assert findings[0].en == "“x” reads form, which one way there has not written: s → g → b → j → x"


def test_what_one_of_several_parallel_branches_writes_is_written_behind_their_join() -> None:
    assert told(*choice(gateway="parallelGateway")) == []


def test_what_is_written_before_the_choice_is_written_on_every_way() -> None:
    parts = (start(), user("a"), node("exclusiveGateway", "g", default="no"), user("b", form="other"), END)
    assert (
        told(*parts, flows("s", "a", "g"), flow("g", "b", "form.decision"), flow("g", "e", id="no"), flows("b", "e"))
        == []
    )


def test_a_condition_behind_a_task_reads_what_the_task_wrote() -> None:
    parts = (start(), user("a"), user("b", form="other"), END, flows("s", "a"))
    assert told(*parts, flow("a", "b", "form.decision"), flow("a", "e", "not form.decision"), flows("b", "e")) == []


def test_what_a_task_writes_is_not_there_when_it_was_interrupted() -> None:
    late = (boundary("late", "a", timer("PT1H")), script("x", "y = form.decision"), end("le"))
    parts = (start(), user("a"), END, flows("s", "a", "e"))
    assert told(*parts, *late, flows("late", "x", "le")) == [("GH-W407", "x")]


def test_a_script_may_read_what_it_wrote_a_line_before() -> None:
    parts = (start(), script("x", "y = 1; z = y + 1"), user("a"), END, flows("s", "x", "a", "e"))
    assert told(*parts) == []


def test_what_a_subprocess_writes_on_every_way_is_there_behind_it() -> None:
    inner = (start("is"), user("a"), end("ie"), flows("is", "a", "ie"))
    parts = (start(), node("subProcess", "sub", *inner), script("x", "y = form.decision"), END)
    assert told(*parts, flows("s", "sub", "x", "e")) == []
    skipped = (flow("is", "ig"), node("exclusiveGateway", "ig", default="no"), flow("ig", "ie", id="no"))
    inner = (start("is"), *skipped, user("a"), end("ie"), flow("ig", "a", "case.x"), flows("a", "ie"))
    parts = (start(), node("subProcess", "sub", *inner), script("x", "y = form.decision"), END)
    assert told(*parts, flows("s", "sub", "x", "e")) == [("GH-W407", "x")]


def test_the_notice_of_a_hold_is_written_before_the_hold_begins() -> None:
    held = user("h", form="other", hold="expert_review", hold_notice="form.decision")
    assert told(start(), held, user("a"), END, flows("s", "h", "a", "e")) == [("GH-W407", "h")]
    assert told(start(), user("a"), held, END, flows("s", "a", "h", "e")) == []


def test_a_field_that_a_closed_form_does_not_have_is_refused() -> None:
    parts = (start(), user("a"), node("exclusiveGateway", "g", default="no"), user("b", form="other"), END)
    ways = (
        flows("s", "a", "g"),
        flow("g", "b", "form.decison == 'a'", id="yes"),
        flow("g", "e", id="no"),
        flows("b", "e"),
    )
    assert told(*parts, *ways, form=CLOSED) == [("GH-E408", "yes")]
    assert "decision, opinion" in found(*parts, *ways, form=CLOSED)[0].en
    assert told(*parts, *ways, form=CLOSED | {"additionalProperties": True}) == []


def test_the_department_of_a_step_is_a_field_that_is_filled_in_before() -> None:
    placed = user("h", form="other", department="form.decision")
    assert told(start(), placed, user("a"), END, flows("s", "h", "a", "e"), form=CLOSED) == [("GH-W407", "h")]
    assert told(start(), user("a"), placed, END, flows("s", "a", "h", "e"), form=CLOSED) == []
    misspelt = user("h", form="other", department="form.unit")
    assert told(start(), user("a"), misspelt, END, flows("s", "a", "h", "e"), form=CLOSED) == [("GH-E408", "h")]


def test_a_field_that_a_script_adds_to_a_forms_variable_may_be_read() -> None:
    parts = (start(), user("a"), script("w", "form.more = 1"), script("x", "y = form.more"), END)
    assert told(*parts, flows("s", "a", "w", "x", "e"), form=CLOSED) == []


def test_the_notice_of_a_hold_is_a_field_of_the_form() -> None:
    held = user("h", form="other", hold="expert_review", hold_notice="form.notice_no")
    assert told(start(), user("a"), held, END, flows("s", "a", "h", "e"), form=CLOSED) == [("GH-E408", "h")]


def test_what_a_form_takes_over_is_a_field_that_is_filled_in_before() -> None:
    parts = (start(), user("a"), user("b", form="other"), END, flows("s", "a", "b", "e"))
    for source, refused in (("form.decision", []), ("form.decison", ["b"]), ("form", []), ("case.title", [])):
        taking = {"type": "object", "properties": {"text": {"x-from": source}}}
        files = with_forms(drawn(process(*parts))) | {"forms/form.json": json.dumps(CLOSED).encode()}
        files["forms/other.json"] = json.dumps(taking).encode()
        findings = [one.element for one in compile_bundle(files).findings if one.rule in {"GH-E408", "GH-E316"}]
        assert findings == refused, source


def fields_back(condition: str, handed: str, *, inside: str = user("qa"), also: str = "") -> list[str]:
    """The fields refused of a caller that reads what a called process gave back."""
    middle = ("qa", "qx") if also else ("qa",)
    called = process(start("qs"), inside, also, end("qe"), flows("qs", *middle, "qe"), id="q")
    call = node("callActivity", "c", f"<bpmn:extensionElements>{handed}</bpmn:extensionElements>", calledElement="q")
    caller = (start(), call, script("x", f"y = {condition}"), END, flows("s", "c", "x", "e"))
    files = with_forms(drawn(process(*caller), called), "other") | {"forms/form.json": json.dumps(CLOSED).encode()}
    return [finding.en for finding in compile_bundle(files).findings if finding.rule == "GH-E408"]


BACK = '<camunda:out source="form" target="result"/>'


def test_what_a_called_process_gives_back_has_the_fields_of_its_form() -> None:
    assert fields_back("result.decision", BACK) == []
    assert fields_back("result.decison", BACK) == [
        "result has no field decison; the fields of its form: decision, opinion"
    ]


def test_what_a_called_process_gives_back_that_no_closed_form_alone_writes_may_have_any_field() -> None:
    assert fields_back("result.more", BACK, also=script("qx", "form.more = 1")) == []
    assert fields_back("result.more", BACK, inside=user("qa", form="other")) == []
    assert fields_back("result.more", '<camunda:out sourceExpression="form" target="result"/>') == []
    assert fields_back("form.more", '<camunda:out variables="all"/>') == []
