"""Load, decide, save for notices and bulletins: from the draft to the issued paper with its files."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Final

from services.contracts.events import Said
from services.contracts.words import Light
from services.kernel.documents import Sheet
from services.kernel.store import AlreadyExists, Label
from services.supervision import bulletins, matters, notices
from services.supervision.bulletins import Bulletin, DraftEntry, Row, Subject
from services.supervision.desk import Deps, office_day, written
from services.supervision.matters import Matter
from services.supervision.notices import NewNotice, Notice
from services.supervision.numbers import Series, number
from services.supervision.papers import PaperFile
from services.supervision.prints import bulletin_sheet, notice_sheet
from services.supervision.scores.posting import post_bulletin, post_notice

TYPES: Final = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_LARGEST: Final = 20_000_000
_MANY: Final = 10_000
NoticeAct = Callable[[Notice, datetime], tuple[Notice, Sequence[Said]]]
BulletinAct = Callable[[Bulletin, datetime], tuple[Bulletin, Sequence[Said]]]


async def draft_notice(deps: Deps, key: str, entry: NewNotice, *, by: str) -> Notice:
    """Draft by hand; the same key again gives the same draft. Raises NotFound, NoticeNotReady."""
    if (found := await deps.notices.find(key)) is not None:
        return found[0]
    matter = (await deps.matters.load(entry.matter_id))[0] if entry.matter_id else None
    corrected = (await deps.notices.load(entry.corrects))[0] if entry.corrects else None
    now = deps.clock.now()
    draft = notices.draft_by_hand(key, entry, matter=matter, corrected=corrected, by=by, now=now)
    with suppress(AlreadyExists):  # the same request, twice at the same moment
        await deps.notices.create(*draft)
    return (await deps.notices.load(key))[0]


async def act_on_notice(deps: Deps, notice_id: str, act: NoticeAct) -> Notice:
    """One act on a notice, which its process may change meanwhile. Raises NotFound, Conflict, what the rule raises."""
    now = deps.clock.now()
    await deps.notices.change(notice_id, lambda one: act(one, now))
    return (await deps.notices.load(notice_id))[0]


async def issue_notice(deps: Deps, notice_id: str, *, by: str) -> Notice:
    """Number an approved notice, print it and send it. Raises NotFound, NoticeIssuedAlready, NoticeNotReady, Conflict.

    What it counts is posted in writes of their own, which the ticker completes after a stop.
    """
    notice, revision = await deps.notices.load(notice_id)
    now, year = deps.clock.now(), office_day(deps.clock.now()).year
    recipients = await deps.books.answerable((notice.department,))
    notices.issue(notice, no="", by=by, recipients=recipients, files={}, now=now)  # refused before a number is taken
    no = notices.notice_no(year, await number(deps.numbers, Series.NOTICE, year=year, document=notice_id))
    sheet = await sheet_of_notice(deps, notices.numbered(notice, no=no, by=by, now=now))
    files = await _printed(deps, notice_id, sheet, name=no, by=by)
    issued, said = notices.issue(notice, no=no, by=by, recipients=recipients, files=files, now=now)
    kept = await written(deps.notices, notice_id, issued, revision, said)
    await complete_notice(deps, kept)
    return kept


async def complete_notice(deps: Deps, notice: Notice) -> None:
    """What follows from an issued notice; again does no harm."""
    await _attached(deps, notice.files)
    await post_notice(deps, notice)


async def draft_bulletin(deps: Deps, key: str, entry: DraftEntry, *, by: str, rows: tuple[Row, ...]) -> Bulletin:
    """Draft from matters and lights; the same key again gives the same draft. Raises NotFound, NothingToReport."""
    if (found := await deps.bulletins.find(key)) is not None:
        return found[0]
    named = tuple([(await deps.matters.load(matter_id))[0] for matter_id in entry.matter_ids])
    corrected = (await deps.bulletins.load(entry.corrects))[0] if entry.corrects else None
    now = deps.clock.now()
    subject = Subject(
        matters=named,
        reasons=tuple(matter.facts[0].note for matter in named),
        rows=rows,
        since=entry.since,
        until=entry.until,
        tone=entry.tone,
        corrected=corrected,
    )
    draft = bulletins.draft(key, subject, by=by, now=now, year=office_day(now).year)
    with suppress(AlreadyExists):  # the same request, twice at the same moment
        await deps.bulletins.create(*draft)
    return (await deps.bulletins.load(key))[0]


async def red_lights(deps: Deps, where: dict[str, object], since: date, until: date) -> tuple[Row, ...]:
    """The red lights of a period that blame somebody, the first one first: the rows of its bulletin."""
    period = {"body.lit_on": {"$gte": since, "$lte": until}, "body.light": {"$in": [Light.RED, Light.RED2]}}
    order = [("body.lit_at", 1), ("_id", 1)]
    found = await deps.ledgers.alerts.query({**where, **period, "body.silence": None}, sort=order, limit=_MANY)
    return tuple(bulletins.row(alert) for alert in found)


async def act_on_bulletin(deps: Deps, bulletin_id: str, act: BulletinAct) -> Bulletin:
    """One act on a bulletin. Raises NotFound, Conflict, and what the rule raises."""
    now = deps.clock.now()
    await deps.bulletins.change(bulletin_id, lambda one: act(one, now))
    return (await deps.bulletins.load(bulletin_id))[0]


async def publish_bulletin(deps: Deps, bulletin_id: str, *, by: str) -> Bulletin:
    """Give an approved bulletin the year's next issue, print it and publish it inside the bureau.

    The matters it names and the sheets of the year learn of it in writes of their own, which the ticker completes
    after a stop, and a repetition at once.
    """
    bulletin, revision = await deps.bulletins.load(bulletin_id)
    if bulletin.state is not bulletins.BulletinState.PUBLISHED:
        bulletin = await _published(deps, bulletin, revision, by=by)
    await complete_bulletin(deps, bulletin)
    return bulletin


async def complete_bulletin(deps: Deps, bulletin: Bulletin) -> None:
    """What follows from a published bulletin; again does no harm."""
    await _attached(deps, bulletin.files)
    for matter_id in bulletin.matter_ids:
        await deps.matters.change(matter_id, _naming(bulletin, now=deps.clock.now()))
    await post_bulletin(deps, bulletin)


async def _published(deps: Deps, bulletin: Bulletin, revision: int, *, by: str) -> Bulletin:
    now = deps.clock.now()
    bulletins.numbered(bulletin, issue=0, by=by, now=now)  # refused before an issue is taken
    issue = await number(deps.numbers, Series.BULLETIN, year=bulletin.year, document=bulletin.bulletin_id)
    sheet = await sheet_of_bulletin(deps, bulletins.numbered(bulletin, issue=issue, by=by, now=now))
    files = await _printed(deps, bulletin.bulletin_id, sheet, name=f"督查通报{bulletin.year}年第{issue}期", by=by)
    everyone = await deps.books.everyone()
    published, said = bulletins.publish(bulletin, issue=issue, by=by, recipients=everyone, files=files, now=now)
    return await written(deps.bulletins, bulletin.bulletin_id, published, revision, said)


async def sheet_of_notice(deps: Deps, notice: Notice) -> Sheet:
    """A notice as it is printed."""
    name = await deps.books.department_name(notice.department)
    return notice_sheet(notice, organ=deps.ledgers.organ, department=name)


async def sheet_of_bulletin(deps: Deps, bulletin: Bulletin) -> Sheet:
    """A bulletin as it is printed."""
    return bulletin_sheet(bulletin, organ=deps.ledgers.organ, names=await deps.books.department_names())


async def content(deps: Deps, sheet: Sheet, files: dict[str, PaperFile], kind: str) -> bytes:
    """The file of an issued paper as it was kept; a proof of one that is not issued yet."""
    kept = files.get(kind)
    if kept is not None:
        return b"".join([piece async for piece in deps.ledgers.files.read(kept.file_id)])
    return await (deps.ledgers.press.pdf(sheet) if kind == "pdf" else deps.ledgers.press.docx(sheet))


async def _printed(deps: Deps, owner: str, sheet: Sheet, *, name: str, by: str) -> dict[str, PaperFile]:
    made = {"pdf": await deps.ledgers.press.pdf(sheet), "docx": await deps.ledgers.press.docx(sheet)}
    found: dict[str, PaperFile] = {}
    for kind, printed in made.items():
        label = Label(owner=owner, name=f"{name}.{kind}", media_type=TYPES[kind], put_by=by)
        kept = await deps.ledgers.files.put(printed, label, limit=_LARGEST)
        found[kind] = PaperFile(file_id=kept.file_id, sha256=kept.sha256, size=kept.size)
    return found


async def _attached(deps: Deps, files: dict[str, PaperFile]) -> None:
    await deps.ledgers.files.attach(*(file.file_id for file in files.values()))


def _naming(bulletin: Bulletin, *, now: datetime) -> Callable[[Matter], tuple[Matter, tuple[Said, ...]]]:
    name, by = bulletin.heading, bulletin.published_by or ""
    return lambda matter: matters.name_bulletin(matter, bulletin.bulletin_id, heading=name, by=by, now=now)
