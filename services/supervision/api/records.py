"""The records: whether they are whole, and the board made again from what was heard."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.kernel.identity import scope_of
from services.kernel.requests import Limit
from services.supervision.api.common import Here, Reader, Supervisor
from services.supervision.records.rebuilding import Comparison, compare, rebuild
from services.supervision.records.verifying import Register, Verdict, verify

router = APIRouter(tags=["records"])

Behind = Annotated[str, Query(max_length=200, pattern=r"^[0-9A-Za-z_-]*$", description="the key of the last page")]


@router.get("/records", summary="核验督查记录")
async def verify_records(
    deps: Here, who: Reader, register: Register, limit: Limit = 100, after: Behind = ""
) -> Verdict:
    """Whether the records of a page of documents are whole; each one that was edited, removed or moved is named."""
    return await verify(deps, register, scope_of(who), limit=limit, after=after)


@router.get("/rebuilt", summary="由计时记录推出的看板")
async def compare_board(deps: Here, who: Reader, limit: Limit = 100, after: Behind = "") -> Comparison:
    """A page of the board made again from what was heard, compared with the one there is."""
    return await compare(deps, scope_of(who), limit=limit, after=after)


@router.post("/rebuilt", summary="由计时记录重建看板")
async def rebuild_board(deps: Here, who: Supervisor, limit: Limit = 100, after: Behind = "") -> Comparison:
    """The same, and what differs is put in the place of what is there."""
    return await rebuild(deps, scope_of(who), limit=limit, after=after)
