"""Verifying the records, a page of documents at a time: read what is there, and say what is wrong with it."""

import asyncio
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel

from services.kernel.identity import Scope
from services.kernel.store import Aggregates, Chained, Kept
from services.supervision.alerts import Alert
from services.supervision.bulletins import Bulletin
from services.supervision.desk import Deps
from services.supervision.lights import CaseLights
from services.supervision.matters import Matter
from services.supervision.notices import Notice
from services.supervision.numbers import Series
from services.supervision.records.chains import (
    Break,
    breaks,
    digest,
    document_of,
    ends_with,
    orphans,
    sequence_of,
)
from services.supervision.scores.sheets import Sheet

_TRIES: Final = 30
_PAUSE: Final = 0.1
_MANY: Final = 10_000


class Register(StrEnum):
    """What there are records of. `numbers` are the books of numbers: every document that has one must be there."""

    CASES = "cases"
    MATTERS = "matters"
    NOTICES = "notices"
    BULLETINS = "bulletins"
    ALERTS = "alerts"
    SHEETS = "sheets"
    NUMBERS = "numbers"


class Verdict(BaseModel, frozen=True):
    """What verifying a page found. `after` is where the next page begins; null: that was all.

    `heads` is the hash with which the records of each document end: whoever keeps it elsewhere can prove later that
    nothing was taken off the end since.
    """

    collection: Register
    documents: int
    records: int
    breaks: tuple[Break, ...]
    heads: dict[str, str]
    after: str | None


async def verify(deps: Deps, register: Register, scope: Scope, *, limit: int, after: str) -> Verdict:
    """Verify a page of one register: the documents that the reader may see.

    For those who see everything, also what belongs to no document any more.
    """
    if register is Register.NUMBERS:
        return await _numbers(deps, scope)
    documents = _documents(deps)[register]
    known = await _as_it_lies_there(documents, MODELS[register], scope, limit=limit, after=after)
    last = max(known) if len(known) == limit else None
    rows = await _rows(deps, register, known, after=after, last=last)
    found: list[Break] = []
    for key, (body, revision) in sorted(known.items()):
        said = [row for row in rows.get(key, ()) if sequence_of(row) <= revision]
        found += breaks(f"{register}/{key}", said, head=body.chain, state=_state(register, body))
    if scope.everything:
        found += await _orphans(register, documents, rows, known)
    return Verdict(
        collection=register,
        documents=len(known),
        records=sum(len(rows.get(key, ())) for key in known),
        breaks=tuple(found),
        heads={key: body.chain for key, (body, _) in sorted(known.items()) if body.chain},
        after=last,
    )


def _documents(deps: Deps) -> Mapping[Register, Aggregates[Any]]:
    return {
        Register.CASES: deps.cases,
        Register.MATTERS: deps.matters,
        Register.NOTICES: deps.notices,
        Register.BULLETINS: deps.bulletins,
        Register.ALERTS: deps.ledgers.alerts,
        Register.SHEETS: deps.ledgers.sheets,
    }


MODELS: Final[Mapping[Register, type[Chained]]] = {
    Register.CASES: CaseLights,
    Register.MATTERS: Matter,
    Register.NOTICES: Notice,
    Register.BULLETINS: Bulletin,
    Register.ALERTS: Alert,
    Register.SHEETS: Sheet,
}


async def _as_it_lies_there(
    documents: Aggregates[Any], model: type[Chained], scope: Scope, *, limit: int, after: str
) -> dict[str, tuple[Chained, int]]:
    """A page of documents with their revisions, read anew: what was changed behind our back is in no memory of ours."""
    shown = ({"$sort": {"_id": 1}}, {"$limit": limit}, {"$project": {"body": 1, "revision": 1}})
    rows = await documents.tally({**scope.filter(), "_id": {"$gt": after}}, *shown)
    return {row["_id"]: (model.model_validate(row["body"]), row["revision"]) for row in rows}


def _state(register: Register, body: Chained) -> str | None:
    """Lights change without a word, too: theirs are proven by making them again from what was heard."""
    return None if register is Register.CASES else digest(body)


async def _rows(
    deps: Deps, register: Register, known: Mapping[str, tuple[Chained, int]], *, after: str, last: str | None
) -> dict[str, list[Kept]]:
    """The records of these documents; waits up to three seconds for what the relay has not written down yet."""
    for _ in range(_TRIES):
        rows: dict[str, list[Kept]] = {}
        for row in await deps.journal.kept(register, beyond=after, up_to=last):
            rows.setdefault(document_of(row.id).split(".", 2)[2], []).append(row)
        if all(ends_with(rows.get(key, ()), body.chain) for key, (body, _) in known.items()):
            break
        await asyncio.sleep(_PAUSE)
    return rows


async def _orphans(
    register: Register, documents: Aggregates[Any], rows: Mapping[str, Sequence[Kept]], known: Mapping[str, object]
) -> list[Break]:
    found: list[Break] = []
    for key in sorted(rows.keys() - known.keys()):
        if await documents.find(key) is None:  # else it was made while we looked
            found += orphans(f"{register}/{key}", rows[key])
    return found


async def _numbers(deps: Deps, scope: Scope) -> Verdict:
    """Whether every document that was given a number is still there."""
    books = await deps.numbers.query({}, sort=[("_id", 1)], limit=_MANY) if scope.everything else []
    found: list[Break] = []
    for book in books:
        series = Series(book.book.partition("-")[0])
        documents = _documents(deps)[_OF_SERIES[series]]
        for number, key in enumerate(book.documents, 1):
            if await _is_missing(documents, key):
                zh = f"{book.book} 第 {number} 号所编的文档 {key} 不存在"
                en = f"the document {key} that was given number {number} of {book.book} is not there"
                found.append(Break(document=f"{_OF_SERIES[series]}/{key}", record=book.book, zh=zh, en=en))
    return Verdict(
        collection=Register.NUMBERS,
        documents=len(books),
        records=sum(len(book.documents) for book in books),
        breaks=tuple(found),
        heads={},
        after=None,
    )


_OF_SERIES: Final = {
    Series.MATTER: Register.MATTERS,
    Series.NOTICE: Register.NOTICES,
    Series.BULLETIN: Register.BULLETINS,
}


async def _is_missing(documents: Aggregates[Any], key: str) -> bool:
    """A number is given just before its document is written: so a second look before anybody is accused."""
    for _ in range(_TRIES):
        if await documents.find(key) is not None:
            return False
        await asyncio.sleep(_PAUSE)
    return True
