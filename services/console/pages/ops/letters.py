"""Dead letters of all services (X3): events that could not be handled; replayed, or discarded for a reason."""

import asyncio
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form, Response

from services.console.backends import Refused
from services.console.pages.ops.health import SERVICES
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.problem import Problem, TryLater
from services.kernel.requests import LARGEST_PAGE
from services.kernel.store import LetterState

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Operator = Annotated[Visit, Depends(holding(Permission.DEAD_LETTER_WORK))]
Service = Literal["intake", "workflow", "supervision", "notify", "registry", "console"]
LetterId = Annotated[str, Form(max_length=300)]

STATES: Final = {"open": "待处理", "done": "已重放", "discarded": "已作废"}


class ReasonMissing(Problem):
    """An event is not given up without a reason."""

    status = 422
    code = "reason-missing"
    zh = "作废死信必须写明理由"
    en = "a dead letter is discarded for a reason only"
    remedy_zh = "请填写作废理由后重新提交"
    remedy_en = "give the reason and send it again"


@router.get("/ops/dead-letters")
async def letters(visit: Operator, service: str = "", state: LetterState = LetterState.OPEN) -> Response:
    """The letters of all services, or of one."""
    return await _page(visit, service, state)


@router.post("/ops/dead-letters/replay")
async def replay(visit: Operator, service: Annotated[Service, Form()], letter: LetterId) -> Response:
    """Handle the event once more. Done twice it acts once: a letter that is done with is refused."""
    try:
        if service == "console":
            await visit.request.app.state.listener.replay(letter, who=visit.who.code)
        else:
            await visit.api.post(service, f"/dead-letters/{quote(letter, safe='')}/replay")
    except (Refused, Problem) as refused:
        return await _page(visit, "", LetterState.OPEN, refused=refused)
    return visit.see(f"/ops/dead-letters?{urlencode({'state': 'done', 'service': service})}")


@router.post("/ops/dead-letters/discard")
async def discard(
    visit: Operator, service: Annotated[Service, Form()], letter: LetterId, reason: Annotated[str, Form()] = ""
) -> Response:
    """Give the event up, for a reason that stays on record."""
    reason = reason.strip()
    try:
        if service == "console":
            await _discard_own(visit, letter, reason)
        else:
            await visit.api.post(service, f"/dead-letters/{quote(letter, safe='')}/discard", {"reason": reason})
    except (Refused, Problem) as refused:
        return await _page(visit, "", LetterState.OPEN, refused=refused, typed={letter: reason})
    return visit.see(f"/ops/dead-letters?{urlencode({'state': 'discarded', 'service': service})}")


async def _discard_own(visit: Visit, letter: str, reason: str) -> None:
    if not reason:
        raise ReasonMissing
    await visit.request.app.state.listener.discard(letter, reason=reason, who=visit.who.code)


async def _page(
    visit: Visit,
    service: str,
    state: LetterState,
    *,
    refused: Refused | Problem | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    asked = [service] if service in SERVICES else list(SERVICES)
    found = await asyncio.gather(*(_of(visit, one, state) for one in asked))
    rows = [letter for one in found for letter in one or ()]
    rows.sort(key=lambda letter: str(letter["closed_at"] or letter["at"]), reverse=True)
    return visit.page(
        "ops/letters.html",
        status=refused.status if refused else 200,
        letters=rows,
        away=[one for one, letters in zip(asked, found, strict=True) if letters is None],
        services=SERVICES,
        service=service,
        state=state.value,
        states=STATES,
        people=await visit.deps.books.names(),
        refusal=_words(visit, refused) if refused else None,
        typed=typed or {},
    )


async def _of(visit: Visit, service: str, state: LetterState) -> list[dict[str, Any]] | None:
    """The letters of a service; None when it cannot be asked now."""
    if service == "console":
        own = await visit.request.app.state.kernel.store.dead_letters.find(state, limit=LARGEST_PAGE, after="")
        return [letter.model_dump(mode="json", exclude={"wire"}) | {"service": service} for letter in own]
    try:
        found = await visit.api.get(service, "/dead-letters", state=state, limit=LARGEST_PAGE)
    except TryLater:
        return None
    return [letter | {"service": service} for letter in found]


def _words(visit: Visit, refused: Refused | Problem) -> dict[str, Any]:
    if isinstance(refused, Refused):
        return refused.problem
    return {"detail": refused.detail(visit.language), "remedy": refused.remedy(visit.language), "errors": []}
