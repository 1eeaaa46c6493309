"""The whole running system as a hostile client finds it: five services behind HTTP, and tokens of all kinds."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from rich.console import Console

from services.contracts.words import Role
from services.kernel.identity import Person, Tokens
from services.local.client import Api
from services.local.demo.stage import Stage
from services.local.demo.timeline import Timeline
from services.local.layout import SERVICES, Layout
from services.local.runner import Run
from tests.support.process import ROOT

AT_ONCE: Final = 200
"""How many requests may wait at one moment, also for a database that does not answer."""

PROBLEM: Final = "application/problem+json"
_MEMBERS: Final = {"type", "title", "status", "detail", "instance", "code", "remedy", "errors"}


def person(
    code: str, *roles: Role, department: str = "D99", posts: tuple[str, ...] = (), township: bool = False
) -> Person:
    """Somebody with a token; the books need not know them."""
    return Person(
        code=code,
        name="某",
        roles=frozenset(roles),
        department=department,
        posts=frozenset(posts),
        township=township,
    )


EVERYBODY: Final = person(
    "u.everything", *Role, department="D06", posts=("P04@D06", "P03@D09", "P09@D00", "P13@D09", "P08@D04")
)
"""All roles at once: nobody in an office is allowed that, a client may still try."""

NOBODY: Final = person("u.nobody")
"""Signed in, without any role."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one service, as its OpenAPI document has it."""

    service: str
    method: str
    path: str
    document: dict[str, Any] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"

    @property
    def is_guarded(self) -> bool:
        """Whether it asks who is calling."""
        return bool(self.document.get("security"))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def statuses(self) -> frozenset[int]:
        """What it says it can answer."""
        return frozenset(int(status) for status in self.document["responses"])

    def codes(self) -> Iterator[tuple[int, str]]:
        """Every refusal that it says it can give, with its status."""
        for status, response in self.document["responses"].items():
            examples = response.get("content", {}).get(PROBLEM, {}).get("examples", {})
            yield from ((int(status), code) for code in examples)


@dataclass(slots=True)
class City:
    """The running system. `stage` is the office at work, everything else the client's tools."""

    run: Run
    api: Api
    stage: Stage
    http: httpx.AsyncClient
    tokens: Tokens
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def ask(
        self,
        service: str,
        method: str,
        path: str,
        who: Person | str | None = None,
        *,
        language: str = "en",
        headers: dict[str, str] | None = None,
        **request: Any,
    ) -> httpx.Response:
        """One request; `who` is a person, or a whole token, or nobody."""
        token = self.tokens.issue(who, timedelta(hours=1)) if isinstance(who, Person) else who
        sent = {"Accept-Language": language} | ({"Authorization": f"Bearer {token}"} if token else {})
        return await self.http.request(
            method, self.run.layout.url(service) + path, headers=sent | (headers or {}), **request
        )

    def operations(self) -> list[Operation]:
        """Everything that any service serves."""
        return [
            Operation(service, method.upper(), path, described)
            for service, document in self.documents.items()
            for path, methods in document["paths"].items()
            for method, described in methods.items()
        ]

    def complaints(self) -> list[dict[str, Any]]:
        """What any service logged as an error: a mistake of ours, or something that a person must look into."""
        lines = [line for name in SERVICES for line in self._log(name).read_text(encoding="utf-8").splitlines()]
        return [entry for line in lines if line[:1] == "{" and (entry := json.loads(line))["level"] == "error"]

    def _log(self, name: str) -> Path:
        return self.run.layout.var / "logs" / f"{name}.log"


def refusal(answer: httpx.Response) -> dict[str, Any]:
    """The problem document of an answer, which must be complete: what, where, what to do."""
    assert answer.headers["content-type"] == PROBLEM, answer.text[:500]
    document: dict[str, Any] = answer.json()
    assert document.keys() >= _MEMBERS
    assert document["status"] == answer.status_code
    assert document["detail"]
    assert document["remedy"]
    assert all(error["where"] and error["message"] for error in document["errors"]), document["errors"]
    return document


@asynccontextmanager
async def city_at(folder: Path) -> AsyncIterator[City]:
    """What `make run` starts, on free ports, with the demo office and the processes of `bpmn/`."""
    run = Run(Layout.free(folder))
    with pytest.MonkeyPatch.context() as environment:  # the driver gives each call that waits a thread
        environment.setenv("MOTOR_MAX_WORKERS", str(AT_ONCE))
        await run.start()
    try:
        await run.furnish(ROOT / "bpmn")
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with Api(run.layout) as api, httpx.AsyncClient(timeout=60, trust_env=False, limits=limits) as http:
            stage = Stage(api, "hostile", Timeline(api, Console(quiet=True)))
            city = City(run, api, stage, http, Tokens(run.layout.private_key))
            for name in SERVICES:
                city.documents[name] = (await city.ask(name, "GET", "/openapi.json")).json()
            yield city
    finally:
        await run.stop()
