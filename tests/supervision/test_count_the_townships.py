"""The table of a township (B-24): each kind counted from its decided cases, and their sum."""

from datetime import date

from services.supervision.statistics.efficiency import TOWNSHIP_ITEMS, townships
from services.supervision.statistics.facts import CaseFact, note
from services.supervision.statistics.periods import Period
from tests.supervision import counting as said
from tests.support.desk import store_of
from tests.support.office import Office

FENGRUN = {"PT12": 100, "PT01": 3, "PT04": 7, "PT02": 10, "PT06": 21, "PT03": 6}
"""As the district reported: first reviews, siting opinions, schemes, conditions, rural permits, land permits."""

DAY = date(2017, 4, 5)
YEAR = Period(date(2017, 1, 1), date(2017, 12, 31), {})


def fact(number: int, item: str, township: str | None = "T01", *, decided: bool = True) -> CaseFact:
    """A case as its events leave it."""
    case_no = f"512000{number:09}{item}"
    found = note(CaseFact(case_no=case_no), said.received(case_no, DAY, item=item, township=township), "1")
    return note(found, said.decided(case_no, DAY), "2") if decided else found


async def test_given_the_years_cases_of_a_district_then_its_table_has_the_reported_numbers_and_their_sum(
    office: Office,
) -> None:
    store = store_of(office, "supervision")
    facts = store.aggregates("facts", CaseFact, key="case_no")
    items = [item for item, count in FENGRUN.items() for _ in range(count)]
    others = [fact(900, "PT06", None), fact(901, "PT06", decided=False), fact(902, "PT06", "T02"), fact(903, "PT05")]
    for each in [*(fact(number, item) for number, item in enumerate(items)), *others]:
        await facts.create(each)
    found = {each.key: each for each in await townships(facts, YEAR, {"T01": "丰润示范点"})}
    await store.close()
    fengrun = found["T01"].model_dump()
    assert {item: fengrun[kind] for item, kind in TOWNSHIP_ITEMS.items()} == FENGRUN
    assert (fengrun["name"], fengrun["total"]) == ("丰润示范点", 147)
    assert found["T02"].total == 1
