"""One document, one write: two savers cannot both win, and what a write says is in the same write."""

import asyncio
from collections.abc import Callable
from datetime import date

import pytest
from pymongo.errors import DocumentTooLarge, OperationFailure

from services.contracts.events import Envelope
from services.contracts.intake import CaseDelivered
from services.kernel.problem import TooMuchToSay
from services.kernel.store import AlreadyApplied, AlreadyExists, Body, Conflict, Index, NotFound, Store, Unsent
from tests.support.office import Office


class Desk(Body, frozen=True):
    case_no: str
    notes: tuple[str, ...] = ()
    opened_on: date = date(2026, 11, 23)


def delivered(store: Store, case_no: str, proof: str = "B-1") -> CaseDelivered:
    now = store.clock.now()
    return CaseDelivered(
        case_no=case_no, delivered_at=now, delivered_on=now.date(), delivered_by="u.collect", proof_no=proof
    )


async def test_what_was_saved_is_loaded(store: Store) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")

    assert await desks.create(Desk(case_no="1")) == 1
    assert await desks.save(Desk(case_no="1", notes=("a",)), 1) == 2

    assert await desks.load("1") == (Desk(case_no="1", notes=("a",)), 2)
    assert await desks.find("2") is None
    with pytest.raises(NotFound):
        await desks.load("2")


async def test_what_no_message_can_hold_is_refused_and_nothing_is_written(store: Store) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")
    said = delivered(store, "1", proof="x" * 1_000_000)

    with pytest.raises(TooMuchToSay):
        await desks.create(Desk(case_no="1"), [said])

    assert await desks.find("1") is None


async def test_of_two_savers_of_one_revision_one_is_told_of_the_conflict(store: Store) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")
    await desks.create(Desk(case_no="1"))

    tries = [desks.save(Desk(case_no="1", notes=(str(n),)), 1) for n in range(6)]
    answers = await asyncio.gather(*tries, return_exceptions=True)

    assert sorted(str(type(answer).__name__) for answer in answers) == ["Conflict"] * 5 + ["int"]
    assert (await desks.load("1"))[1] == 2


async def test_changes_at_the_same_time_are_all_kept(store: Store) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")
    await desks.create(Desk(case_no="1"))

    def noted(n: int) -> None:
        return desks.change("1", lambda desk: (desk.model_copy(update={"notes": (*desk.notes, str(n))}), ()), tries=30)

    await asyncio.gather(*(noted(n) for n in range(8)))

    assert sorted((await desks.load("1"))[0].notes) == [str(n) for n in range(8)]


async def test_a_key_is_created_once(store: Store) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")
    await desks.create(Desk(case_no="1"))

    with pytest.raises(AlreadyExists):
        await desks.create(Desk(case_no="1"))


async def test_a_save_of_nothing_is_refused(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.aggregates("desks", Desk, key="case_no").save(Desk(case_no="1"), 1)


async def test_an_event_is_applied_once(store: Store) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")
    await desks.create(Desk(case_no="1"), cause="e.0")
    await desks.save(Desk(case_no="1", notes=("a",)), 1, cause="e.1")

    with pytest.raises(AlreadyApplied):
        await desks.create(Desk(case_no="1"), cause="e.0")
    with pytest.raises(AlreadyApplied):
        await desks.save(Desk(case_no="1", notes=("b",)), 2, cause="e.1")
    with pytest.raises(Conflict):
        await desks.save(Desk(case_no="1", notes=("b",)), 1, cause="e.2")


async def test_a_decision_is_not_asked_for_again_when_the_event_was_applied(store: Store) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")
    await desks.create(Desk(case_no="1"))
    asked: list[Desk] = []

    def decide(desk: Desk) -> tuple[Desk, tuple[()]]:
        asked.append(desk)
        return desk.model_copy(update={"notes": (*desk.notes, "x")}), ()

    first = await desks.change("1", decide, cause="e.1")
    again = await desks.change("1", decide, cause="e.1")

    assert first == again == Desk(case_no="1", notes=("x",))
    assert len(asked) == 1


async def test_a_write_and_what_it_says_are_one_document(store: Store, office: Office) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")
    told: list[Unsent] = []
    store.tell(told.append)

    await desks.create(Desk(case_no="1"), [delivered(store, "1", "B-1"), delivered(store, "1", "B-2")])
    await desks.save(Desk(case_no="1"), 1, [delivered(store, "1", "B-3")])

    row = await office.mongo["guihua_intake"]["desks"].find_one({"_id": "1"})
    assert row
    ids = ["intake.desks.1.1.0", "intake.desks.1.1.1", "intake.desks.1.2.0"]
    assert [waiting["_id"] for waiting in row["outbox"]] == ids
    assert [waiting["_id"] for waiting in told[-1].rows] == ids
    envelope = Envelope.model_validate_json(row["outbox"][2]["wire"])
    assert (envelope.sequence, envelope.time, envelope.data["proof_no"]) == (2, store.clock.now(), "B-3")
    assert row["outbox_at"] == row["outbox"][0]["at"]
    assert await store.count_unsent() == 1


async def test_only_what_was_sent_leaves_the_outbox(store: Store) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")
    await desks.create(Desk(case_no="1"), [delivered(store, "1")])
    (unsent,) = await store.unsent(limit=10)
    await desks.save(Desk(case_no="1"), 1, [delivered(store, "1")])

    await store.clear([unsent])
    (rest,) = await store.unsent(limit=10)
    assert [row["_id"] for row in store.still_unsent(rest)] == ["intake.desks.1.2.0"]
    await store.clear([rest])

    assert await store.unsent(limit=10) == []
    assert await store.count_unsent() == 0


@pytest.mark.parametrize("says", [True, False])
async def test_a_save_leaves_out_what_was_sent_before_it(store: Store, office: Office, says: bool) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")
    told: list[Unsent] = []
    store.tell(told.append)
    await desks.create(Desk(case_no="1"), [delivered(store, "1")])
    await desks.save(Desk(case_no="1"), 1)
    await store.clear([told[0]])  # too late: it is of revision 1

    await desks.save(Desk(case_no="1"), 2, [delivered(store, "1")] if says else [])

    row = await office.mongo["guihua_intake"]["desks"].find_one({"_id": "1"})
    assert row
    assert [waiting["_id"] for waiting in row["outbox"]] == (["intake.desks.1.3.0"] if says else [])
    assert ("outbox_at" in row) is says


async def test_what_another_process_left_unsent_is_said_before_what_we_say(store: Store, office: Office) -> None:
    other = Store(
        office.settings_of("intake")["GUIHUA_MONGO_URL"], "guihua_intake", service="intake", clock=store.clock
    )
    try:
        theirs = other.aggregates("desks", Desk, key="case_no")
        await theirs.create(Desk(case_no="1"), [delivered(store, "1")])
    finally:
        await other.close()
    desks = store.aggregates("desks", Desk, key="case_no")
    told: list[Unsent] = []
    store.tell(told.append)

    await desks.save(Desk(case_no="1"), 1, [delivered(store, "1")])

    assert [row["_id"] for row in told[-1].rows] == ["intake.desks.1.1.0", "intake.desks.1.2.0"]


async def test_given_another_process_was_faster_then_a_change_is_made_of_what_it_left(
    store: Store, office: Office
) -> None:
    def noted(note: str) -> Callable[[Desk], tuple[Desk, tuple[()]]]:
        return lambda desk: (desk.model_copy(update={"notes": (*desk.notes, note)}), ())

    other = Store(
        office.settings_of("intake")["GUIHUA_MONGO_URL"], "guihua_intake", service="intake", clock=store.clock
    )
    try:
        ours = store.aggregates("desks", Desk, key="case_no")
        theirs = other.aggregates("desks", Desk, key="case_no")
        await ours.create(Desk(case_no="1"))
        await theirs.change("1", noted("a"), cause="e.1")

        await ours.change("1", noted("a"), cause="e.1")
        await ours.change("1", noted("b"), cause="e.2")
        await theirs.change("1", noted("b"), cause="e.2")
        assert await theirs.change("1", noted("c"), cause="e.3") == Desk(case_no="1", notes=("a", "b", "c"))
    finally:
        await other.close()


async def test_many_writes_at_once_are_each_answered_for_themselves(store: Store) -> None:
    desks = store.aggregates("many_desks", Desk, key="case_no")
    await store.indexes("many_desks", Index("body.opened_on", unique=True))

    def desk(n: int) -> Desk:
        return Desk(case_no=str(n), opened_on=date(2026, 11, n))

    await asyncio.gather(*(desks.create(desk(n)) for n in range(1, 9)))
    answers = await asyncio.gather(
        desks.save(desk(1), 1),
        desks.save(desk(2), 7),
        desks.save(desk(9), 1),
        desks.save(desk(4).model_copy(update={"opened_on": date(2026, 11, 5)}), 1),
        desks.create(desk(6)),
        desks.create(desk(10)),
        desks.save(desk(7), 1, cause="e.1"),
        desks.save(desk(7), 1, cause="e.1"),
        desks.save(desk(8), 1, cause="e.1"),
        return_exceptions=True,
    )

    kinds = [answer if isinstance(answer, int) else type(answer) for answer in answers]
    assert kinds == [2, Conflict, NotFound, AlreadyExists, AlreadyExists, 1, 2, AlreadyApplied, 2]
    assert sorted(each.case_no for each in await desks.query({}, sort=[("_id", 1)], limit=20)) == sorted(
        ["1", "2", "3", "4", "5", "6", "7", "8", "10"]
    )


async def test_what_no_document_can_hold_is_refused_alone(store: Store) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")

    answers = await asyncio.gather(
        desks.create(Desk(case_no="1")),
        desks.create(Desk(case_no="2", notes=("x" * 16_000_000,))),
        desks.create(Desk(case_no="3")),
        return_exceptions=True,
    )

    assert [answer if isinstance(answer, int) else type(answer) for answer in answers] == [1, DocumentTooLarge, 1]


async def test_a_query_speaks_the_language_of_the_body(store: Store) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")
    for day in (1, 2, 3):
        await desks.create(Desk(case_no=str(day), opened_on=date(2026, 11, day)))

    late = {"body.opened_on": {"$gte": date(2026, 11, 2)}}

    assert [desk.case_no for desk in await desks.query(late, sort=[("body.opened_on", -1)], limit=5)] == ["3", "2"]
    assert await desks.count(late) == 2


async def test_what_a_filter_finds_can_be_saved_at_the_revision_that_comes_with_it(store: Store) -> None:
    desks = store.aggregates("desks", Desk, key="case_no")
    await desks.create(Desk(case_no="1", notes=("a",)))

    found = await desks.first({"body.notes": "a"})
    assert found == (Desk(case_no="1", notes=("a",)), 1)
    assert await desks.save(Desk(case_no="1", notes=("b",)), found[1]) == 2

    assert await desks.first({"body.notes": "a"}) is None
    assert await desks.first({"body.notes": "b"}) == (Desk(case_no="1", notes=("b",)), 2)


async def test_given_a_decision_that_is_refused_by_what_we_remember_then_it_is_asked_about_what_is_there(
    store: Store, office: Office
) -> None:
    def once(desk: Desk) -> tuple[Desk, tuple[()]]:
        if "freed" not in desk.notes:
            raise LookupError(desk.notes)
        return desk.model_copy(update={"notes": (*desk.notes, "done")}), ()

    ours = store.aggregates("desks", Desk, key="case_no")
    await ours.create(Desk(case_no="1"))
    with pytest.raises(LookupError):
        await ours.change("1", once)
    rows = office.mongo["guihua_intake"]["desks"]
    await rows.update_one({"_id": "1"}, {"$set": {"revision": 2, "body.notes": ["freed"]}})  # as another process would

    assert await ours.change("1", once) == Desk(case_no="1", notes=("freed", "done"))


async def test_a_value_declared_unique_is_taken_once(store: Store) -> None:
    desks = store.aggregates("unique_desks", Desk, key="case_no")
    await store.indexes("unique_desks", Index("body.opened_on"))
    for _ in range(2):  # as every start of a service does
        await store.indexes("unique_desks", Index("body.opened_on", unique=True), Index("body.notes", "-revision"))
    await desks.create(Desk(case_no="1"))

    with pytest.raises(AlreadyExists):
        await desks.create(Desk(case_no="2"))


async def test_numbers_are_given_once(store: Store) -> None:
    numbers = await asyncio.gather(*(store.counter("cases-20261123") for _ in range(20)))

    assert sorted(numbers) == list(range(1, 21))


async def test_a_service_cannot_open_the_database_of_another(office: Office, store: Store) -> None:
    foreign = Store(
        office.settings_of("intake")["GUIHUA_MONGO_URL"], "guihua_workflow", service="intake", clock=store.clock
    )
    try:
        with pytest.raises(OperationFailure, match="not authorized"):
            await foreign.aggregates("desks", Desk, key="case_no").find("1")
    finally:
        await foreign.close()
