"""In the editor every shared process is a template: it calls what there is, and hands over and back what there is."""

import json
from typing import Any, Final

import pytest

from services.workflow.definitions.callers import shared_processes
from services.workflow.engine.language.texts import expression
from services.workflow.engine.rules.texts import set_by
from tests.bpmn.bundles import HOME, SHARED_HOME

PROCESSES: Final = shared_processes({f"shared/{path.name}": path.read_bytes() for path in SHARED_HOME.glob("*.bpmn")})
TEMPLATES: Final[list[dict[str, Any]]] = json.loads(
    (HOME / ".camunda/element-templates/shared.json").read_text(encoding="utf-8")
)
each_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template["id"])


def test_given_the_shared_processes_then_each_has_one_template() -> None:
    assert sorted(called(template) for template in TEMPLATES) == sorted(PROCESSES)
    assert len({template["id"] for template in TEMPLATES}) == len(TEMPLATES)


@each_template
def test_given_a_template_then_it_hands_over_what_the_process_asks_for(template: dict[str, Any]) -> None:
    asked = PROCESSES[called(template)].settings.get("inputs", "")
    handed = bound(template, "camunda:in")
    assert {each["binding"]["target"] for each in handed} == {name for name in asked.split(",") if name}
    for each in handed:
        for value in (each["value"], *(choice["value"] for choice in each.get("choices", ()))):
            expression(value)


@each_template
def test_given_a_template_then_it_takes_back_what_the_process_sets(template: dict[str, Any]) -> None:
    process = PROCESSES[called(template)]
    given = frozenset[str]().union(*(set_by(node) for node in process.body.all_nodes()))
    for each in bound(template, "camunda:out"):
        assert each["binding"]["source"] in given
        assert each["value"] == each["binding"]["source"]


@each_template
def test_given_a_template_then_an_officer_reads_the_name_of_the_process_in_chinese(template: dict[str, Any]) -> None:
    name = PROCESSES[called(template)].name or ""
    assert name.startswith(template["name"].removeprefix("共用流程："))


def called(template: dict[str, Any]) -> str:
    (each,) = bound(template, "property")
    return str(each["value"])


def bound(template: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each for each in template["properties"] if each["binding"]["type"] == kind]
