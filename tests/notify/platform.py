"""A provincial platform with rules of its own, written with nothing of ours: token, signature, order, no duplicates."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

APP, SECRET, KEY, ANSWER_KEY = "512000-ghj", "the secret of the app", "a key of sixteen signs", "a key for the answers"
ORDER = {"SL": "SJ", "GC": "SJ", "BJ": "SL"}
"""Which kind of record must be there before another."""

Json = dict[str, Any]


@dataclass(slots=True)
class Province:
    """What it has, in the order in which it came, and how it misbehaves."""

    url: str = ""
    records: list[Json] = field(default_factory=list)
    pushes: list[tuple[str, str]] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    issued: int = 0
    lock: Lock = field(default_factory=Lock)

    def numbers(self) -> list[str]:
        return [each["recordNo"] for each in self.records]

    def kinds(self) -> list[str]:
        return [each["kind"] for each in self.records]

    def forget(self, number: str) -> None:
        self.records = [each for each in self.records if each["recordNo"] != number]

    def expire(self) -> None:
        self.tokens.clear()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Json]:
        with self.lock:
            if path == "/token":
                return 200, self._token(json.loads(body))
            if headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
                return 200, {"code": "E-TOKEN"}
            if method == "GET":
                return 200, {"code": "0", "recordNos": self._of(parse_qs(urlsplit(path).query)["day"][0])}
            return self._push(headers, body)

    def _token(self, asked: Json) -> Json:
        if (asked["appId"], asked["secret"]) != (APP, SECRET):
            return {"code": "E-APP"}
        self.issued += 1
        token = secrets.token_hex(8)
        self.tokens.add(token)
        return {"code": "0", "token": token, "seconds": 7200}

    def _push(self, headers: dict[str, str], body: bytes) -> tuple[int, Json]:
        trouble = self.trouble.pop(0) if self.trouble else ""
        if trouble == "down":
            return 503, {}
        if trouble == "busy":
            return 200, {"code": "E-BUSY"}
        told = self._taken(headers, body)
        self.pushes.append((json.loads(body)["recordNo"], told["code"]))
        return (500, {}) if trouble == "answer lost" else (200, told)

    def _taken(self, headers: dict[str, str], body: bytes) -> Json:
        if not _is_signed(headers, body):
            return {"code": "E-SIGN", "message": "签名错误"}
        record = json.loads(body)
        number, kind = record["recordNo"], record["kind"]
        if known := next((each for each in self.records if each["recordNo"] == number), None):
            return {"code": "E-DUPLICATE", "flowNo": known["flowNo"]}
        if kind in self.refuse:
            return {"code": "E-DATA", "message": self.refuse[kind]}
        before = {each["kind"] for each in self.records if each["projid"] == record["projid"]}
        if kind in ORDER and ORDER[kind] not in before:
            return {"code": "E-ORDER", "message": f"缺少 {ORDER[kind]}"}
        self.records.append(record | {"flowNo": f"F{len(self.records) + 1:06}", "at": datetime.now(UTC)})
        return {"code": "0", "flowNo": self.records[-1]["flowNo"]}

    def _of(self, day: str) -> list[str]:
        china = timezone(timedelta(hours=8))
        return [each["recordNo"] for each in self.records if each["at"].astimezone(china).date().isoformat() == day]


def _is_signed(headers: dict[str, str], body: bytes) -> bool:
    moment = headers.get("webhook-timestamp", "0")
    content = f"{headers.get('webhook-id')}.{moment}.".encode() + body
    right = "v1," + base64.b64encode(hmac.new(KEY.encode(), content, hashlib.sha256).digest()).decode()
    return abs(time.time() - int(moment)) < 300 and headers.get("webhook-signature") == right


def signed_answer(body: bytes, *, key: str = ANSWER_KEY, reference: str = "answer-1") -> dict[str, str]:
    """The headers of what the platform sends back."""
    moment = str(int(time.time()))
    content = f"{reference}.{moment}.".encode() + body
    signature = base64.b64encode(hmac.new(key.encode(), content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": reference,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{signature}",
        "content-type": "application/json",
    }


@contextmanager
def province() -> Iterator[Province]:
    """The platform on a free port of this machine."""
    found = Province()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", b"")

        def do_POST(self) -> None:
            self._answer("POST", self.rfile.read(int(self.headers["content-length"])))

        def _answer(self, method: str, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told = found.answer(method, self.path, headers, body)
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
