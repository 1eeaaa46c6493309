"""Lint says what is wrong with a bundle, where and what to do; usable without any server."""

import json
from pathlib import Path

import pytest

from bench import permit
from services.workflow.definitions.files import in_folder
from services.workflow.engine.models import Severity
from services.workflow.lint import lint_files, lint_folder
from services.workflow.lint.reports import MAX_FINDINGS, Report, catalogue
from tests.workflow.bundle_support import as_bytes, bundle, diagram, flow, form, item, properties, throw, user_task

_FIELD = {"type": "string", "title": "说明"}


def _rules(files: dict[str, str], *, posts: frozenset[str] | None = None) -> dict[str, str]:
    return {finding.rule: f"{finding.zh} {finding.en}" for finding in lint_files(as_bytes(files), posts=posts)}


def test_given_a_good_bundle_then_there_is_nothing_to_say() -> None:
    assert lint_files(as_bytes(bundle())) == ()


def test_given_the_processes_that_come_with_the_system_then_none_has_an_error() -> None:
    folders = [path.parent for path in Path("bpmn").glob("*/item.toml")]
    assert folders
    for folder in folders:
        assert [finding for finding in lint_folder(folder) if finding.severity is Severity.ERROR] == []


def test_given_the_process_that_is_measured_then_it_may_be_deployed() -> None:
    found = lint_files(as_bytes(permit.files()))
    assert [finding for finding in found if finding.severity is Severity.ERROR] == []


def _drawn(*changes: tuple[str, str]) -> dict[str, str]:
    drawn = diagram()
    for old, new in changes:
        assert old in drawn
        drawn = drawn.replace(old, new)
    return bundle(diagram_bpmn=drawn)


_WARN = '"permit:warn" value="80%"'
_STOP = 'name="permit:case_clock" value="stop"'
_START = 'name="permit:case_clock" value="start"'
_QUIET_END = '<bpmn:endEvent id="Granted" name="准予许可">' + properties(outcome="granted")
_LOUD_END = _QUIET_END + '<bpmn:messageEventDefinition id="Told" messageRef="Message_Delivered" />'
_NAMED = '<camunda:property name="permit:name_en" value="Lead" />'
_COSTLY = form((), a={"type": "string", "title": "x", "pattern": "^(a+)+$"})
_DANGLING = form((), a={"$ref": "#/$defs/none", "title": "x"})
_CIRCLE = form((), a={"$ref": "#/properties/a", "title": "x"})
_DOUBLING = json.dumps(
    {
        "type": "object",
        "$defs": {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(15)} | {"d15": {}},
        "properties": {"a": {"title": "x", "$ref": "#/$defs/d0"}},
    }
)
_NAN = '{"type": "object", "properties": {"a": {"title": "x", "maximum": NaN}}}'
_HALF = '{"type": "object", "title": "\\ud800", "properties": {}}'
_DEEP = '{"type": "object", "properties": {"a": ' + '{"not": ' * 60 + "{}" + "}" * 60 + "}}"
_BOUNDLESS = form((), a={"type": "string", "title": "x", "pattern": "a{99999999999}"})
_MORE = form(("decision", "extra"), decision=_FIELD, opinion=_FIELD, extra=_FIELD)
_ELSEWHERE = {"$ref": "other.json", "title": "x"}
_HERE = {"$ref": "#/properties/a", "title": "x"}
_SITUATION = """
[[situations]]
code = "more"
name = "另"
name_en = "More"
promised_workdays = 7
"""
_BAD_SCHEMA = '{"type": "object", "properties": {"a": {"minLength": "x"}}}'

FAULTS: list[tuple[dict[str, str], str, str]] = [
    (bundle(item_toml=None), "GH-E701", "item.toml"),
    (bundle(item_toml="["), "GH-E702", "TOML"),
    (bundle(item_toml=item().replace("name_en", "nameen", 1)), "GH-E702", "nameen"),
    (bundle(item_toml=item().replace('"90%"', '"ninety"')), "GH-E702", "case_clock.warn"),
    (bundle(item_toml=item(promised=21)), "GH-E703", "21"),
    (bundle(item_toml=item(promised=3)), "GH-E704", "承办审查 3 → 分管领导审核 1"),
    (_drawn((_WARN, '"permit:warn" value="9wd"')), "GH-E712", "9"),
    (_drawn((_WARN, '"permit:warn" value="1wd"')), "GH-W732", "1"),
    (_drawn(("expert_review", "publicity"), ("permit:hold_notice", "permit:decision_body")), "GH-E715", "专家评审"),
    (bundle() | {"forms/lead.json": "{"}, "GH-E718", ""),
    (bundle() | {"forms/unused.json": '{"type": "string"}'}, "GH-E718", "object"),
    (bundle() | {"forms/unused.json": "[]"}, "GH-E718", "is not of type"),
    (bundle() | {"forms/lead.json": _BAD_SCHEMA}, "GH-E718", "minLength"),
    (bundle() | {"forms/lead.json": form((), a=_ELSEWHERE, b=_HERE)}, "GH-E719", "other.json"),
    (bundle() | {"forms/lead.json": _MORE}, "GH-E720", "extra"),
    (bundle() | {"forms/review.json": form((), opinion=_FIELD, notice_no=_FIELD)}, "GH-E721", "officers"),
    (bundle() | {"forms/unused.json": form((), a=_FIELD)}, "GH-W722", ""),
    (bundle() | {"forms/lead.json": _NAN}, "GH-E718", "NaN"),
    (bundle() | {"forms/lead.json": _HALF}, "GH-E718", "surrogates"),
    (bundle() | {"forms/lead.json": _DEEP}, "GH-E718", "40"),
    (bundle() | {"forms/lead.json": "[" * 90_000}, "GH-E718", ""),
    (bundle() | {"forms/lead.json": _BOUNDLESS}, "GH-E718", "repetition"),
    (bundle() | {"forms/lead.json": _DANGLING}, "GH-E734", "none"),
    (bundle() | {"forms/lead.json": _CIRCLE}, "GH-E734", "#/properties/a"),
    (bundle() | {"forms/lead.json": _DOUBLING}, "GH-E734", "$defs"),
    (bundle() | {"forms/lead.json": _COSTLY}, "GH-E735", "^(a+)+$"),
    (bundle(item_toml=f"statutory_workdays = {'9' * 5_000}"), "GH-E702", "TOML"),
    (bundle(item_toml="a = " + "[" * 3_000), "GH-E702", "TOML"),
    (bundle(item_toml=item().replace("城乡规划法 §40", "x" * 3_000, 1)), "GH-E702", "legal_basis"),
    (bundle(item_toml=item() + _SITUATION * 100), "GH-E702", "situations"),
    (_drawn(('name="承办审查"', f'name="{"长" * 201}"')), "GH-E736", "201"),
    (_drawn((_NAMED, _NAMED.replace("Lead", "x" * 1_001))), "GH-E736", "name_en"),
    (_drawn((_STOP, 'name="permit:name_en" value="x"')), "GH-W724", "stop"),
    (bundle(item_toml=item(key="another-key")), "GH-E725", "another-key"),
    (bundle() | {"forms/unused.json": form((), a={"type": "string"})}, "GH-W726", "a"),
    (bundle(item_toml=item() + 'situations = ["nowhere"]\n'), "GH-E727", "nowhere"),
    (bundle(item_toml=item() + item()[item().index("[[documents]]") :]), "GH-E728", "D1"),
    (bundle(item_toml=item() + item()[item().index("[[situations]]") : item().index("[[documents]]")]), "GH-E728", "o"),
    (_drawn((_START, 'name="permit:name_en" value="x"')), "GH-W724", "start"),
    (_drawn((_NAMED, "")), "GH-W729", "分管领导审核"),
    (_drawn((_QUIET_END, _LOUD_END)), "GH-W734", "case_delivered"),
]


@pytest.mark.parametrize(("files", "rule", "told"), FAULTS, ids=[fault[1] for fault in FAULTS])
def test_given_a_fault_then_its_rule_says_where(files: dict[str, str], rule: str, told: str) -> None:
    found = _rules(files)
    assert rule in found, found
    assert told in found[rule]


def test_given_the_books_then_posts_are_looked_up_in_them() -> None:
    assert "GH-E713" not in _rules(bundle())
    assert "P09" in _rules(bundle(), posts=frozenset({"P03", "P04", "P08", "P13"}))["GH-E713"]


def _routed(condition: str, promised_fast: int) -> dict[str, str]:
    """A second situation that skips the handler by a way of its own."""
    other = f"""
[[situations]]
code = "fast"
name = "快速"
name_en = "Fast"
promised_workdays = {promised_fast}
"""
    drawn = (
        diagram()
        .replace(
            '<bpmn:sequenceFlow id="Flow_Accepted_Review" sourceRef="Accepted" targetRef="Review">',
            '<bpmn:exclusiveGateway id="Route" name="路线" default="Flow_Route_Review" />'
            '<bpmn:sequenceFlow id="Flow_Accepted_Route" sourceRef="Accepted" targetRef="Route" />'
            '<bpmn:sequenceFlow id="Flow_Route_Lead" sourceRef="Route" targetRef="Lead">'
            f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression></bpmn:sequenceFlow>"
            '<bpmn:sequenceFlow id="Flow_Route_Review" sourceRef="Route" targetRef="Review">',
        )
        .replace('"Deemed" targetRef="Review"', '"Deemed" targetRef="Route"')
    )
    return bundle(diagram_bpmn=drawn, item_toml=item(promised=4) + other)


def test_given_ways_that_depend_on_the_situation_then_each_is_added_up_for_itself() -> None:
    assert "GH-E704" not in _rules(_routed('case.situation == "fast"', 1))
    assert "fast" in _rules(_routed("case.facts.area &gt; 5000", 1))["GH-E704"]
    assert "fast" in _rules(_routed('case.situation == "other"', 1))["GH-E704"]


@pytest.mark.parametrize(
    "condition",
    [
        "acceptance.decision == case.situation",
        "len(case.situation) &gt; 3",
        'case["situation"] == "fast"',
        "case.situation ==",
        "urgent",
        "case.situation + 1",
        'case.situation == "fast" if case.situation else lambda: 1',
    ],
)
def test_given_a_way_that_cannot_be_foreseen_then_it_counts_as_possible(condition: str) -> None:
    assert "fast" in _rules(_routed(condition, 1))["GH-E704"]


def test_given_a_warning_that_cannot_be_read_then_the_engines_rules_say_so() -> None:
    assert "GH-E308" in _rules(_drawn((_WARN, '"permit:warn" value="soon"')))


def test_given_the_fields_that_a_template_leaves_open_then_they_are_as_good_as_not_there() -> None:
    open_fields = "".join(
        f'<camunda:property name="permit:{key}" value="" />'
        for key in ("assign", "cosign", "department", "due_on", "hold")
    )
    assert lint_files(as_bytes(_drawn((_NAMED, _NAMED + open_fields)))) == ()


def test_given_a_way_back_then_the_promise_is_reckoned_without_it() -> None:
    drawn = diagram().replace(
        '<bpmn:sequenceFlow id="Flow_Lead_Decided" sourceRef="Lead" targetRef="Decided">',
        '<bpmn:exclusiveGateway id="Back" name="退回？" default="Flow_Back_Decided" />'
        '<bpmn:sequenceFlow id="Flow_Lead_Back" sourceRef="Lead" targetRef="Back" />'
        '<bpmn:sequenceFlow id="Flow_Back_Review" sourceRef="Back" targetRef="Review">'
        '<bpmn:conditionExpression>lead.decision == "refuse"</bpmn:conditionExpression></bpmn:sequenceFlow>'
        '<bpmn:sequenceFlow id="Flow_Back_Decided" sourceRef="Back" targetRef="Decided">',
    )
    assert "GH-E704" not in _rules(bundle(diagram_bpmn=drawn, item_toml=item(promised=4)))
    assert "GH-E704" in _rules(bundle(diagram_bpmn=drawn, item_toml=item(promised=3)))


def test_given_steps_inside_a_subprocess_then_they_count_too() -> None:
    inside = (
        '<bpmn:subProcess id="Inner" name="会审"><bpmn:startEvent id="InnerStart" />'
        + user_task("Lead", "分管领导审核", "P09", "lead", limit_wd="5", quick_approval="yes")
        + '<bpmn:endEvent id="InnerEnd" /><bpmn:sequenceFlow id="I1" sourceRef="InnerStart" targetRef="Lead" />'
        '<bpmn:sequenceFlow id="I2" sourceRef="Lead" targetRef="InnerEnd" /></bpmn:subProcess>'
    )
    outside = user_task("Lead", "分管领导审核", "P09", "lead", limit_wd="1", warn="80%", quick_approval="yes")
    drawn = (
        diagram()
        .replace(outside, inside)
        .replace('targetRef="Lead">', 'targetRef="Inner">')
        .replace('sourceRef="Lead" targetRef="Decided"', 'sourceRef="Inner" targetRef="Decided"')
    )
    assert "8" in _rules(bundle(diagram_bpmn=drawn))["GH-E704"]


def _calling(*, inner_limit: str) -> dict[str, str]:
    """A bundle that accepts in a called process: the clocks start in there, and a step follows them."""
    accepted = throw("Accepted", "受理", case_clock="start", milestone="accepted")
    deemed = throw("Deemed", "视为受理", case_clock="start", clock_from="case.received_on", milestone="deemed_accepted")
    called = (
        diagram()[: diagram().index("<bpmn:message")]
        + '<bpmn:process id="shared-acceptance" name="受理" isExecutable="true"><bpmn:startEvent id="S" />'
        + throw("Inside", "受理", case_clock="start", milestone="accepted")
        + user_task("Told", "告知受理", "P03", "lead", limit_wd=inner_limit)
        + '<bpmn:endEvent id="E"><bpmn:extensionElements><camunda:properties><camunda:property name="permit:outcome" '
        'value="done" /></camunda:properties></bpmn:extensionElements></bpmn:endEvent>'
        + "".join((flow("S", "Inside"), flow("Inside", "Told"), flow("Told", "E")))
        + "</bpmn:process></bpmn:definitions>"
    )
    drawn = diagram().replace(deemed, throw("Deemed", "视为受理", milestone="deemed_accepted"))
    drawn = drawn.replace(accepted, '<bpmn:callActivity id="Accepted" name="受理" calledElement="shared-acceptance" />')
    return bundle(diagram_bpmn=drawn, item_toml=item(promised=4)) | {"shared/shared-acceptance.bpmn": called}


def test_given_clocks_that_start_in_a_called_process_then_the_limits_are_added_up_from_there() -> None:
    files = _calling(inner_limit="1")
    assert "告知受理 1 → 承办审查 3 → 分管领导审核 1" in _rules(files)["GH-E704"]
    assert "GH-W724" not in _rules(files)
    called = "shared/shared-acceptance.bpmn"
    unclocked = files[called].replace(_START, 'name="permit:name_en" value="x"')
    assert "start" in _rules(files | {called: unclocked})["GH-W724"]


def test_given_what_is_no_licence_then_it_may_do_without_clocks_but_not_with_half_of_them() -> None:
    nothing = 'name="permit:name_en" value="x"'
    free = item(statutory=0)
    without = diagram().replace(_START, nothing).replace(_STOP, nothing)
    assert "GH-W724" not in _rules(bundle(diagram_bpmn=without, item_toml=free))
    assert "GH-E703" not in _rules(bundle(item_toml=free))
    assert "stop" in _rules(bundle(diagram_bpmn=diagram().replace(_STOP, nothing), item_toml=free))["GH-W724"]
    assert "GH-W724" in _rules(bundle(diagram_bpmn=without))


def test_given_a_chain_too_long_to_walk_then_that_is_said() -> None:
    steps = "".join(user_task(f"S{n}", f"第{n}步", "P04", "experts", limit_wd="1") for n in range(500))
    flows = "".join(f'<bpmn:sequenceFlow id="C{n}" sourceRef="S{n}" targetRef="S{n + 1}" />' for n in range(499))
    ends = (
        '<bpmn:sequenceFlow id="C_in" sourceRef="Lead" targetRef="S0" />'
        '<bpmn:sequenceFlow id="C_out" sourceRef="S499" targetRef="Decided" />'
    )
    drawn = diagram().replace(
        '<bpmn:sequenceFlow id="Flow_Lead_Decided" sourceRef="Lead" targetRef="Decided"></bpmn:sequenceFlow>',
        steps + flows + ends,
    )
    found = _rules(bundle(diagram_bpmn=drawn))
    assert "GH-E731" in found or "GH-E704" in found


def test_given_a_folder_that_is_no_bundle_then_it_is_one_finding(tmp_path: Path) -> None:
    (tmp_path / "run.exe").write_bytes(b"x")
    [finding] = lint_folder(tmp_path)
    assert finding.rule == "GH-E700"
    assert lint_files({})[0].rule == "GH-E700"


def test_given_a_folder_that_calls_a_shared_process_then_that_belongs_to_it_and_no_other_does(tmp_path: Path) -> None:
    files = _calling(inner_limit="1")
    _written(tmp_path / "small-permit", {path: text for path, text in files.items() if not path.startswith("shared/")})
    (tmp_path / "small-permit" / ".DS_Store").write_bytes(b"junk")
    called = files["shared/shared-acceptance.bpmn"].replace('camunda:formKey="lead"', 'camunda:formKey="told"')
    told = {"shared-acceptance.bpmn": called, "forms/told.json": files["forms/lead.json"]}
    _written(tmp_path / "shared", told | {"forms/more.json": "{", "unknown.bpmn": "<x", "README.md": "# x"})
    assert in_folder(tmp_path / "small-permit").keys() == {
        *(path for path in files if not path.startswith("shared/")),
        "shared/shared-acceptance.bpmn",
        "shared/forms/told.json",
    }
    assert {finding.rule for finding in lint_folder(tmp_path / "small-permit")} == {"GH-E704"}
    (tmp_path / "shared" / "shared-acceptance.bpmn").write_text("<x", encoding="utf-8")
    broken = {finding.file: finding.rule for finding in lint_folder(tmp_path / "small-permit")}
    assert broken["shared/shared-acceptance.bpmn"] == "GH-E002"


def test_given_the_folder_of_shared_processes_then_each_is_judged_in_a_permit_that_calls_it_alone(
    tmp_path: Path,
) -> None:
    files = _calling(inner_limit="3")
    called = files["shared/shared-acceptance.bpmn"]
    told = {"shared-acceptance.bpmn": called, "forms/lead.json": files["forms/lead.json"]}
    _written(tmp_path / "shared", told)
    assert lint_folder(tmp_path / "shared") == ()
    late = called.replace('"permit:limit_wd" value="3"', '"permit:limit_wd" value="30"')
    _written(tmp_path / "shared", {"shared-acceptance.bpmn": late, "forms/more.json": form(()), "broken.bpmn": "<x"})
    found = {(finding.rule, finding.file) for finding in lint_folder(tmp_path / "shared")}
    assert found == {
        ("GH-E704", "shared-acceptance.bpmn"),
        ("GH-W722", "forms/more.json"),
        ("GH-E002", "broken.bpmn"),
    }


def test_given_a_form_of_a_called_process_with_the_name_of_an_own_one_then_the_step_would_show_the_wrong_form() -> None:
    files = _calling(inner_limit="1")
    assert "GH-E737" not in _rules(files)
    doubled = _rules(files | {"shared/forms/lead.json": files["forms/lead.json"]})
    assert "shared/forms/lead.json" in doubled["GH-E737"]


def _written(folder: Path, files: dict[str, str]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")


def test_every_rule_has_words_in_both_languages_and_findings_are_bounded() -> None:
    for rule in catalogue().values():
        assert all((rule.zh, rule.en, rule.remedy_zh, rule.remedy_en))
        assert rule.severity in Severity
    report = Report()
    for _ in range(MAX_FINDINGS + 5):
        report.say("GH-E701", "item.toml")
    assert len(report.findings) == MAX_FINDINGS


def test_given_an_item_with_ten_thousand_mistakes_then_only_so_many_are_told() -> None:
    wrong = item() + "".join(f"k{n} = 1\n" for n in range(10_000))
    found = lint_files(as_bytes(bundle(item_toml=wrong)))
    assert len(found) == MAX_FINDINGS
    assert {each.rule for each in found} == {"GH-E702"}
