"""Vendors as they publish their interfaces: real servers that check, count and refuse as the real ones do."""

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, Request, Response

from services.notify.signatures import is_signed
from tests.support.http import serving

ROBOT_KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
TOKEN = "dingtalk-robot-token-0001"
SECRET = "SECthis000is00the00robots00secret"
CORP, CORP_SECRET, AGENT = "ww0000000000000001", "application-secret", 1000002
SP, SP_SECRET = "901234", "sp-shared-secret"
OLD_KEY, NEW_KEY = b"the old webhook key of both", b"the new webhook key of both"


@dataclass(slots=True)
class Vendors:
    """All of them behind one address. What they took is in `taken`, by vendor."""

    url: str = ""
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    tokens: list[str] = field(default_factory=list)
    members: frozenset[str] = frozenset({"u.leader", "u.handler.d06"})
    webhook_keys: tuple[bytes, ...] = (OLD_KEY,)
    spoken: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)

    def of(self, vendor: str) -> list[dict[str, Any]]:
        """What one vendor took, in order."""
        return [body for name, body in self.taken if name == vendor]

    def end_tokens(self) -> None:
        """As when somebody fetched a newer token: those given out are good no more."""
        self.tokens = [f"{token}-over" for token in self.tokens]

    def wecom_robot(self, key: str, body: dict[str, Any]) -> dict[str, Any]:
        if key != ROBOT_KEY:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        content = body["markdown"]["content"]
        if len(content.encode()) > 4096:
            return {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}
        self.spoken["wecom"] += 1
        if self.spoken["wecom"] > 20:
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        self.taken.append(("wecom-robot", body))
        return {"errcode": 0, "errmsg": "ok"}

    def token(self, corp: str, secret: str) -> dict[str, Any]:
        if (corp, secret) != (CORP, CORP_SECRET):
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens.append(f"token-{len(self.tokens)}")
        return {"errcode": 0, "errmsg": "ok", "access_token": self.tokens[-1], "expires_in": 7200}

    def application(self, token: str, body: dict[str, Any]) -> dict[str, Any]:
        if token not in self.tokens:
            code = 42001 if any(each.startswith(token) for each in self.tokens) else 40014
            return {"errcode": code, "errmsg": "access_token expired" if code == 42001 else "invalid access_token"}
        if len(body["text"]["content"].encode()) > 2048 or body["agentid"] != AGENT:
            return {"errcode": 40058, "errmsg": "invalid request parameter"}
        if body["touser"] not in self.members:
            return {"errcode": 0, "errmsg": "ok", "invaliduser": body["touser"]}
        repeated = str((body["touser"], body["text"]["content"]))
        if body["enable_duplicate_check"] != 1 or repeated not in self.seen:
            self.seen.add(repeated)
            self.taken.append(("wecom-app", body))
        return {"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "m"}

    def dingtalk(self, token: str, timestamp: str, sign: str, body: dict[str, Any]) -> dict[str, Any]:
        signed = base64.b64encode(
            hmac.new(SECRET.encode(), f"{timestamp}\n{SECRET}".encode(), hashlib.sha256).digest()
        ).decode()
        late = abs(datetime.now(UTC).timestamp() * 1000 - int(timestamp)) > 3_600_000
        if token != TOKEN:
            return {"errcode": 300001, "errmsg": "token is not exist"}
        if late or sign != signed:
            return {"errcode": 310000, "errmsg": "sign not match, more: [https://ding-doc.dingtalk.com]"}
        self.spoken["dingtalk"] += 1
        if self.spoken["dingtalk"] > 20:
            return {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}
        self.taken.append(("dingtalk", body))
        return {"errcode": 0, "errmsg": "ok"}

    def cmpp(self, body: dict[str, Any]) -> dict[str, Any]:
        proof = SP.encode() + bytes(9) + SP_SECRET.encode() + body["timestamp"].encode()
        if body["source_addr"] != SP or body["authenticator_source"] != hashlib.md5(proof).hexdigest():  # noqa: S324 - theirs
            return {"result": 3_000}
        units = len(body["msg_content"].encode("utf-16-be")) // 2
        if units > 500 or body["pk_total"] != (1 if units <= 70 else -(-units // 67)):
            return {"result": 4}
        if body["sequence_id"] in self.seen:
            return {"result": 3}
        self.spoken["cmpp"] += 1
        if self.spoken["cmpp"] == 5:
            return {"result": 8}
        self.seen.add(body["sequence_id"])
        self.taken.append(("cmpp", body))
        return {"result": 0, "msg_id": f"{self.spoken['cmpp']:020d}"}


@asynccontextmanager
async def vendors() -> AsyncIterator[Vendors]:
    """All vendors, with nothing taken so far."""
    told, app = Vendors(), FastAPI()

    @app.post("/cgi-bin/webhook/send")
    async def robot(key: str, request: Request) -> dict[str, Any]:
        return told.wecom_robot(key, await request.json())

    @app.get("/cgi-bin/gettoken")
    async def token(corpid: str, corpsecret: str) -> dict[str, Any]:
        return told.token(corpid, corpsecret)

    @app.post("/cgi-bin/message/send")
    async def application(access_token: str, request: Request) -> dict[str, Any]:
        return told.application(access_token, await request.json())

    @app.post("/robot/send")
    async def dingtalk(access_token: str, timestamp: str, sign: str, request: Request) -> dict[str, Any]:
        return told.dingtalk(access_token, timestamp, sign, await request.json())

    @app.post("/cmpp")
    async def cmpp(request: Request) -> dict[str, Any]:
        return told.cmpp(await request.json())

    @app.post("/hook/{name}")
    async def hook(name: str, request: Request) -> Response:
        body = await request.body()
        if not is_signed(body, request.headers, wall=datetime.now(UTC), keys=told.webhook_keys):
            return Response(status_code=401)
        reference = request.headers["webhook-id"]
        if reference not in told.seen:
            told.seen.add(reference)
            told.taken.append((name, await request.json()))
        return Response(status_code=204)

    async with serving(app) as told.url:
        yield told
