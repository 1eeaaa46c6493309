"""The case file (O3): where a case stands, its steps, clocks and lights, what happened, and papers to take away."""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response

from services.console.backends import Refused
from services.console.casefiles import CaseFile, case_file
from services.console.handouts import with_papers
from services.console.histories import GROUNDS, OUTCOMES
from services.console.naming import Names, names_of
from services.console.pages.routes import PageRoute
from services.console.stations import clocks_of, light_lines, steps_of
from services.console.visits import Visit, holding
from services.console.worklists import case_light
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.CASE_READ))]
CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$")]
ClockId = Annotated[str, Path(pattern=r"^[0-9A-Za-z:._-]{1,200}$")]
Json = Mapping[str, Any]

_DIAGRAM: Final = "diagram.bpmn"
_KEPT: Final = frozenset({409, 422})
_ACTS: Final = frozenset({"pull-back", "suspend", "resume", "extension"})
_NOT_FOUND: Final = 404


@router.get("/cases/{case_no}")
async def case_page(visit: Reader, case_no: CaseNo, said: str = "") -> Response:
    """Everything about one case (O3)."""
    return await _page(visit, case_no, said=said)


@router.get("/cases/{case_no}/clocks/{clock_id}")
async def why_page(visit: Reader, case_no: CaseNo, clock_id: ClockId) -> Response:
    """Why a clock is due on its day: every day since its start."""
    why = await visit.api.get("workflow", f"/cases/{case_no}/clocks/{clock_id}/why")
    days = [(line, _explained(visit, line)) for line in why["lines"]]
    return visit.page("cases/why.html", case_no=case_no, why=why, days=days)


@router.get("/cases/{case_no}/diagram.xml")
async def diagram(visit: Reader, case_no: CaseNo) -> Response:
    """The diagram that the case follows."""
    drawing = await visit.api.get("workflow", f"/cases/{case_no}/drawing")
    return Response(drawing["files"].get(_DIAGRAM, ""), media_type="application/xml")


@router.get("/cases/{case_no}/file.zip")
async def export(visit: Reader, case_no: CaseNo) -> Response:
    """The case file to take away: history, process, forms and papers with digests, verifiable without this system."""
    answer = await visit.api.send("GET", "workflow", f"/cases/{case_no}/file")
    content = await with_papers(visit.api, answer.content)
    named = {"Content-Disposition": f'attachment; filename="{case_no}.zip"'}
    return Response(content, media_type="application/zip", headers=named)


@router.get("/cases/{case_no}/replay.html")
async def replay(visit: Reader, case_no: CaseNo) -> Response:
    """One page that replays the case; it is taken away as a file, for its scripts are its own."""
    answer = await visit.api.send("GET", "workflow", f"/cases/{case_no}/replay")
    named = {"Content-Disposition": f'attachment; filename="{case_no}.html"'}
    return Response(answer.content, media_type="text/html; charset=utf-8", headers=named)


@router.post("/cases/{case_no}/{act}")
async def operate(visit: Reader, case_no: CaseNo, act: Annotated[str, Path(pattern=r"^[a-z-]{1,20}$")]) -> Response:
    """Pull a step back, suspend, resume, extend."""
    if act not in _ACTS:
        return visit.see(f"/cases/{case_no}")
    typed = {name: str(value) for name, value in (await visit.request.form()).items()}
    task = typed.get("task_id", "").replace("/", "")
    path = f"/tasks/{task}/pull-back" if act == "pull-back" else f"/cases/{case_no}/{act}"
    try:
        await visit.api.post("workflow", path, {"reason": typed.get("reason", "")}, key=typed.get("key"))
    except Refused as refused:
        if refused.status not in _KEPT:
            raise
        return await _page(visit, case_no, refused=refused, typed=typed, act=act)
    return visit.see(f"/cases/{case_no}?said={act}")


def _explained(visit: Visit, line: Json) -> str:
    """What a day is, without its date, and with words for the grounds of holds."""
    text = str(line["en"] if visit.english else line["zh"]).partition("  ")[2]
    for ground, word in GROUNDS.items():
        text = text.replace(ground, visit.say(word))
    return text


async def _page(
    visit: Visit,
    case_no: str,
    *,
    refused: Refused | None = None,
    typed: Mapping[str, str] | None = None,
    act: str = "",
    said: str = "",
) -> Response:
    names = await names_of(visit.deps.books, english=visit.english)
    case, light = await asyncio.gather(_process(visit, case_no), case_light(visit, case_no))
    file = await _file(visit, case_no, names)
    actions, records, clocks = await asyncio.gather(
        _part(visit, "workflow", f"/cases/{case_no}/actions") if case else _nothing(),
        _part(visit, "supervision", f"/lights/{case_no}/records") if light else _nothing(),
        clocks_of(visit, case),
    )
    steps = steps_of(case, file.events, english=visit.english)
    outcome = (case or {}).get("outcome")
    return visit.page(
        "cases/case.html",
        status=refused.status if refused else 200,
        case=case,
        file=file,
        title=(case or file.received or {}).get("title", case_no),
        outcome=visit.say(OUTCOMES[outcome]) if outcome else "",
        light=light["light"] if light and light["clocks"] else None,
        steps=steps,
        step_names={step.element: step.name for step in steps},
        clocks=clocks,
        grounds=GROUNDS,
        records=light_lines(records or (), names),
        actions=actions,
        names=names,
        refusal=_refusal(refused, names),
        typed=typed or {},
        act=act,
        said=said,
        key=secrets.token_urlsafe(16),
    )


async def _process(visit: Visit, case_no: str) -> Json | None:
    """Where its process stands; None while the process has not heard of the case."""
    try:
        found: Json = await visit.api.get("workflow", f"/cases/{case_no}")
    except Refused as refused:
        if refused.status != _NOT_FOUND:
            raise
        return None
    return found


async def _file(visit: Visit, case_no: str, names: Names) -> CaseFile:
    """The papers. Raises Refused for a case that neither window nor process knows, or that is not theirs to see."""
    try:
        return await case_file(visit, case_no, names)
    except Refused:
        received = await visit.api.get("intake", f"/cases/{case_no}")
        return CaseFile(case_no, received, [], [], [], [], {})


async def _part(visit: Visit, service: str, path: str) -> Any:  # noqa: ANN401 - JSON
    try:
        return await visit.api.get(service, path)
    except Refused:  # a part that this reader may not see, or that does not exist yet
        return None


async def _nothing() -> None:
    return None


def _refusal(refused: Refused | None, names: Names) -> Json | None:
    if refused is None:
        return None
    problem = refused.problem
    errors = [{"where": "", "message": one["message"]} for one in problem.get("errors", ())]
    return {"detail": names.within(problem["detail"]), "remedy": problem["remedy"], "errors": errors}
