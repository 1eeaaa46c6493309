"""Files in MongoDB, laid out as GridFS: streamed in and out, hashed, sealed, and never deleted once attached.

The drivers' own GridFS classes hold up to 32 MB of every upload in memory; here it is one piece. The layout is that
of the GridFS specification, so its tools can read and copy what is kept (sealed pieces they cannot open).
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bson import ObjectId
from bson.errors import InvalidId
from pydantic import BaseModel
from pymongo.errors import DuplicateKeyError, PyMongoError

from services.kernel.problem import Problem
from services.kernel.seals import Seals
from services.kernel.store.drivers import Row, Rows, listed
from services.kernel.store.ground import Ground
from services.kernel.store.indexes import Index, declare
from services.kernel.store.refusals import NotFound

PIECE: Final = 255 * 1024
"""Bytes of a piece, as GridFS has them: one document each."""

_LOOSE_FOR: Final = timedelta(days=1)
_WHOLE: Final = {"metadata.sha256": {"$exists": True}}
_LOOSE: Final = {"metadata.attached_at": None}

Source = bytes | AsyncIterator[bytes]
"""What a file is made of; a stream gives its bytes as they come."""


class FileTooLarge(Problem):
    """The file holds more bytes than may be kept; nothing of it was kept."""

    status = 413
    code = "file-too-large"
    zh = "文件“{name}”超过 {megabytes} MB 的上限，没有保存"
    en = "the file {name} is larger than the limit of {megabytes} MB; it was not kept"
    remedy_zh = "请压缩、降低扫描分辨率，或拆分成几个文件后分别上传"
    remedy_en = "compress it, scan at a lower resolution, or split it into several files"


class FileDamaged(Exception):
    """What is kept is not what was put: pieces are missing or were altered."""


@dataclass(frozen=True, slots=True)
class Label:
    """What goes on a file: whom it belongs to, its name for people, its media type, and who put it."""

    owner: str
    name: str
    media_type: str
    put_by: str


class StoredFile(BaseModel, frozen=True):
    """A file as kept. Until it is attached it is loose, and swept after `loose_until` (real time)."""

    file_id: str
    owner: str
    name: str
    media_type: str
    size: int
    sha256: str
    put_by: str
    put_at: datetime
    attached_at: datetime | None = None
    loose_until: datetime | None = None


class Files:
    """The files of one bucket. Built by `Store.files`; with `seals` each piece is sealed for its place."""

    def __init__(self, ground: Ground, name: str, seals: Seals | None = None) -> None:
        self._ground, self._name, self._seals = ground, name, seals

    async def put(self, source: Source, label: Label, *, limit: int, loose_for: timedelta = _LOOSE_FOR) -> StoredFile:
        """Keep a file of at most `limit` bytes; raises FileTooLarge as soon as there are more.

        The same content put again for the same owner is the file that is there, by its first name.
        """
        clock, file_id = self._ground.clock, ObjectId()
        until = clock.wall() + loose_for
        await self._rows.insert_one(_row(file_id, label, put_at=clock.now(), until=until, sealed=bool(self._seals)))
        try:
            size, stored, sha256 = await self._write(file_id, source, name=label.name, limit=limit)
            return await self._completed(file_id, label.owner, size=size, stored=stored, sha256=sha256, until=until)
        except BaseException:
            with suppress(PyMongoError):  # else the sweeper finds it
                await self._discard(file_id)
            raise

    async def get(self, file_id: str) -> StoredFile:
        """What is known of a file; raises NotFound."""
        row = await self._rows.find_one({"_id": _object_id(file_id)} | _WHOLE)
        if row is None:
            raise NotFound(key=file_id)
        return _file(row)

    async def of(self, owner: str) -> list[StoredFile]:
        """The files of an owner, the oldest first."""
        cursor = self._rows.find({"metadata.owner": owner} | _WHOLE, sort=[("_id", 1)])
        return [_file(row) for row in await listed(cursor)]

    async def read(self, file_id: str) -> AsyncIterator[bytes]:
        """The bytes of a file, a piece at a time, however slowly they are taken.

        Raises NotFound at once, and FileDamaged before the last piece if it is not what was put.
        """
        row = await self._rows.find_one({"_id": _object_id(file_id)} | _WHOLE)
        if row is None:
            raise NotFound(key=file_id)
        hashed, passed = hashlib.sha256(), 0
        size, held = row["metadata"]["size"], b""
        for place in range(-(-size // PIECE)):
            if held:
                yield held
            held = await self._piece(row, place)
            hashed.update(held)
            passed += len(held)
        if passed != size or hashed.hexdigest() != row["metadata"]["sha256"]:
            raise FileDamaged(file_id)
        yield held

    async def attach(self, *file_ids: str) -> None:
        """These belong to something now and are kept for good; harmless again. Raises NotFound."""
        for file_id in file_ids:
            where = {"_id": _object_id(file_id)} | _WHOLE
            change = {"$set": {"metadata.attached_at": self._ground.clock.now()}, "$unset": {"metadata.loose_until": 1}}
            await self._rows.update_one(where | _LOOSE, change)
            if await self._rows.find_one(where, {"_id": 1}) is None:
                raise NotFound(key=file_id)

    async def keep(self, owner: str, *, until: datetime) -> None:
        """Leave the owner's loose files alone until then at least (real time)."""
        where = {"metadata.owner": owner} | _WHOLE | _LOOSE
        await self._rows.update_many(where, {"$max": {"metadata.loose_until": until}})

    async def drop(self, file_id: str) -> bool:
        """Delete a loose file now; gives whether it was one. What is attached stays."""
        return await self._dropped({"_id": _object_id(file_id)})

    async def sweep(self, is_needed: Callable[[StoredFile], Awaitable[bool]], *, limit: int = 100) -> int:
        """Delete what stayed loose beyond its time, half-written files too; gives how many were looked at.

        What is needed after all, because the write that refers to it was done and the one here was not, is attached.
        """
        overdue = _LOOSE | {"metadata.loose_until": {"$lt": self._ground.clock.wall()}}
        rows = await listed(self._rows.find(overdue, sort=[("metadata.loose_until", 1)], limit=limit))
        for row in rows:
            if "sha256" in row["metadata"] and await is_needed(_file(row)):
                await self.attach(str(row["_id"]))
            else:
                await self._dropped({"_id": row["_id"]} | overdue)
        return len(rows)

    async def prepare(self) -> None:
        """Make the indexes."""
        database, loose = self._ground.database, {"metadata.loose_until": {"$exists": True}}
        await declare(database, f"{self._name}.chunks", [Index("files_id", "n", unique=True)])
        owned = Index("metadata.owner", "metadata.sha256", unique=True, where=_WHOLE)
        await declare(database, f"{self._name}.files", [owned, Index("metadata.loose_until", where=loose)])

    async def _write(self, file_id: ObjectId, source: Source, *, name: str, limit: int) -> tuple[int, int, str]:
        """Keep the pieces; gives bytes, bytes as stored, and SHA-256 of the content."""
        hashed, size, stored = hashlib.sha256(), 0, 0
        async for piece in _pieces(source, name=name, limit=limit):
            hashed.update(piece)
            kept = self._seals.seal_bytes(piece, place=_place(file_id, size // PIECE)) if self._seals else piece
            await self._pieces.insert_one({"files_id": file_id, "n": size // PIECE, "data": kept})
            size, stored = size + len(piece), stored + len(kept)
        return size, stored, hashed.hexdigest()

    async def _completed(
        self, file_id: ObjectId, owner: str, *, size: int, stored: int, sha256: str, until: datetime
    ) -> StoredFile:
        """The file, whole from now on; or the owner's file of the same content."""
        done = {"length": stored, "metadata.size": size, "metadata.sha256": sha256}
        twin = {"metadata.owner": owner, "metadata.sha256": sha256}
        while True:
            with suppress(DuplicateKeyError):
                await self._rows.update_one({"_id": file_id}, {"$set": done})
                return await self.get(str(file_id))
            await self._rows.update_one(twin | _LOOSE, {"$max": {"metadata.loose_until": until}})
            if (row := await self._rows.find_one(twin)) is not None:  # else it was dropped a moment ago
                await self._discard(file_id)
                return _file(row)

    async def _piece(self, row: Row, place: int) -> bytes:
        found = await self._pieces.find_one({"files_id": row["_id"], "n": place})
        if found is None:
            raise FileDamaged(str(row["_id"]))
        if not row["metadata"]["sealed"]:
            return bytes(found["data"])
        if self._seals is None:
            msg = f"the files of {self._name} were sealed and no seals are given"
            raise FileDamaged(msg)
        return self._seals.open_bytes(found["data"], place=_place(row["_id"], place))

    async def _dropped(self, where: Row) -> bool:
        """Delete it if it is loose: out of sight first, then its pieces, then the rest, so that none is left over."""
        gone = {"$unset": {"metadata.sha256": 1}, "$set": {"metadata.loose_until": self._ground.clock.wall()}}
        row = await self._rows.find_one_and_update(where | _LOOSE, gone)
        if row is None:
            return False
        await self._discard(row["_id"])
        return True

    async def _discard(self, file_id: ObjectId) -> None:
        await self._pieces.delete_many({"files_id": file_id})
        await self._rows.delete_one({"_id": file_id})

    @property
    def _rows(self) -> Rows:
        return self._ground.database[f"{self._name}.files"]

    @property
    def _pieces(self) -> Rows:
        return self._ground.database[f"{self._name}.chunks"]


async def _pieces(source: Source, *, name: str, limit: int) -> AsyncIterator[bytes]:
    """The source in pieces of one size, the last may be shorter; raises FileTooLarge."""
    waiting, size = bytearray(), 0
    async for part in _once(source) if isinstance(source, bytes) else source:
        size += len(part)
        if size > limit:
            raise FileTooLarge(name=name, megabytes=limit // 1_000_000)
        waiting += part
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _row(file_id: ObjectId, label: Label, *, put_at: datetime, until: datetime, sealed: bool) -> Row:
    metadata = {
        "owner": label.owner,
        "media_type": label.media_type,
        "put_by": label.put_by,
        "put_at": put_at,
        "attached_at": None,
        "loose_until": until,
        "sealed": sealed,
    }
    named = {"_id": file_id, "filename": label.name, "chunkSize": PIECE, "uploadDate": put_at}
    return named | {"length": 0, "metadata": metadata}


def _file(row: Row) -> StoredFile:
    return StoredFile(file_id=str(row["_id"]), name=row["filename"], **row["metadata"])


def _place(file_id: ObjectId, place: int) -> str:
    return f"file/{file_id}/{place}"


def _object_id(file_id: str) -> ObjectId:
    try:
        return ObjectId(file_id)
    except InvalidId:
        raise NotFound(key=file_id) from None
