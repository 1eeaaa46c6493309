"""`item.toml` says what the contracts say of an item, and the diagram handles every situation it promises."""

import re
from typing import Final

import pytest

from services.contracts.workflow import Item, RequiredDocument, Situation
from services.workflow.definitions.items import read_item
from tests.bpmn.bundles import BUNDLES, HOME, Bundle

each_bundle = pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.key)
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")

PROMISES: Final = {
    "site-selection-opinion": ("PT01", "D05", False, {"local": 10, "forward": 10}),
    "planning-conditions": ("PT02", "D05", False, {"new": 10, "change": 15}),
    "land-use-planning-permit": ("PT03", "D05", False, {"granted_land": 5, "allocated": 20}),
    "design-scheme-review": ("PT04", "D06", False, {"design_scheme": 15, "detailed_plan": 15}),
    "works-planning-permit": ("PT05", "D06", False, {"building": 7, "dilapidated_rebuild": 20, "landscape": 5}),
    "rural-planning-permit": ("PT06", "D08", True, {"village_house": 10, "enterprise_public": 10}),
    "temporary-works-permit": ("PT07", "D06", False, {"temporary_works": 7, "temporary_land": 7}),
    "setting-out-inspection": ("PT08", "D10", False, {"setting_out": 3, "foundation": 3}),
    "planning-verification": ("PT09", "D10", False, {"building": 10, "municipal": 10, "rural": 10}),
    "certificate-change": ("PT10A", "D06", False, {"holder_name": 5, "scheme": 15}),
    "certificate-extension": ("PT10B", "D06", False, {"permit": 5, "temporary": 5}),
    "certificate-replacement": ("PT10C", "D06", False, {"lost": 5, "damaged": 5}),
    "certificate-cancellation": ("PT10F", "D06", False, {"on_request": 5, "ex_officio": 5}),
    "township-opinion": ("PT12", "D08", True, {"village_house": 5, "enterprise_public": 5, "site_and_land": 5}),
}


@each_bundle
def test_given_an_item_then_it_is_one_of_the_contracts_and_nothing_else(bundle: Bundle) -> None:
    own = {"key", "case_clock"}
    asked = {name for name, field in Item.model_fields.items() if field.is_required()}
    assert asked | own <= bundle.item.keys() <= Item.model_fields.keys() | own
    assert all(row.keys() == Situation.model_fields.keys() for row in bundle.item["situations"])
    assert all(row.keys() == RequiredDocument.model_fields.keys() for row in bundle.item["documents"])
    item = read_item((bundle.folder / "item.toml").read_bytes()).item()
    assert item == Item(**{name: value for name, value in bundle.item.items() if name not in own})


@each_bundle
def test_given_an_item_then_its_key_is_the_folder_and_its_law_is_cited_with_articles(bundle: Bundle) -> None:
    assert bundle.item["key"] == bundle.key
    assert bundle.item["case_clock"] == {"warn": "90%"}
    assert all(re.search(r"第[一二三四五六七八九十]+条|〔\d{4}〕\d+号", basis) for basis in bundle.item["legal_basis"])
    assert bundle.item["statutory_workdays"] in (20, 0)  # the law's twenty days, or what is no licence
    assert bundle.item["acceptance_workdays"] == 5


@each_bundle
def test_given_an_item_then_its_papers_are_named_in_both_languages_and_have_a_basis(bundle: Bundle) -> None:
    situations = {row["code"] for row in bundle.item["situations"]}
    for row in bundle.item["documents"]:
        assert set(row["situations"]) <= situations
        assert CHINESE.search(row["name"])
        assert re.search(r"[A-Za-z]{3}", row["name_en"])
        assert row["basis"]
    assert not (bundle.is_internal and bundle.item["documents"])
    for situation in () if bundle.is_internal else situations:
        assert any(row["mandatory"] and situation in row["situations"] for row in bundle.item["documents"])


@pytest.mark.parametrize("key", PROMISES)
def test_given_the_two_permits_then_they_promise_what_the_bureau_published(key: str) -> None:
    bundle = next(one for one in BUNDLES if one.key == key)
    code, department, township_first, promised = PROMISES[key]
    assert (bundle.item["code"], bundle.item["department"], bundle.item["township_first"]) == (
        code,
        department,
        township_first,
    )
    assert {row["code"]: row["promised_workdays"] for row in bundle.item["situations"]} == promised


def test_given_what_is_no_licence_then_no_law_sets_its_limit_and_no_end_says_that_it_is_refused_or_granted() -> None:
    """A-05, PT-11, PT-13: a consultation or a service is never shown as a licence."""
    free = [
        bundle for bundle in BUNDLES if not any(node.settings.get("case_clock") for node in bundle.reached.values())
    ]
    assert {"scheme-consultation", "design-unit-service"} <= {bundle.key for bundle in free}
    for bundle in free:
        assert bundle.item["statutory_workdays"] == 0, bundle.key
        ends = {end.settings["outcome"] for end in bundle.of("endEvent")}
        assert ends <= {"done", "withdrawn", "terminated"}, bundle.key


@each_bundle
def test_given_the_list_of_items_then_it_says_what_each_promises(bundle: Bundle) -> None:
    item = bundle.item
    promises = "/".join(dict.fromkeys(str(row["promised_workdays"]) for row in item["situations"]))
    cells = (item["code"], f"[{bundle.key}]({bundle.key}/README.md)", item["name"], item["department"], promises)
    row = " | ".join((*cells, str(item["statutory_workdays"] or "–")))
    assert f"| {row} |" in (HOME / "README.md").read_text(encoding="utf-8")


@each_bundle
def test_given_a_situation_that_the_diagram_asks_for_then_the_item_has_it(bundle: Bundle) -> None:
    known = {row["code"] for row in bundle.item["situations"]}
    for flow in bundle.flows.values():
        assert set(re.findall(r'case\.situation == "(\w+)"', flow.condition or "")) <= known, flow.id
