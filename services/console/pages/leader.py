"""Approving on the phone (L1): what waits for me in one column, and a decision in three taps."""

import secrets
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Response

from services.console.backends import Refused
from services.console.casefiles import case_file
from services.console.filling import Typed, by_field, refusal_of, typed_of
from services.console.forms import PREFIX, errors_of, sections_of, texts_of, typed_answers, visible_answers
from services.console.naming import names_of
from services.console.operations import People
from services.console.pages.routes import PageRoute
from services.console.pages.work import PHRASES
from services.console.visits import Visit, holding
from services.console.worklists import Tab, lamps_of, worklist
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Leader = Annotated[Visit, Depends(holding(Permission.LINK_DECIDE))]
TaskId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$")]

_DECISION: Final = "decision"
_OPINION: Final = "opinion"
_CONSENT: Final[Mapping[str, str]] = {"agree": "同意。", "grant": "同意。", "approve": "同意。"}
"""Decisions that need no words of one's own, and what is written down as the opinion then."""

_KEPT: Final = frozenset({409, 422})


@router.get("/m")
async def approvals(visit: Leader, light: Literal["", "red", "yellow", "green"] = "", done: str = "") -> Response:
    """What waits for me, with three big numbers of lights (L1)."""
    found = await worklist(visit)
    mine = [line for line in found.lines if line.tab is not Tab.OTHERS and line.task["kind"] == "human"]
    lights = [_light(line.lamp.light if line.lamp else "") for line in mine]
    return visit.page(
        "leader/list.html",
        lines=[line for line, shown in zip(mine, lights, strict=True) if light in {"", shown}],
        numbers=[(shown, lights.count(shown)) for shown in ("red", "yellow", "green")],
        light=light,
        done=done,
        names=await names_of(visit.deps.books, english=visit.english),
    )


@router.get("/m/{task_id}")
async def approval(visit: Leader, task_id: TaskId) -> Response:
    """One task with what one needs to decide."""
    return await _page(visit, task_id)


@router.post("/m/{task_id}")
async def decide(visit: Leader, task_id: TaskId) -> Response:
    """Hand the decision in; consent without words is written down as such."""
    typed = await typed_of(visit)
    try:
        task = await visit.api.get("workflow", f"/tasks/{task_id}")
        answers = visible_answers(task["form"], typed_answers(task["form"], typed))
        if _OPINION in task["form"].get("properties", {}):
            answers = {_OPINION: _CONSENT.get(str(answers.get(_DECISION)), ""), **answers}
        given = {name: value for name, value in answers.items() if value != ""}
        await visit.api.post("workflow", f"/tasks/{task_id}/complete", {"answers": given})
    except Refused as refused:
        if refused.status not in _KEPT:
            raise
        return await _page(visit, task_id, refused=refused, typed=typed)
    return visit.see(f"/m?done={task['case_no']}")


async def _page(visit: Visit, task_id: str, *, refused: Refused | None = None, typed: Typed | None = None) -> Response:
    task = await visit.api.get("workflow", f"/tasks/{task_id}")
    names = await names_of(visit.deps.books, english=visit.english)
    form = task["form"]
    errors = errors_of(form, refused.problem) if refused else []
    fields = [field for section in sections_of(form, english=visit.english) for field in section.fields]
    return visit.page(
        "leader/task.html",
        status=refused.status if refused else 200,
        task=task,
        may_decide=next(action for action in task["actions"] if action["name"] == "complete"),
        fields=fields,
        texts=texts_of(form, typed_answers(form, typed) if typed else {}, {**task["data"], **task["variables"]}),
        wrong=by_field(errors),
        refusal=refusal_of(visit, refused, errors, names),
        lamp=(await lamps_of(visit, [task])).get(task_id),
        file=await case_file(visit, task["case_no"], names),
        names=names,
        people=People([], [], []),
        phrases=PHRASES,
        consents=_CONSENT,
        decision=PREFIX + _DECISION,
        key=secrets.token_urlsafe(16),
    )


def _light(light: str) -> str:
    """One of three: what stands still or has no limit is as calm as green."""
    return {"red": "red", "red2": "red", "yellow": "yellow"}.get(light, "green")
