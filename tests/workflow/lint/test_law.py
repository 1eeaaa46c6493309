"""The law as rules, at their edges: what is allowed all the same, and what cannot be told."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pytest

from services.workflow.engine.diagrams.model import Process
from services.workflow.engine.diagrams.reading import read_diagram
from services.workflow.engine.documents import read_xml
from services.workflow.engine.findings import Report
from services.workflow.engine.rules.tokens import MAX_STATES, journey
from services.workflow.lint.law.permits import Permit, demands, faulted, offers
from services.workflow.lint.law.publicity import least_days
from services.workflow.lint.law.ways import A_DAY, day_of, reckoned, truth
from services.workflow.lint.linting import bureau_findings
from tests.workflow.bundle_support import form, item
from tests.workflow.engine.drawing import boundary, drawn, end, flow, flows, node, process, settings, start, timer, user

_TEXT: Final = {"type": "string", "minLength": 1, "title": "说明"}
_NOTICE: Final = form(
    ("notice_no", "notified_on", "defects", "complete"),
    notice_no=_TEXT,
    notified_on=_TEXT,
    defects={"type": "array", "minItems": 1, "title": "缺件"},
    complete={"const": True, "title": "已一次告知"},
)


def _law(diagram: bytes, **forms: str) -> dict[str, str]:
    """The breaches of law in a drawing: rule → element."""
    files = {"diagram.bpmn": diagram, "item.toml": item(key="p").encode()}
    files |= {f"forms/{key}.json": text.encode() for key, text in ({"form": form(())} | forms).items()}
    found = bureau_findings(files)
    return {each.rule: each.element for each in found if each.rule.startswith(("GH-E74", "GH-E75", "GH-E76"))}


def _again(*between: str) -> bytes:
    """A correction notice, and a way from it back to it through some elements."""
    names = [part.split('id="')[1].split('"')[0] for part in between]
    body = (
        *(start(), user("notice", form="notice"), node("exclusiveGateway", "more", default="done"), *between, end()),
        flows("s", "notice", "more"),
        flow("more", (*names, "notice")[0], "case.again"),
        *(flows(*names, "notice") if names else ()),
        flow("more", "e", id="done"),
    )
    return drawn(process(*body))


_LEADER: Final = user("lead", post="P09")
_SAID: Final = node("intermediateThrowEvent", "said", settings(milestone="second_correction"))


@pytest.mark.parametrize(
    ("between", "refused"), [((), True), ((_LEADER,), True), ((_SAID,), True), ((_LEADER, _SAID), False)]
)
def test_a_second_correction_needs_a_leader_and_the_word_to_everybody(between: tuple[str, ...], refused: bool) -> None:
    assert (_law(_again(*between), notice=_NOTICE).get("GH-E748") == "notice") == refused


def test_two_notices_one_behind_the_other_are_two() -> None:
    body = (start(), user("one", form="notice"), user("two", form="notice"), end(), flows("s", "one", "two", "e"))
    assert _law(drawn(process(*body)), notice=_NOTICE)["GH-E748"] == "two"


def test_two_notices_of_which_one_is_given_are_one() -> None:
    body = (
        *(start(), node("exclusiveGateway", "x", default="other"), end()),
        *(user("one", form="notice"), user("two", form="notice")),
        *(
            flows("s", "x"),
            flow("x", "one", "case.one"),
            flow("x", "two", id="other"),
            flows("one", "e"),
            flows("two", "e"),
        ),
    )
    assert "GH-E748" not in _law(drawn(process(*body)), notice=_NOTICE)


def _decided(*ways: str, outcome: str = "granted") -> bytes:
    """A decision, a split behind it into a delivery and something else, and a join."""
    decided = settings(case_clock="stop", milestone="decided", outcome=outcome)
    body = (
        *(start(), node("intermediateThrowEvent", "accepted", settings(case_clock="start"))),
        node("intermediateThrowEvent", "decided", decided),
        *(node("parallelGateway", "fork"), node("parallelGateway", "join"), user("print"), end()),
        node("receiveTask", "deliver", settings(limit_wd="10", post="P13"), messageRef="m_case_delivered"),
        *(flows("s", "accepted", "decided", "fork", "print", "join", "e"), *ways),
    )
    return drawn('<bpmn:message id="m_case_delivered" name="case_delivered"/>', process(*body))


def test_a_delivery_beside_something_else_is_a_delivery() -> None:
    assert "GH-E757" not in _law(_decided(flows("fork", "deliver", "join")))


def test_a_delivery_that_a_timer_cuts_short_is_none() -> None:
    merged = node("exclusiveGateway", "merged")
    left = (merged, boundary("late", "deliver", timer("P3D")), flows("fork", "deliver", "merged", "join"))
    assert _law(_decided(*left, flows("late", "merged")))["GH-E757"] == "decided"
    assert "GH-E757" not in _law(_decided(*left, flows("late", "deliver")))


def test_what_is_decided_otherwise_than_granted_or_refused_need_not_be_delivered() -> None:
    assert "GH-E757" not in _law(_decided(flows("fork", "join"), outcome="terminated"))
    assert "GH-E757" in _law(_decided(flows("fork", "join")))


@pytest.mark.parametrize("delivers", [True, False])
def test_a_decision_inside_a_subprocess_is_delivered_behind_it(delivers: bool) -> None:
    decided = settings(case_clock="stop", milestone="decided", outcome="granted")
    inside = (start("is"), node("intermediateThrowEvent", "decided", decided), end("ie"), flows("is", "decided", "ie"))
    deliver = node("receiveTask", "deliver", settings(limit_wd="10", post="P13"), messageRef="m_case_delivered")
    way = flows("s", "sub", "deliver", "e") if delivers else flows("s", "sub", "e")
    body = (start(), node("subProcess", "sub", *inside), deliver, end(), way)
    found = _law(drawn('<bpmn:message id="m_case_delivered" name="case_delivered"/>', process(*body)))
    assert ("GH-E757" in found) == (not delivers)


def test_a_body_with_too_many_situations_is_not_judged() -> None:
    names = [f"t{number}" for number in range(13)]
    parts = [user(name) for name in names] + [flows("fork", name, "join") for name in names]
    body = (start(), node("parallelGateway", "fork"), node("parallelGateway", "join"), end(), *parts)
    drawing = _process(drawn(process(*body, flows("s", "fork"), flows("join", "e"))))
    assert 2 ** len(names) > MAX_STATES
    assert journey(drawing.body, frozenset({"f_s_fork"})) is None


def _process(content: bytes) -> Process:
    root = read_xml(Report(), content)
    assert root is not None
    (found,) = read_diagram(Report(), root).processes
    return found


_CHOICE: Final[dict[str, Any]] = json.loads(
    form(("decision",), decision={"enum": ["grant", "refuse"]}, reasons=_TEXT, remedies=_TEXT)
) | {"allOf": [{"if": {"properties": {"decision": {"const": "refuse"}}}, "then": {"required": ["reasons"]}}]}


def test_a_form_demands_what_it_does_not_take_empty() -> None:
    refuse = {"decision": "refuse"}
    assert offers(_CHOICE, "refuse") == ("decision",)
    assert offers({"properties": []}, "refuse") == offers({"properties": {"a": True}}, "refuse") == ()
    assert demands(_CHOICE, ("reasons",), refuse)
    assert not demands(_CHOICE, ("reasons", "remedies"), refuse)
    lenient = json.loads(json.dumps(_CHOICE))
    del lenient["properties"]["reasons"]["minLength"]
    assert not demands(lenient, ("reasons",), refuse)
    assert faulted({}, {"anything": 1}) == frozenset()


@pytest.mark.parametrize(
    ("text", "facts", "wanted"),
    [
        ('a.x == "y"', {"a": {"x": "y"}}, True),
        ('a.x == "y"', {"a": {"x": "z"}}, False),
        ('a.x == "y"', {"a": {}}, None),
        ('a.x == "y"', {}, None),
        ('a.x == "y" and b.z', {"a": {"x": "y"}}, None),
        ("a.x ==", {"a": {"x": "y"}}, None),
        ("a.x", {"a": {"x": "y"}}, None),
        ("a.x > 3", {"a": {"x": "y"}}, None),
    ],
)
def test_a_condition_is_certain_only_where_all_it_reads_is(
    text: str, facts: Mapping[str, Any], wanted: bool | None
) -> None:
    assert truth(text, facts) is wanted


def test_given_one_half_of_a_condition_that_is_certain_then_that_may_be_enough() -> None:
    facts = {"review": {"notice_no": None}}
    assert truth("review.notice_no != None and review.area > 100", facts) is False
    assert truth("review.area > 100 and review.notice_no != None", facts) is False
    assert truth("review.notice_no == None or review.area > 100", facts) is True
    assert truth("review.notice_no != None or review.area > 100", facts) is None
    assert truth("review.notice_no == None and review.area > 100", facts) is None


def test_a_text_that_cannot_be_read_gives_nothing() -> None:
    assert reckoned("a.x ==", {"a": {"x": 1}}) is None
    assert day_of("P5D") is day_of("a.x ==") is None
    assert day_of("3") is None
    assert day_of("case.received_on") == A_DAY
    assert day_of("open_of_business(workday_after(case.received_on, 1))") == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("7", 7),
        ("10 if case.major else 5", 5),
        ("10 if case.major else days", 10),
        ("days", None),
        ("review.days", None),
        ("len(case.facts)", None),
        ("7 +", None),
    ],
)
def test_days_of_publicity_are_the_fewest_that_can_be_told(text: str, least: float | None) -> None:
    drawing = _process(drawn(process(start(), end(), flows("s", "e"))))
    assert least_days(Permit(None, {"p": drawing}, {}, {}), drawing, text) == least
