"""Who reviews a siting and a design scheme, and how long a scheme is published (docs/domain.md §2.4, §2.5)."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest
from lxml import etree

from services.kernel.worktime import Calendar
from services.workflow.engine.decisions.graphs import read_decisions
from services.workflow.engine.decisions.tables import Table
from services.workflow.engine.findings import Report
from services.workflow.engine.language.office import Office
from tests.bpmn.bundles import BUNDLES, HOME

OFFICE: Final = Office(datetime(2026, 9, 17, 2, tzinfo=UTC), Calendar.builtin())
Facts = dict[str, object]

SITE: Final[Facts] = {"major_effect": False, "land_area_ha": 6.2, "control_lines": "clear", "key_project": False}
SITES: Final[list[tuple[Facts, str, str]]] = [
    # what differs from a plain site, expert review, bureau meeting
    ({}, "no", "no"),
    ({"land_area_ha": 10}, "no", "no"),
    ({"land_area_ha": 10.1}, "yes", "no"),
    ({"land_area_ha": 40, "key_project": True}, "yes", "yes"),
    ({"key_project": True}, "no", "yes"),
    ({"major_effect": True}, "yes", "no"),
    ({"major_effect": True, "key_project": True}, "yes", "yes"),
    ({"control_lines": "touches"}, "yes", "yes"),
]

SCHEME: Final[Facts] = {
    "minor_change": False,
    "project_kind": "other",
    "floor_area_m2": 4200,
    "place": "ordinary",
    "key_project": False,
}
SCHEMES: Final[list[tuple[Facts, tuple[str, str, str, str]]]] = [
    # what differs from a plain scheme; division meeting, expert review, professional meeting, committee
    ({}, ("yes", "no", "no", "no")),
    ({"minor_change": True, "place": "core_area"}, ("no", "no", "no", "no")),
    ({"floor_area_m2": 5000}, ("yes", "no", "no", "no")),
    ({"floor_area_m2": 5001}, ("yes", "no", "yes", "no")),
    ({"floor_area_m2": 20_001}, ("yes", "yes", "yes", "no")),
    ({"key_project": True}, ("yes", "no", "yes", "no")),
    ({"project_kind": "bridge"}, ("yes", "yes", "no", "no")),
    ({"project_kind": "park", "key_project": True}, ("yes", "yes", "yes", "no")),
    ({"project_kind": "school", "floor_area_m2": 5001}, ("yes", "yes", "yes", "no")),
    ({"place": "landmark"}, ("yes", "no", "yes", "yes")),
    ({"place": "core_area", "floor_area_m2": 20_001}, ("yes", "yes", "yes", "yes")),
    ({"place": "core_area", "project_kind": "historic"}, ("yes", "yes", "yes", "yes")),
]


@pytest.mark.parametrize(("facts", "expert", "bureau"), SITES)
def test_given_a_site_then_it_goes_to_experts_and_meeting_by_effect_area_lines_and_project(
    facts: Facts, expert: str, bureau: str
) -> None:
    route = answered("site-selection-opinion", "site_route", {"site_review": SITE | facts})
    assert (route["expert_review"], route["bureau_meeting"]) == (expert, bureau)


@pytest.mark.parametrize(("facts", "bodies"), SCHEMES)
def test_given_a_scheme_then_it_goes_to_these_bodies(facts: Facts, bodies: tuple[str, str, str, str]) -> None:
    route = answered("design-scheme-review", "scheme_route", {"scheme_review": SCHEME | facts})
    asked = ("division_meeting", "expert_review", "professional_meeting", "committee")
    assert tuple(route[each] for each in asked) == bodies


@pytest.mark.parametrize(("interests", "days"), [("none", 7), ("neighbours", 10), ("lines_scenic", 10), ("major", 10)])
def test_given_a_scheme_then_it_is_published_longer_where_it_touches_others(interests: str, days: int) -> None:
    variables = {"scheme_review": {"interests": interests}}
    assert table("design-scheme-review", "publicity_days").answer([variables], OFFICE, mapping="singleEntry") == days


@pytest.mark.parametrize(
    ("key", "name", "rows"),
    [
        ("site-selection-opinion", "site_route", [{"site_review": SITE | facts} for facts, *_ in SITES]),
        ("design-scheme-review", "scheme_route", [{"scheme_review": SCHEME | facts} for facts, _ in SCHEMES]),
    ],
)
def test_given_a_table_then_every_rule_is_reached_and_gives_its_reason(key: str, name: str, rows: list[Facts]) -> None:
    reasons = {answered(key, name, row)["reason"] for row in rows}
    written = [str(rule.outputs[-1]) for rule in table(key, name).rules]
    assert len(reasons) == len(set(written)) == len(written)


@pytest.mark.parametrize(
    ("key", "form", "facts"),
    [
        ("site-selection-opinion", "site-review", SITE),
        ("design-scheme-review", "scheme-review", {**SCHEME, "interests": "none"}),
    ],
)
def test_given_a_form_then_its_tables_ask_for_nothing_the_officer_does_not_state(
    key: str, form: str, facts: Facts
) -> None:
    bundle = next(one for one in BUNDLES if one.key == key)
    assert facts.keys() <= set(bundle.forms[form]["required"])


def answered(key: str, name: str, variables: Facts) -> dict[str, str]:
    answer: dict[str, str] = table(key, name).answer([variables], OFFICE, mapping="singleResult")
    return answer


def table(key: str, name: str) -> Any:
    report = Report(f"{name}.dmn")
    (found,) = read_decisions(report, etree.parse(HOME / key / f"{name}.dmn").getroot())
    assert report.findings == []
    assert isinstance(found, Table)
    return found
