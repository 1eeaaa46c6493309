"""The public: it objects to what is posted, reads the answer, and does all of it too often."""

from typing import Any, Final

import httpx

from tests.hostile.appointing import CALLER, OPENING, QUESTION, REPORT
from tests.hostile.doors import BODIES
from tests.hostile.ledger import Ledger
from tests.hostile.situation import OBJECTION, RATING, Situation, refused

_WRONG_TRIES: Final = 5
_MANY: Final = 40
_OBJECTING: Final = "intake POST /public/publicity/{posting_id}/objections"
_ANSWERING: Final = "intake POST /objections/{objection_no}/answer"
_RATING: Final = "intake POST /public/ratings"
_BY_LINK: Final = "intake POST /public/ratings/link"
_GIVING: Final = "intake POST /cases/{case_no}/rating-link"
_CALLING: Final = "intake POST /ratings/{case_no}/contact"
_SLOTS: Final = "intake GET /public/appointments/slots"
_BOOKING: Final = "intake POST /public/appointments"
_CARD: Final = "intake POST /public/appointments/lookup"
_CANCEL: Final = "intake POST /public/appointments/cancel"
_MOVING: Final = "intake POST /appointments/{card_no}/move"
_FIRST, _SECOND, _THIRD = ({"X-Forwarded-For": f"203.0.113.{last}"} for last in (1, 2, 3))
"""Three households: wrong tries of one do not lock the others."""

_LOOKING: Final = "intake POST /public/objections/lookup"


async def objected(ledger: Ledger, situation: Situation) -> None:
    """At the window and online; answered once; wrong passwords lock, and nobody objects without end."""
    posting, key = {"posting_id": situation.posted.posting_id}, {"Idempotency-Key": "objection-0001"}
    other = {**OBJECTION, "text": "丙楼遮挡日照，请复核。"}
    for objecting in (_OBJECTING, "intake POST /publicity/{posting_id}/objections"):
        for status, body in ((201, OBJECTION), (409, other)):
            await ledger.ask(status, objecting, names=posting, json=body, headers=key)
    number = situation.posted.objection_no
    answer = BODIES["POST", "/objections/{objection_no}/answer"]
    for status, verdict in ((200, "rejected"), (409, "upheld")):
        body = {**answer, "verdict": verdict}
        await ledger.ask(status, _ANSWERING, names={"objection_no": number}, json=body)
    asked = {"objection_no": number, "query_password": situation.posted.password}
    await ledger.ask(200, _LOOKING, None, json=asked, headers=_FIRST)
    for _ in range(_WRONG_TRIES):
        await ledger.ask(403, _LOOKING, None, json=asked | {"query_password": "wrong"}, headers=_FIRST)
    await ledger.ask(423, _LOOKING, None, json=asked, headers=_FIRST)
    await too_often(ledger, _OBJECTING, names=posting, json=other)


async def rated(ledger: Ledger, situation: Situation) -> None:
    """By link and by password, once each; a bad rating is followed by one call."""
    case = await refused(ledger.city)
    names = {"case_no": case.case_no}
    token = (await ledger.ask(200, _GIVING, names=names)).json()["token"]
    for status, level in ((201, 5), (409, 4)):
        await ledger.ask(status, _BY_LINK, None, json={"token": token, "level": level})
    await ledger.ask(409, _GIVING, names=names)
    known = {"case_no": situation.rated.case_no, "query_password": situation.rated.password}
    for status, entry in ((201, RATING), (409, {"level": 5})):
        await ledger.ask(status, _RATING, None, json=known | entry, headers=_SECOND)
    for status, note in ((200, "已电话回访致歉。"), (409, "再次电话回访。")):
        await ledger.ask(status, _CALLING, names={"case_no": known["case_no"]}, json={"note": note})
    for _ in range(_WRONG_TRIES):
        wrong = {**known, "query_password": "wrong", "level": 5}
        await ledger.ask(403, _RATING, None, json=wrong, headers=_SECOND)
    await ledger.ask(423, _RATING, None, json={**known, "level": 5}, headers=_SECOND)


async def met(ledger: Ledger, situation: Situation) -> None:
    """Appointments: asked for, confirmed, missed, cancelled; a question is answered once, a report told."""
    booked, names = situation.booked, {"card_no": situation.booked.card_no}
    for status, to in ((200, "confirmed"), (409, "closed"), (200, "missed")):
        await ledger.ask(status, _MOVING, names=names, json={"to": to})
    key, slots = {"Idempotency-Key": "card-0001"}, await ledger.ask(200, _SLOTS, None)
    entry = {**CALLER, "slot_id": slots.json()[0]["slot_id"]}
    for booking in ("intake POST /appointments", _BOOKING):
        for status, name in ((201, "甲访客"), (409, "乙访客")):
            await ledger.ask(status, booking, json={**entry, "name": name}, headers=key)
    mine = (await ledger.ask(201, _BOOKING, None, json=entry, headers=_THIRD)).json()
    asked = {"card_no": mine["card_no"], "query_password": mine["query_password"]}
    for asking in (_CARD, _CANCEL):
        await ledger.ask(200, asking, None, json=asked, headers=_THIRD)
    missed = {"card_no": booked.card_no, "query_password": booked.password}
    await ledger.ask(409, _CANCEL, None, json=missed, headers=_THIRD)
    for turn in range(_WRONG_TRIES):
        wrong = missed | {"query_password": "wrong"}
        await ledger.ask(403, (_CARD, _CANCEL)[turn % 2], None, json=wrong, headers=_THIRD)
    for asking in (_CARD, _CANCEL):
        await ledger.ask(423, asking, None, json=missed, headers=_THIRD)
    await too_often(ledger, _BOOKING, json=entry)
    await advised(ledger, booked.question_no)


async def advised(ledger: Ledger, question_no: str) -> None:
    """Who is on duty, what is asked and answered, and what is reported."""
    await ledger.ask(200, "intake PUT /appointments/openings/{opening_id}", names={"opening_id": "o2"}, json=OPENING)
    await ledger.ask(200, "intake PUT /consultants/{on}", names={"on": "2026-11-23"}, json={"consultants": []})
    await ledger.ask(201, "intake POST /consultations", json=QUESTION)
    for status, answer in ((200, "身份证和授权书。"), (409, "别的答复。")):
        answering = "intake POST /consultations/{question_no}/answer"
        await ledger.ask(status, answering, names={"question_no": question_no}, json={"answer": answer})
    await ledger.ask(201, "intake POST /contacts", json=REPORT)


async def asked_too_often(ledger: Ledger, situation: Situation) -> None:
    """Whoever asks for all numbers in turn."""
    guess = {"case_no": situation.rated.case_no, "query_password": "wrong", "level": 5}
    await too_often(ledger, _RATING, json=guess)
    card = {"card_no": situation.booked.card_no, "query_password": "wrong"}
    for asking in (_CARD, _CANCEL):
        await too_often(ledger, asking, json=card)
    asked = {"objection_no": situation.posted.objection_no.replace("YY", "YY9"), "query_password": "wrong"}
    await too_often(ledger, _LOOKING, json=asked)


async def too_often(ledger: Ledger, operation: str, **request: Any) -> None:
    """Ask until it is too much."""
    for _ in range(_MANY):
        answer = await ledger.any(operation, None, **request)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            return
    ledger.faults.append(f"{operation}: nobody was ever told that this is too often")
