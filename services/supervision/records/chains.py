"""Whether what a document said is whole: every record the next link of its chain, none changed, removed or moved."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import BaseModel, ValidationError

from services.contracts.chains import data_digest, link_hash
from services.contracts.events import Envelope
from services.kernel.store import Body, Kept

_SHOWN: Final = 12
STATE: Final = "state"
"""The field of an event that holds the digest of the document as the event left it."""


class Break(BaseModel, frozen=True):
    """One record that is not as it was written: which, and what is wrong with it."""

    document: str
    record: str
    zh: str
    en: str


def digest(body: Body) -> str:
    """What stands for a document's content in its records; fields that hold their default do not count.

    So a field that a later version of the program adds changes no digest.
    """
    content = body.model_dump(mode="json", exclude={"chain"}, exclude_defaults=True)
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def breaks(document: str, rows: Sequence[Kept], *, head: str, state: str | None = None) -> list[Break]:
    """What is wrong with a document's records; `head` is the hash they must end with, `state` its digest as it is now.

    Records from before records were chained stand at the beginning without a hash, and prove nothing.
    """
    found: list[Break] = []
    previous = before = ""
    last: Envelope | None = None
    for row in sorted(rows, key=_place):
        last = _envelope(row)
        if last is None:
            found.append(_break(document, row, "内容无法读取", "it cannot be read"))
            continue
        if not last.hash and not previous:
            continue
        found += [_break(document, row, zh, en) for zh, en in _faults(row, last, previous=previous, before=before)]
        previous, before = last.hash or "", row.order
    return found + _ending(document, last, previous=previous, head=head, state=state)


def orphans(document: str, rows: Sequence[Kept]) -> list[Break]:
    """The records of a document that is not there any more."""
    return [
        _break(document, row, "所记的文档已不存在", "the document that it tells of is gone")
        for row in sorted(rows, key=_place)[-1:]
    ]


def document_of(record: str) -> str:
    """The document that said a record: its id without revision and place."""
    return record.rsplit(".", 2)[0]


def ends_with(rows: Sequence[Kept], head: str) -> bool:
    """Whether the record that a document says it ended with is there."""
    return not head or any(f'"hash":"{head}"' in row.wire for row in rows)


def sequence_of(row: Kept) -> int:
    """The revision that said a record; 0 when its id is none."""
    return _place(row)[0]


def _faults(row: Kept, link: Envelope, *, previous: str, before: str) -> Iterator[tuple[str, str]]:
    if (link.previous or "") != previous:
        expected, there = (link.previous or "")[:_SHOWN] or "空", previous[:_SHOWN] or "空"
        yield (
            f"前应为 {expected}，实为 {there}：此前有缺失、多余或改动",
            "it does not follow the record before it: one was removed, added, changed or moved there",
        )
    whole = data_digest(link.data, link.salt or "")
    if link_hash(link, previous=link.previous or "", digest=whole) != link.hash:
        yield "哈希不符：记录被改动", "its hash does not fit: it was changed"
    if row.order <= before:
        yield "次序不符：记录被移动", "it is out of order: it was moved"
    if (row.id, row.type, row.subject) != (link.id, link.type, link.subject):
        yield "编号、类型或对象与内容不符：记录被移动", "its id, type or subject is not what it says: it was moved"


def _ending(document: str, last: Envelope | None, *, previous: str, head: str, state: str | None) -> list[Break]:
    found: list[Break] = []
    record = last.id if last else ""
    if previous != head:
        zh = f"记录应以 {head[:_SHOWN] or '空'} 结束，实际以 {previous[:_SHOWN] or '空'} 结束：末尾有缺失或多余"
        en = f"the records must end with {head[:_SHOWN] or 'nothing'}: some are missing at the end, or too many"
        found.append(Break(document=document, record=record, zh=zh, en=en))
    said = last.data.get(STATE) if last else None
    if state is not None and said is not None and said != state:
        zh, en = "文档现在的内容与最后一条记录不符：文档被改动", "the document is not as its last record left it"
        found.append(Break(document=document, record=record, zh=zh, en=en))
    return found


def _place(row: Kept) -> tuple[int, int]:
    revision, _, place = row.id.rpartition(".")
    try:
        return int(revision.rpartition(".")[2]), int(place)
    except ValueError:
        return 0, 0


def _envelope(row: Kept) -> Envelope | None:
    try:
        return Envelope.model_validate_json(row.wire)
    except ValidationError:
        return None


def _break(document: str, row: Kept, zh: str, en: str) -> Break:
    return Break(document=document, record=row.id, zh=f"记录 {row.id}（{row.type}）：{zh}", en=f"record {row.id}: {en}")
