"""Matters that no light began (A-30 to A-33), objections, campaigns, catalogues as data."""

from datetime import date

import pytest

from services.contracts.words import Role
from services.kernel.identity import conflicts
from services.supervision import catalogues, matters, registering
from services.supervision.catalogues import CatalogueEntry, CatalogueKind, CatalogueUnsound
from services.supervision.matters import Matter, Move, Source, Step
from services.supervision.refusals import MatterArchived, RectificationOpen, SelfRecheck
from services.supervision.registering import (
    MatterEntry,
    NotInCatalogue,
    ObjectionDecision,
    ObjectionEntry,
    ObjectionNotReady,
    ReviewerRecused,
)
from tests.supervision.rooms import CHIEF, STRANGER, SUPERVISOR, Room
from tests.supervision.test_matters_and_bulletins import matter
from tests.supervision.timers import NOW

EXAMPLES = {kind: catalogues.example(kind) for kind in CatalogueKind}
ENTRY = MatterEntry(
    title="窗口差评核查",
    matter="城北水厂受理环节差评",
    source=Source.RATING,
    source_no="HCP-17",
    domain="integrity",
    duty="D9",
    method="spot_check",
    campaign="转作风提效能",
    department="D06",
    due_on=date(2017, 4, 20),
    requirement="一个工作日内联系评价人，说明情况。",
)


def entered() -> Matter:
    return registering.enter("ab" * 12, ENTRY, no="督查〔2017〕2号", recipients=(), by="u.supervisor", now=NOW)[0]


def test_given_the_catalogues_as_shipped_then_they_have_the_numbers_of_the_press_and_are_called_examples() -> None:
    assert {kind.value: len(each.rows) for kind, each in EXAMPLES.items()} == {"duties": 11, "methods": 4, "domains": 5}
    assert all(each.example for each in EXAMPLES.values())


def test_given_an_edited_catalogue_then_it_is_no_example_and_keeps_its_codes() -> None:
    rows = EXAMPLES[CatalogueKind.METHODS].rows
    named, _ = catalogues.edit(
        EXAMPLES[CatalogueKind.METHODS],
        CatalogueEntry(rows=(rows[0].model_copy(update={"retired": True}), *rows[1:])),
        by="u.supervisor",
        now=NOW,
    )
    assert (named.example, named.rows[0].retired) == (False, True)
    for wrong in (rows[1:], (*rows, rows[0])):
        with pytest.raises(CatalogueUnsound):
            catalogues.edit(EXAMPLES[CatalogueKind.METHODS], CatalogueEntry(rows=wrong), by="u.supervisor", now=NOW)


def test_given_a_code_of_no_catalogue_then_the_matter_is_refused_and_each_is_named() -> None:
    registering.known(ENTRY, EXAMPLES)
    with pytest.raises(NotInCatalogue) as refused:
        registering.known(ENTRY.model_copy(update={"duty": "D99", "method": "magic"}), EXAMPLES)
    assert [error.where for error in refused.value.errors] == ["body.duty", "body.method"]


def test_given_who_undertook_it_then_neither_they_nor_their_stand_in_rechecks_it() -> None:
    found = entered()
    found, _ = matters.move(found, Move(to=Step.UNDERTAKE, note="承办", responsible="u.a"), by="u.supervisor", now=NOW)
    assert found.undertaken_by == "u.a"
    for step in (Step.URGE, Step.FEEDBACK):
        found, _ = matters.move(found, Move(to=step, note="照办"), by="u.supervisor", now=NOW)
    with pytest.raises(SelfRecheck):
        matters.move(found, Move(to=Step.RECHECK, note="复核", responsible="u.a"), by="u.supervisor", now=NOW)
    checked, _ = matters.move(found, Move(to=Step.RECHECK, note="复核"), by="u.supervisor", now=NOW)
    assert checked.step is Step.RECHECK


def test_given_something_open_then_the_file_is_not_closed() -> None:
    archive = Move(to=Step.ARCHIVE, note="首次发生", not_needed=True)
    with pytest.raises(RectificationOpen):
        matters.move(matter(Step.BULLETIN), archive, by="u.supervisor", now=NOW, still_open="资规督办〔2017〕1号")


def test_given_an_archived_matter_then_it_is_read_only() -> None:
    archived = matter(Step.BULLETIN)
    archived, _ = matters.move(
        archived, Move(to=Step.ARCHIVE, note="首次发生", not_needed=True), by="u.supervisor", now=NOW
    )
    assert matters.name_bulletin(archived, "b1", heading="第1期", by="u.supervisor", now=NOW) == (archived, ())
    with pytest.raises(MatterArchived):
        registering.object_to(archived, ObjectionEntry(reason="不同意"), by="u.chief.d06", now=NOW)


def test_given_an_objection_then_somebody_who_had_no_part_in_the_matter_decides_it_once() -> None:
    raised, _ = registering.object_to(entered(), ObjectionEntry(reason="材料当日已报"), by="u.chief.d06", now=NOW)
    with pytest.raises(ObjectionNotReady):
        registering.object_to(raised, ObjectionEntry(reason="再次"), by="u.chief.d06", now=NOW)
    decision = ObjectionDecision(upheld=True, opinion="属实")
    for involved in ("u.supervisor", "u.chief.d06"):
        with pytest.raises(ReviewerRecused):
            registering.decide(raised, decision, by=involved, now=NOW)
    decided, _ = registering.decide(raised, decision, by="u.head", now=NOW)
    assert (decided.objections[0].upheld, registering.is_objected(decided)) == (True, False)
    with pytest.raises(ObjectionNotReady):
        registering.decide(decided, decision, by="u.head", now=NOW)


@pytest.mark.parametrize("post", ["P02@D09", "P04@D06", "P06@D06", "P09@D00"])
def test_given_a_commissioner_then_no_post_that_handles_cases_can_be_held_besides(post: str) -> None:
    assert conflicts((post,), (Role.SUPERVISOR,))


async def test_given_a_matter_by_hand_then_it_is_numbered_filtered_by_campaign_and_its_records_are_whole(
    room: Room,
) -> None:
    entry = ENTRY.model_dump(mode="json")
    first, again = [await room.ask(SUPERVISOR, "POST", "/matters", entry, "rating-17") for _ in range(2)]
    assert (first.status_code, again.json()) == (201, first.json())
    assert first.json()["matter_no"] == "督查〔2017〕1号"
    assert (await room.ask(CHIEF, "POST", "/matters", entry)).status_code == 403
    for query, count in (("campaign=转作风提效能&since=2017-04-01&until=2017-04-30", 1), ("campaign=其他", 0)):
        assert len((await room.have(SUPERVISOR, f"/matters?{query}"))["matters"]) == count
    assert (await room.have(STRANGER, "/matters?source=rating"))["matters"] == []
    path = f"/matters/{first.json()['matter_id']}/objection"
    assert (await room.ask(CHIEF, "POST", path, {"reason": "已联系评价人"})).is_success
    assert (await room.ask(STRANGER, "POST", path, {"reason": "旁人"})).status_code == 404
    assert (await room.have(SUPERVISOR, "/records?register=matters"))["breaks"] == []
