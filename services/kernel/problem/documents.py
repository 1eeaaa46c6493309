"""Problems in the OpenAPI document: the one schema, and every status that a route can answer."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.kernel.problem.common import (
    BodyTooLarge,
    BodyTooSlow,
    BodyUnreadable,
    InternalError,
    InvalidRequest,
    TooMuchToSay,
    TryLater,
    UnreadableAddress,
)
from services.kernel.problem.language import Language
from services.kernel.problem.refusal import Problem
from services.kernel.problem.render import MEDIA_TYPE, ProblemDocument, title_of

_REF: Final = "#/components/schemas/{model}"
_SCHEMA: Final = {"$ref": _REF.format(model=ProblemDocument.__name__)}
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})


def problems(*classes: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`: the refusals it can give, by status."""
    by_status: defaultdict[int, list[type[Problem]]] = defaultdict(list)
    for problem in classes:
        by_status[problem.status].append(problem)
    return {status: _response(found) for status, found in sorted(by_status.items())}


def documented(app: FastAPI, *, guarded: tuple[type[Problem], ...]) -> Callable[[], dict[str, Any]]:
    """The function that writes `app`'s OpenAPI document, problems included, once.

    `guarded` are the refusals of every route that asks who is calling.
    """

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _written(app, guarded)
        return app.openapi_schema

    return openapi


def _written(app: FastAPI, guarded: tuple[type[Problem], ...]) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    own = ProblemDocument.model_json_schema(ref_template=_REF)
    schemas |= own.pop("$defs", {})
    schemas[ProblemDocument.__name__] = own
    for path in document["paths"].values():
        for method in _METHODS & path.keys():
            _complete(path[method], guarded)
    return document


def _complete(operation: dict[str, Any], guarded: tuple[type[Problem], ...]) -> None:
    """Add to an operation what it can answer without saying so: the refusals that the kernel gives for it."""
    responses = operation["responses"]
    common: list[type[Problem]] = [UnreadableAddress, InternalError, TryLater]
    if "requestBody" in operation:
        common += [BodyUnreadable, BodyTooLarge, TooMuchToSay, BodyTooSlow]
    if operation.get("security"):
        common += guarded
    if MEDIA_TYPE not in responses.get("422", {}).get("content", {MEDIA_TYPE: None}):
        del responses["422"]  # FastAPI's own form, which `render` replaces
        common.append(InvalidRequest)
    for status, response in problems(*common).items():
        responses.setdefault(str(status), response)


def _response(classes: list[type[Problem]]) -> dict[str, Any]:
    examples = {problem.code: {"summary": problem.en, "value": _example(problem)} for problem in classes}
    return {
        "description": "; ".join(f"{problem.code}: {problem.zh} / {problem.en}" for problem in classes),
        "content": {MEDIA_TYPE: {"schema": _SCHEMA, "examples": examples}},
    }


def _example(problem: type[Problem]) -> dict[str, Any]:
    return {
        "type": f"urn:guihua:problem:{problem.code}",
        "title": title_of(problem.status, Language.ZH),
        "status": problem.status,
        "detail": problem.zh,
        "instance": "urn:guihua:request:4bf92f3577b34da6a3ce929d0e0e4736",
        "code": problem.code,
        "remedy": problem.remedy_zh,
        "errors": [],
    }
