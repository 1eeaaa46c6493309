"""The other services' HTTP APIs, asked for the person who is signed in. The only importer of the HTTP client."""

import ssl
from collections.abc import AsyncIterator, Mapping
from copy import copy
from datetime import timedelta
from typing import Any, Final

import httpx

from services.console.settings import ConsoleSettings
from services.kernel import logs
from services.kernel.identity import Person, Tokens
from services.kernel.problem import TryLater

log = logs.get(__name__)

_TOKEN_FOR: Final = timedelta(minutes=5)
_TIMEOUT: Final = httpx.Timeout(30, connect=3)
_RETRY_AFTER: Final = 5
_NAMES: Final = {
    "intake": "窗口服务",
    "workflow": "流程服务",
    "supervision": "督查服务",
    "notify": "消息服务",
    "registry": "名册服务",
}


class Refused(Exception):
    """A service said no. `problem` is its problem document (RFC 9457) in the reader's language."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        self.problem = _problem(answer)
        super().__init__(f"{answer.request.url.path} → {self.status} {self.code}")

    @property
    def code(self) -> str:
        """The machine-readable reason."""
        return str(self.problem.get("code", ""))


class Backends:
    """HTTP to the five services; `Asking` binds it to one person and one language."""

    def __init__(self, settings: ConsoleSettings, tokens: Tokens) -> None:
        tls = ssl.create_default_context()
        self._clients = {
            name: httpx.AsyncClient(
                base_url=getattr(settings, f"{name}_url"), timeout=_TIMEOUT, trust_env=False, verify=tls
            )
            for name in _NAMES
        }
        self._tokens = tokens

    def token(self, who: Person) -> str:
        """A short-lived token that speaks for the person."""
        return self._tokens.issue(who, _TOKEN_FOR)

    async def send(
        self,
        method: str,
        service: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: object = None,
        content: AsyncIterator[bytes] | None = None,
        query: Mapping[str, Any] | None = None,
        stream: bool = False,
    ) -> httpx.Response:
        """One request, with JSON or a file; raises Refused, TryLater. With `stream` the answer is yet to be read."""
        params = {name: value for name, value in (query or {}).items() if value not in (None, "")}
        client = self._clients[service]
        request = client.build_request(method, path, json=body, content=content, params=params, headers=headers)
        try:
            answer = await client.send(request, stream=stream)
            if not answer.is_success:
                await answer.aread()
        except httpx.TransportError as error:
            log.warning("a service could not be asked", service=service, reason=type(error).__name__)
            raise TryLater(what=service, what_zh=_NAMES[service], seconds=_RETRY_AFTER) from None
        if not answer.is_success:
            raise Refused(answer)
        return answer

    async def close(self) -> None:
        """Let go of all connections."""
        for client in self._clients.values():
            await client.aclose()


class Asking:
    """The services as one person asks them, in one language; `who` None asks as the public."""

    def __init__(self, backends: Backends, who: Person | None, *, language: str, client: str | None = None) -> None:
        self._backends = backends
        self._headers = {"Accept-Language": language}
        if who is not None:
            self._headers["Authorization"] = f"Bearer {backends.token(who)}"
        if client is not None:
            self._headers["X-Forwarded-For"] = client

    async def get(self, service: str, path: str, **query: Any) -> Any:  # noqa: ANN401 - JSON
        """The JSON at an address; a query value that is None or empty is left out. Raises Refused, TryLater."""
        return (await self.send("GET", service, path, query=query)).json()

    async def post(self, service: str, path: str, body: object = None, *, key: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """Ask for something to be done; `key` makes it harmless to ask again. Raises Refused, TryLater."""
        answer = await self.send("POST", service, path, body=body, key=key)
        return answer.json() if answer.content else None

    async def put(self, service: str, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
        """Put something in place. Raises Refused, TryLater."""
        answer = await self.send("PUT", service, path, body=body)
        return answer.json() if answer.content else None

    async def send(
        self,
        method: str,
        service: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """One request; gives the whole answer, for what is not JSON. Raises Refused, TryLater."""
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        return await self._backends.send(method, service, path, headers=headers, body=body, query=query)

    async def upload(self, service: str, path: str, file: AsyncIterator[bytes], *, name: str) -> Any:  # noqa: ANN401 - JSON
        """Send a file, as it comes. Raises Refused, TryLater."""
        headers = self._headers | {"Content-Type": "application/octet-stream"}
        answer = await self._backends.send("POST", service, path, headers=headers, content=file, query={"name": name})
        return answer.json()

    async def open(self, service: str, path: str) -> httpx.Response:
        """A file to be passed on: the answer is read while it comes, and to be closed. Raises Refused, TryLater."""
        return await self._backends.send("GET", service, path, headers=self._headers, stream=True)

    def bearing(self, name: str, value: str) -> "Asking":
        """The same with a header more."""
        asking = copy(self)
        asking._headers = self._headers | {name: value}  # noqa: SLF001 - our own copy
        return asking


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"title": str(answer.status_code), "detail": "", "remedy": ""}
