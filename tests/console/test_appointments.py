"""Appointments: booked by anybody, received by two with minutes; the consulting log; contact outside (SC-14)."""

import re
from datetime import date, timedelta
from http import HTTPStatus

import pytest

from tests.console.office import Desk, Office

_SLOT = re.compile(r'<option value="([a-z]+@\d{12})"')
_KEY = re.compile(r'name="key" value="([^"]+)"')
_GIVEN = re.compile(r'<dd class="big"[^>]*>([^<]+)</dd>')
CALLER = {"name": "王五", "phone": "13900000003", "purpose": "咨询临街立面方案"}


@pytest.fixture(scope="module")
async def opened(console: Office) -> str:
    """A topic that is open on every working day: its key."""
    async with console.signed_in("u.window") as desk:
        answer = await desk.post(
            "/desk/appointments/openings",
            opening_id="scheme",
            topic="方案咨询",
            topic_en="Schemes",
            place="negotiation_area",
            times="09:00，09:30 10:00 15:00 15:30 16:00",
            minutes="30",
            seats="3",
            is_open="on",
        )
        assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    return "scheme"


async def booked(desk: Desk) -> str:
    """The number of a card that the clerk booked."""
    page = (await desk.get("/appointments")).text
    slot, key = _SLOT.search(page), _KEY.search(page)
    assert slot
    assert key
    told = await desk.post("/appointments", slot_id=slot[1], key=key[1], channel="phone", **CALLER)
    return _GIVEN.findall(told.text)[0]


@pytest.mark.usefixtures("opened")
async def test_given_a_free_slot_then_anybody_books_it_the_window_confirms_and_two_receive(console: Office) -> None:
    async with console.visitor() as client:
        page = (await client.get("/appointments")).text
        slot, key = _SLOT.search(page), _KEY.search(page)
        assert slot
        assert key
        twice = [await client.post("/appointments", data={"slot_id": slot[1], "key": key[1], **CALLER}) for _ in "12"]
        assert _GIVEN.findall(twice[0].text) == _GIVEN.findall(twice[1].text)
        number, password = _GIVEN.findall(twice[0].text)
    async with console.signed_in("u.window") as desk:
        assert number in (await desk.get("/desk/appointments")).text
        card = f"/desk/appointments/{number}"
        assert CALLER["phone"] in (await desk.get(card)).text
        await desk.post(card, to="confirmed")
        alone = await desk.post(card, to="checked_in", staff1="u.window")
        assert alone.status_code in {HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.CONFLICT}  # too few, or too early
        assert 'value="u.window"' in alone.text
    async with console.visitor() as client:
        known = {"card_no": number, "query_password": password}
        assert "已预约" in (await client.post("/appointments/mine", data=known)).text
        assert "已取消" in (await client.post("/appointments/mine", data=known | {"do": "cancel"})).text


@pytest.mark.usefixtures("opened")
async def test_given_a_card_then_it_is_printed_and_what_is_wrong_is_said(console: Office) -> None:
    async with console.signed_in("u.window") as desk:
        number = await booked(desk)
        card = f"/desk/appointments/{number}"
        assert "王五" in (await desk.get(card)).text
        missing = await desk.post(card, to="closed", minutes="")
        assert missing.status_code == HTTPStatus.CONFLICT
        nobody = await desk.post("/appointments", slot_id="nothing@202611240900", key="a-key-for-nothing", **CALLER)
        assert nobody.status_code == HTTPStatus.CONFLICT
        assert CALLER["purpose"] in nobody.text
        shown = (await desk.get("/desk/appointments", on=(date(2026, 1, 1) + timedelta(days=1)).isoformat())).text
        assert "这一天没有预约" in shown
        wrong = await desk.post("/desk/appointments/openings", opening_id="x", topic="", times="25:00", minutes="x")
        assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_given_a_question_then_it_is_logged_and_answered_and_the_roster_is_public(console: Office) -> None:
    async with console.signed_in("u.window") as desk:
        await desk.post("/desk/consulting/roster", roster="u.advice，何某，用地规划，3号窗口")
        assert "何某" in (await desk.get("/appointments")).text
        await desk.post("/desk/consulting", topic="用地规划", question="旧厂房改商业要办什么手续？", channel="phone")
        found = re.search(r'action="(/desk/consulting/ZX\d+)"', (await desk.get("/desk/consulting")).text)
        assert found
        await desk.post(found[1], answer="先办理规划条件变更。", handed_to="D05")
        assert "先办理规划条件变更。" in (await desk.get("/desk/consulting")).text
        bad = await desk.post("/desk/consulting", topic="", question="短", channel="phone")
        assert bad.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_given_contact_outside_then_it_is_reported_and_supervision_alone_reads_it(console: Office) -> None:
    report = {"person": "u.handler.d06", "happened_on": "2026-11-20", "what": "在茶楼与申请人见面"}
    async with console.signed_in("u.window") as desk:
        assert "已报告，编号 LX" in (await desk.post("/contacts", **report)).text
        assert "在茶楼" not in (await desk.get("/contacts")).text
    async with console.signed_in("u.supervisor") as desk:
        assert "在茶楼与申请人见面" in (await desk.get("/contacts")).text
