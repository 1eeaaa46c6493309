"""What supervision said cannot be changed, removed or moved unseen; the board can be made again from what was heard."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from services.contracts.words import ClockKind
from services.kernel.store import Kept
from services.supervision.records.chains import breaks
from tests.supervision import timers
from tests.supervision.rooms import CHIEF, STRANGER, SUPERVISOR, Room, late, matters_of
from tests.supervision.timers import CASE
from tests.support.desk import store_of
from tests.support.office import Office
from tests.support.wait import wait_until

PROMISED = {"kind": ClockKind.PROMISED, "clock_id": "promised", "name": "承诺时限"}
OTHER = "51200020170306PT0500002"


@asynccontextmanager
async def database_of(office: Office) -> AsyncIterator[Any]:
    """The service's own database, as somebody who got at it would have it."""
    store = store_of(office, "supervision")
    try:
        yield store.database
    finally:
        await store.close()


async def verified(room: Room, register: str) -> dict[str, Any]:
    """What verifying a register finds."""
    found: dict[str, Any] = await room.have(SUPERVISOR, f"/records?register={register}")
    return found


async def compared(room: Room, *, method: str = "GET") -> dict[str, Any]:
    found: dict[str, Any] = (await room.ask(SUPERVISOR, method, "/rebuilt")).raise_for_status().json()
    return found


async def season(room: Room) -> None:
    """Two cases: late, held, resumed, moved, drawn otherwise, over."""
    await late(room)
    first = [timers.started(**PROMISED), timers.held(**PROMISED), timers.resumed(**PROMISED), timers.warned(**PROMISED)]
    other = {"case_no": OTHER, "title": "城北水厂"}
    second = [timers.started(**other), timers.overdue(0, **other), timers.moved(date(2017, 4, 12), **other)]
    await room.workflow.say(*first, timers.migrated(), timers.overdue(3, **PROMISED))
    await room.workflow.say(*second, timers.warned(**other), timers.stopped(2, **other))
    await wait_until(room.idle)


async def moved_on(room: Room) -> dict[str, Any]:
    """The matter of the late case after two steps."""
    await late(room)
    [matter] = await matters_of(room)
    path = f"/matters/{matter['matter_id']}"
    for step in ("undertake", "urge"):
        (await room.ask(SUPERVISOR, "POST", f"{path}/move", {"to": step, "note": "照办"})).raise_for_status()
    await wait_until(room.idle)
    return matter


async def test_given_a_played_season_then_every_register_is_whole_and_counts_what_was_said(room: Room) -> None:
    await moved_on(room)
    cases, matters = await verified(room, "cases"), await verified(room, "matters")
    assert (cases["breaks"], matters["breaks"]) == ([], [])
    assert (cases["documents"], matters["documents"]) == (1, 1)
    assert matters["records"] == 4  # the call of its process, the registration, two moves
    assert cases["records"] == len(await room.have(SUPERVISOR, f"/lights/{CASE}/records")) - 3
    assert list(cases["heads"]) == [CASE]
    for register in ("notices", "bulletins", "numbers"):
        assert (await verified(room, register))["breaks"] == []


async def _edit(journal: Any, rows: list[Mapping[str, Any]]) -> str:
    row = rows[1]
    await journal.update_one({"_id": row["_id"]}, {"$set": {"wire": row["wire"].replace("red", "yellow")}})
    return str(row["_id"])


async def _forget_the_middle(journal: Any, rows: list[Mapping[str, Any]]) -> str:
    await journal.delete_one({"_id": rows[1]["_id"]})
    return str(rows[2]["_id"])


async def _forget_the_first(journal: Any, rows: list[Mapping[str, Any]]) -> str:
    await journal.delete_one({"_id": rows[0]["_id"]})
    return str(rows[1]["_id"])


async def _forget_the_last(journal: Any, rows: list[Mapping[str, Any]]) -> str:
    await journal.delete_one({"_id": rows[-1]["_id"]})
    return str(rows[-2]["_id"])


async def _exchange_what_they_say(journal: Any, rows: list[Mapping[str, Any]]) -> str:
    await journal.update_one({"_id": rows[0]["_id"]}, {"$set": {"wire": rows[1]["wire"]}})
    await journal.update_one({"_id": rows[1]["_id"]}, {"$set": {"wire": rows[0]["wire"]}})
    return str(rows[0]["_id"])


async def _exchange_their_order(journal: Any, rows: list[Mapping[str, Any]]) -> str:
    await journal.update_one({"_id": rows[0]["_id"]}, {"$set": {"order": "0"}})
    await journal.update_one({"_id": rows[1]["_id"]}, {"$set": {"order": rows[0]["order"]}})
    await journal.update_one({"_id": rows[0]["_id"]}, {"$set": {"order": rows[1]["order"]}})
    return str(rows[1]["_id"])


async def _hide(journal: Any, rows: list[Mapping[str, Any]]) -> str:
    await journal.update_one({"_id": rows[1]["_id"]}, {"$set": {"subject": "elsewhere"}})
    return str(rows[1]["_id"])


async def _spoil(journal: Any, rows: list[Mapping[str, Any]]) -> str:
    await journal.update_one({"_id": rows[1]["_id"]}, {"$set": {"wire": "{"}})
    return str(rows[1]["_id"])


MEDDLERS = (
    _edit,
    _forget_the_middle,
    _forget_the_first,
    _forget_the_last,
    _exchange_what_they_say,
    _exchange_their_order,
    _hide,
    _spoil,
)


async def test_given_a_record_that_somebody_meddled_with_then_verifying_names_it(room: Room, office: Office) -> None:
    await late(room)
    async with database_of(office) as database:
        journal = database["journal"]
        rows = [row async for row in journal.find({"_id": {"$regex": r"^supervision\.cases\."}})]
        rows.sort(key=lambda row: row["order"])
        assert len(rows) >= 4
        for meddle in MEDDLERS:
            named = await meddle(journal, rows)
            found = (await verified(room, "cases"))["breaks"]
            assert named in [each["record"] for each in found], meddle.__name__
            assert all(each["document"] == f"cases/{CASE}" for each in found)
            await journal.delete_many({"_id": {"$in": [row["_id"] for row in rows]}})
            await journal.insert_many(rows)
            assert (await verified(room, "cases"))["breaks"] == []


async def test_given_a_document_that_was_changed_or_removed_then_verifying_names_it(room: Room, office: Office) -> None:
    matter = await moved_on(room)
    async with database_of(office) as database:
        await database["matters"].update_one({"_id": matter["matter_id"]}, {"$set": {"body.department": "D09"}})
    [changed] = (await verified(room, "matters"))["breaks"]
    assert changed["document"] == f"matters/{matter['matter_id']}"
    assert "文档被改动" in changed["zh"]
    async with database_of(office) as database:
        await database["matters"].delete_one({"_id": matter["matter_id"]})
    [gone] = (await verified(room, "matters"))["breaks"]
    assert "已不存在" in gone["zh"]
    async with database_of(office) as database:
        await database["journal"].delete_many({"_id": {"$regex": r"^supervision\.matters\."}})
    assert (await verified(room, "matters"))["breaks"] == []
    [numbered] = (await verified(room, "numbers"))["breaks"]
    assert (numbered["document"], numbered["record"]) == (f"matters/{matter['matter_id']}", "matter-2017")


async def test_given_a_played_season_then_the_board_made_again_is_the_board(room: Room, office: Office) -> None:
    await season(room)
    board = await room.have(SUPERVISOR, "/board")
    whole = await compared(room)
    assert (whole["cases"], whole["same"], whole["differences"]) == (2, 2, [])
    lights = [await room.have(SUPERVISOR, f"/lights/{case}") for case in (CASE, OTHER)]

    async with database_of(office) as database:
        await database["cases"].update_one({"_id": CASE}, {"$set": {"body.clocks.promised.colour": "green"}})
        await database["cases"].delete_one({"_id": OTHER})
    differing = (await compared(room))["differences"]
    assert [(each["case_no"], each["clocks"]) for each in differing] == [(CASE, ["promised"]), (OTHER, [])]
    assert (await compared(room, method="POST"))["restored"] == 2

    assert [await room.have(SUPERVISOR, f"/lights/{case}") for case in (CASE, OTHER)] == lights
    assert {**await room.have(SUPERVISOR, "/board"), "as_of": ""} == {**board, "as_of": ""}
    assert (await compared(room))["differences"] == []


async def test_given_a_board_that_was_made_again_then_its_records_go_on_where_they_ended(
    room: Room, office: Office
) -> None:
    await season(room)
    async with database_of(office) as database:
        await database["cases"].delete_many({})
    assert (await compared(room, method="POST"))["restored"] == 2
    await room.workflow.say(timers.overdue(5, kind=ClockKind.STATUTORY, clock_id="statutory"))
    await wait_until(room.idle)
    found = await verified(room, "cases")
    assert found["breaks"] == []
    assert (await compared(room))["differences"] == []
    assert (await room.have(SUPERVISOR, f"/lights/{CASE}"))["light"] == "red2"


async def test_given_somebody_who_may_not_see_a_case_then_its_records_are_not_told(room: Room) -> None:
    await late(room)
    assert (await room.have(CHIEF, "/records?register=cases"))["documents"] == 1
    assert (await room.have(STRANGER, "/records?register=cases"))["documents"] == 0
    assert (await room.have(STRANGER, "/records?register=numbers"))["documents"] == 0
    assert (await room.have(STRANGER, "/rebuilt"))["cases"] == 0
    assert (await room.ask(CHIEF, "POST", "/rebuilt")).status_code == 403


async def test_given_more_documents_than_a_page_then_pages_follow_each_other(room: Room) -> None:
    await season(room)
    first = await room.have(SUPERVISOR, "/records?register=cases&limit=1")
    second = await room.have(SUPERVISOR, f"/records?register=cases&limit=1&after={first['after']}")
    assert (first["documents"], second["documents"], first["breaks"], second["breaks"]) == (1, 1, [], [])
    one = await room.have(SUPERVISOR, "/rebuilt?limit=1")
    assert (one["cases"], one["after"]) == (1, CASE)
    assert (await room.have(SUPERVISOR, f"/rebuilt?limit=1&after={CASE}"))["cases"] == 1


def test_given_records_from_before_the_chain_then_they_are_passed_over_and_a_missing_head_is_told() -> None:
    wire = (
        '{"id":"supervision.cases.X.1.0","source":"s","type":"t","subject":"X","time":"2017-04-05T00:00:00Z",'
        '"sequence":1,"data":{}}'
    )
    old = Kept("supervision.cases.X.1.0", "1", "t", "X", wire)
    assert breaks("cases/X", [old], head="") == []
    assert [each.record for each in breaks("cases/X", [old], head="abc")] == [old.id]
