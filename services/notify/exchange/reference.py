"""The reference adapter: a platform with a token that runs out, signed bodies, JSON, and codes instead of statuses.

| call | asks | answers |
| --- | --- | --- |
| `POST /token` | `{"appId", "secret"}` | `{"code": "0", "token", "seconds"}` |
| `POST /records` | `Authorization: Bearer`, a body signed as Standard Webhooks says | `{"code": "0", "flowNo"}` |
| `GET /records?day=2026-11-23` | `Authorization: Bearer` | `{"code": "0", "recordNos": […]}` |

Codes: `0` taken, `E-DUPLICATE` known already, `E-TOKEN` the token has run out, `E-BUSY` later; all others refuse.
"""

import asyncio
import json
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Final

import httpx

from services.kernel.clock import Clock
from services.notify.exchange.platforms import PlatformAway, RecordRefused
from services.notify.exchange.records import Record
from services.notify.signatures import signed

_LATER: Final = frozenset({"E-BUSY", "E-TOKEN"})
_EARLY: Final = timedelta(seconds=30)
"""A token is renewed so long before it runs out."""


class ReferencePlatform:
    """See the module. `keys` sign bodies, the current one first."""

    def __init__(
        self, name: str, url: str, *, app: str, secret: str, keys: tuple[bytes, ...], clock: Clock, timeout: float
    ) -> None:
        self._name, self._app, self._secret, self._keys, self._clock = name, app, secret, keys, clock
        self._client = httpx.AsyncClient(
            base_url=url, timeout=timeout, follow_redirects=False, headers={"User-Agent": "guihua"}
        )
        self._timeout = timeout
        self._token, self._until = "", datetime.min.replace(tzinfo=clock.wall().tzinfo)
        self._renewing = asyncio.Lock()

    @property
    def name(self) -> str:
        """As it is called in addresses."""
        return self._name

    async def push(self, record: Record) -> str:
        """Tell one record. Raises RecordRefused, PlatformAway."""
        body = json.dumps(_told(record), ensure_ascii=False).encode()
        headers = signed(body, reference=record.record_no, wall=self._clock.wall(), keys=self._keys)
        answer = await self._ask(
            "POST", "/records", content=body, headers=headers | {"Content-Type": "application/json"}
        )
        match answer["code"]:
            case "0" | "E-DUPLICATE":
                return str(answer.get("flowNo", ""))
            case code:
                reason = f"{code}: {answer.get('message', '')}"
                raise RecordRefused(reason)

    async def held(self, on: date) -> frozenset[str]:
        """All records that it took on this day. Raises PlatformAway."""
        answer = await self._ask("GET", "/records", params={"day": on.isoformat()})
        if answer["code"] != "0":
            raise PlatformAway(str(answer["code"]))
        return frozenset(map(str, answer["recordNos"]))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - httpx's own
        """Ask with a token; once more with a new one if the platform says that it has run out."""
        headers = dict(request.pop("headers", {}))
        for _ in range(2):
            bearer = {"Authorization": f"Bearer {await self._current_token()}"}
            answer = await self._send(method, path, headers=headers | bearer, **request)
            if answer["code"] != "E-TOKEN":
                break
            self._token = ""
        if answer["code"] in _LATER:
            raise PlatformAway(str(answer["code"]))
        return answer

    async def _current_token(self) -> str:
        async with self._renewing:
            if not self._token or self._clock.wall() >= self._until:
                answer = await self._send("POST", "/token", json={"appId": self._app, "secret": self._secret})
                if answer["code"] != "0":
                    wrong = f"no token: {answer['code']}"
                    raise PlatformAway(wrong)
                self._token = str(answer["token"])
                self._until = self._clock.wall() + timedelta(seconds=int(answer["seconds"])) - _EARLY
            return self._token

    async def _send(self, method: str, path: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - httpx's own
        try:
            async with asyncio.timeout(self._timeout):
                answer = await self._client.request(method, path, **request)
        except (httpx.HTTPError, TimeoutError) as trouble:
            raise PlatformAway(type(trouble).__name__) from None
        if answer.is_success:
            with suppress(ValueError):
                found = answer.json()
                if isinstance(found, dict) and isinstance(found.get("code"), str):
                    return found
        wrong = f"HTTP {answer.status_code}"
        raise PlatformAway(wrong)


def _told(record: Record) -> dict[str, Any]:
    """The record in the platform's own words."""
    return {
        "recordNo": record.record_no,
        "kind": {"receive": "SJ", "accept": "SL", "process": "GC", "decide": "BJ"}[record.kind.value],
        "seq": record.sequence,
        "projid": record.case_no,
        "areaCode": record.region,
        "orgCode": record.organ,
        "itemCode": record.implement_code,
        "businessCode": record.business_code,
        "projectCode": record.project_code,
        "time": record.occurred_at.isoformat(),
        "runState": record.run_state,
        "itemState": record.item_state,
        "data": dict(record.details),
    }
