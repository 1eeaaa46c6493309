"""Whether the history of a case is whole: every line the next link of the chain, none changed, removed or added."""

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel

from services.contracts.chains import data_digest, link_hash
from services.contracts.events import Envelope
from services.workflow.history.lines import Line

_MOST_SAID: Final = 50


class Break(BaseModel, frozen=True):
    """One place where the history is not as it was said."""

    line: int
    id: str
    zh: str
    en: str


class Verdict(BaseModel, frozen=True):
    """What verifying found. `unchained` lines were said before events were chained; `head` is the last hash."""

    whole: bool
    lines: int
    chained: int
    unchained: int
    head: str
    breaks: list[Break]


def verdict(lines: Sequence[Line], *, head: str | None = None) -> Verdict:
    """Verify a history in its order; `head` is the hash it must end with, if that is known."""
    first = next((place for place, line in enumerate(lines) if line.hash), len(lines))
    breaks: list[Break] = []
    previous = ""
    for place, line in enumerate(lines[first:], start=first + 1):
        breaks += [_break(place, line, zh, en) for zh, en in _faults(line, previous)]
        previous = line.hash or ""
    if head is not None and previous != head:
        last = lines[-1] if lines else None
        breaks.append(
            Break(
                line=len(lines),
                id=last.id if last else "",
                zh=f"历史应以 {head[:12] or '空'} 结束，实际以 {previous[:12] or '空'} 结束：末尾有缺失或多余",
                en=f"the history must end with {head[:12] or 'nothing'} and ends with {previous[:12] or 'nothing'}: "
                "lines are missing at the end, or too many",
            )
        )
    return Verdict(
        whole=not breaks,
        lines=len(lines),
        chained=len(lines) - first,
        unchained=first,
        head=previous,
        breaks=breaks[:_MOST_SAID],
    )


def in_order(said: Sequence[Envelope]) -> list[Envelope]:
    """By the revision that said it and its place in it: the order of the chain, whatever the clocks showed."""
    return sorted(said, key=lambda each: (each.sequence, int(each.id.rpartition(".")[2])))


def _faults(line: Line, previous: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if line.previous != previous:
        found.append(
            (
                f"前应为 {(line.previous or '')[:12] or '空'}，实为 {previous[:12] or '空'}：之前有缺失、多余或改动",
                "it does not follow the line before it: something was removed, added or changed there",
            )
        )
    if line.data is not None and data_digest(line.data, line.salt or "") != line.digest:
        found.append(("内容与摘要不符：内容被改动", "its data do not fit their digest: they were changed"))
    if link_hash(_envelope(line), previous=line.previous or "", digest=line.digest) != line.hash:
        found.append(("哈希不符：该行被改动", "its hash does not fit: the line was changed"))
    return found


def _break(place: int, line: Line, zh: str, en: str) -> Break:
    return Break(line=place, id=line.id, zh=f"第 {place} 行（{line.type}）：{zh}", en=f"line {place}: {en}")


def _envelope(line: Line) -> Envelope:
    return Envelope(**line.model_dump(include=set(Envelope.model_fields) - {"data"}), data={})
