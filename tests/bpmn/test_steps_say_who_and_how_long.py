"""Every step says who does it, with which form and in how many working days; every end says how it ends."""

import json
import re
import tomllib
from importlib.resources import files
from typing import Any, Final

import pytest

from services.contracts.words import HoldGround, Outcome
from services.kernel.worktime import read_warning_point
from services.workflow.engine.language.texts import expression
from tests.bpmn.bundles import BPMN, BUNDLES, CAMUNDA, DRAWN, HOME, Bundle, Node

each_bundle = pytest.mark.parametrize("bundle", DRAWN, ids=lambda bundle: bundle.key)
each_permit = pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.key)

POSTS: Final = {
    row["code"]: row
    for row in tomllib.loads(files("services.local").joinpath("office/posts.toml").read_text(encoding="utf-8"))["post"]
}
TEMPLATES: Final[dict[str, dict[str, Any]]] = {
    template["id"]: template
    for template in json.loads((HOME / ".camunda/element-templates/permit.json").read_text(encoding="utf-8"))
}
TEMPLATED: Final = {
    "userTask": "cn.guihua.permit.UserTask",
    "serviceTask": "cn.guihua.permit.ServiceTask",
    "receiveTask": "cn.guihua.permit.ReceiveTask",
}
_INPUTS: Final = "permit:inputs"
DOCUMENTED: Final = frozenset(re.findall(r"\bSL-\d\d\b", (HOME.parent / "docs/domain.md").read_text(encoding="utf-8")))


@each_bundle
def test_given_a_user_task_then_it_has_exactly_one_post_of_the_office(bundle: Bundle) -> None:
    for task in bundle.of("userTask"):
        assert task.attributes.get(f"{CAMUNDA}candidateGroups") in POSTS, task.id


@each_bundle
def test_given_a_user_task_or_a_start_by_staff_then_its_form_lies_in_the_folder(bundle: Bundle) -> None:
    begun_with = {start.attributes.get(f"{CAMUNDA}formKey") for start in bundle.of("startEvent")} - {None}
    assert {form_of(task) for task in bundle.of("userTask")} | begun_with == bundle.forms.keys()


@each_bundle
def test_given_a_step_then_it_has_limit_warning_and_an_english_name(bundle: Bundle) -> None:
    for task in bundle.of("userTask", "receiveTask"):
        assert re.fullmatch(r"[1-9][0-9]{0,2}", task.settings["limit_wd"]), task.id
        read_warning_point(task.settings["warn"])
        assert task.settings["counts_in_case_clock"] in ("yes", "no"), task.id
        assert re.search(r"[A-Za-z]{3}", task.settings["name_en"]), task.id
        assert task.settings["result"].isidentifier(), task.id


@each_bundle
def test_given_a_warning_so_many_days_before_then_the_limit_is_longer(bundle: Bundle) -> None:
    for task in bundle.of("userTask", "receiveTask"):
        if task.settings["warn"].endswith("wd"):
            assert int(task.settings["warn"].removesuffix("wd")) < int(task.settings["limit_wd"]), task.id


@each_bundle
def test_given_a_light_rule_then_the_domain_knows_it(bundle: Bundle) -> None:
    for node in bundle.nodes.values():
        named = {rule for rule in node.settings.get("light_rules", "").split(",") if rule}
        assert named <= DOCUMENTED, node.id


@each_bundle
def test_given_a_hold_then_its_ground_is_known_and_a_written_notice_comes_before(bundle: Bundle) -> None:
    for node in bundle.nodes.values():
        if "hold" in node.settings:
            HoldGround(node.settings["hold"])
            variable, _, field = node.settings["hold_notice"].partition(".")
            told = next(task for task in bundle.of("userTask") if task.settings["result"] == variable)
            assert field in bundle.forms[form_of(told)]["required"], node.id


@each_permit
def test_given_an_end_then_it_has_an_outcome(bundle: Bundle) -> None:
    for end in bundle.of("endEvent"):
        assert end.settings["outcome"] in set(Outcome), end.id


@each_permit
def test_given_a_diagram_then_the_case_clocks_start_and_stop_at_milestones(bundle: Bundle) -> None:
    clocked = {node.id: node for node in bundle.reached.values() if "case_clock" in node.settings}
    none_needed = bundle.item["statutory_workdays"] == 0 and not clocked
    assert none_needed or {node.settings["case_clock"] for node in clocked.values()} == {"start", "stop"}
    for node in clocked.values():
        decided = node.settings["case_clock"] == "stop"
        assert node.settings["milestone"] in (("decided",) if decided else ("accepted", "deemed_accepted")), node.id
        assert ("outcome" in node.settings) == decided, node.id


@each_bundle
def test_given_a_deemed_acceptance_then_a_timer_leads_to_it_and_its_date_is_stated(bundle: Bundle) -> None:
    for node in bundle.nodes.values():
        if node.settings.get("milestone") == "deemed_accepted":
            before = [flow.source for flow in bundle.flows.values() if flow.target == node.id]
            assert [bundle.nodes[source].tag for source in before] == ["boundaryEvent"], node.id
            assert node.settings["clock_from"].endswith(("received_on", "forwarded_on")), node.id


@each_bundle
def test_given_conditions_timers_and_start_days_then_they_are_written_in_the_language(bundle: Bundle) -> None:
    texts = [flow.condition for flow in bundle.flows.values() if flow.condition]
    texts += [timer.text or "" for timer in bundle.root.iter(f"{BPMN}timeDate")]
    texts += [node.settings["clock_from"] for node in bundle.nodes.values() if "clock_from" in node.settings]
    for text in texts:
        assert expression(text) is not None, text


@each_bundle
def test_given_a_legal_limit_then_no_timer_is_a_calendar_duration(bundle: Bundle) -> None:
    begins = {start.element for start in bundle.of("startEvent")}  # a date or a cycle that begins cases is no limit
    for timer in bundle.root.iter(f"{BPMN}timerEventDefinition"):
        if timer.getparent() not in begins:
            assert [child.tag for child in timer] == [f"{BPMN}timeDate"], timer.get("id")


@each_bundle
def test_given_a_variable_in_a_condition_then_something_before_it_gives_it(bundle: Bundle) -> None:
    given = {"case"} | {node.settings["result"] for node in bundle.nodes.values() if "result" in node.settings}
    given |= {node.attributes[f"{CAMUNDA}resultVariable"] for node in bundle.of("businessRuleTask")}
    given |= handed_back(bundle) | handed_over(bundle)
    for flow in bundle.flows.values():
        if flow.condition:
            assert expression(flow.condition).names <= given, flow.id


@each_bundle
def test_given_a_choice_in_a_condition_then_the_form_offers_it(bundle: Bundle) -> None:
    asked = r'(\w+)\.(\w+) == "(\w+)"'
    for flow in bundle.flows.values():
        for variable, field, value in re.findall(asked, flow.condition or ""):
            forms = [form_of(task) for task in bundle.of("userTask") if task.settings["result"] == variable]
            offered = {choice for form in forms for choice in choices_of(bundle.forms[form], field)}
            assert value in offered or not forms or variable in handed_back(bundle), flow.id


@each_bundle
def test_given_a_step_then_its_editor_form_is_the_template_of_its_kind(bundle: Bundle) -> None:
    for task in bundle.of(*TEMPLATED):
        template = TEMPLATES[TEMPLATED[task.tag]]
        assert task.attributes[f"{CAMUNDA}modelerTemplate"] == template["id"], task.id
        assert int(task.attributes[f"{CAMUNDA}modelerTemplateVersion"]) == template["version"], task.id


@each_bundle
def test_given_settings_then_the_template_has_a_field_for_each_and_accepts_the_value(bundle: Bundle) -> None:
    for node in bundle.nodes.values():
        template = TEMPLATES.get(node.attributes.get(f"{CAMUNDA}modelerTemplate", ""))
        if template is not None:
            fields = {field["binding"]["name"]: field for field in template["properties"]}
            for name, value in node.settings.items():
                assert accepts(fields[f"permit:{name}"], value), (node.id, name, value)


def test_given_the_templates_then_they_offer_every_post_outcome_and_ground() -> None:
    step, end = TEMPLATES["cn.guihua.permit.UserTask"], TEMPLATES["cn.guihua.permit.End"]
    assert offered(step, "camunda:candidateGroups") == POSTS.keys()
    assert offered(step, "permit:hold") == set(HoldGround)
    assert offered(end, "permit:outcome") == set(Outcome)


def handed_back(bundle: Bundle) -> set[str]:
    """The variables that called processes give back."""
    return {out.get("target", "") for node in bundle.of("callActivity") for out in node.element.iter(f"{CAMUNDA}out")}


def handed_over(bundle: Bundle) -> set[str]:
    """The variables that a called process is given."""
    inputs = [each.get("value", "") for each in bundle.root.iter(f"{CAMUNDA}property") if each.get("name") == _INPUTS]
    return {name.strip() for names in inputs for name in names.split(",")}


def form_of(task: Node) -> str:
    return task.attributes[f"{CAMUNDA}formKey"]


def choices_of(form: dict[str, Any], field: str) -> set[str]:
    described = form["properties"].get(field, {})
    return {choice["const"] for choice in described.get("oneOf", [described]) if "const" in choice}


def accepts(field: dict[str, Any], value: str) -> bool:
    pattern = field.get("constraints", {}).get("pattern", {}).get("value", ".*")
    choices = {choice["value"] for choice in field.get("choices", [])}
    return bool(re.search(pattern, value)) and (not choices or value in choices)


def offered(template: dict[str, Any], binding: str) -> set[str]:
    field = next(one for one in template["properties"] if one["binding"]["name"] == binding)
    return {choice["value"] for choice in field["choices"]}
