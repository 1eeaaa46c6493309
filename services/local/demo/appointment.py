"""SC-14: booked on the telephone; a reception card; two of the staff; no closing without minutes (B-32, B-33)."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from services.local.demo.stage import Stage, StoryBroken

_WINDOW: Final = "u.window"
_OPENING: Final = "demo_scheme"
_TIMES: Final = tuple(f"{hour:02}:{minute:02}" for hour in (9, 10, 14, 15) for minute in (0, 30))
_OPEN: Final = {"topic": "方案咨询", "topic_en": "Schemes", "place": "negotiation_area", "times": _TIMES, "minutes": 30}
_DAY: Final = date(2026, 9, 29)
_CALLER: Final = {"name": "严某某", "phone": "13900000014", "purpose": "咨询临街立面方案", "channel": "phone"}
_TWO: Final = ["u.handler.d06", _WINDOW]
_MINUTES: Final = "建议退让道路红线五米，立面方案另报。"


async def play(stage: Stage) -> None:
    """Booked on 2026-09-28 for the next day."""
    await stage.begin("2026-09-28", "15:00")
    await stage.api.call(
        "PUT", "intake", f"/appointments/openings/{_OPENING}", who=_WINDOW, body={**_OPEN, "seats": 20}
    )
    slot = await _free_slot(stage)
    card = await stage.api.call(
        "POST", "intake", "/appointments", who=_WINDOW, body={**_CALLER, "slot_id": slot["slot_id"]}
    )
    stage.timeline.say(
        stage.moment, f"电话预约，接待卡 {card['card_no']}，{stage.local(slot['starts_at']):%m-%d %H:%M}"
    )
    stage.expect("接待日期", _DAY, stage.local(slot["starts_at"]).date())
    stage.expect("接待前一天就登记到访", "appointment-too-early", await _moved(stage, card, "checked_in", staff=_TWO))
    begins: datetime = stage.local(slot["starts_at"])
    await stage.begin(f"{begins:%Y-%m-%d}", f"{begins:%H:%M}")
    stage.expect("一人接待", "too-few-staff", await _moved(stage, card, "checked_in", staff=[_WINDOW]))
    stage.expect("二人接待", "checked_in", await _moved(stage, card, "checked_in", staff=_TWO))
    await stage.begin(f"{begins:%Y-%m-%d}", f"{begins + timedelta(minutes=25):%H:%M}")
    stage.expect("没有接待记录就结束", "minutes-missing", await _moved(stage, card, "closed", minutes=" "))
    stage.expect("写明接待记录后结束", "closed", await _moved(stage, card, "closed", minutes=_MINUTES))
    kept = await stage.api.call("GET", "intake", f"/appointments/{card['card_no']}", who=_WINDOW)
    stage.expect("接待卡上的接待人员", sorted(_TWO), kept["staff"])
    stage.expect("接待卡上的接待记录", _MINUTES, kept["minutes"])


async def _free_slot(stage: Stage) -> dict[str, Any]:
    """The first seat of the day that no earlier play has taken."""
    slots: list[dict[str, Any]] = await stage.api.call("GET", "intake", "/public/appointments/slots")
    for slot in slots:
        if slot["slot_id"].startswith(f"{_OPENING}@") and stage.local(slot["starts_at"]).date() == _DAY:
            return slot
    msg = "接待时段已经约满 / no seat is left that day"
    raise StoryBroken(msg)


async def _moved(stage: Stage, card: dict[str, Any], to: str, **told: object) -> str:
    """The state of the card after that, or the code with which it is refused."""
    path = f"/appointments/{card['card_no']}/move"
    answer = await stage.api.send_any("POST", "intake", path, who=_WINDOW, body={"to": to, **told})
    found: dict[str, Any] = answer.json()
    word: str = found["code"] if answer.is_error else found["state"]
    if not answer.is_error:
        stage.timeline.say(stage.moment, f"接待卡 {card['card_no']}：{word}")
    return word
