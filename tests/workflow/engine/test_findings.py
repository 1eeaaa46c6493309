"""The deploy gate: every rule is provoked once, names its element, and says in both languages what to do."""

from collections import Counter

import pytest

from services.workflow.engine.bundles import compile_bundle, compile_diagrams
from services.workflow.engine.findings import MAX_FINDINGS, Report, catalogue
from services.workflow.engine.models import Severity
from tests.workflow.engine import (
    faulty_drawings,
    faulty_elements,
    faulty_files,
    faulty_settings,
    faulty_tables,
    faulty_texts,
)
from tests.workflow.engine.drawing import message, node, process, settings, user
from tests.workflow.engine.faulty import Case, between, sound
from tests.workflow.engine.playing import FORM, rules_of, with_forms
from tests.workflow.engine.test_dataflow import RULES as RULES_OF_DATAFLOW
from tests.workflow.engine.test_soundness import RULES as RULES_OF_SOUNDNESS

CASES: list[Case] = [
    *faulty_files.CASES,
    *faulty_drawings.CASES,
    *faulty_elements.CASES,
    *faulty_settings.CASES,
    *faulty_texts.CASES,
    *faulty_tables.CASES,
]


@pytest.mark.parametrize(("rule", "element", "files"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_the_rule_is_found_at_its_element_and_says_what_to_do(rule: str, element: str, files: dict[str, bytes]) -> None:
    compiled = compile_bundle(files)
    found = [finding for finding in compiled.findings if finding.rule == rule]
    assert [finding.element for finding in found][:1] == [element], rules_of(compiled.findings)
    first = found[0]
    texts = (first.zh, first.en, first.remedy_zh, first.remedy_en)
    assert all(texts)
    assert (compiled.bundle is None) == any(f.severity is Severity.ERROR for f in compiled.findings)


def test_every_rule_of_the_catalogue_is_provoked_by_a_test() -> None:
    assert {case[0] for case in CASES} | RULES_OF_SOUNDNESS | RULES_OF_DATAFLOW == set(catalogue())


def test_findings_come_file_by_file_and_the_grave_ones_first() -> None:
    parts = (user("z"), node("userTask", "y", camunda__candidateGroups="P04", camunda__formKey="form"))
    findings = compile_bundle({"b.bpmn": b"<", **with_forms(sound(*parts))}).findings
    order = [(finding.file, list(Severity).index(finding.severity)) for finding in findings]
    assert order == sorted(order)
    assert len({finding.severity for finding in findings}) > 1


def test_a_sound_process_gives_no_finding() -> None:
    compiled = compile_bundle(with_forms(sound()))
    assert compiled.findings == ()
    assert compiled.bundle is not None


def test_the_engines_rules_alone_ask_for_no_post_and_no_form() -> None:
    assert compile_diagrams({"d.bpmn": between(node("userTask", "x"))}).bundle is not None


def test_files_that_are_neither_diagram_nor_table_are_left_alone() -> None:
    files = with_forms(sound()) | {"item.toml": b"\xff\xfe", "walks/a.toml": b"x"}
    assert compile_bundle(files).findings == ()


def test_forms_lie_beside_the_diagram_or_at_the_top() -> None:
    assert compile_bundle({"shared/d.bpmn": sound(), "shared/forms/form.json": FORM}).findings == ()
    assert compile_bundle({"shared/d.bpmn": sound(), "forms/form.json": FORM}).findings == ()


def test_a_pool_that_is_not_executable_is_drawn_for_the_reader_only() -> None:
    other = process(node("userTask", "zz"), id="q", executable="false")
    files = with_forms(sound().replace(b"</bpmn:definitions>", other.encode() + b"</bpmn:definitions>"))
    compiled = compile_bundle(files)
    assert compiled.bundle is not None
    assert set(compiled.bundle.processes) == {"p"}


def test_the_list_of_findings_ends_somewhere() -> None:
    parts = [user(f"u{n}") for n in range(MAX_FINDINGS + 50)]
    findings = compile_bundle(with_forms(sound(*parts))).findings
    assert max(Counter(finding.severity for finding in findings).values()) == MAX_FINDINGS


def test_no_number_of_warnings_crowds_an_error_out() -> None:
    report = Report("f")
    for n in range(MAX_FINDINGS + 50):
        report.say("GH-W104", f"w{n}", name="x")
    report.say("GH-E105", "e", name="x")
    assert (len(report.findings), report.errors) == (MAX_FINDINGS + 1, 1)


def test_a_long_or_curly_text_in_a_diagram_does_not_disturb_the_words() -> None:
    report = Report("f")
    report.say("GH-E008", "x{y}" * 100, other="{zh}")
    assert report.findings[0].zh


def test_the_catalogue_has_chinese_and_english_for_every_rule() -> None:
    for rule in catalogue().values():
        assert any("一" <= sign <= "鿿" for sign in rule.zh + rule.remedy_zh), rule.id
        assert rule.en.isascii() or "“" in rule.en or "行政许可法" in rule.en, rule.id
        assert rule.severity in Severity


def test_messages_awaited_and_decisions_are_no_rule_breach() -> None:
    files = with_forms(
        between(node("receiveTask", "x", settings(post="P13", limit_wd="3"), messageRef="m_go"), head=message("go"))
    )
    assert compile_bundle(files).findings == ()
