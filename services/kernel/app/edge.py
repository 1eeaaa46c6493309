"""The outermost layer of every request: its reference, its log line, its measures, and the headers of its answer."""

import asyncio
import time
import uuid
from typing import Any, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kernel import logs
from services.kernel.app.away import is_away
from services.kernel.problem import InternalError, Problem, TryLater, answer
from services.kernel.telemetry import Metrics, trace_id

log = logs.get(__name__)

QUIET_PATHS: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: neither traced nor logged unless they fail."""

_SECURITY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cache-Control": "no-store",
}
"""On every answer, unless the route set its own."""

_RAW_HEADERS: Final = [(name.lower().encode(), value.encode()) for name, value in _SECURITY_HEADERS.items()]

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_RETRY_AFTER: Final = 5
_SERVER_ERRORS: Final = 500


class Edge:
    """Gives each request a reference, answers what nobody else answered, and writes one line about it (ASGI)."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["guihua.reference"] = trace_id() or uuid.uuid4().hex
        answered = _Answered(send)
        began = time.perf_counter()
        with logs.bound(trace_id=scope["guihua.reference"]), self._metrics.requests_open.track_inprogress():
            try:
                await self._app(scope, receive, answered)
            except asyncio.CancelledError:  # cut off at the end of a stop; this task has nothing left to do but answer
                await self._answer(_later("this service", "本服务"), scope, receive, answered)
            except Exception as error:  # noqa: BLE001 - the last hand: nothing leaves without an answer and a line
                await self._answer(self._judge(error, scope), scope, receive, answered)
            self._note(scope, answered.status, time.perf_counter() - began)

    def _judge(self, error: Exception, scope: Scope) -> Problem:
        """What to answer for an error that no route expected; says it in the log, once."""
        if is_away(error):
            log.warning("request met an absent server", route=_route(scope), reason=type(error).__name__)
            return _later("a server it depends on", "所依赖的服务器")
        log.error("request failed", route=_route(scope), exc_info=error)
        return InternalError()

    async def _answer(self, problem: Problem, scope: Scope, receive: Receive, answered: "_Answered") -> None:
        if answered.status is None:
            await answer(Request(scope), problem)(scope, receive, answered)

    def _note(self, scope: Scope, status: int | None, seconds: float) -> None:
        """One line and one measure. The route, never the path: a path can hold a secret."""
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route, status = _route(scope), status or 499
        self._metrics.answered(method=method, route=route, status=status, seconds=seconds)
        write = log.debug if scope["path"] in QUIET_PATHS and status < _SERVER_ERRORS else log.info
        fields = {"method": method, "route": route, "status": status, "milliseconds": round(seconds * 1000, 1)}
        write("request answered", **fields, **_case_of(scope))


class _Answered:
    """Sends on what the route sends, with our headers, and remembers the status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = {name.lower() for name, _ in message["headers"]}
            ours = [header for header in _RAW_HEADERS if header[0] not in own]
            message = {**message, "headers": [*message["headers"], *ours]}
        await self._send(message)


async def bind_case(request: Request) -> None:
    """A dependency of every route: log lines inside bear the case number of the path."""
    logs.bind(**_case_of(request.scope))


def _later(what: str, what_zh: str) -> Problem:
    return TryLater(what=what, what_zh=what_zh, seconds=_RETRY_AFTER)


def _case_of(scope: Scope) -> dict[str, Any]:
    case_no = scope.get("path_params", {}).get("case_no")
    return {"case_no": case_no} if case_no else {}


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path_format", "-")
