"""From a rule that was met to the register of lights, the sheets of the year, and what repetition brings."""

import hashlib
from contextlib import suppress
from datetime import datetime
from typing import Final

from services.contracts.words import Light
from services.contracts.workflow import TimerOverdue, TimerSaid, TimerStopped
from services.kernel.bus import Event
from services.kernel.store import AlreadyExists
from services.supervision import alerts, bulletins, notices
from services.supervision.alerts import Alert, Explanation, Settlement
from services.supervision.bulletins import Subject
from services.supervision.desk import Deps, Judged, hear_timer, office_day
from services.supervision.lights import Cast
from services.supervision.notices import Notice, NoticeState, Rectification
from services.supervision.rules import Audience, Rule
from services.supervision.scores.posting import clear_alert, post_alert
from services.supervision.silences import silence_for

_MANY: Final = 1000
_RECTIFYING: Final = "SL-22"
_RED: Final = (Light.RED, Light.RED2)


async def hear(deps: Deps, event: Event[TimerSaid]) -> None:
    """Set the lights, enter them in the register, count; each can be done again without harm."""
    judged = await hear_timer(deps, event)
    for rule in judged.rules:
        await _enter(deps, event.said, rule, judged)
    await _follow_notice(deps, event.said, judged.now)


async def _enter(deps: Deps, timer: TimerSaid, rule: Rule, judged: Judged) -> None:
    """The light in the register, and what it brings along."""
    on = office_day(judged.now)
    alert = alerts.raised(
        timer,
        rule,
        table=judged.table.number,
        person=_one(judged.cast, Audience.HANDLER) or timer.person,
        leader=_one(judged.cast, Audience.LEADER),
        on=on,
        now=judged.now,
    )
    silence = silence_for(await deps.ledgers.windows(), on, alert.department)
    await _raise(deps, alert.model_copy(update={"silence": silence}))


async def _raise(deps: Deps, alert: Alert) -> None:
    """Once for each natural key. The same event again, after a crash in between, completes what was left."""
    there = await deps.ledgers.alerts.find(alert.alert_id)
    if there is not None and there[0].lit_at != alert.lit_at:
        return  # a later event meets the same rule again
    await post_alert(deps, alert)
    with suppress(AlreadyExists):
        await deps.ledgers.alerts.create(alert, (alerts.said(alert, "raised", by="system:light", now=alert.lit_at),))
    if alert.silence is None:
        await _count(deps, alert)


async def _count(deps: Deps, alert: Alert) -> None:
    """Several yellow lights of a desk in a quarter are a red one; several red ones of a department draft a bulletin."""
    table = await deps.ledgers.score_table(alert.lit_on)
    own: dict[str, object] = {"body.quarter": alert.quarter, "body.department": alert.department, "body.silence": None}
    if alert.light is Light.YELLOW:
        where = {**own, "body.post": alert.post, "body.light": Light.YELLOW}
        times = await deps.ledgers.alerts.count(where) // table.yellows_for_red
        for number in range(1, times + 1):
            await _raise(deps, alerts.repeated(alert, number, yellows=table.yellows_for_red))
        return
    where = {**own, "body.light": {"$in": list(_RED)}}
    if await deps.ledgers.alerts.count(where) >= table.reds_for_bulletin:
        await _draft_bulletin(deps, where, alert)


async def _draft_bulletin(deps: Deps, where: dict[str, object], last: Alert) -> None:
    """One draft for each department and quarter; the office edits it, or makes it void."""
    key = hashlib.sha256(f"{alerts.REPETITION}|{last.department}|{last.quarter}".encode()).hexdigest()[:24]
    if await deps.bulletins.find(key) is not None:
        return
    found = await deps.ledgers.alerts.query(where, sort=[("body.lit_at", 1), ("_id", 1)], limit=_MANY)
    first = found[0].lit_on
    subject = Subject(rows=tuple(bulletins.row(each) for each in found), since=first, until=last.lit_on)
    draft = bulletins.draft(key, subject, by="system:light", now=last.lit_at, year=last.lit_on.year)
    with suppress(AlreadyExists):
        await deps.bulletins.create(*draft)


async def _follow_notice(deps: Deps, timer: TimerSaid, now: datetime) -> None:
    """The clock of a rectification ran out: the notice is overdue, and the next paper is drafted."""
    is_late = isinstance(timer, TimerOverdue) or (isinstance(timer, TimerStopped) and timer.lapsed)
    if not is_late or _RECTIFYING not in timer.light_rules:
        return
    where = {"body.clock_case": timer.case_no, "body.state": NoticeState.ISSUED}
    for notice in await deps.notices.query(where, sort=[("_id", 1)], limit=_MANY):
        if notice.rectification in {Rectification.OPEN, Rectification.OVERDUE}:
            late = await deps.notices.change(notice.notice_id, lambda found: notices.overdue(found, now=now))
            with suppress(AlreadyExists):
                await _next_paper(deps, late, now=now)


async def _next_paper(deps: Deps, late: Notice, *, now: datetime) -> None:
    """After the first notice a second one, after that a bulletin: drafts, both."""
    if late.round == 1:
        await deps.notices.create(*notices.second(late, now=now))
        return
    found = await deps.matters.find(late.matter_id)
    if found is None:
        return
    key = hashlib.sha256(f"bulletin|{late.notice_id}".encode()).hexdigest()[:24]
    reason = f"经{late.notice_no}再次督办，限期届满仍未整改"
    by, year = "system:light", office_day(now).year
    subject = Subject(matters=(found[0],), reasons=(reason,))
    await deps.bulletins.create(*bulletins.draft(key, subject, by=by, now=now, year=year))


async def explain(deps: Deps, alert_id: str, entry: Explanation, *, by: str) -> Alert:
    """The department explains. Raises NotFound, AlertNotReady, Conflict."""
    now = deps.clock.now()
    await deps.ledgers.alerts.change(alert_id, lambda found: alerts.explain(found, entry, by=by, now=now))
    return (await deps.ledgers.alerts.load(alert_id))[0]


async def settle(deps: Deps, alert_id: str, entry: Settlement, *, by: str) -> Alert:
    """Settle; an accepted explanation of a yellow light clears what it counts. Raises as `alerts.settle`.

    The sheets follow in writes of their own, which a repetition completes.
    """
    now = deps.clock.now()
    alert, _ = await deps.ledgers.alerts.load(alert_id)
    if alert.state is not alerts.AlertState.ACCEPTED or alert.settled_by != by:
        await deps.ledgers.alerts.change(alert_id, lambda found: alerts.settle(found, entry, by=by, now=now))
        alert, _ = await deps.ledgers.alerts.load(alert_id)
    if alert.state is alerts.AlertState.ACCEPTED and alert.light is Light.YELLOW:
        await clear_alert(deps, alert, by=by, now=now)
    return alert


def _one(cast: Cast, audience: Audience) -> str | None:
    return next(iter(cast[audience]), None)
