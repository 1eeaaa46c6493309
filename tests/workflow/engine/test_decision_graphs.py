"""Whole DMN files: decisions that ask others, functions, boxed expressions, decision services, hit policies by rank."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.kernel.worktime import Calendar
from services.workflow.engine.bundles import compile_diagrams
from services.workflow.engine.decisions.graphs import Decision, read_decisions
from services.workflow.engine.documents import read_xml
from services.workflow.engine.findings import Report
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.office import Office
from tests.workflow.engine.drawing import drawn, end, flows, node, process, start
from tests.workflow.engine.playing import Play
from tests.workflow.engine.tables import cells, table

OFFICE = Office(datetime(2026, 11, 23, 2, tzinfo=UTC), Calendar.builtin())


def text(expression: str) -> str:
    return f"<literalExpression><text>{expression}</text></literalExpression>"


def asks(*names: str, what: str = "Decision") -> str:
    kind = "knowledgeRequirement" if what == "Knowledge" else "informationRequirement"
    return "".join(f'<{kind}><required{what} href="#{name}"/></{kind}>' for name in names)


def decision(key: str, *inner: str, name: str = "") -> str:
    shown = name or key
    return f'<decision id="{key}" name="{shown}"><variable name="{shown}"/>{"".join(inner)}</decision>'


def entry(expression: str, name: str = "") -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{expression}</contextEntry>"


def given(key: str, name: str, kind: str) -> str:
    return f'<inputData id="{key}" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'


def rule(test: str, output: str) -> str:
    return f"<rule><inputEntry><text>{test}</text></inputEntry><outputEntry><text>{output}</text></outputEntry></rule>"


HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="n" namespace="g">'
KIND = '<typeRef>string</typeRef><allowedValues><text>"house","shop"</text></allowedValues>'
PER_METRE = f"""<businessKnowledgeModel id="k1" name="per metre"><variable name="per metre"/><encapsulatedLogic>
  <formalParameter name="rate" typeRef="number"/>{text("rate * 2")}</encapsulatedLogic></businessKnowledgeModel>"""
RATES = f"""<decisionTable hitPolicy="UNIQUE"><input><inputExpression><text>kind</text></inputExpression></input>
  <output name="Rate"/>{rule('"house"', "1")}{rule('"shop"', "3")}</decisionTable>"""
CALL = f"<invocation>{text('per metre')}<binding><parameter name='rate'/>{text('Rate')}</binding></invocation>"
FEE = "".join(
    (
        f'<itemDefinition name="tKind">{KIND}</itemDefinition>',
        given("i1", "floor area", "number"),
        given("i2", "kind", "tKind"),
        PER_METRE,
        decision("rate", asks("i2", what="Input"), RATES, name="Rate"),
        decision(
            "fee",
            asks("rate"),
            asks("i1", what="Input"),
            asks("k1", what="Knowledge"),
            f"<context>{entry(CALL, 'price')}{entry(text('price * floor area'), 'sum')}</context>",
        ),
    )
)


def decisions(body: str) -> dict[str, Any]:
    report = Report("d.dmn")
    root = read_xml(report, f"{HEAD}{body}</definitions>".encode())
    assert root is not None
    found = {each.id: each for each in read_decisions(report, root)}
    assert report.findings == []
    return found


def test_a_decision_asks_the_decisions_and_functions_it_requires() -> None:
    fee = decisions(FEE)["fee"]
    assert isinstance(fee, Decision)
    assert fee.answer([{"floor area": 100, "kind": "shop"}], OFFICE) == {"price": 6, "sum": 600}
    assert fee.names() == {"floor area", "kind"}


def test_a_value_that_its_type_does_not_allow_is_nothing() -> None:
    assert decisions(FEE)["rate"].answer([{"kind": "tent"}], OFFICE) is None


def test_a_business_rule_task_asks_a_graph_of_decisions() -> None:
    task = node("businessRuleTask", "t", camunda__decisionRef="fee", camunda__resultVariable="fee")
    drawing = drawn(process(start(), task, end(), flows("s", "t", "e")))
    compiled = compile_diagrams({"d.bpmn": drawing, "d.dmn": f"{HEAD}{FEE}</definitions>".encode()})
    assert compiled.bundle is not None
    assert Play.start(compiled.bundle, data={"floor area": 10, "kind": "house"}).data["fee"] == {"price": 2, "sum": 20}


@pytest.mark.parametrize(("policy", "wanted"), [("PRIORITY", "refuse"), ("OUTPUT ORDER", ["refuse", "ask", "grant"])])
def test_outputs_are_taken_in_the_order_of_the_values_allowed(policy: str, wanted: Any) -> None:
    rules = [cells("> 1", output='"grant"'), cells("> 2", output='"ask"'), cells("> 3", output='"refuse"')]
    content = table(policy, rules=rules).replace(
        b"</output>", b'<outputValues><text>"refuse","ask","grant"</text></outputValues></output>'
    )
    report = Report("d.dmn")
    root = read_xml(report, content)
    assert root is not None
    (found,) = read_decisions(report, root)
    assert found.answer([{"x": 5}], OFFICE) == wanted


def boxed(tag: str, inner: str, **attributes: str) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return decision("d", f"<{tag}{written}>{inner}</{tag}>")


def part(tag: str, expression: str) -> str:
    return f"<{tag}>{text(expression)}</{tag}>"


@pytest.mark.parametrize(
    ("box", "wanted"),
    [
        (boxed("list", text("1") + text("x")), [1, 7]),
        (boxed("relation", f'<column name="a"/><row>{text("x")}</row>'), [{"a": 7}]),
        (boxed("conditional", part("if", "x = 7") + part("then", "1") + part("else", "2")), 1),
        (boxed("filter", part("in", "[1, x]") + part("match", "item > 1")), [7]),
        (boxed("for", part("in", "[1, 2]") + part("return", "i + x"), iteratorVariable="i"), [8, 9]),
        (boxed("some", part("in", "[1, x]") + part("satisfies", "i = 7"), iteratorVariable="i"), True),
        (boxed("every", part("in", "[1, x]") + part("satisfies", "i = 7"), iteratorVariable="i"), False),
        (boxed("context", entry(text("x"), "a") + entry(text("a + 1"))), 8),
    ],
)
def test_every_boxed_expression_gives_its_value(box: str, wanted: Any) -> None:
    assert decisions(box)["d"].answer([{"x": 7}], OFFICE) == wanted


def test_a_decision_service_is_a_function_of_its_inputs() -> None:
    service = '<variable name="svc"/><outputDecision href="#twice"/><inputData href="#i"/>'
    body = "".join(
        (
            given("i", "n", "number"),
            decision("twice", asks("i", what="Input"), text("n * 2")),
            f'<decisionService id="svc" name="svc">{service}</decisionService>',
            decision("d", text("svc(21)")),
        )
    )
    assert decisions(body)["d"].answer([{}], OFFICE) == 42


def test_a_function_in_java_is_refused_with_its_reason() -> None:
    report = Report("d.dmn")
    logic = '<encapsulatedLogic kind="Java"><literalExpression><text>1</text></literalExpression></encapsulatedLogic>'
    root = read_xml(
        report, f'{HEAD}<businessKnowledgeModel id="k" name="k">{logic}</businessKnowledgeModel></definitions>'.encode()
    )
    assert root is not None
    read_decisions(report, root)
    assert ("GH-E502", "k") in {(finding.rule, finding.element) for finding in report.findings}


def test_work_without_bound_in_a_decision_is_stopped() -> None:
    body = decision("d", text("for a in 1..n, b in 1..n return a"))
    with pytest.raises(Miscalculated):
        decisions(body)["d"].answer([{"n": 9999}], OFFICE)
