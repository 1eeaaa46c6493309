"""Files are kept whole, once for each owner, no larger than allowed, and for good once they are attached."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from gridfs.asynchronous import AsyncGridFSBucket
from pymongo import AsyncMongoClient
from pymongo.read_concern import ReadConcern

from services.kernel.seals import SealBroken, Seals
from services.kernel.store import FileDamaged, Files, FileTooLarge, Label, NotFound, Store, StoredFile
from services.kernel.store.files import PIECE
from tests.support.office import Office

LIMIT = 5_000_000
OVER = timedelta(seconds=-1)
"""How long a file stays loose that the sweeper shall find at once."""

SEALS = Seals.of("s" * 40, service="intake")


@pytest.fixture
async def files(store: Store) -> Files:
    """A bucket of its own, since the database is shared; its bytes are sealed."""
    bucket = store.files(f"papers{secrets.token_hex(4)}", seals=SEALS)
    await store.prepare()
    return bucket


def label(owner: str = "case:1", name: str = "身份证.pdf") -> Label:
    return Label(owner=owner, name=name, media_type="application/pdf", put_by="u.window")


async def stream(content: bytes, *, step: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), step):
        yield content[start : start + step]


async def content_of(files: Files, file: StoredFile) -> bytes:
    return b"".join([piece async for piece in files.read(file.file_id)])


async def nobody_needs(_: StoredFile) -> bool:
    return False


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7])
async def test_a_file_comes_back_as_it_was_put(files: Files, size: int) -> None:
    content = secrets.token_bytes(size)

    file = await files.put(stream(content), label(), limit=LIMIT)

    assert await content_of(files, file) == content
    assert (file.size, file.sha256) == (size, hashlib.sha256(content).hexdigest())
    assert (file.name, file.owner, file.put_by, file.attached_at) == ("身份证.pdf", "case:1", "u.window", None)
    assert await files.get(file.file_id) == file
    assert await files.of("case:1") == [file]
    assert await files.of("case:2") == []


async def test_the_same_content_of_the_same_owner_is_one_file(files: Files) -> None:
    first = await files.put(b"one", label(), limit=LIMIT)
    await files.attach(first.file_id)

    again = await files.put(b"one", label(name="again.pdf"), limit=LIMIT)
    other = await files.put(b"one", label("case:2"), limit=LIMIT)

    assert again == await files.get(first.file_id)
    assert other.file_id != first.file_id
    assert await content_of(files, again) == b"one"


async def test_many_puts_of_the_same_at_once_are_one_file(files: Files) -> None:
    put = [files.put(stream(b"x" * 600_000), label(), limit=LIMIT) for _ in range(8)]

    found = await asyncio.gather(*put)

    assert len({file.file_id for file in found}) == 1
    assert len(await files.of("case:1")) == 1
    assert await content_of(files, found[0]) == b"x" * 600_000


async def test_a_file_beyond_the_limit_is_refused_and_nothing_of_it_stays(files: Files) -> None:
    with pytest.raises(FileTooLarge):
        await files.put(stream(b"x" * 1_000_001), label(), limit=1_000_000)

    assert await files.of("case:1") == []
    assert await files._pieces.count_documents({}) == 0
    assert await files._rows.count_documents({}) == 0


async def test_a_stream_that_breaks_off_leaves_nothing(files: Files) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 300_000
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await files.put(broken(), label(), limit=LIMIT)

    assert await files._pieces.count_documents({}) == 0
    assert await files._rows.count_documents({}) == 0


async def test_loose_files_are_swept_when_their_time_is_over_and_attached_ones_never(files: Files) -> None:
    loose = await files.put(b"loose", label(), limit=LIMIT, loose_for=OVER)
    young = await files.put(b"young", label(), limit=LIMIT)
    kept = await files.put(b"kept", label(), limit=LIMIT, loose_for=OVER)
    await files.attach(kept.file_id)
    await files.attach(kept.file_id)

    assert await files.sweep(nobody_needs) == 1

    assert [file.file_id for file in await files.of("case:1")] == [young.file_id, kept.file_id]
    with pytest.raises(NotFound):
        await files.attach(loose.file_id)
    assert await files._pieces.count_documents({}) == 2


async def test_a_loose_file_that_is_needed_after_all_is_attached_by_the_sweeper(files: Files) -> None:
    file = await files.put(b"needed", label(), limit=LIMIT, loose_for=OVER)

    async def needed(_: StoredFile) -> bool:
        return True

    await files.sweep(needed)

    assert (await files.get(file.file_id)).attached_at is not None
    assert await files.sweep(nobody_needs) == 0


async def test_an_owners_loose_files_are_left_alone_for_longer(files: Files, store: Store) -> None:
    await files.put(b"draft", label("draft:1"), limit=LIMIT, loose_for=OVER)
    await files.keep("draft:1", until=store.clock.wall() + timedelta(days=30))

    assert await files.sweep(nobody_needs) == 0
    assert len(await files.of("draft:1")) == 1


async def test_a_half_written_file_is_not_seen_and_is_swept(files: Files) -> None:
    await files.put(b"whole", label(), limit=LIMIT, loose_for=OVER)
    row = await files._rows.find_one({})
    half = ObjectId()
    metadata = {key: value for key, value in row["metadata"].items() if key not in {"sha256", "size"}}
    await files._rows.insert_one(row | {"_id": half, "metadata": metadata})
    await files._pieces.insert_one({"files_id": half, "n": 0, "data": b"ha"})

    assert len(await files.of("case:1")) == 1
    with pytest.raises(NotFound):
        await files.get(str(half))
    assert await files.sweep(nobody_needs) == 2
    assert await files._pieces.count_documents({}) == 0


async def test_a_loose_file_can_be_dropped_and_put_again_an_attached_one_stays(files: Files) -> None:
    file = await files.put(b"wrong", label(), limit=LIMIT)

    assert await files.drop(file.file_id)
    assert not await files.drop(file.file_id)
    again = await files.put(b"wrong", label(), limit=LIMIT)
    await files.attach(again.file_id)

    assert not await files.drop(again.file_id)
    assert await content_of(files, again) == b"wrong"


@pytest.mark.parametrize("unknown", ["", "nothing", "0" * 24])
async def test_an_unknown_file_is_not_found(files: Files, unknown: str) -> None:
    with pytest.raises(NotFound):
        await files.get(unknown)
    with pytest.raises(NotFound):
        await anext(files.read(unknown))


async def test_what_is_kept_is_sealed_and_altered_pieces_do_not_come_out(files: Files) -> None:
    content = b"resident identity card" * 20_000
    file = await files.put(content, label(), limit=LIMIT)
    first, second = await files._pieces.find({}, sort=[("n", 1)]).to_list(None)

    assert b"identity" not in first["data"]
    await files._pieces.update_one({"_id": first["_id"]}, {"$set": {"data": second["data"]}})
    with pytest.raises(SealBroken):
        await content_of(files, file)


async def test_a_missing_piece_is_noticed(files: Files) -> None:
    file = await files.put(b"x" * (2 * PIECE), label(), limit=LIMIT)
    await files._pieces.delete_one({"n": 1})

    with pytest.raises(FileDamaged):
        await content_of(files, file)


async def test_unsealed_files_are_gridfs_as_its_tools_read_it(store: Store, office: Office) -> None:
    bucket = store.files("plain")
    await store.prepare()
    content = secrets.token_bytes(2 * PIECE + 5)
    file = await bucket.put(content, label(f"case:{secrets.token_hex(4)}"), limit=LIMIT)

    settings = office.settings_of("intake")
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
        settings["GUIHUA_MONGO_URL"], serverMonitoringMode="poll"
    )
    database = client.get_database(settings["GUIHUA_MONGO_DATABASE"], read_concern=ReadConcern("majority"))
    stream = await AsyncGridFSBucket(database, "plain").open_download_stream(ObjectId(file.file_id))

    assert await stream.read() == content
    assert stream.filename == "身份证.pdf"
    await client.close()
