"""Appointments, on the real servers: one seat is one person's, two of the staff are there, minutes are kept (SC-14)."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.contracts.intake import AppointmentMoved, ContactReported
from services.intake.appointments.slots import Opening, Place, seats_of, slots
from services.kernel.worktime import Calendar, OfficeHours
from tests.intake.builders import CLERK, HANDLER, NOW, SUPERVISOR, TOWN
from tests.intake.hall import Hall
from tests.support.wait import wait_until

OPENING = {"topic": "方案咨询", "place": "negotiation_area", "times": ["09:00", "14:30"], "minutes": 30}
SLOT = "scheme@202611231430"
CALLER = {"slot_id": SLOT, "name": "王五", "phone": "13900000003", "purpose": "咨询临街立面方案"}
TWO = ["u.window", "u.handler.d06"]
MINUTES = "建议退让道路红线五米，立面另报。"


async def opened(window: Hall, **changes: object) -> None:
    answer = await window.ask("PUT", "/appointments/openings/scheme", CLERK, json=OPENING | changes)
    assert answer.status_code == 200


async def asked_for(window: Hall, *, key: str | None = None, **changes: object) -> httpx.Response:
    return await window.ask("POST", "/public/appointments", json=CALLER | changes, key=key)


async def booked(window: Hall, **changes: object) -> str:
    """The number of a card that was booked on the telephone."""
    answer = await window.ask("POST", "/appointments", CLERK, json=CALLER | changes)
    assert answer.status_code == 201
    return str(answer.json()["card_no"])


async def moved(window: Hall, card_no: str, to: str, **told: object) -> httpx.Response:
    return await window.ask("POST", f"/appointments/{card_no}/move", CLERK, json={"to": to, **told})


async def free(window: Hall) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await window.ask("GET", "/public/appointments/slots")).json()
    return found


async def test_of_many_who_ask_for_one_seat_at_once_one_gets_it(window: Hall) -> None:
    await opened(window)
    answers = await asyncio.gather(*(asked_for(window, name=f"甲{turn}") for turn in range(5)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"slot-gone"}
    assert SLOT not in {slot["slot_id"] for slot in await free(window)}


async def test_a_request_holds_its_slot_and_cancelling_frees_it_at_once(window: Hall) -> None:
    await opened(window)
    card = (await asked_for(window)).json()
    assert (card["state"], (await asked_for(window)).status_code) == ("requested", 409)
    known = {name: card[name] for name in ("card_no", "query_password")}
    assert (await window.ask("POST", "/public/appointments/lookup", json=known)).json()["state"] == "requested"
    wrong = await window.ask("POST", "/public/appointments/cancel", json=known | {"query_password": "AAAAAAAA"})
    assert wrong.status_code == 403
    assert (await window.ask("POST", "/public/appointments/cancel", json=known)).json()["state"] == "cancelled"
    assert SLOT in {slot["slot_id"] for slot in await free(window)}
    assert (await asked_for(window)).status_code == 201
    late = await moved(window, card["card_no"], "confirmed")
    assert (late.status_code, late.json()["code"]) == (409, "card-moved")


async def test_the_same_request_is_one_appointment(window: Hall) -> None:
    await opened(window, seats=3)
    twins = await asyncio.gather(*(asked_for(window, key="a-double-click") for _ in range(3)))
    assert len({each.text for each in twins}) == 1
    assert [slot["free"] for slot in await free(window) if slot["slot_id"] == SLOT] == [2]


async def test_a_reception_has_two_of_the_staff_and_minutes(window: Hall) -> None:
    """SC-14: booked on the telephone, a card, two staff, minutes."""
    await opened(window)
    number = await booked(window)
    early = await moved(window, number, "checked_in", staff=TWO)
    assert (early.status_code, early.json()["code"]) == (409, "appointment-too-early")
    window.clock.set(NOW + timedelta(hours=4, minutes=25))
    for staff in ([], ["u.window"], ["u.window", "u.window"]):
        alone = await moved(window, number, "checked_in", staff=staff)
        assert (alone.status_code, alone.json()["code"]) == (422, "too-few-staff")
    assert (await moved(window, number, "checked_in", staff=TWO)).json()["staff"] == sorted(TWO)
    silent = await moved(window, number, "closed", minutes="  ")
    assert (silent.status_code, silent.json()["code"]) == (422, "minutes-missing")
    assert (await moved(window, number, "closed", minutes=MINUTES)).json()["state"] == "closed"
    card = (await window.ask("GET", f"/appointments/{number}", CLERK)).json()
    assert (card["name"], card["phone"], card["minutes"]) == ("王五", "13900000003", MINUTES)
    assert card["checked_in_at"] is not None
    assert card["checked_out_at"] is not None
    said = await wait_until(lambda: told(window, number, 3))
    assert [each.state for each in said] == ["confirmed", "checked_in", "closed"]
    assert not [each for each in said if "王" in each.model_dump_json() or "139" in each.model_dump_json()]


async def told(window: Hall, number: str, many: int) -> list[AppointmentMoved]:
    said = [each for each in await window.said(number) if isinstance(each, AppointmentMoved)]
    return said if len(said) == many else []


async def test_who_does_not_come_is_recorded_after_the_slot_and_lists_show_nobody_in_full(window: Hall) -> None:
    await opened(window)
    number = await booked(window)
    assert (await moved(window, number, "missed")).json()["code"] == "appointment-too-early"
    window.clock.set(NOW + timedelta(hours=6))
    assert (await moved(window, number, "missed")).json()["state"] == "missed"
    listed = await window.ask("GET", "/appointments?on=2026-11-23", CLERK)
    assert [(one["name"], one["phone"]) for one in listed.json()] == [("王某某", "139****0003")]
    assert (await window.ask("GET", "/appointments", CLERK)).json() == []
    kept, _ = await window.deps.cards.load(number)
    assert not [each for each in ("王五", "13900000003", "立面") if each in kept.model_dump_json()]


async def test_appointments_are_the_halls_alone(window: Hall) -> None:
    await opened(window)
    number = await booked(window)
    for method, path in (("GET", "/appointments"), ("GET", f"/appointments/{number}"), ("GET", "/consultations")):
        assert (await window.ask(method, path, TOWN)).status_code == 403
        assert (await window.ask(method, path, HANDLER)).status_code == 403
    answer = await window.ask("PUT", "/appointments/openings/scheme", TOWN, json=OPENING)
    assert (answer.status_code, answer.json()["code"]) == (403, "hall-only")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phone": "12"}, "caller-unreachable"),
        ({"slot_id": "scheme@202611280900"}, "slot-gone"),
        ({"slot_id": "nothing@202611240900"}, "slot-gone"),
        ({"slot_id": "scheme@202611230900"}, "slot-gone"),
    ],
)
async def test_what_cannot_be_booked_is_refused(window: Hall, changes: dict[str, Any], code: str) -> None:
    """A wrong number, a Saturday, an opening there is none of, a time that is past."""
    await opened(window)
    assert (await asked_for(window, **changes)).json()["code"] == code


async def test_a_visit_needs_an_address(window: Hall) -> None:
    await opened(window, place="applicant_site")
    refused = await asked_for(window)
    assert [each["where"] for each in refused.json()["errors"]] == ["body.address"]
    assert (await asked_for(window, address="柳树巷17号")).status_code == 201


async def test_consultants_on_duty_answer_questions_and_hand_some_over(window: Hall) -> None:
    duty = [{"person": "u.advice", "name": "何某", "topic": "用地规划", "counter": "3号窗口"}]
    assert (await window.ask("PUT", "/consultants/2026-11-23", CLERK, json={"consultants": duty})).json() == duty
    shown = (await window.ask("GET", "/public/consultants")).json()
    assert shown == [{"name": "何某", "topic": "用地规划", "counter": "3号窗口"}]
    asked = {"topic": "用地规划", "question": "旧厂房改商业要办什么手续？", "channel": "phone"}
    number = (await window.ask("POST", "/consultations", CLERK, json=asked)).json()["question_no"]
    answer = {"answer": "先办理规划条件变更，再办工程许可。", "handed_to": "D05"}
    for _ in range(2):
        assert (await window.ask("POST", f"/consultations/{number}/answer", CLERK, json=answer)).status_code == 200
    again = await window.ask("POST", f"/consultations/{number}/answer", CLERK, json={"answer": "另一个答复"})
    assert (again.status_code, again.json()["code"]) == (409, "question-answered")
    [logged] = (await window.ask("GET", "/consultations", CLERK)).json()
    assert (logged["question"], logged["handed_to"]) == (asked["question"], "D05")


async def test_contact_outside_an_appointment_is_said_to_supervision_and_read_by_nobody_else(window: Hall) -> None:
    report = {"person": "u.handler.d06", "happened_on": "2026-11-20", "what": "在茶楼与申请人见面"}
    number = (await window.ask("POST", "/contacts", HANDLER, json=report)).json()["report_no"]
    assert (await window.ask("GET", "/contacts", CLERK)).status_code == 403
    [seen] = (await window.ask("GET", "/contacts", SUPERVISOR)).json()
    assert (seen["report_no"], seen["what"]) == (number, report["what"])
    said = await wait_until(lambda: window.said(number))
    assert isinstance(said[0], ContactReported)
    assert "茶楼" not in said[0].model_dump_json()


def test_slots_are_on_working_days_only_and_begin_later_than_now() -> None:
    opening = Opening(
        opening_id="x",
        topic="咨询",
        topic_en="",
        place=Place.WINDOW,
        times=("09:00", "16:00"),
        minutes=30,
        seats=2,
        is_open=True,
    )
    hours, calendar = OfficeHours(), Calendar.builtin()
    holiday = datetime(2026, 9, 30, 5, 0, tzinfo=UTC)  # one in the afternoon, before the National Day holiday
    held = {seats_of(opening, "x@202610080900")[0]}
    found = slots([opening], held, now=holiday, hours=hours, calendar=calendar)
    days = sorted({hours.day_of(slot.starts_at) for slot in found})
    assert (days[0], days[1]) == (date(2026, 9, 30), date(2026, 10, 8))
    assert all(calendar.is_workday(day) for day in days)
    assert [slot.slot_id for slot in found[:2]] == ["x@202609301600", "x@202610080900"]
    assert [slot.free for slot in found[:3]] == [2, 1, 2]
    shut = opening.model_copy(update={"is_open": False})
    assert slots([shut], (), now=holiday, hours=hours, calendar=calendar) == []


async def test_a_question_and_a_report_sent_twice_under_one_key_are_in_the_books_once(window: Hall) -> None:
    report = {"person": "u.handler.d06", "happened_on": "2026-11-20", "what": "茶楼见面"}
    for path, who, body in (
        ("/consultations", CLERK, {"topic": "材料", "question": "要带什么？"}),
        ("/contacts", HANDLER, report),
    ):
        first, again = [await window.ask("POST", path, who, json=body, key="sent-0001") for _ in range(2)]
        assert (first.status_code, first.json()) == (again.status_code, again.json())
        other = await window.ask("POST", path, who, json=body | {next(iter(body)): "u.other"}, key="sent-0001")
        assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-taken")
    assert (await window.deps.questions.count({}), await window.deps.reports.count({})) == (1, 1)
