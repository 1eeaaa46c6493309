"""Posting: from a light, a notice or a bulletin to the sheets of person, department and leader in charge."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.contracts.events import Said
from services.kernel.store import NotFound
from services.supervision.alerts import Alert
from services.supervision.bulletins import Bulletin, Tone
from services.supervision.desk import Deps, office_day
from services.supervision.notices import Notice
from services.supervision.scores.books import Line
from services.supervision.scores.sheets import Finding, Posting, Sheet, clear, sheet_id
from services.supervision.scores.tables import Cause, Level, ScoreTable, cause_of


async def post_alert(deps: Deps, alert: Alert) -> None:
    """What a light counts, at three levels; nothing in a window of silence."""
    if alert.silence is not None:
        return
    text = f"{alert.rule} {alert.title}：{alert.name}，{alert.reason}"
    finding = Finding(cause_of(alert), alert.alert_id, text, "system:light", alert.lit_on, alert.lit_at)
    await _post(deps, finding, _subjects(alert.person, alert.department, alert.leader))


async def clear_alert(deps: Deps, alert: Alert, *, by: str, now: datetime) -> None:
    """An accepted explanation takes what a light counts off every sheet."""
    for level, subject, _ in _subjects(alert.person, alert.department, alert.leader):
        key = sheet_id(alert.lit_on.year, level, subject)

        def decide(sheet: Sheet) -> tuple[Sheet, Sequence[Said]]:
            return clear(sheet, alert.alert_id, note=alert.opinion or "", by=by, now=now)

        try:
            await deps.ledgers.sheets.change(key, decide)
        except NotFound:
            continue


async def post_notice(deps: Deps, notice: Notice) -> None:
    """What an issued notice counts."""
    at, by = notice.issued_at or deps.clock.now(), notice.issued_by or ""
    finding = Finding(Cause.NOTICE, notice.notice_id, f"{notice.notice_no} {notice.title}", by, office_day(at), at)
    leader = await _leader(deps, notice.department)
    await _post(deps, finding, _subjects(None, notice.department, leader))


async def post_bulletin(deps: Deps, bulletin: Bulletin) -> None:
    """What a published bulletin counts for each department that it is about, and for their leaders once."""
    at, by = bulletin.published_at or deps.clock.now(), bulletin.published_by or ""
    cause = Cause.PRAISE if bulletin.tone is Tone.PRAISE else Cause.BULLETIN
    finding = Finding(cause, bulletin.bulletin_id, bulletin.heading, by, office_day(at), at)
    for department in bulletin.departments:
        await _post(deps, finding, _subjects(None, department, await _leader(deps, department)))


def _subjects(person: str | None, department: str, leader: str | None) -> list[tuple[Level, str, str]]:
    found = [(Level.PERSON, person, department), (Level.DEPARTMENT, department, department)]
    found.append((Level.LEADER, leader, department))
    return [(level, subject, where) for level, subject, where in found if subject]


async def _post(deps: Deps, finding: Finding, subjects: Iterable[tuple[Level, str, str]]) -> None:
    table = await deps.ledgers.score_table(finding.on)
    for level, subject, department in subjects:
        if table.amount(finding.cause, level):
            await _enter(deps, finding, table, (level, subject, department))


async def _enter(deps: Deps, finding: Finding, table: ScoreTable, whose: tuple[Level, str, str]) -> None:
    level, subject, department = whose
    year = finding.on.year
    fresh = Sheet(
        sheet_id=sheet_id(year, level, subject),
        year=year,
        level=level,
        subject=subject,
        departments=(),
        cap=table.caps.at(level),
    )
    posting = Posting(finding, table.amount(finding.cause, level), table.number, department)
    await deps.ledgers.book.enter(Line(fresh, posting))


async def _leader(deps: Deps, department: str) -> str | None:
    found = await deps.books.departments.get(department)
    return found.leader_in_charge if found else None
