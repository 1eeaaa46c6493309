"""The one place where a refusal becomes an HTTP answer (`application/problem+json`, RFC 9457)."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from starlette.exceptions import HTTPException
from starlette.responses import Response

from services.kernel.problem.common import (
    BodyTooLarge,
    BodyUnreadable,
    InvalidRequest,
    MethodNotAllowed,
    NoSuchAddress,
    RequestRefused,
)
from services.kernel.problem.language import Language, language_of
from services.kernel.problem.refusal import FieldError, Problem
from services.kernel.problem.validation import field_errors

MEDIA_TYPE: Final = "application/problem+json"

_TITLES_ZH: Final = {
    400: "请求有误",
    401: "需要登录",
    403: "没有权限",
    404: "没有找到",
    405: "方法不支持",
    408: "请求超时",
    409: "状态冲突",
    410: "已失效",
    412: "前提不成立",
    413: "内容过大",
    415: "类型不支持",
    422: "内容不符合要求",
    423: "已锁定",
    429: "请求过于频繁",
    500: "系统出错",
    502: "外部系统出错",
    503: "暂不可用",
    504: "外部系统超时",
}


class ProblemError(BaseModel, frozen=True):
    """One thing wrong at one place of the request."""

    where: str
    message: str


class ProblemDocument(BaseModel, frozen=True, extra="allow"):
    """A refusal as sent (RFC 9457); further members carry the values that the sentence speaks of."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    remedy: str
    errors: list[ProblemError]


def render(problem: Problem, *, language: Language, reference: str) -> Response:
    """The HTTP answer for a refusal. `reference` is what the log calls this request."""
    document = _extensions(problem) | {
        "type": f"urn:guihua:problem:{problem.code}",
        "title": title_of(problem.status, language),
        "status": problem.status,
        "detail": problem.detail(language),
        "instance": f"urn:guihua:request:{reference}",
        "code": problem.code,
        "remedy": problem.remedy(language),
        "errors": [_error(error, language) for error in problem.errors],
    }
    # "replace": a lone surrogate echoed from the request must not turn a refusal into a crash.
    content = json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
    headers = {"Content-Language": language.value, "Vary": "Accept-Language"} | problem.answer_headers()
    return Response(content, status_code=problem.status, headers=headers, media_type=MEDIA_TYPE)


def answer(request: Request, problem: Problem) -> Response:
    """The refusal for this request, in its reader's language; a page, if the app shows pages and a browser asks."""
    shows: Callable[[Request, Problem], Response] | None = getattr(request.app.state, "shows", None)
    if shows is not None and "text/html" in request.headers.get("accept", ""):
        return shows(request, problem)
    language = language_of(request.headers.get("accept-language"))
    return render(problem, language=language, reference=request.scope.get("guihua.reference", "-"))


def install(app: FastAPI) -> None:
    """Let `app` answer every refusal, FastAPI's and Starlette's own included, in this one form."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)


async def _on_problem(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, Problem)  # noqa: S101 - registered for this class only
    return answer(request, exc)


async def _on_invalid(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, RequestValidationError)  # noqa: S101 - as above
    errors = field_errors(exc.errors())
    return answer(request, InvalidRequest(count=len(errors), errors=errors))


async def _on_http(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)  # noqa: S101 - as above
    if exc.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return answer(request, MethodNotAllowed(allow=_methods(request) or (exc.headers or {}).get("Allow", "GET")))
    return answer(request, _of_http(exc))


def _methods(request: Request) -> str:
    """Every method of the path, as RFC 9110 §15.5.6 asks for; Starlette names those of the first route only."""
    path = getattr(request.scope.get("route"), "path_format", "")
    return ", ".join(sorted(method.upper() for method in request.app.openapi()["paths"].get(path, ())))


def _of_http(exc: HTTPException) -> Problem:
    match exc.status_code:
        case 404:
            return NoSuchAddress()
        case 413:
            return BodyTooLarge()
        case 400:
            return BodyUnreadable(reason="it ends early or is malformed", reason_zh="内容不完整或格式错误")
        case _:
            return RequestRefused()


def _allowed(request: Request) -> str:
    """Every method that the address takes (RFC 9110 §15.5.6): the exception itself knows those of one route only."""
    path = getattr(request.scope.get("route"), "path_format", "")
    return ", ".join(sorted(method.upper() for method in request.app.openapi()["paths"].get(path, ())))


def title_of(status: int, language: Language) -> str:
    """The short name of an HTTP status."""
    if language is Language.ZH and status in _TITLES_ZH:
        return _TITLES_ZH[status]
    return HTTPStatus(status).phrase


def _error(error: FieldError, language: Language) -> dict[str, str]:
    return {"where": error.where, "message": error.zh if language is Language.ZH else error.en}


def _extensions(problem: Problem) -> dict[str, Any]:
    """The values that the sentence speaks of; those that are Chinese wording only (`…_zh`) stay in the sentence."""
    values = {name: value for name, value in problem.values.items() if not name.endswith("_zh")}
    extensions: dict[str, Any] = to_jsonable_python(values, fallback=str, inf_nan_mode="null")
    return extensions
