"""The files of minutes: printed once they stand, kept for good, and known by their SHA-256 (ADR 0019)."""

import hashlib
from enum import StrEnum
from typing import Final

from services.contracts.workflow import MeetingMinutesFiled
from services.kernel.documents import Sheet
from services.kernel.problem import Problem
from services.kernel.store import Label
from services.workflow.deps import Deps
from services.workflow.meetings.bodies import MeetingBody
from services.workflow.meetings.minding import body_of
from services.workflow.meetings.models import MinutesFile, Session, Stage
from services.workflow.meetings.planning import Written
from services.workflow.meetings.printing import minutes_sheet

_LARGEST: Final = 20_000_000
_AT_ONCE: Final = 50
_STANDING: Final = (Stage.SIGNED, Stage.CLOSED)


class Format(StrEnum):
    """As what the minutes are fetched."""

    PDF = "pdf"
    DOCX = "docx"


TYPES: Final = {
    Format.PDF: "application/pdf",
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class NoMinutes(Problem):
    """There are no minutes yet, or not for this reader, who sees but some of the items."""

    status = 404
    code = "no-minutes"
    zh = "会议 {session} 没有纪要，或您无权查看全部议题"
    en = "session {session} has no minutes, or not all of its items are yours to see"
    remedy_zh = "请在纪要起草后再试；只涉及本科室的决定请在案件中查看"
    remedy_en = "try again when they are drafted; what was decided of your own cases stands in these"


async def file_minutes(deps: Deps, session: Session) -> Session:
    """Print minutes that stand and keep the files; again changes nothing."""
    body = await body_of(deps, session.body_id)
    if body is None or session.minutes is None or session.minutes.files or session.stage not in _STANDING:
        return session
    sheet = await _sheet(deps, session, body)
    files = {kind: await _kept(deps, session, sheet, kind) for kind in Format}
    now = deps.clock.now()

    def filed(fresh: Session) -> Written:
        if fresh.minutes is None or fresh.minutes.files:
            return Written(fresh)
        said = MeetingMinutesFiled(
            session_id=fresh.session_id,
            body=fresh.body_id,
            at=now,
            minutes_no=fresh.minutes.number,
            sha256={kind.value: each.sha256 for kind, each in files.items()},
        )
        named = {kind.value: each for kind, each in files.items()}
        return Written(fresh.model_copy(update={"minutes": fresh.minutes.model_copy(update={"files": named})}), (said,))

    return await deps.sessions.change(session.session_id, filed)


async def file_all(deps: Deps) -> None:
    """Print what a stop of the service left unprinted."""
    left = {
        "body.stage": {"$in": [stage.value for stage in _STANDING]},
        "body.minutes.text": {"$gt": ""},
        "body.minutes.files": {"$in": [None, {}]},
    }
    for session in await deps.sessions.query(left, sort=[("_id", 1)], limit=_AT_ONCE):
        await file_minutes(deps, session)


async def content(deps: Deps, session: Session, kind: Format, *, whole: bool) -> bytes:
    """The minutes as they were kept; before they stand a proof. Raises NoMinutes unless all of it may be read."""
    body = await body_of(deps, session.body_id)
    if body is None or session.minutes is None or not whole:
        raise NoMinutes(session=session.session_id)
    kept = session.minutes.files.get(kind)
    if kept is not None:
        return b"".join([piece async for piece in deps.papers.files.read(kept.file_id)])
    return await _set(deps, await _sheet(deps, session, body), kind)


async def _sheet(deps: Deps, session: Session, body: MeetingBody) -> Sheet:
    assert session.minutes is not None  # noqa: S101 - the callers asked
    books = (await deps.copies.office()).books
    names = {code: each.name for code, each in books.departments.items()}
    names |= {code: each.name for code, each in books.people.items()}
    return minutes_sheet(
        session, session.minutes, body, organ=deps.papers.organ, named=lambda code: names.get(code, code)
    )


async def _kept(deps: Deps, session: Session, sheet: Sheet, kind: Format) -> MinutesFile:
    """Kept for good before the session names it: a stop in between leaves a file that the next try finds again."""
    printed = await _set(deps, sheet, kind)
    label = Label(
        owner=session.session_id, name=f"{sheet.number}.{kind}", media_type=TYPES[kind], put_by=session.secretary
    )
    stored = await deps.papers.files.put(printed, label, limit=_LARGEST)
    await deps.papers.files.attach(stored.file_id)
    return MinutesFile(file_id=stored.file_id, sha256=hashlib.sha256(printed).hexdigest(), size=len(printed))


async def _set(deps: Deps, sheet: Sheet, kind: Format) -> bytes:
    match kind:
        case Format.PDF:
            return await deps.papers.press.pdf(sheet)
        case Format.DOCX:
            return await deps.papers.press.docx(sheet)
