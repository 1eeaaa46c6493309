"""A form as the officer will see it, while it is drawn (S8): by the fields of the task page, with answers tried out."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response

from services.console.filling import by_field, first, typed_of
from services.console.forms import Section, errors_of, sections_of, texts_of, typed_answers, visible_answers
from services.console.naming import names_of
from services.console.pages.routes import PageRoute
from services.console.pages.studio_files import FilePath, ProcessKey
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.problem import Language

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Drawer = Annotated[Visit, Depends(holding(Permission.DEFINITION_DEPLOY))]
Json = dict[str, Any]


@router.post("/studio/{key}/form")
async def look(visit: Drawer, key: ProcessKey, path: FilePath) -> Response:
    """The part of the editor that shows the form: `text` as it stands there; with `check`, what was typed is tried."""
    typed = await typed_of(visit)
    text = first(typed, "text") or ""
    english = first(typed, "lang") == "en" if "lang" in typed else visit.english
    schema = _schema(text)
    answers = _answers(schema, typed) if "check" in typed else {}
    said = await visit.api.post("workflow", "/lint/form", {"text": text, "answers": answers})
    sections = _sections(schema, english=english) if said["fillable"] else None
    errors = _errors(schema, said["errors"]) if "check" in typed else []
    officer = replace(visit, language=Language.EN if english else Language.ZH)
    fields = officer.text(
        "studio/form_fields.html",
        sections=sections or (),
        texts=_texts(schema, typed) if sections else {},
        wrong=by_field(errors),
        people=await _people(visit, english=english),
    )
    return visit.page(
        "studio/form.html",
        key=key,
        path=path,
        said=said,
        sections=sections,
        title=_title(schema, english=english),
        fields=fields,
        errors=errors,
        is_checked="check" in typed,
        shown="en" if english else "zh-CN",
    )


def _schema(text: str) -> Json:
    """The schema, if the text is one at all; the service says what is wrong with it."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _sections(schema: Json, *, english: bool) -> tuple[Section, ...] | None:
    """The fields of the page; None where a hint for pages (`x-…`) is of the wrong kind."""
    try:
        return sections_of(schema, english=english)
    except (AttributeError, TypeError, KeyError):
        return None


def _answers(schema: Json, typed: Mapping[str, list[str]]) -> Json:
    try:
        return visible_answers(schema, typed_answers(schema, typed))
    except (AttributeError, TypeError, KeyError):
        return {}


def _texts(schema: Json, typed: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What the controls show: what was typed so far, else the form's own defaults."""
    return texts_of(schema, typed_answers(schema, typed))


def _errors(schema: Json, errors: list[Json]) -> list[dict[str, str]]:
    """Each error in both languages, with the control that it is about."""
    both = [{"where": one["where"], "message": f"{one['zh']} / {one['en']}"} for one in errors]
    return errors_of(schema, {"errors": both})


def _title(schema: Json, *, english: bool) -> str:
    return str((schema.get("x-title-en") if english else None) or schema.get("title", ""))


async def _people(visit: Visit, *, english: bool) -> list[dict[str, str]]:
    """Two people of the books, in place of those who will be there."""
    names = await names_of(visit.deps.books, english=english)
    return [{"value": name, "title": name} for name in sorted(set(names.people.values()))[:2]]
