"""Which case goes to which meeting: the decision table against the bureau's defaults (docs/domain.md §2.5)."""

from datetime import UTC, datetime
from typing import Final

import pytest

from services.kernel.worktime import Calendar
from services.workflow.engine.language.office import Office
from tests.bpmn.bundles import BUNDLES
from tests.bpmn.tables import table

OFFICE: Final = Office(datetime(2026, 9, 17, 2, tzinfo=UTC), Calendar.builtin())
PLAIN: Final[dict[str, object]] = {
    "project_kind": "other",
    "floor_area_m2": 3200,
    "place": "ordinary",
    "key_project": False,
    "scheme_examined": False,
}

ROUTES: Final[list[tuple[str, dict[str, object], str, str, str]]] = [
    # situation, what differs from a plain project, expert review, professional meeting, committee
    ("building", {}, "no", "no", "none"),
    ("building", {"floor_area_m2": 5000}, "no", "no", "none"),
    ("building", {"floor_area_m2": 5001}, "no", "yes", "none"),
    ("building", {"floor_area_m2": 20_001}, "yes", "yes", "none"),
    ("building", {"project_kind": "school"}, "yes", "no", "none"),
    ("building", {"project_kind": "historic", "floor_area_m2": 5001}, "yes", "yes", "none"),
    ("building", {"key_project": True}, "no", "yes", "bureau_meeting"),
    ("building", {"key_project": True, "project_kind": "park"}, "yes", "yes", "bureau_meeting"),
    ("building", {"key_project": True, "floor_area_m2": 20_001}, "yes", "yes", "bureau_meeting"),
    ("building", {"place": "core_area"}, "no", "yes", "specialist_committee"),
    ("building", {"place": "landmark", "floor_area_m2": 20_001}, "yes", "yes", "specialist_committee"),
    ("building", {"place": "core_area", "project_kind": "bridge"}, "yes", "yes", "specialist_committee"),
    ("building", {"place": "core_area", "key_project": True}, "no", "yes", "specialist_committee"),
    ("building", {"scheme_examined": True, "floor_area_m2": 8000}, "no", "no", "none"),
    ("building", {"scheme_examined": True, "floor_area_m2": 26_000}, "yes", "no", "none"),
    ("building", {"scheme_examined": True, "project_kind": "school"}, "yes", "no", "none"),
    ("dilapidated_rebuild", {"place": "old_town"}, "no", "yes", "specialist_committee"),
    ("dilapidated_rebuild", {}, "no", "no", "none"),
]


@pytest.mark.parametrize(("situation", "facts", "expert", "professional", "committee"), ROUTES)
def test_given_the_facts_found_then_the_case_goes_to_these_bodies(
    situation: str, facts: dict[str, object], expert: str, professional: str, committee: str
) -> None:
    route = routed(situation, facts)
    assert (route["expert_review"], route["professional_meeting"], route["committee"]) == (
        expert,
        professional,
        committee,
    )


def test_given_the_table_then_every_rule_is_reached_and_gives_its_reason() -> None:
    reasons = {routed(situation, facts)["reason"] for situation, facts, *_ in ROUTES}
    written = [str(rule.outputs[-1]) for rule in table("works-planning-permit/meeting_route").rules]
    assert len(reasons) == len(set(written)) == len(written)


def test_given_the_form_then_the_table_asks_for_nothing_the_officer_does_not_state() -> None:
    form = next(one for one in BUNDLES if one.key == "works-planning-permit").forms["handler-review"]
    assert PLAIN.keys() <= set(form["required"])


def routed(situation: str, facts: dict[str, object]) -> dict[str, str]:
    variables = {"case": {"situation": situation}, "handler_review": {**PLAIN, **facts}}
    route = table("works-planning-permit/meeting_route")
    answer: dict[str, str] = route.answer([variables], OFFICE, mapping="singleResult")
    return answer
