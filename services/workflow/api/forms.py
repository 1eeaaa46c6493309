"""A form while it is drawn: what is wrong with it, and what would be said of answers to it. Nothing is stored."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.kernel.requests import Request
from services.workflow.answers import schema_errors, size_errors
from services.workflow.api.common import Viewer
from services.workflow.lint.forms import look_at
from services.workflow.views.definitions import FindingView, finding_views

router = APIRouter(tags=["definitions"])


class FormEntry(Request, frozen=True):
    """The text of a form's file, and sample answers."""

    text: Annotated[str, Field(max_length=400_000)]
    answers: Annotated[dict[str, Any], Field(default_factory=dict)]


class AnswerError(BaseModel, frozen=True):
    """What would be said of one answer; `where` as in a refusal, such as `body.answers.opinion`."""

    where: str
    zh: str
    en: str


class FormLook(BaseModel, frozen=True):
    """What is wrong with the form, and with the answers; these are looked at if the form can be filled in."""

    fillable: bool
    findings: list[FindingView]
    errors: list[AnswerError]


@router.post("/lint/form")
async def look(who: Viewer, entry: FormEntry) -> FormLook:
    """What lint says of a form by itself, and the errors that an officer with these answers would be shown."""
    del who
    findings, form = look_at(entry.text)
    errors = list(size_errors(entry.answers)) if form else []
    errors = errors or (schema_errors(entry.answers, form) if form else [])
    return FormLook(
        fillable=form is not None,
        findings=finding_views(findings),
        errors=[AnswerError(where=one.where, zh=one.zh, en=one.en) for one in errors],
    )
