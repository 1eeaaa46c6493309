"""What the decision tables of inspections, services and certificates decide, at their edges (docs/domain.md §2.6)."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from services.kernel.worktime import Calendar
from services.workflow.engine.language.office import Office
from tests.bpmn.bundles import BUNDLES
from tests.bpmn.tables import table

OFFICE: Final = Office(datetime(2026, 10, 12, 2, tzinfo=UTC), Calendar.builtin())
Facts = dict[str, Any]

LINE: Final = "setting-out-inspection/line_tolerance"
VERIFIED: Final = "planning-verification/verification_tolerance"
DATA: Final = "design-unit-service/data_clearance"
TERMS: Final = "certificate-extension/extension_terms"
REVOKED: Final = "certificate-revocation/revocation_rule"

PLAIN: Final[dict[str, tuple[str, Facts]]] = {
    LINE: ("line_check", {"max_offset_mm": 50, "elevation_mm": 50, "crosses_line": False}),
    VERIFIED: (
        "document_check",
        {
            "permitted_area_m2": 10_000,
            "built_area_m2": 10_100,
            "height_excess_m": 0.3,
            "setback_shortfall_m": 0.1,
            "green_shortfall_pct": 0,
            "parking_shortfall": 0,
            "use_changed": False,
            "open_issue": False,
        },
    ),
    DATA: ("data_check", {"classification": "internal", "scale": 500, "extent_km2": 25}),
    TERMS: ("original", {"kind": "works", "extended_times": 0, "in_time": "yes"}),
    REVOKED: ("investigation", {"ground": "procedure", "public_harm": False, "safety_matter": False}),
}
"""For each table the variable it reads, and what is just within every bound."""

DECIDED: Final[list[tuple[str, Facts, Facts, dict[str, str]]]] = [
    # table, what differs from the plain case, variables beside it, what comes out
    (LINE, {}, {}, {"result": "within"}),
    (LINE, {"max_offset_mm": 51}, {}, {"result": "reset"}),
    (LINE, {"elevation_mm": 51}, {}, {"result": "reset"}),
    (LINE, {"crosses_line": True}, {}, {"result": "reset"}),
    (LINE, {"max_offset_mm": 5000}, {}, {"result": "reset"}),
    (LINE, {"crosses_line": True}, {"case": {"situation": "foundation"}}, {"result": "exceeded"}),
    (LINE, {"max_offset_mm": 100}, {"case": {"situation": "foundation"}}, {"result": "reset"}),
    (LINE, {"max_offset_mm": 101}, {"case": {"situation": "foundation"}}, {"result": "exceeded"}),
    (LINE, {"elevation_mm": 101}, {"case": {"situation": "foundation"}}, {"result": "exceeded"}),
    (VERIFIED, {}, {}, {"verdict": "pass"}),
    (VERIFIED, {"built_area_m2": 9000}, {}, {"verdict": "pass"}),
    (VERIFIED, {"built_area_m2": 10_101}, {}, {"verdict": "rectify"}),
    (VERIFIED, {"built_area_m2": 10_300}, {}, {"verdict": "rectify"}),
    (VERIFIED, {"built_area_m2": 10_301}, {}, {"verdict": "fail"}),
    (VERIFIED, {"height_excess_m": 0.4}, {}, {"verdict": "rectify"}),
    (VERIFIED, {"height_excess_m": 1.1}, {}, {"verdict": "fail"}),
    (VERIFIED, {"setback_shortfall_m": 0.2}, {}, {"verdict": "rectify"}),
    (VERIFIED, {"setback_shortfall_m": 0.6}, {}, {"verdict": "fail"}),
    (VERIFIED, {"green_shortfall_pct": 0.5}, {}, {"verdict": "rectify"}),
    (VERIFIED, {"parking_shortfall": 1}, {}, {"verdict": "rectify"}),
    (VERIFIED, {"open_issue": True}, {}, {"verdict": "rectify"}),  # A-04: blocks verification until closed
    (VERIFIED, {"use_changed": True}, {}, {"verdict": "fail"}),
    (VERIFIED, {}, {"survey": {"conclusion": "problems"}}, {"verdict": "rectify"}),
    (VERIFIED, {"use_changed": True, "parking_shortfall": 3}, {}, {"verdict": "fail"}),
    (DATA, {}, {}, {"needed": "no"}),
    (DATA, {"extent_km2": 25.1}, {}, {"needed": "yes"}),
    (DATA, {"extent_km2": 25.1, "scale": 5000}, {}, {"needed": "no"}),
    (DATA, {"classification": "secret", "extent_km2": 0.5}, {}, {"needed": "yes"}),
    (TERMS, {}, {}, {"allowed": "yes", "most_months": "12"}),
    (TERMS, {"kind": "temporary"}, {}, {"allowed": "yes", "most_months": "12"}),
    (TERMS, {"extended_times": 1}, {}, {"allowed": "no", "most_months": "0"}),
    (TERMS, {"in_time": "no"}, {}, {"allowed": "no", "most_months": "0"}),
    (TERMS, {"kind": "a kind nobody has thought of"}, {}, {"allowed": "no", "most_months": "0"}),
    (REVOKED, {}, {}, {"result": "may", "compensation": "yes", "ban_years": "0"}),
    (REVOKED, {"ground": "fraud"}, {}, {"result": "must", "compensation": "no", "ban_years": "0"}),
    (
        REVOKED,
        {"ground": "fraud", "safety_matter": True},
        {},
        {"result": "must", "compensation": "no", "ban_years": "3"},
    ),
    (REVOKED, {"ground": "fraud", "public_harm": True}, {}, {"result": "not", "ban_years": "0"}),
    (REVOKED, {"ground": "not_established"}, {}, {"result": "not"}),
]


@pytest.mark.parametrize(("name", "differs", "beside", "wanted"), DECIDED)
def test_given_the_facts_found_then_the_table_decides(
    name: str, differs: Facts, beside: Facts, wanted: dict[str, str]
) -> None:
    decided = asked(name, differs, beside)
    assert {key: decided[key] for key in wanted} == wanted


@pytest.mark.parametrize("name", PLAIN)
def test_given_a_table_then_every_rule_is_reached_and_gives_its_reason(name: str) -> None:
    reached = {asked(name, differs, beside)["reason"] for one, differs, beside, _ in DECIDED if one == name}
    written = {str(rule.outputs[-1]) for rule in table(name).rules}
    assert len(reached) == len(written) == len(table(name).rules)


@pytest.mark.parametrize("name", PLAIN)
def test_given_the_forms_then_the_table_asks_for_nothing_that_nobody_states(name: str) -> None:
    key = name.partition("/")[0]
    variable, plain = PLAIN[name]
    bundle = next(one for one in BUNDLES if one.key == key)
    form = next(bundle.form(task.attributes[FORM]) for task in bundle.of("userTask") if said_by(task) == variable)
    assert plain.keys() <= set(form["required"])


FORM: Final = "{http://camunda.org/schema/1.0/bpmn}formKey"


def said_by(task: Any) -> str:
    result: str = task.settings["result"]
    return result


def asked(name: str, differs: Facts, beside: Facts) -> dict[str, str]:
    variable, plain = PLAIN[name]
    around = {"case": {"situation": "setting_out"}, "survey": {"conclusion": "ok"}, **beside}
    answer: dict[str, str] = table(name).answer(
        [{**around, variable: {**plain, **differs}}], OFFICE, mapping="singleResult"
    )
    return answer
