"""What the decision tables of internal administration decide, at their edges; none of it is on offer at a window."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from services.kernel.worktime import Calendar
from services.workflow.definitions.files import in_folder
from services.workflow.definitions.starts import starts_of_files
from services.workflow.engine.language.office import Office
from tests.bpmn.bundles import BUNDLES, CAMUNDA, HOME, Bundle
from tests.bpmn.tables import table

OFFICE: Final = Office(datetime(2026, 10, 12, 2, tzinfo=UTC), Calendar.builtin())
Facts = dict[str, Any]

VEHICLE: Final = "vehicle-request/vehicle_rule"
TRAVEL: Final = "travel-request/travel_rule"
RECEPTION: Final = "reception-request/reception_rule"
LIST: Final = "reception-request/reception_check"
QUOTA: Final = "office-supplies/supplies_quota"
REPAIR: Final = "facility-patrol/patrol_repair"
REPORT: Final = "facility-patrol/patrol_report"
VIOLATION: Final = "conduct-violation/violation_rule"
ENERGY: Final = "energy-statistics/energy_rule"

_PLACES: Final = ("pipes", "taps", "corridor_lights", "toilet_lights")
_QUOTAS: Final = ("electricity_kwh", "water_t", "fuel_l", "paper_packs")
_OFF: Final[Facts] = {"on_workday": False}
_COMMUTE: Final[Facts] = {"kind": "commute"}

PLAIN: Final[dict[str, tuple[str, Facts]]] = {
    VEHICLE: ("vehicle_request", {"kind": "site", "use_on": "2026-05-11", "shared": "yes", "special": "no"}),
    TRAVEL: ("travel_request", {"kind": "meeting", "task": "yes", "cost_cny": 10_000}),
    RECEPTION: ("reception_request", {"letter": "yes", "guests": 10, "companions": 3}),
    LIST: ("reception_list", {"returned": "yes", "guests": 10, "companions": 3}),
    QUOTA: ("supplies_request", {"workload": 19, "quantity": 6, "issued_this_month": 4}),
    REPAIR: ("patrol", dict.fromkeys(_PLACES, "ok")),
    REPORT: ("patrol", {"private_appliance": "no", "third_in_month": "no"}),
    VIOLATION: ("violation", {"kind": "waste", "times": 1}),
    ENERGY: (
        "energy_figures",
        {
            **dict.fromkeys(_QUOTAS, 100),
            "electricity_quota_kwh": 100,
            "water_quota_t": 100,
            "fuel_quota_l": 100,
            "paper_quota_packs": 100,
        },
    ),
}
"""For each table the variable it reads, and what is just within every bound."""

DECIDED: Final[list[tuple[str, Facts, Facts, dict[str, str]]]] = [
    # table, what differs from the plain case, variables beside it, what comes out
    (VEHICLE, {}, {}, {"route": "office"}),
    (VEHICLE, {**_COMMUTE, "use_on": "2026-04-10"}, {}, {"route": "refuse"}),  # B-07, SC-15
    (VEHICLE, {**_COMMUTE, "use_on": "2026-09-30"}, {}, {"route": "refuse"}),
    (VEHICLE, {**_COMMUTE, "use_on": "2026-03-31"}, {}, {"route": "office"}),
    (VEHICLE, {**_COMMUTE, "use_on": "2026-05-10"}, {}, {"route": "office"}),
    (VEHICLE, {**_COMMUTE, "use_on": "2026-05-10", "shared": "no"}, {}, {"route": "refuse"}),
    (VEHICLE, {"kind": "government"}, {}, {"route": "refuse"}),  # B-08: by bicycle
    (VEHICLE, {}, _OFF, {"route": "refuse"}),
    (VEHICLE, {"special": "yes"}, _OFF, {"route": "leader"}),
    (VEHICLE, {"kind": "long_distance"}, {}, {"route": "leader"}),
    (TRAVEL, {}, {}, {"route": "leader"}),
    (TRAVEL, {"cost_cny": 10_001}, {}, {"route": "head"}),
    (TRAVEL, {"kind": "study_visit"}, {}, {"route": "head"}),
    (TRAVEL, {"kind": "study_visit", "task": "no"}, {}, {"route": "refuse"}),  # B-17
    (TRAVEL, {"task": "no"}, {}, {"route": "refuse"}),
    (RECEPTION, {}, {}, {"route": "leader"}),
    (RECEPTION, {"companions": 4}, {}, {"route": "refuse"}),  # B-17
    (RECEPTION, {"guests": 1}, {}, {"route": "leader"}),
    (RECEPTION, {"guests": 12, "companions": 4}, {}, {"route": "leader"}),
    (RECEPTION, {"guests": 11, "companions": 4}, {}, {"route": "refuse"}),
    (RECEPTION, {"letter": "no"}, {}, {"route": "refuse"}),
    (LIST, {}, {}, {"result": "fits"}),
    (LIST, {"companions": 4}, {}, {"result": "deviates"}),
    (LIST, {"guests": 12, "companions": 4}, {}, {"result": "fits"}),
    (LIST, {"guests": 12, "companions": 5}, {}, {"result": "deviates"}),
    (LIST, {"returned": "no"}, {}, {"result": "deviates"}),
    (QUOTA, {}, {}, {"result": "within", "quota": "10"}),  # B-15
    (QUOTA, {"quantity": 7}, {}, {"result": "over", "quota": "10"}),
    (QUOTA, {"workload": 20, "quantity": 16}, {}, {"result": "within", "quota": "20"}),
    (QUOTA, {"workload": 50, "quantity": 17}, {}, {"result": "over", "quota": "20"}),
    (QUOTA, {"workload": 51, "quantity": 26}, {}, {"result": "within", "quota": "30"}),
    (QUOTA, {"workload": 51, "quantity": 27}, {}, {"result": "over", "quota": "30"}),
    (REPAIR, {}, {}, {"needed": "no"}),
    *((REPAIR, {place: "fault"}, {}, {"needed": "yes"}) for place in _PLACES),  # B-12, B-13
    (REPORT, {}, {}, {"needed": "no"}),
    (REPORT, {"private_appliance": "yes"}, {}, {"needed": "yes"}),
    (REPORT, {"third_in_month": "yes"}, {}, {"needed": "yes"}),
    (VIOLATION, {}, {}, {"remove": "no", "handling": "remind"}),
    (VIOLATION, {"times": 2}, {}, {"remove": "no", "handling": "bulletin"}),
    (VIOLATION, {"kind": "reception"}, {}, {"remove": "no", "handling": "bulletin"}),
    (VIOLATION, {"kind": "private_appliance"}, {}, {"remove": "yes", "handling": "bulletin"}),  # B-11
    (ENERGY, {}, {}, {"result": "within"}),
    *((ENERGY, {used: 101}, {}, {"result": "over"}) for used in _QUOTAS),  # B-16
]

FOLDERS: Final = tuple(dict.fromkeys(name.partition("/")[0] for name in PLAIN))


@pytest.mark.parametrize(("name", "differs", "beside", "wanted"), DECIDED)
def test_given_the_facts_stated_then_the_table_decides(
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
    variable, plain = PLAIN[name]
    bundle = bundle_of(name)
    asking = (node for node in bundle.of("startEvent", "userTask") if node.settings.get("result") == variable)
    form = bundle.form(next(asking).attributes[f"{CAMUNDA}formKey"])
    assert plain.keys() <= set(form["required"])


@pytest.mark.parametrize("key", FOLDERS)
def test_given_internal_administration_then_no_window_offers_it(key: str) -> None:
    """No applicant can ask for it: so it is neither at the window nor in the public guide."""
    starts = starts_of_files(in_folder(HOME / key), key)
    assert not starts.at_window
    assert starts.events


def bundle_of(name: str) -> Bundle:
    return next(one for one in BUNDLES if one.key == name.partition("/")[0])


def asked(name: str, differs: Facts, beside: Facts) -> dict[str, str]:
    variable, plain = PLAIN[name]
    around = {"on_workday": True, **beside, variable: {**plain, **differs}}
    answer: dict[str, str] = table(name).answer([around], OFFICE, mapping="singleResult")
    return answer
