"""Supervision, meetings, reports and key projects: what their tables decide, and what none of their ways goes round."""

import re
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from services.kernel.worktime import Calendar
from services.workflow.definitions.files import in_folder
from services.workflow.definitions.starts import starts_of_files
from services.workflow.engine.language.office import Office
from tests.bpmn.bundles import BPMN, BUNDLES, CAMUNDA, HOME, SIGNALS, Bundle, Node
from tests.bpmn.tables import table
from tests.bpmn.test_steps_say_who_and_how_long import POSTS

OFFICE: Final = Office(datetime(2026, 3, 2, 2, tzinfo=UTC), Calendar.builtin())
KEYS: Final = ("supervision-matter", "bureau-meeting", "progress-report", "key-project-plan")
BY_KEY: Final = {bundle.key: bundle for bundle in BUNDLES}
SEVEN: Final = ("Register", "Undertake", "Urge", "Feedback", "Recheck", "Bulletin", "Archive")
"""登记 承办 督办 反馈 复核 通报 归档 (A-32)."""

FIVE: Final[dict[str, Any]] = {
    "project": "天台山公园",
    "leader": ["u.leader"],
    "unit": "D07",
    "plan_no": "重点方案〔2026〕3号",
    "follower": ["u.chief.d07"],
}

TERMS: Final = [
    # source, urgency, working days, written notice
    ("light", "urgent", 5, "yes"),
    ("meeting", "urgent", 5, "yes"),
    ("meeting", "hard", 20, "no"),
    ("document", "normal", 30, "no"),
    ("instruction", "hard", 30, "yes"),
    ("light", "normal", 15, "yes"),
    ("instruction", "normal", 15, "no"),
]

QUORUMS: Final = [
    ("division", 50, 1),
    ("professional", 50, 2),
    ("bureau", 67, 3),
    ("office", 67, 3),
    ("committee", 67, 5),
]

MISSING: Final = [
    ((), []),
    (("leader",), ["缺分管领导"]),
    (("unit",), ["缺责任科室"]),
    (("plan_no",), ["缺工作方案"]),
    (("follower",), ["缺一抓到底的责任人"]),
    (("project",), ["缺重点项目"]),
    (("leader", "unit", "follower"), ["缺分管领导", "缺责任科室", "缺一抓到底的责任人"]),
]


@pytest.mark.parametrize(("source", "urgency", "workdays", "notice"), TERMS)
def test_given_where_a_matter_comes_from_and_how_urgent_it_is_then_its_term_and_form_follow(
    source: str, urgency: str, workdays: int, notice: str
) -> None:
    decided = asked("supervision-matter/supervision_terms", supervision_register={"source": source, "urgency": urgency})
    assert (decided["workdays"], decided["notice"]) == (workdays, notice)


@pytest.mark.parametrize(("body", "quorum", "ahead"), QUORUMS)
def test_given_a_body_then_its_quorum_and_the_day_for_papers_follow(body: str, quorum: int, ahead: int) -> None:
    """A-40: each body is configurable."""
    decided = asked("bureau-meeting/meeting_rules", call={"body": body})
    assert (decided["quorum_pct"], decided["material_workdays"]) == (quorum, ahead)


@pytest.mark.parametrize(("left_out", "named"), MISSING)
def test_given_a_project_without_one_of_the_five_then_the_missing_are_named(
    left_out: tuple[str, ...], named: list[str]
) -> None:
    """A-13."""
    proposal = {name: value for name, value in FIVE.items() if name not in left_out}
    answer = table("key-project-plan/five_ones").answer([{"proposal": proposal}], OFFICE, mapping="collectEntries")
    assert sorted(answer) == sorted(named)


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        (
            "supervision-matter/supervision_terms",
            [{"supervision_register": {"source": source, "urgency": urgency}} for source, urgency, _, _ in TERMS],
        ),
        ("bureau-meeting/meeting_rules", [{"call": {"body": body}} for body, _, _ in QUORUMS]),
    ],
)
def test_given_a_table_then_every_rule_is_reached_and_gives_its_reason(
    name: str, reached: list[dict[str, Any]]
) -> None:
    reasons = {asked(name, **variables)["reason"] for variables in reached}
    assert len(reasons) == len(table(name).rules)


@pytest.mark.parametrize("step", SEVEN[:-1])
def test_given_a_supervision_matter_then_no_way_to_the_archive_goes_round_one_of_the_seven(step: str) -> None:
    """A-32. A matter that an objection takes back was re-checked by another reviewer."""
    bundle = BY_KEY["supervision-matter"]
    barred = {f"Task_{step}", "Task_Objection"} if step == "Recheck" else {f"Task_{step}"}
    assert "Task_Archive" in reachable(bundle, set())
    assert "Task_Archive" not in reachable(bundle, barred)


def test_given_a_key_project_then_nothing_is_activated_before_the_five_ones_are_asked() -> None:
    bundle = BY_KEY["key-project-plan"]
    assert "Event_Activated" not in reachable(bundle, {"Rule_FiveOnes"})
    [onward] = [flow for flow in bundle.leaving("Gateway_Complete") if flow.is_default]
    [back] = [flow for flow in bundle.leaving("Gateway_Complete") if not flow.is_default]
    assert (back.condition, back.target) == ("len(missing) > 0", "Task_CompleteFive")
    assert onward.target == "Gateway_Replan"


@pytest.mark.parametrize("key", KEYS)
def test_given_work_of_the_bureau_then_no_window_offers_it_and_staff_begin_it_with_a_form(key: str) -> None:
    starts = starts_of_files(in_folder(HOME / key), key)
    assert not starts.at_window
    assert starts.posts
    assert [event.form for event in starts.events if event.kind == "message"] != [""]


def test_given_a_signal_that_begins_or_is_awaited_then_some_process_throws_it() -> None:
    heard = {
        signal
        for bundle in BUNDLES
        for node in bundle.of("startEvent", "intermediateCatchEvent", "boundaryEvent")
        for signal in (bundle.signal_of(node.id),)
        if signal
    }
    assert {"matter_to_supervise", "minutes_issued"} <= heard <= SIGNALS


@pytest.mark.parametrize("key", KEYS)
def test_given_a_step_whose_department_is_chosen_before_then_every_choice_has_its_post(key: str) -> None:
    bundle = BY_KEY[key]
    placed = [node for node in bundle.of("userTask") if "department" in node.settings]
    assert placed
    for node in placed:
        offered = departments_offered(bundle, node)
        assert offered, node.id
        assert offered <= set(POSTS[node.attributes[f"{CAMUNDA}candidateGroups"]]["departments"]), node.id


def departments_offered(bundle: Bundle, node: Node) -> set[str]:
    """The departments that whoever names the one of a step can choose from."""
    variable, _, field = node.settings["department"].partition(".")
    several = node.element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if several is not None and several.get(f"{CAMUNDA}elementVariable") == variable:
        variable, _, of_list = several.get(f"{CAMUNDA}collection", "").partition(".")
        field = of_list or field
    asking = [each for each in bundle.of("startEvent", "userTask") if each.settings.get("result") == variable]
    if not asking:  # a list that a script writes down
        return set(re.findall(r"D[0-9]{2}", " ".join(bundle.root.itertext(f"{BPMN}script"))))
    fields = (bundle.forms[each.attributes[f"{CAMUNDA}formKey"]]["properties"][field] for each in asking)
    return {choice["const"] for each in fields for choice in each.get("items", each)["oneOf"]}


def reachable(bundle: Bundle, barred: set[str]) -> set[str]:
    """Everything that a case can come to without the barred steps; where branches meet, all of them must come."""
    seen = {start.id for start in bundle.of("startEvent")}
    while fresh := {node.id for node in bundle.nodes.values() if comes_to(bundle, node, seen)} - seen - barred:
        seen |= fresh
    return seen


def comes_to(bundle: Bundle, node: Node, seen: set[str]) -> bool:
    """Whether a token comes to a node, as far as is known which nodes one comes to."""
    if node.attached_to:
        return node.attached_to in seen
    came = [flow.source in seen for flow in bundle.flows.values() if flow.target == node.id]
    return all(came) if node.tag == "parallelGateway" else any(came)


def asked(name: str, **variables: object) -> dict[str, Any]:
    answer: dict[str, Any] = table(name).answer([variables], OFFICE, mapping="singleResult")
    return answer
