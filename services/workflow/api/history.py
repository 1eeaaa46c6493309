"""History over HTTP: a case as it stood, whether its history is whole, its file, and a page that replays it."""

import asyncio
import re
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel

from services.kernel.identity import Person
from services.kernel.problem import problems
from services.kernel.store import NotFound
from services.workflow import queries
from services.workflow.api.common import CaseNo, Reader, With, WrittenDate
from services.workflow.deps import Deps
from services.workflow.history.chains import Verdict, verdict
from services.workflow.history.files import Export, case_file
from services.workflow.history.lines import Line, line_of, lines_for
from services.workflow.history.papers import papers_of
from services.workflow.history.reading import HistoryLags, history, history_as_it_is
from services.workflow.history.replays import replay
from services.workflow.history.standings import CaseThen, standing
from services.workflow.instances.models import Instance
from services.workflow.queries import CaseNotFound

router = APIRouter(tags=["history"])

_DRAWN: Final = re.compile(r"\.bpmn$|(^|/)forms/[^/]+\.json$")

_MOST_PAPERS: Final = 1000

_MISSING = problems(CaseNotFound, HistoryLags)

Moment = Annotated[AwareDatetime, WrittenDate, Query(description="office time, e.g. 2026-11-23T15:00:00+08:00")]


class DrawingView(BaseModel, frozen=True):
    """Files of a version as texts, by path; `diagram.bpmn` is the case's own process."""

    process_key: str | None
    files: dict[str, str]


@router.get("/cases/{case_no}/at", responses=_MISSING)
async def show_case_at(deps: With, who: Reader, case_no: CaseNo, moment: Moment) -> CaseThen:
    """The case as it stood at a moment, told by nothing but what had been said until then."""
    await queries.case_of(deps, case_no, who)
    said, _ = await history(deps, case_no)
    return standing(case_no, lines_for(who, said), until=moment)


@router.get("/cases/{case_no}/chain", responses=problems(CaseNotFound))
async def verify_history(deps: With, who: Reader, case_no: CaseNo) -> Verdict:
    """Whether the history is whole: each line the next link of the chain, and the last the one the case ends with."""
    await queries.case_of(deps, case_no, who)
    said, head = await history_as_it_is(deps, case_no)
    return await asyncio.to_thread(lambda: verdict([line_of(each) for each in said], head=head))


@router.get(
    "/cases/{case_no}/file",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}, **_MISSING},
)
async def export_case(deps: With, who: Reader, case_no: CaseNo) -> Response:
    """The case file: history, process, forms, the list of issued papers, a page that replays it, a signed manifest."""
    instance = await queries.case_of(deps, case_no, who)
    lines, sources = await _told(deps, instance, who)
    issued = await deps.documents.query({"body.case_no": case_no}, sort=[("body.issued_at", 1)], limit=_MOST_PAPERS)
    pin = instance.pin
    export = Export(
        case_no=case_no,
        by=who.code,
        at=deps.clock.now(),
        process_key=pin.process_key if pin else None,
        version=pin.version if pin else None,
        bundle=pin.sha256 if pin else None,
        sources=sources,
        key=deps.case_key,
        papers=papers_of(issued),
    )
    content = await asyncio.to_thread(case_file, export, lines)
    named = {"Content-Disposition": f'attachment; filename="{case_no}.zip"'}
    return Response(content, media_type="application/zip", headers=named)


@router.get(
    "/cases/{case_no}/replay", response_class=Response, responses={200: {"content": {"text/html": {}}}, **_MISSING}
)
async def replay_case(deps: With, who: Reader, case_no: CaseNo) -> Response:
    """One page that replays the case on its diagram; it needs neither network nor any other file."""
    instance = await queries.case_of(deps, case_no, who)
    lines, sources = await _told(deps, instance, who)
    page = await asyncio.to_thread(replay, case_no, lines, sources)
    return Response(page, media_type="text/html; charset=utf-8")


@router.get("/cases/{case_no}/drawing", responses=problems(CaseNotFound))
async def show_drawing(deps: With, who: Reader, case_no: CaseNo) -> DrawingView:
    """The diagrams and forms of the version that the case follows: what its steps and their answers mean."""
    instance = await queries.case_of(deps, case_no, who)
    sources = await _sources(deps, instance)
    texts = {path: content.decode(errors="replace") for path, content in sources.items() if _DRAWN.search(path)}
    return DrawingView(process_key=instance.pin.process_key if instance.pin else None, files=texts)


async def _told(deps: Deps, instance: Instance, who: Person) -> tuple[list[Line], dict[str, bytes]]:
    """The history as the person may see it, and the files of the version that the case follows."""
    said, _ = await history(deps, instance.case_no)
    return lines_for(who, said), await _sources(deps, instance)


async def _sources(deps: Deps, instance: Instance) -> dict[str, bytes]:
    """The files of the version that the case follows; none before it follows one."""
    try:
        return dict((await deps.shelf.take(instance.pin.sha256)).contents) if instance.pin else {}
    except NotFound:
        return {}
