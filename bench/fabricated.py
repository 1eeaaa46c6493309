"""Cases by the hundred thousand: documents as the real code makes them, one for each step, with other numbers and ids.

Such a case is listed, counted and found like any other; only its engine state is that of the case it was copied from,
so nobody can work on it.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

import bson
from bson.raw_bson import RawBSONDocument

from bench.migration import cases_at_each_step
from bench.permit import files
from services.kernel.store import Store, encoded
from services.workflow.engine.bundles import compile_bundle
from services.workflow.instances.models import Instance

_DEPARTMENTS: Final = (b"D05", b"D06", b"D08")
"""Those of the post; the real one is the second."""

UNDUE: Final = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
"""The next due moment of a mould whose cases shall each have their own."""

_DAYS: Final = 20
_MONTHS: Final = 24
_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Mould:
    """A document as BSON, and what of it is another in each case; everything keeps its length."""

    packed: bytes
    case_no: bytes
    task_ids: tuple[bytes, ...]
    due_on: bytes

    @classmethod
    def of(cls, instance: Instance) -> "Mould":
        """The mould of a case."""
        row = {"_id": instance.case_no, "revision": 1, "body": encoded(instance), "inbox": [], "outbox": []}
        ids = tuple(each.task_id.encode() for each in (*instance.tasks, *instance.closed))
        return cls(bson.encode(row), instance.case_no.encode(), ids, str(instance.tasks[0].due_on).encode())

    def cast(self, number: int) -> RawBSONDocument:
        """The document of another case, due on another day."""
        due_on = date.fromisoformat(self.due_on.decode()) + timedelta(days=number % _DAYS)
        return RawBSONDocument(self._numbered(number).replace(self.due_on, due_on.isoformat().encode()))

    def cast_due(self, number: int, moment: datetime) -> RawBSONDocument:
        """The document of another case, of a mould with `UNDUE`; it comes due at the moment."""
        return RawBSONDocument(self._numbered(number).replace(_packed(UNDUE), _packed(moment)))

    def _numbered(self, number: int) -> bytes:
        packed = self.packed.replace(self.case_no, self.number_of(number))
        for place, task_id in enumerate(self.task_ids):
            packed = packed.replace(task_id, str(UUID(int=(number << 8) + place + 1)).encode())
        return packed.replace(_DEPARTMENTS[1], _DEPARTMENTS[number % len(_DEPARTMENTS)])

    def number_of(self, number: int) -> bytes:
        """The case number of the case with this number."""
        return b"51%02d%s%05d" % (number // 100_000, self.case_no[4:-5], number % 100_000)


def _packed(moment: datetime) -> bytes:
    """A moment as BSON has it."""
    return struct.pack("<q", round(moment.timestamp() * 1000))


def moulds(sha256: str, version: int) -> list[Mould]:
    """Cases at each step of the measured permit, of one version, begun in each month of two years."""
    bundle = compile_bundle({path: text.encode() for path, text in files().items()}).bundle
    assert bundle is not None
    at = datetime.now(UTC) - timedelta(hours=1)
    standing = list(cases_at_each_step(bundle, sha256, version=version, at=at))
    begun = [at - timedelta(days=30 * month) for month in range(_MONTHS)]
    return [Mould.of(each.model_copy(update={"started_at": moment})) for moment in begun for each in standing]


def cast(patterns: list[Mould], *, first: int, count: int) -> Iterator[RawBSONDocument]:
    """So many cases, evenly at every step."""
    for number in range(first, first + count):
        yield patterns[number % len(patterns)].cast(number)


async def put(store: Store, cases: Iterable[RawBSONDocument]) -> None:
    """Put cases into the database of the workflow service."""
    rows = store.aggregates("instances", Instance, key="case_no").documents.rows
    left = iter(cases)
    while batch := list(islice(left, _BATCH)):
        await rows.insert_many(batch)
