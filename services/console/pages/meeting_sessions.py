"""A session (O5): its agenda and papers, the live record of the secretary, the minutes, what the cases got of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response
from starlette.datastructures import FormData

from services.console.backends import Refused
from services.console.naming import names_of
from services.console.pages.board.papers import FileFormat, paper
from services.console.pages.meetings import DECISIONS, MENDABLE, STAGES, Reader, Worker, lines_of
from services.console.pages.routes import PageRoute
from services.console.visits import Visit

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

SessionId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$")]
Session = Mapping[str, Any]
Body = dict[str, Any]

_MOVES: Final = ("up", "down", "remove")
_QUEUED: Final = frozenset({"planned", "frozen"})


@router.get("/meetings/{session_id}")
async def session(visit: Reader, session_id: SessionId) -> Response:
    """One session, with what can be done with it now."""
    return await _page(visit, await _found(visit, session_id))


@router.get("/meetings/{session_id}/minutes")
async def minutes(visit: Reader, session_id: SessionId) -> Response:
    """The minutes to be printed."""
    found = await _found(visit, session_id)
    names = await names_of(visit.deps.books, english=visit.english)
    return visit.page("meetings/minutes.html", session=found, names=names, body=found["body"])


@router.get("/meetings/{session_id}/minutes/{file_format}")
async def minutes_file(visit: Reader, session_id: SessionId, file_format: FileFormat) -> Response:
    """The minutes as PDF or DOCX, as they were printed when the chair had signed; before that a proof."""
    return await paper(visit, f"/meetings/{session_id}/minutes/{file_format}", service="workflow")


@router.post("/meetings/{session_id}/acts")
async def act(visit: Worker, session_id: SessionId) -> Response:
    """Do something with the session. A refusal keeps what was typed."""
    form = await visit.request.form()
    before = await _found(visit, session_id)
    try:
        await visit.api.post("workflow", f"/meetings/{session_id}/acts", body_of(form, before))
    except Refused as refused:
        if refused.status not in MENDABLE:
            raise
        return await _page(visit, await _found(visit, session_id), refused=refused, form=form)
    item = _text(form, "item_id")
    return visit.see(f"/meetings/{session_id}" + (f"#item-{item}" if item else ""))


def body_of(form: FormData, session: Session) -> Body:
    """What a form of the page asks for, as the service wants it."""
    return _MADE.get(_text(form, "act"), _plain)(form, session)


def _plain(form: FormData, session: Session) -> Body:
    del session
    asked: Body = {"act": _text(form, "act")}
    return asked | ({"reason": _text(form, "reason")} if "reason" in form else {})


def _replan(form: FormData, session: Session) -> Body:
    del session
    fields = {name: _text(form, name) for name in ("held_on", "begins", "place", "chair")}
    return {"act": "replan", **fields, "members": lines_of(_text(form, "members"))}


def _agenda(form: FormData, session: Session) -> Body:
    """The order after a move up or down, a removal, an addition, or as it was dragged."""
    tasks = [str(each) for each in form.getlist("order")] or [item["task_id"] for item in session["items"]]
    for move in _MOVES:
        if (task := _text(form, move)) in tasks:
            tasks = moved(tasks, task, move)
    return {"act": "agenda", "tasks": [*tasks, *(str(each) for each in form.getlist("add"))]}


def moved(tasks: Sequence[str], task: str, move: str) -> list[str]:
    """The order with one moved by one place, or taken out; at the ends nothing moves."""
    rest, place = [each for each in tasks if each != task], tasks.index(task)
    if move == "remove":
        return rest
    place = max(0, place - 1) if move == "up" else place + 1
    return [*rest[:place], task, *rest[place:]]


def _paper(form: FormData, session: Session) -> Body:
    del session
    return {"act": "paper", **{name: _text(form, name) for name in ("item_id", "name", "consent")}}


def _hold(form: FormData, session: Session) -> Body:
    del session
    return {"act": "hold", "present": [str(each) for each in form.getlist("present")]}


def _recuse(form: FormData, session: Session) -> Body:
    reasons = ((person, _text(form, f"reason.{place}")) for place, person in enumerate(session["members"]))
    return {
        "act": "recuse",
        "item_id": _text(form, "item_id"),
        "recused": [{"person": person, "reason": reason} for person, reason in reasons if reason],
        "no_interest": [str(each) for each in form.getlist("no_interest")],
    }


def _decide(form: FormData, session: Session) -> Body:
    people = list(enumerate(session["members"]))
    votes = ((person, _text(form, f"vote.{place}")) for place, person in people)
    said = ((person, _text(form, f"said.{place}"), f"differs.{place}" in form) for place, person in people)
    return {
        "act": "decide",
        **{name: _text(form, name) for name in ("item_id", "decision", "opinion", "reason", "answer")},
        "conditions": lines_of(_text(form, "conditions")),
        "ballots": [{"person": person, "vote": vote} for person, vote in votes if vote],
        "statements": [{"person": person, "text": text, "differs": differs} for person, text, differs in said if text],
    }


def _draft(form: FormData, session: Session) -> Body:
    del session
    return {"act": "draft", "text": _text(form, "text").replace("\r\n", "\n")}


_MADE: Final[Mapping[str, Callable[[FormData, Session], Body]]] = {
    "replan": _replan,
    "agenda": _agenda,
    "paper": _paper,
    "hold": _hold,
    "recuse": _recuse,
    "decide": _decide,
    "draft": _draft,
}


def _text(form: FormData, name: str) -> str:
    found = form.get(name, "")
    return found.strip() if isinstance(found, str) else ""


async def _found(visit: Visit, session_id: str) -> Session:
    found: Session = await visit.api.get("workflow", f"/meetings/{session_id}")
    return found


async def _page(
    visit: Visit, session: Session, *, refused: Refused | None = None, form: FormData | None = None
) -> Response:
    open_now = session["keeps"] and session["stage"] in _QUEUED
    queue = await visit.api.get("workflow", "/meetings/queue", body=session["body"]["body_id"]) if open_now else None
    listed = {item["task_id"] for item in session["items"]}
    return visit.page(
        "meetings/session.html",
        status=refused.status if refused else 200,
        session=session,
        body=session["body"],
        waiting=[each for each in (queue["waiting"] if queue else ()) if each["task_id"] not in listed],
        stages=STAGES,
        decisions=DECISIONS,
        names=await names_of(visit.deps.books, english=visit.english),
        refusal=refused.problem if refused else None,
        typed=_typed(form) if form is not None else {},
    )


def _typed(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}
