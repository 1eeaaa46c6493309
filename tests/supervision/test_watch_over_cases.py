"""The service on real servers: from timer events to lights, matter, notice and bulletin; who may see and do what."""

import asyncio
from datetime import date

from services.contracts.words import ClockKind
from tests.supervision import timers
from tests.supervision.rooms import CHIEF, HEAD, STRANGER, SUPERVISOR, Room, department, late, matters_of, person
from tests.supervision.timers import CASE
from tests.support.office import Office
from tests.support.wait import wait_until


async def test_given_late_agenda_material_then_lights_matter_notice_and_bulletin_follow(room: Room) -> None:
    await late(room)
    [matter] = await matters_of(room)
    assert matter["matter_no"] == "督查〔2017〕1号"
    records = await room.have(SUPERVISOR, f"/lights/{CASE}/records")
    lights = [one["data"]["light"] for one in records if one["type"].endswith("light.changed.v1")]
    assert lights == ["yellow", "red", "red"]

    [notice] = (await room.have(SUPERVISOR, f"/notices?case_no={CASE}"))["notices"]
    assert (notice["state"], notice["department"]) == ("draft", "D06")

    ask = {"matter_ids": [matter["matter_id"]]}
    draft, *more = await asyncio.gather(
        *(room.ask(SUPERVISOR, "POST", "/bulletins", ask, "draft-17") for _ in range(6))
    )
    assert [each.json() for each in more] == [draft.json()] * 5
    path = f"/bulletins/{draft.json()['bulletin_id']}"
    assert (await room.ask(SUPERVISOR, "POST", f"{path}/publish")).json()["code"] == "bulletin-not-ready"
    assert (await room.ask(HEAD, "POST", f"{path}/approve")).status_code == 200
    published = (await room.ask(SUPERVISOR, "POST", f"{path}/publish")).json()
    assert (published["issue"], published["heading"]) == (1, "督查通报（2017年第1期）")
    assert (await room.ask(SUPERVISOR, "POST", f"{path}/publish")).json()["issue"] == 1
    assert (await matters_of(room))[0]["bulletins"] == [published["bulletin_id"]]


async def test_given_a_step_that_another_version_gives_to_another_department_then_that_one_sees_its_light(
    room: Room,
) -> None:
    await room.registry.say(person(STRANGER), department("D08"))
    await room.workflow.say(timers.started(), timers.warned())
    await wait_until(room.idle)
    assert (await room.ask(STRANGER, "GET", f"/lights/{CASE}")).status_code == 404
    await room.workflow.say(timers.migrated())
    await wait_until(room.idle)
    [clock] = (await room.have(STRANGER, f"/lights/{CASE}"))["clocks"]
    assert (clock["name"], clock["department"]) == (timers.REDRAWN["name"], timers.REDRAWN["department"])
    assert clock["light"] == "yellow"


async def test_given_the_same_events_again_after_a_lost_stream_then_nothing_is_done_twice(
    room: Room, office: Office
) -> None:
    await late(room)
    before = await room.have(SUPERVISOR, f"/lights/{CASE}/records")
    broker = (await office.broker()).jetstream()
    await broker.delete_stream("GUIHUA_WORKFLOW")
    await wait_until(lambda: _stream_is_back(office), within=30)
    await wait_until(room.idle, within=30)
    assert await room.have(SUPERVISOR, f"/lights/{CASE}/records") == before
    assert len(await matters_of(room)) == 1


async def _stream_is_back(office: Office) -> bool:
    streams = await (await office.broker()).jetstream().streams_info()
    return any(info.config.name == "GUIHUA_WORKFLOW" and info.state.messages >= 4 for info in streams)


async def test_given_another_department_then_its_chief_sees_neither_light_nor_matter(room: Room) -> None:
    await late(room)
    assert (await room.ask(CHIEF, "GET", f"/lights/{CASE}")).status_code == 200
    assert (await room.ask(STRANGER, "GET", f"/lights/{CASE}")).status_code == 404
    assert (await room.ask(STRANGER, "GET", f"/lights/{CASE}/records")).status_code == 404
    assert (await room.have(STRANGER, "/matters"))["matters"] == []
    assert (await room.have(STRANGER, "/lights"))["cases"] == []
    assert (await room.have(STRANGER, "/board"))["cases"]["red"] == 0
    assert (await room.have(SUPERVISOR, "/board"))["cases"]["red"] == 1


async def test_given_certain_cases_are_asked_for_then_only_their_lights_come_and_only_what_one_may_see(
    room: Room,
) -> None:
    await late(room)
    asked = f"/lights?case_no={CASE}&case_no=99900020170101PT0599999"
    assert [case["case_no"] for case in (await room.have(CHIEF, asked))["cases"]] == [CASE]
    assert (await room.have(CHIEF, "/lights?case_no=99900020170101PT0599999"))["cases"] == []
    assert (await room.have(STRANGER, asked))["cases"] == []
    assert (await room.ask(CHIEF, "GET", "/lights?case_no=%24ne")).status_code == 422


async def test_given_clocks_that_warn_then_the_list_is_as_long_as_the_boards_number_and_the_worst_is_first(
    room: Room,
) -> None:
    await late(room)
    promised = {"kind": ClockKind.PROMISED, "clock_id": "promised", "name": "承诺时限"}
    await room.workflow.say(timers.started(**promised), timers.warned(**promised))
    await wait_until(room.idle)
    [count] = (await room.have(SUPERVISOR, "/board"))["departments"]
    assert (count["yellow"], count["red"], count["red2"]) == (1, 1, 0)
    listed = await room.have(SUPERVISOR, "/clocks?department=D06")
    assert listed["total"] == 2
    assert [clock["light"] for clock in listed["clocks"]] == ["red", "yellow"]
    assert [clock["name"] for clock in (await room.have(SUPERVISOR, "/clocks?light=yellow"))["clocks"]] == ["承诺时限"]
    first = await room.have(SUPERVISOR, "/clocks?limit=1")
    second = await room.have(SUPERVISOR, f"/clocks?limit=1&after={first['after']}")
    assert [*first["clocks"], *second["clocks"]] == listed["clocks"]
    assert (await room.have(SUPERVISOR, "/clocks?department=D08"))["total"] == 0
    assert (await room.have(STRANGER, "/clocks"))["total"] == 0


async def test_given_one_matter_notice_or_bulletin_then_who_may_see_it_reads_it_alone(room: Room) -> None:
    await late(room)
    [matter] = await matters_of(room)
    path = f"/matters/{matter['matter_id']}"
    assert (await room.have(CHIEF, path)) == {**matter, "next": ["undertake"]}
    assert (await room.ask(STRANGER, "GET", path)).status_code == 404
    [notice] = (await room.have(SUPERVISOR, "/notices"))["notices"]
    assert (await room.have(CHIEF, f"/notices/{notice['notice_id']}")) == notice
    assert (await room.ask(STRANGER, "GET", f"/notices/{notice['notice_id']}")).status_code == 404
    draft = (await room.ask(SUPERVISOR, "POST", "/bulletins", {"matter_ids": [matter["matter_id"]]})).json()
    path = f"/bulletins/{draft['bulletin_id']}"
    assert (await room.have(HEAD, path)) == draft
    assert (await room.ask(CHIEF, "GET", path)).status_code == 404  # a draft is the office's and the leaders'
    await room.ask(HEAD, "POST", f"{path}/approve")
    published = (await room.ask(SUPERVISOR, "POST", f"{path}/publish")).json()
    assert (await room.have(STRANGER, path)) == published


async def test_given_a_chief_then_supervision_work_is_refused(room: Room) -> None:
    await late(room)
    [matter] = await matters_of(room)
    move = {"to": "undertake", "note": "承办"}
    assert (await room.ask(CHIEF, "POST", f"/matters/{matter['matter_id']}/move", move)).status_code == 403
    skipped = await room.ask(SUPERVISOR, "POST", f"/matters/{matter['matter_id']}/move", {"to": "archive", "note": "x"})
    assert (skipped.status_code, skipped.json()["code"]) == (409, "step-skipped")
    assert (await room.ask(SUPERVISOR, "POST", f"/matters/{matter['matter_id']}/move", move)).status_code == 200


async def test_given_an_edited_rule_then_new_lights_follow_it_and_old_records_keep_their_version(room: Room) -> None:
    rules = (await room.have(SUPERVISOR, "/rules"))["in_force"]["rules"]
    for rule in rules:
        rule["light"] = "red2" if rule["id"] == "SL-05" else rule["light"]
    entry = {"effective_from": "2017-04-06", "rules": rules, "note": "承诺超时从重"}
    changed = await room.ask(SUPERVISOR, "PUT", "/rules", entry)
    assert changed.json()["in_force"]["version"] == "2"
    assert (await room.ask(SUPERVISOR, "PUT", "/rules", entry)).json()["latest"]["version"] == "2"
    due = date(2017, 4, 1)
    await room.workflow.say(timers.overdue(0, kind=ClockKind.PROMISED, due_on=due))
    await wait_until(lambda: room.have(SUPERVISOR, "/board"))
    await wait_until(room.idle)
    records = await room.have(SUPERVISOR, f"/lights/{CASE}/records")
    assert [(one["data"]["light"], one["data"]["rule_version"]) for one in records[:1]] == [("red2", 2)]
    versions = await room.have(SUPERVISOR, "/rules/versions")
    assert [(table["version"], table["note"]) for table in versions] == [("1", "默认规则"), ("2", "承诺超时从重")]
