"""Gateways on a bad day: slow, twice, 500 before and after they took a message, hanging up in the middle."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from fastapi import FastAPI, Request, Response

from services.notify.signatures import signed
from tests.support.http import serving

KEY = b"the key of both rough gateways"
MOODS = ("well", "well", "well", "slow", "500 before", "500 after", "503", "hangs up after", "tells twice")


@dataclass(slots=True)
class Rough:
    """A gateway that keeps its promise about keys, and no other: what it took under one it delivers once."""

    name: str
    dice: random.Random
    receipts_to: str
    told: httpx.AsyncClient
    url: str = ""
    is_calm: bool = False
    delivered: dict[str, str] = field(default_factory=dict)
    moods: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    _telling: set[asyncio.Task[None]] = field(default_factory=set)

    async def take(self, request: Request) -> Response:
        """One request."""
        reference = request.headers["Idempotency-Key"]
        mood = "well" if self.is_calm else self.dice.choice(MOODS)
        self.requests += 1
        self.moods[mood] += 1
        if mood in {"500 before", "503"}:
            return Response(status_code=500 if mood == "500 before" else 503)
        body = await request.json()
        self.delivered.setdefault(reference, f"{body['to']}|{body['text']}")
        if mood == "slow":
            await self._ponder()
        if mood == "tells twice":
            for _ in range(2):
                task = asyncio.create_task(self._tell(reference))
                self._telling.add(task)
                task.add_done_callback(self._telling.discard)
        if mood == "hangs up after":
            return Response(
                status_code=200, headers={"Content-Length": "99"}
            )  # and then nothing: the answer breaks off
        return Response(status_code=500 if mood == "500 after" else 202)

    async def _ponder(self) -> None:
        """Take a while over it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.dice.uniform(0.05, 0.3)):
                await asyncio.Event().wait()

    async def _tell(self, reference: str) -> None:
        """A delivery receipt, perhaps before the answer, perhaps to nobody: the service may just be dead."""
        body = json.dumps({"receipts": [{"reference": reference, "status": "delivered"}]}).encode()
        headers = signed(body, reference=reference, wall=datetime.now(UTC), keys=(KEY,))
        with suppress(httpx.HTTPError):
            await self.told.post(
                f"{self.receipts_to}/receipts/{self.name}",
                content=body,
                headers=headers | {"Content-Type": "application/json"},
            )


@asynccontextmanager
async def rough(name: str, seed: int, *, receipts_to: str) -> AsyncIterator[Rough]:
    """A rough gateway for work chat."""
    async with httpx.AsyncClient(timeout=30, trust_env=False) as told:
        gateway, app = Rough(name, random.Random(f"{seed}/{name}"), receipts_to, told), FastAPI()  # noqa: S311 - a test's

        @app.post("/chat")
        async def chat(request: Request) -> Response:
            return await gateway.take(request)

        async with serving(app) as gateway.url:
            yield gateway
