"""One task (O2): the case's papers, the form, what can be done, and what happened so far."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response

from services.console.backends import Refused
from services.console.casefiles import case_file, forms_of
from services.console.filling import by_field, first, refusal_of, typed_of
from services.console.forms import errors_of, in_words, sections_of, texts_of, typed_answers, visible_answers
from services.console.naming import Names, colleagues, desks_of, names_of
from services.console.operations import OPERATIONS, People, body_of
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.console.worklists import Tab, lamps_of, worklist
from services.kernel.identity import Permission

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Worker = Annotated[Visit, Depends(holding(Permission.TASK_WORK))]
TaskId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$")]
Json = Mapping[str, Any]

_CONFLICT: Final = 409
_UNPROCESSABLE: Final = 422
_KEPT: Final = frozenset({_CONFLICT, _UNPROCESSABLE})
"""Refusals after which the page comes again with everything that was typed."""

_OPEN_AGAIN: Final = frozenset({"claim", "sign", "urge", "add-signer", "remove-signer", "draft"})
"""After these one goes on with the same task; after the others it is in other hands."""

PHRASES: Final = (
    "同意。",
    "拟同意，请领导审定。",
    "材料齐全，符合法定形式，予以受理。",
    "符合规划条件，建议准予许可。",
    "请补充说明后再报。",
    "不符合规划条件，建议不予许可，理由如下：",
    "已阅。",
)
"""常用意见: what opinions usually say; they are kept in the case's own language."""


@router.get("/tasks/{task_id}")
async def task_page(visit: Worker, task_id: TaskId, said: str = "", done: str = "") -> Response:
    """One open task; of one that is over, who did it (O2)."""
    try:
        return await _page(visit, task_id, said=said, done=done)
    except Refused as refused:
        if refused.status != _CONFLICT:
            raise
        return await _gone(visit, refused, {})


@router.post("/tasks/{task_id}/draft")
async def save_draft(visit: Worker, task_id: TaskId) -> Response:
    """Keep what is typed so far, on the server; asked for while one types, or by the button."""
    typed = await typed_of(visit)
    task = await visit.api.get("workflow", f"/tasks/{task_id}")
    body = {"version": _version(typed), "answers": typed_answers(task["form"], typed)}
    try:
        draft = await visit.api.put("workflow", f"/tasks/{task_id}/draft", body)
    except Refused as refused:
        if visit.is_partial:
            return visit.page("tasks/draft.html", version=_version(typed), saved_at=None, refusal=refused.problem)
        return await _again(visit, task_id, refused, typed)
    if visit.is_partial:
        return visit.page("tasks/draft.html", version=draft["version"], saved_at=draft["saved_at"], refusal=None)
    return visit.see(f"/tasks/{task_id}?said=draft")


@router.post("/tasks/{task_id}/complete")
async def complete(visit: Worker, task_id: TaskId) -> Response:
    """Hand the form in, and go on with the next task or the list."""
    typed = await typed_of(visit)
    try:
        task = await visit.api.get("workflow", f"/tasks/{task_id}")
        answers = visible_answers(task["form"], typed_answers(task["form"], typed))
        done = await visit.api.post("workflow", f"/tasks/{task_id}/complete", {"answers": answers})
    except Refused as refused:
        return await _again(visit, task_id, refused, typed)
    if done["waiting_for"]:
        return visit.see(f"/tasks/{task_id}?said=submitted")
    return await _onwards(visit, task["case_no"], to_next="next" in typed.get("then", ()))


@router.post("/tasks/{task_id}/resolve")
async def resolve(visit: Worker, task_id: TaskId) -> Response:
    """Give a delegated task back with what is filled in."""
    typed = await typed_of(visit)
    try:
        task = await visit.api.get("workflow", f"/tasks/{task_id}")
        body = {"answers": typed_answers(task["form"], typed)}
        await visit.api.post("workflow", f"/tasks/{task_id}/resolve", body, key=first(typed, "key"))
    except Refused as refused:
        return await _again(visit, task_id, refused, typed)
    return await _onwards(visit, task["case_no"], to_next=False)


@router.post("/tasks/{task_id}/{act}")
async def operate(visit: Worker, task_id: TaskId, act: Annotated[str, Path(pattern=r"^[a-z-]{1,20}$")]) -> Response:
    """Anything else that can be done with the task."""
    if act not in OPERATIONS:
        return visit.see(f"/tasks/{task_id}")
    typed = await typed_of(visit)
    path, body = body_of(act, {name: values[0] for name, values in typed.items() if values})
    try:
        await visit.api.post("workflow", f"/tasks/{task_id}/{path}", body, key=first(typed, "key"))
    except Refused as refused:
        return await _again(visit, task_id, refused, typed, act=act)
    if act in _OPEN_AGAIN:
        return visit.see(f"/tasks/{task_id}?said={act}")
    return visit.see(f"/tasks?tab=mine&done={first(typed, 'case_no') or ''}")


async def _onwards(visit: Visit, case_no: str, *, to_next: bool) -> Response:
    """The next task in hand, if that is wanted and there is one; else the list."""
    if to_next:
        mine = [line for line in (await worklist(visit)).lines if line.tab is Tab.MINE]
        if mine:
            return visit.see(f"/tasks/{mine[0].task['task_id']}?done={case_no}")
    return visit.see(f"/tasks?tab=mine&done={case_no}")


async def _again(
    visit: Visit, task_id: str, refused: Refused, typed: Mapping[str, list[str]], *, act: str = ""
) -> Response:
    """The page again with what was typed and why it was refused."""
    if refused.status not in _KEPT:
        raise refused
    try:
        return await _page(visit, task_id, refused=refused, typed=typed, act=act)
    except Refused:
        return await _gone(visit, refused, typed)


async def _gone(visit: Visit, refused: Refused, typed: Mapping[str, list[str]]) -> Response:
    """A task that is over: who did it, and what was typed, to be copied."""
    names = await names_of(visit.deps.books, english=visit.english)
    case_no, element = first(typed, "case_no"), first(typed, "element")
    form = (await forms_of(visit, case_no)).get(element or "", {}) if case_no else {}
    rows = in_words(form, typed_answers(form, typed), english=visit.english)
    refusal = {"detail": names.within(refused.problem["detail"]), "remedy": refused.problem["remedy"]}
    return visit.page("tasks/gone.html", status=_CONFLICT, refusal=refusal, rows=rows, case_no=case_no)


async def _page(
    visit: Visit,
    task_id: str,
    *,
    refused: Refused | None = None,
    typed: Mapping[str, list[str]] | None = None,
    act: str = "",
    **told: str,
) -> Response:
    task = await visit.api.get("workflow", f"/tasks/{task_id}")
    names = await names_of(visit.deps.books, english=visit.english)
    actions = {action["name"].replace("_", "-"): action for action in task["actions"]}
    file, lamps, draft, people = await asyncio.gather(
        case_file(visit, task["case_no"], names),
        lamps_of(visit, [task]),
        _draft(visit, task_id, allowed=actions["save-draft"]["allowed"]),
        _people(visit, names, task["department"]),
    )
    errors = errors_of(task["form"], refused.problem) if refused is not None and not act else []
    is_kept = refused is not None and not act and typed is not None
    return visit.page(
        "tasks/task.html",
        status=refused.status if refused else 200,
        task=task,
        actions=actions,
        refusal=refusal_of(visit, refused, errors, names),
        wrong=by_field(errors),
        **_filling(visit, task, draft, typed=typed if is_kept else None),
        file=file,
        lamp=lamps.get(task_id),
        names=names,
        people=people,
        phrases=PHRASES,
        key=secrets.token_urlsafe(16),
        act=act,
        typed={name: values[0] for name, values in (typed or {}).items() if values},
        said=told.get("said", ""),
        done=told.get("done", ""),
    )


def _filling(visit: Visit, task: Json, draft: Json, *, typed: Mapping[str, list[str]] | None) -> Json:
    """The form's fields with what was typed and refused, else with the draft, else with what earlier steps brought."""
    form = task["form"]
    answers = typed_answers(form, typed) if typed else draft["answers"]
    return {
        "sections": sections_of(form, english=visit.english),
        "texts": texts_of(form, answers, {**task["data"], **task["variables"]}),
        "version": _version(typed) if typed else draft["version"],
        "saved_at": draft["saved_at"],
    }


async def _draft(visit: Visit, task_id: str, *, allowed: bool) -> Json:
    none: Json = {"version": 0, "answers": {}, "saved_at": None}
    return await visit.api.get("workflow", f"/tasks/{task_id}/draft") if allowed else none


async def _people(visit: Visit, names: Names, department: str) -> People:
    found = await colleagues(visit.deps.books)
    return People.of(found, await desks_of(visit.deps.books), names, department=department, me=visit.who.code)


def _version(typed: Mapping[str, Sequence[str]] | None) -> int:
    text = first(typed or {}, "draft_version") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0
