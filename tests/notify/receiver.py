"""Another system that is told: its own small HTTP server, written with nothing of ours."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(slots=True)
class Arrived:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def reference(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass(slots=True)
class Receiver:
    """Answers with the statuses it is given, the last one for ever; holds the answer back while `door` is not set."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [204])
    answer: bytes = b""
    arrived: list[Arrived] = field(default_factory=list)
    door: Event = field(default_factory=Event)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self.arrived.append(Arrived(headers, body))
        self.door.wait(30)
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@contextmanager
def receiver(*statuses: int) -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""
    found = Receiver(statuses=list(statuses) or [204])
    found.door.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = found.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", f"{found.url}/elsewhere")
            if status != 204:
                self.send_header("content-length", str(len(found.answer)))
            self.end_headers()
            if status != 204:
                self.wfile.write(found.answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.door.set()
        server.shutdown()
        server.server_close()
        thread.join()
