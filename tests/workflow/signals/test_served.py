"""The service as a process of its own: signals by HTTP and by NATS, power cuts, redelivery, dates over restarts."""

import asyncio
from typing import Any

from services.contracts.events import Envelope, Said, stream_of
from services.contracts.external import MessageSent, SignalSent
from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.room import HANDLER, HEAD, IT, LEADER, Room
from tests.workflow.signals.drawn import begun_by, criers, letters, timed, watchers

MANY = 20
DAILY = timed("timeCycle", "R/2027-01-05T09:00:00+08:00/P1D")
STORM = {"name": "alert", "payload": {"level": "red"}, "reason": "气象台发布红色预警"}


async def _outside(room: Room, said: Said, event_id: str, *, copy: str = "") -> None:
    """An adapter says something; a copy is the same event, which the broker takes for another."""
    envelope = Envelope(
        id=event_id,
        source="/guihua/external",
        type=said.TYPE,
        subject=said.key,
        time=at("2026-09-16"),
        sequence=1,
        data=said.model_dump(mode="json"),
    )
    wire = envelope.model_dump_json().encode()
    stream = stream_of(said.TYPE)
    await room.external_bus.publish(envelope.nats_subject, wire, event_id=event_id + copy, stream=stream)


async def _waiting(room: Room, count: int) -> list[str]:
    """So many cases at work on a step that a signal can reach."""
    await room.set_clock(at("2026-09-16", "15:00"))
    cases = [room.new_case_no() for _ in range(count)]
    for case_no in cases:
        await room.receive(case_no, item_code="SG-01", facts={"level": 1})
    await asyncio.gather(*(room.step(case_no, "Work") for case_no in cases))
    await room.set_clock(at("2026-09-16", "16:00"))
    return cases


async def _has_heard(room: Room, case_no: str) -> bool:
    """Whether a signal has reached a case, be there others yet to be reached or not."""
    return any(each["type"] == "guihua.workflow.signal.heard.v1" for each in await room.history(case_no))


async def _heard(room: Room, cases: list[str]) -> list[int]:
    return [len(await room.heard(case_no, "signal.heard")) for case_no in cases]


async def _finished(room: Room, broadcast_id: str) -> dict[str, Any]:
    async def over() -> dict[str, Any] | None:
        report = await room.have(LEADER, f"/signals/{broadcast_id}")
        return report if report["finished_at"] else None

    report = await wait_until(over, within=30)
    assert report
    return report


async def test_given_a_signal_from_outside_and_a_power_cut_then_each_case_hears_it_once(room: Room) -> None:
    await room.deploy(watchers())
    cases = await _waiting(room, MANY)
    said = SignalSent(signal_id="storm-1", name="alert", payload={"level": "red"}, sent_at=at("2026-09-16", "16:00"))
    await _outside(room, said, "external.signals.storm-1.1.0")
    await wait_until(lambda: _has_heard(room, cases[0]))
    await room.kill()
    await room.start_again()
    await room.settled()
    await _outside(room, said, "external.signals.storm-1.1.0", copy=".again")
    await room.settled()
    [one] = [each for each in await room.have(LEADER, "/signals") if each["by"] == "system:external"]
    report = await _finished(room, one["broadcast_id"])
    assert report["heard"] >= MANY
    assert (report["past"], report["faulty"], report["lost"]) == (0, 0, 0)
    assert await _heard(room, cases) == [1] * MANY


async def test_given_a_leader_sends_a_signal_then_cases_hear_it_and_the_same_request_is_the_same_signal(
    room: Room,
) -> None:
    await room.deploy(watchers())
    await room.deploy(criers())
    cases = await _waiting(room, 2)
    assert (await room.ask(HANDLER, "POST", "/signals", STORM)).status_code == 403
    assert (await room.ask(IT, "POST", "/signals", STORM)).status_code == 403
    key = {"Idempotency-Key": "storm-of-today"}
    answers = await asyncio.gather(*(room.ask(LEADER, "POST", "/signals", STORM, headers=key) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {202}
    [broadcast_id] = {answer.json()["broadcast_id"] for answer in answers}
    assert (await _finished(room, broadcast_id))["heard"] >= len(cases)
    other = await room.ask(LEADER, "POST", "/signals", {**STORM, "payload": {}}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-taken")
    assert await _heard(room, cases) == [1, 1]
    assert [step["element"] for step in (await room.have(HEAD, f"/cases/{cases[0]}"))["steps"]].count("Extra") == 1

    crier = room.new_case_no()
    await room.receive(crier, item_code="SG-02")
    await room.complete(crier, "Cry", HANDLER)
    await wait_until(lambda: _all(room, cases, 2))
    assert await room.heard(crier, "signal.heard") == []
    assert len(await room.heard(crier, "signal.thrown")) == 1


async def _all(room: Room, cases: list[str], times: int) -> bool:
    return await _heard(room, cases) == [times] * len(cases)


async def test_given_restarts_and_downtime_then_a_date_begins_each_case_once(room: Room) -> None:
    await room.set_clock(at("2027-01-04"))
    await room.deploy(begun_by(DAILY, key="daily", code="SG-20"))
    await room.set_clock(at("2027-01-05", "09:01"))
    await wait_until(lambda: room.history("NB20270105SG2000001"))
    await room.kill()
    await room.start_again()
    await room.settled()
    await room.kill()
    await room.set_clock(at("2027-01-11", "12:00"))
    await room.start_again()
    await wait_until(lambda: room.history("NB20270111SG2000002"))
    begun = [task["case_no"] for task in (await room.have(HEAD, "/tasks?everyone=true&limit=200"))["tasks"]]
    assert [each for each in begun if "SG20" in each] == ["NB20270105SG2000001", "NB20270111SG2000002"]


async def test_given_a_message_from_outside_then_it_begins_a_case_and_the_next_one_finds_it(room: Room) -> None:
    await room.set_clock(at("2026-09-16", "15:00"))
    await room.deploy(letters())
    sent_at = at("2026-09-16", "15:00")
    first = MessageSent(message_id="m-1", name="letter", payload={"text": "举报"}, business_key="b-1", sent_at=sent_at)
    case_no = "NB20260916SG0400001"
    for copy in ("", ".again"):
        await _outside(room, first, "external.messages.m-1.1.0", copy=copy)
        await room.step(case_no, "Reply")
        await room.settled()
    reply = MessageSent(message_id="m-2", name="reply", business_key="b-1", sent_at=sent_at)
    await _outside(room, reply, "external.messages.m-2.1.0")
    await room.complete(case_no, "Close", HANDLER)
    [started] = await room.heard(case_no, "case.started")
    assert (started["start_kind"], started["start_event"]) == ("message", "Start")
    assert (await room.ask(HEAD, "GET", "/cases/NB20260916SG0400002")).status_code == 404
