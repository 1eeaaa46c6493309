"""Consultants, their log, and reports of contact outside an appointment, over HTTP."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Path, status
from pydantic import BaseModel

from services.intake.appointments.consulting import (
    AnswerEntry,
    Consultant,
    Question,
    QuestionAnswered,
    QuestionEntry,
    Report,
    ReportEntry,
    Roster,
    RosterEntry,
    answer,
    ask,
    report,
)
from services.intake.appointments.desk import HallOnly, refuse_townships
from services.intake.deps import Deps
from services.intake.moments import moment_of
from services.intake.submissions import RequestKey
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import Problem, problems
from services.kernel.requests import Day, IdempotencyKey, KeyTaken, Limit
from services.kernel.store import AlreadyExists, NotFound

With = Annotated[Deps, Depends(deps_of)]
Receiver = Annotated[Person, Depends(allowed(Permission.CASE_RECEIVE))]
Reader = Annotated[Person, Depends(allowed(Permission.CASE_READ))]
Supervisor = Annotated[Person, Depends(allowed(Permission.SUPERVISION_WORK))]
QuestionNo = Annotated[str, Path(pattern=r"^ZX[0-9]{8,20}$", examples=["ZX2026112300001"])]

advice = APIRouter(tags=["appointments"])


class QuestionNotFound(Problem):
    """No such question in the log."""

    status = 404
    code = "question-not-found"
    zh = "没有咨询 {question_no}"
    en = "no question {question_no}"
    remedy_zh = "请核对咨询编号"
    remedy_en = "check its number"


class OnDuty(BaseModel, frozen=True):
    """Who is there today, and for what."""

    name: str
    topic: str
    counter: str


@advice.get("/public/consultants")
async def list_on_duty(deps: With) -> list[OnDuty]:
    """The consultants on duty today."""
    today = moment_of(deps.clock, deps.hours).on
    found = await deps.rosters.find(today.isoformat())
    return [OnDuty(**one.model_dump(exclude={"person"})) for one in found[0].consultants] if found else []


@advice.get("/consultants/{on}")
async def show_roster(deps: With, _: Receiver, on: Annotated[Day, Path()]) -> list[Consultant]:
    """Who is on duty on a day."""
    found = await deps.rosters.find(on.isoformat())
    return list(found[0].consultants) if found else []


@advice.put("/consultants/{on}", responses=problems(HallOnly))
async def put_roster(deps: With, who: Receiver, on: Annotated[Day, Path()], entry: RosterEntry) -> list[Consultant]:
    """Say who is on duty on a day."""
    refuse_townships(who)
    roster = Roster(on=on.isoformat(), consultants=entry.consultants, kept_by=who.code)
    try:
        await deps.rosters.create(roster)
    except AlreadyExists:
        await deps.rosters.change(roster.on, lambda _: (roster, ()))
    return list(roster.consultants)


@advice.get("/consultations", responses=problems(HallOnly))
async def list_questions(deps: With, who: Receiver, limit: Limit = 50) -> list[Question]:
    """What was asked at the hall, the latest first."""
    refuse_townships(who)
    return await deps.questions.query({}, sort=[("_id", -1)], limit=limit)


@advice.post("/consultations", status_code=status.HTTP_201_CREATED, responses=problems(HallOnly, KeyTaken))
async def write_question(deps: With, who: Receiver, entry: QuestionEntry, key: IdempotencyKey = None) -> Question:
    """Write a question down, with the answer if it was answered at once."""
    refuse_townships(who)
    now = moment_of(deps.clock, deps.hours)
    request = RequestKey(key, who=who, action="question", content=entry.model_dump_json(), seals=deps.seals)
    number = await _number(deps, request, f"ZX{now.on:%Y%m%d}", series=f"question.{now.on.year}")
    question = ask(entry, question_no=number, who=who, now=now)
    try:
        await deps.questions.create(question)
    except AlreadyExists:  # the same request once more
        return (await deps.questions.load(number))[0]
    return question


@advice.post("/consultations/{question_no}/answer", responses=problems(QuestionNotFound, QuestionAnswered, HallOnly))
async def answer_question(deps: With, who: Receiver, question_no: QuestionNo, entry: AnswerEntry) -> Question:
    """Answer a question, or say which department it was handed to."""
    refuse_townships(who)
    now = moment_of(deps.clock, deps.hours)
    try:
        return await deps.questions.change(question_no, lambda known: answer(known, entry, who=who, now=now))
    except NotFound:
        raise QuestionNotFound(question_no=question_no) from None


@advice.post("/contacts", status_code=status.HTTP_201_CREATED, responses=problems(KeyTaken))
async def report_contact(deps: With, who: Reader, entry: ReportEntry, key: IdempotencyKey = None) -> dict[str, str]:
    """Report that somebody of the office met an applicant without a reception card; supervision hears of it."""
    now = moment_of(deps.clock, deps.hours)
    request = RequestKey(key, who=who, action="contact", content=entry.model_dump_json(), seals=deps.seals)
    number = await _number(deps, request, f"LX{now.on:%Y%m%d}", series=f"contact.{now.on.year}")
    kept, said = report(entry, report_no=number, who=who, now=now)
    with suppress(AlreadyExists):  # the same request once more
        await deps.reports.create(kept, said)
    return {"report_no": number}


@advice.get("/contacts", responses=problems(HallOnly))
async def list_reports(deps: With, who: Supervisor, limit: Limit = 50) -> list[Report]:
    """The reports, the latest first; for the bureau's supervision alone."""
    refuse_townships(who)
    return await deps.reports.query({}, sort=[("_id", -1)], limit=limit)


async def _number(deps: Deps, request: RequestKey, begins: str, *, series: str) -> str:
    """The number drawn for a request: the same one when it is sent again. Raises KeyTaken."""
    if (handout := await deps.handouts.find(request)) is None:
        number = f"{begins}{await deps.counter(series):05d}"
        handout = await deps.handouts.give(request, case_no=number, wall=deps.clock.wall())
    return handout.case_no
