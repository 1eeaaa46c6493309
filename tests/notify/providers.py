"""Those who carry messages outside: the real postbox over real sockets, and gateways that misbehave as told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from aiosmtpd.smtp import SMTP
from fastapi import FastAPI, Request, Response

from services.local.postbox import Box, Mail, web
from tests.support.http import serving
from tests.support.wait import wait_until

HOST = "127.0.0.1"


@dataclass(slots=True)
class Postbox:
    """The real postbox: SMTP server and gateway."""

    http: httpx.AsyncClient
    smtp_port: int
    url: str

    async def letters(self, **query: str) -> list[dict[str, Any]]:
        """What people find, newest first."""
        found: list[dict[str, Any]] = (await self.http.get("/messages", params={"limit": "10000"} | query)).json()
        return found

    async def delivered(self, count: int, **query: str) -> list[dict[str, Any]]:
        """Wait until so many letters are there."""

        async def enough() -> list[dict[str, Any]]:
            found = await self.letters(**query)
            return found if len(found) >= count else []

        found: list[dict[str, Any]] = await wait_until(enough, within=20)
        assert len(found) == count, found
        return found

    def settings(self) -> dict[str, str]:
        """The variables that lead the messenger here."""
        return {
            "GUIHUA_SMTP_HOST": HOST,
            "GUIHUA_SMTP_PORT": str(self.smtp_port),
            "GUIHUA_SMTP_SENDER": "guihua@guihua.example",
            "GUIHUA_SMTP_START_TLS": "false",
            "GUIHUA_SMS_URL": f"{self.url}/gateway/sms",
            "GUIHUA_CHAT_URL": f"{self.url}/gateway/chat",
        }


@asynccontextmanager
async def postbox(folder: Path) -> AsyncIterator[Postbox]:
    """A postbox of its own for each test: references repeat between tests."""
    box = Box(folder / "postbox.jsonl")
    box.open()
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(lambda: SMTP(Mail(box), enable_SMTPUTF8=True), HOST, 0)
    async with smtp, serving(web(box)) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        yield Postbox(http, smtp.sockets[0].getsockname()[1], url)


@dataclass(slots=True)
class Provider:
    """A gateway that answers as it is told, and holds its answer back while `open_door` is not set.

    When `answers` are given it closes the door itself: on the next message, which it has taken then.
    """

    statuses: dict[str, tuple[int, int]] = field(default_factory=dict)
    taken: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    open_door: asyncio.Event = field(default_factory=asyncio.Event)
    answers: int = 1_000_000
    forward_to: Postbox | None = None
    url: str = ""

    def refuse(self, channel: str, status: int, *, times: int = 1000) -> None:
        """Answer the next requests on this channel with a status; after so many take what comes."""
        self.statuses[channel] = status, len(self.of(channel)) + times

    def accept(self, channel: str) -> None:
        """Take what comes on this channel again."""
        del self.statuses[channel]

    def answer(self, answers: int = 1_000_000) -> None:
        """Answer so many messages, and hold back all answers after that."""
        self.answers = answers
        self.open_door.set()

    def of(self, channel: str) -> list[str]:
        """The references that came on a channel, in order."""
        return [reference for where, reference, _ in self.taken if where == channel]

    async def take(self, channel: str, request: Request) -> Response:
        """One request to the gateway."""
        body, reference = await request.json(), request.headers["Idempotency-Key"]
        self.taken.append((channel, reference, body))
        refusal, until = self.statuses.get(channel, (202, 0))
        status = refusal if len(self.of(channel)) <= until else 202
        if status < 300 and self.forward_to:
            await self.forward_to.http.post(f"/gateway/{channel}", json=body, headers={"Idempotency-Key": reference})
        if self.answers == 0:
            self.open_door.clear()
        self.answers = max(0, self.answers - 1)
        await self.open_door.wait()
        return Response(status_code=status)

    def settings(self) -> dict[str, str]:
        """The variables that lead the messenger here."""
        return {
            "GUIHUA_SMS_URL": f"{self.url}/sms",
            "GUIHUA_CHAT_URL": f"{self.url}/chat",
            "GUIHUA_GATEWAY_TOKEN": "gateway-secret",
        }


@asynccontextmanager
async def provider(forward_to: Postbox | None = None) -> AsyncIterator[Provider]:
    """A gateway that takes everything until told otherwise."""
    told = Provider(forward_to=forward_to)
    told.open_door.set()
    app = FastAPI()

    @app.post("/{channel}")
    async def gateway(channel: str, request: Request) -> Response:
        return await told.take(channel, request)

    async with serving(app) as told.url:
        try:
            yield told
        finally:
            told.answer()
