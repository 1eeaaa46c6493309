"""The board made again from what was heard, a page of cases at a time: compared with what there is, or put in place."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from pydantic import BaseModel

from services.kernel.identity import Scope
from services.kernel.store import AlreadyExists, Conflict, NotFound
from services.supervision.desk import Deps
from services.supervision.lights import CaseLights
from services.supervision.records.chains import document_of
from services.supervision.records.heard import Heard, difference, rebuilt
from services.supervision.rules import RuleTable

_MANY: Final = 100_000


class Difference(BaseModel, frozen=True):
    """A case that the board shows otherwise than what was heard of it says; `clocks` are the places."""

    case_no: str
    clocks: tuple[str, ...]
    zh: str
    en: str


class Comparison(BaseModel, frozen=True):
    """What a page of cases came to. `unrecorded` began before what is heard was kept. `after`: the next page begins."""

    cases: int
    same: int
    unrecorded: int
    differences: tuple[Difference, ...]
    restored: int
    after: str | None


async def compare(deps: Deps, scope: Scope, *, limit: int, after: str) -> Comparison:
    """Make a page of the board again and compare it."""
    numbers = await _numbers(deps, scope, limit=limit, after=after)
    tables = {table.number: table for table in await deps.tables.known()}
    same = unrecorded = 0
    found: list[Difference] = []
    for case_no in numbers:
        live, made = await _both(deps, case_no, tables)
        if live is not None and not live.recorded:
            unrecorded += 1
        elif fault := _fault(case_no, live, made):
            found.append(fault)
        else:
            same += 1
    return Comparison(
        cases=len(numbers),
        same=same,
        unrecorded=unrecorded,
        differences=tuple(found),
        restored=0,
        after=numbers[-1] if len(numbers) == limit else None,
    )


async def rebuild(deps: Deps, scope: Scope, *, limit: int, after: str) -> Comparison:
    """Make a page of the board again, and put what differs in the place of what is there."""
    compared = await compare(deps, scope, limit=limit, after=after)
    tables = {table.number: table for table in await deps.tables.known()}
    restored = sum([await _restored(deps, each.case_no, tables) for each in compared.differences])
    return compared.model_copy(update={"restored": restored})


async def _numbers(deps: Deps, scope: Scope, *, limit: int, after: str) -> Sequence[str]:
    """The next case numbers: of cases that have lights, and for those who see all of cases that were heard of."""
    live = await deps.cases.query({**scope.filter(), "_id": {"$gt": after}}, sort=[("_id", 1)], limit=limit)
    numbers = {case.case_no for case in live}
    if scope.everything:
        stages = ({"$group": {"_id": "$body.case_no"}}, {"$sort": {"_id": 1}}, {"$limit": limit})
        numbers |= {str(row["_id"]) for row in await deps.heard.tally({"body.case_no": {"$gt": after}}, *stages)}
    return sorted(numbers)[:limit]


async def _both(
    deps: Deps, case_no: str, tables: Mapping[int, RuleTable]
) -> tuple[CaseLights | None, CaseLights | None]:
    """The case as the board has it, and as it follows from what was heard; read again if it moved meanwhile."""
    for _ in range(3):
        made = rebuilt(await _heard(deps, case_no), tables)
        live = next(
            iter(await deps.cases.query({"_id": case_no}, sort=[("_id", 1)], limit=1)), None
        )  # as it lies there
        if live is None or made is None or not difference(live, made):
            break
    return live, made


async def _heard(deps: Deps, case_no: str) -> Sequence[Heard]:
    return await deps.heard.query({"body.case_no": case_no}, sort=[("_id", 1)], limit=_MANY)


def _fault(case_no: str, live: CaseLights | None, made: CaseLights | None) -> Difference | None:
    if live is None:
        if made is None:
            return None
        zh, en = "看板上没有这一案件", "the board has no such case"
        return Difference(case_no=case_no, clocks=(), zh=zh, en=en)
    if made is None:
        zh, en = "没有收到过这一案件的计时记录", "nothing that was heard of this case is kept"
        return Difference(case_no=case_no, clocks=tuple(sorted(live.clocks)), zh=zh, en=en)
    wrong = difference(live, made)
    if not wrong:
        return None
    return Difference(
        case_no=case_no,
        clocks=wrong,
        zh=f"看板与计时记录推出的不一致：{'、'.join(wrong)}",
        en=f"the board shows otherwise than what was heard says: {', '.join(wrong)}",
    )


async def _restored(deps: Deps, case_no: str, tables: Mapping[int, RuleTable]) -> int:
    """Put the case as it was made again in its place; 0 if it moved on meanwhile, or nothing was kept of it."""
    found, made = await deps.cases.find(case_no), rebuilt(await _heard(deps, case_no), tables)
    if made is None:
        return 0
    with suppress(Conflict, AlreadyExists, NotFound):
        if found is not None:
            live, revision = found
            await deps.cases.save(made.model_copy(update={"chain": live.chain}), revision)
        else:
            await _put_back(deps, made)
        return 1
    return 0


async def _put_back(deps: Deps, made: CaseLights) -> None:
    """A case that the board had lost, so that its records go on where they ended."""
    entries = await deps.journal.find(made.case_no, limit=_MANY)
    own = [each.envelope for each in entries if document_of(each.envelope.id) == f"supervision.cases.{made.case_no}"]
    last = max(own, key=lambda each: (each.sequence, int(each.id.rpartition(".")[2])), default=None)
    chain, revision = ((last.hash or ""), last.sequence) if last else ("", 0)
    await deps.cases.restore(made.model_copy(update={"chain": chain}), revision=revision + 1)
