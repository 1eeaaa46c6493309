"""Taking files in, finding them, giving them out, and looking for malware in them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.intake.deps import Deps
from services.intake.uploads.kinds import HEAD, TAIL, Kind, check_end, kind_of
from services.intake.uploads.names import cleaned
from services.intake.uploads.records import Scan, Upload
from services.intake.uploads.scanners import ScannerAway
from services.kernel import logs
from services.kernel.problem import BodyTooSlow, Problem
from services.kernel.store import AlreadyExists, FileDamaged, Label, NotFound

log = logs.get(__name__)

MOST: Final = 300
"""Files of one case or draft."""

_PATIENCE: Final = 600.0
"""Seconds that one file may take to come in: 30 MB at 400 kbit/s."""

_LOOSE_FOR: Final = timedelta(days=1)
_AT_ONCE: Final = 20


class TooManyFiles(Problem):
    """A case or draft holds as many files as it may, or as many bytes."""

    status = 409
    code = "too-many-files"
    zh = "已有 {count} 个文件、共 {megabytes} MB，不能再加"
    en = "there are {count} files of {megabytes} MB already: no more can be added"
    remedy_zh = "请删去不需要的文件，或把几个文件合并成一个 PDF；确需更多的，请到窗口提交"
    remedy_en = "remove what is not needed or join several into one PDF; bring what is more to the window"


class UploadNotFound(Problem):
    """No such file, or it belongs elsewhere."""

    status = 404
    code = "upload-not-found"
    zh = "没有这个文件，或它不属于该案件"
    en = "there is no such file, or it belongs elsewhere"
    remedy_zh = "请刷新页面，从材料清单中重新选择"
    remedy_en = "reload the page and choose it from the list of papers"


class FileInfected(Problem):
    """Malware was found in the file: nobody is given it."""

    status = 403
    code = "file-infected"
    zh = "文件含有恶意代码（{malware}），已隔离，不能下载"
    en = "malware was found in the file ({malware}); it is kept apart and given to nobody"
    remedy_zh = "请通知申请人重新提交未受感染的文件"
    remedy_en = "ask the applicant for a clean one"


class FileNotChecked(Problem):
    """The file waits for the scanner."""

    status = 409
    code = "file-not-checked"
    zh = "文件正在查毒，暂不能下载"
    en = "the file is still being checked for malware"
    remedy_zh = "请稍候再试；长时间没有结果的，请告知系统管理员"
    remedy_en = "try again in a moment; if it stays so, tell the operator"


@dataclass(frozen=True, slots=True)
class Place:
    """For which paper of whom a file is handed in, and by whom. `gone_at` is set for drafts (wall time)."""

    owner: str
    paper: str
    paper_name: str
    by: str
    by_name: str
    gone_at: datetime | None = None


async def take(deps: Deps, source: AsyncIterator[bytes], name: str, place: Place) -> Upload:
    """Keep a file; the same one again is the one that is there.

    Raises KindNotTaken, FileTooLarge, TooManyFiles, BodyTooSlow; then nothing was changed.
    """
    await _refuse_too_many(deps, place.owner)
    name, wall = cleaned(name), deps.clock.wall()
    try:
        async with asyncio.timeout(_PATIENCE):
            head = await _head(source)
            kind = kind_of(name, head)
            file = await deps.files.put(
                _checked(head, source, name, kind),
                Label(f"{place.owner}/{place.paper}", name, kind.media_type, place.by),
                limit=deps.settings.upload_limit,
                loose_for=_LOOSE_FOR if place.gone_at is None else place.gone_at - wall,
            )
    except TimeoutError:
        raise BodyTooSlow from None
    upload = Upload(
        upload_id=file.file_id,
        owner=place.owner,
        paper=place.paper,
        paper_name=place.paper_name,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        by=place.by,
        by_name=place.by_name,
        uploaded_at=deps.clock.now(),
        recorded_at=wall,
        scan=Scan.WAITING if deps.scanner else Scan.UNSCANNED,
        gone_at=place.gone_at,
    )
    return await _recorded(deps, upload)


async def of_owners(deps: Deps, owners: Sequence[str]) -> list[Upload]:
    """The files of these, the oldest first."""
    where = {"body.owner": {"$in": list(owners)}, "body.is_removed": False}
    return await deps.uploads.query(where, sort=[("_id", 1)], limit=2 * MOST)


async def find(deps: Deps, upload_id: str, owners: Sequence[str]) -> Upload:
    """The file, if it is one of theirs; raises UploadNotFound."""
    found = await deps.uploads.find(upload_id)
    if found is None or found[0].owner not in owners or found[0].is_removed:
        raise UploadNotFound
    return found[0]


def content(deps: Deps, upload: Upload) -> AsyncIterator[bytes]:
    """The bytes, for somebody who may have them; raises FileInfected, FileNotChecked."""
    match upload.scan:
        case Scan.INFECTED:
            raise FileInfected(malware=upload.malware)
        case Scan.WAITING:
            raise FileNotChecked
        case _:
            return deps.files.read(upload.upload_id)


async def remove(deps: Deps, upload: Upload) -> None:
    """Take a file out of a draft again: it is deleted."""
    await deps.uploads.change(upload.upload_id, lambda was: (was.model_copy(update={"is_removed": True}), ()))
    await deps.files.drop(upload.upload_id)


async def scan_waiting(deps: Deps) -> int:
    """Look at the files that wait, the oldest first; gives how many were judged."""
    waiting = await deps.uploads.query({"body.scan": Scan.WAITING.value}, sort=[("_id", 1)], limit=_AT_ONCE)
    judged = 0
    for upload in waiting:
        try:
            judged += await _judge(deps, upload)
        except ScannerAway as away:
            log.warning("the malware scanner gives no answer; files wait", reason=str(away)[:200])
            break
    return judged


async def _judge(deps: Deps, upload: Upload) -> int:
    changes: dict[str, object] = {"scan": Scan.UNSCANNED}
    if deps.scanner is not None:
        try:
            found = await deps.scanner.scan(deps.files.read(upload.upload_id))
        except NotFound:  # removed from its draft a moment ago
            changes = {"scan": Scan.UNSCANNED, "is_removed": True}
        except FileDamaged:
            log.exception("a file is damaged in the database", upload_id=upload.upload_id)
            return 0
        else:
            scan = Scan.INFECTED if found.infected else Scan.CLEAN
            changes = {"scan": scan, "malware": found.name, "scanned_at": deps.clock.now()}
    await deps.uploads.change(upload.upload_id, lambda was: (was.model_copy(update=changes), ()))
    return 1


async def _recorded(deps: Deps, upload: Upload) -> Upload:
    """Write it down, and what belongs to a case is kept for good from now on."""
    try:
        await deps.uploads.create(upload)
    except AlreadyExists:
        upload, _ = await deps.uploads.load(upload.upload_id)
    if upload.gone_at is None:
        await deps.files.attach(upload.upload_id)
    deps.arrived.set()
    return upload


async def _refuse_too_many(deps: Deps, owner: str) -> None:
    held = await of_owners(deps, [owner])
    size = sum(upload.size for upload in held)
    if len(held) >= MOST or (owner.startswith("draft/") and size > deps.settings.draft_limit):
        raise TooManyFiles(count=len(held), megabytes=size // 1_000_000)


async def _head(source: AsyncIterator[bytes]) -> bytes:
    head = bytearray()
    async for part in source:
        head += part
        if len(head) >= HEAD:
            break
    return bytes(head)


async def _checked(head: bytes, source: AsyncIterator[bytes], name: str, kind: Kind) -> AsyncIterator[bytes]:
    """The whole file again; at its end it is looked at, and a refusal then leaves nothing kept."""
    tail, size = bytearray(head), len(head)
    yield head
    async for part in source:
        size += len(part)
        tail += part
        if len(tail) > 2 * TAIL:
            del tail[:-TAIL]
        yield part
    check_end(name, kind, bytes(tail[-TAIL:]), size=size)
