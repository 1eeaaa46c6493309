"""The services' public APIs as a person of the office uses them."""

import json
import random
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Final, Self

import httpx

from services.contracts.words import Role
from services.kernel.identity import Person
from services.local.accounts import REGISTRAR, token
from services.local.layout import Layout
from services.local.servers import NO_AUTHORITIES

_TIMEOUT: Final = 30.0


class Refusal(Exception):
    """A service said no; the text is its problem document in both languages."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status = answer.status_code
        try:
            self.problem: dict[str, Any] = answer.json()
        except json.JSONDecodeError:
            self.problem = {"detail": answer.text[:500]}
        where = f"{answer.request.method} {answer.request.url.path}"
        errors = "; ".join(f"{one.get('where')}: {one.get('message')}" for one in self.problem.get("errors", []))
        said = (self.problem.get("detail"), self.problem.get("remedy"), errors)
        super().__init__(f"{where} → {self.status}: " + " ".join(part for part in said if part))


class Api:
    """HTTP to every service of one local run; `as_` says on whose behalf."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._people: dict[str, Person] = {REGISTRAR.code: REGISTRAR}
        self._tokens: dict[str, str] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        http = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False, verify=NO_AUTHORITIES)
        self._http = await self._stack.enter_async_context(http)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def call(
        self,
        method: str,
        service: str,
        path: str,
        *,
        who: str | None = None,
        body: object = None,
        query: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> Any:  # noqa: ANN401 - JSON
        """One request; gives the JSON of the answer. Raises Refusal."""
        answer = await self.send(method, service, path, who=who, body=body, query=query, key=key)
        return answer.json() if answer.content else None

    async def send(
        self,
        method: str,
        service: str,
        path: str,
        *,
        who: str | None = None,
        body: object = None,
        query: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """One request; gives the whole answer. Raises Refusal."""
        answer = await self.send_any(method, service, path, who=who, body=body, query=query, key=key)
        if not answer.is_success:
            raise Refusal(answer)
        return answer

    async def send_any(
        self,
        method: str,
        service: str,
        path: str,
        *,
        who: str | None = None,
        body: object = None,
        query: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """One request; gives the answer whatever it is."""
        headers = {"Authorization": f"Bearer {await self.token(who)}"} if who else {}
        headers |= {"Idempotency-Key": key} if key else {}
        url = self.layout.url(random.choice(self.layout.processes_of(service))) + path  # noqa: S311 - any of them
        return await self._http.request(method, url, headers=headers, json=body, params=query)

    async def token(self, who: str) -> str:
        """A token for a person of the books."""
        if who not in self._tokens:
            self._tokens[who] = token(self.layout, await self.person(who))
        return self._tokens[who]

    async def person(self, code: str) -> Person:
        """The person as the registry has them."""
        if code not in self._people:
            found = await self.call("GET", "registry", f"/people/{code}", who=REGISTRAR.code)
            departments = await self.call("GET", "registry", "/departments", who=REGISTRAR.code)
            townships = {department["code"] for department in departments if department["township"]}
            self._people[code] = Person(
                code=code,
                name=found["name"],
                roles=frozenset(Role(role) for role in found["roles"]),
                department=found["department"],
                posts=frozenset(found["posts"]),
                township=found["department"] in townships,
            )
        return self._people[code]
