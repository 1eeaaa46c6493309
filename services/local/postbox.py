"""The demo's post office: takes mail (SMTP) and gateway messages (HTTP), keeps them and shows them.

It behaves as real gateways do: a message sent again under the same reference (`Message-ID`, `Idempotency-Key`)
is accepted and not delivered twice; `copies` counts how often it came.
"""

import asyncio
import email
import email.policy
import html
import json
import sys
from dataclasses import asdict, dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, Header, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel


@dataclass(slots=True)
class Letter:
    """One message as a person would find it on the phone or in the mailbox."""

    reference: str
    channel: str
    to: str
    subject: str
    text: str
    copies: int = 1


@dataclass(slots=True)
class Box:
    """All letters, by reference, kept in a file so that a restart forgets nothing."""

    path: Path
    letters: dict[str, Letter] = field(default_factory=dict)

    def open(self) -> None:
        """Read what earlier runs took in."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                letter = Letter(**json.loads(line))
                self.letters[letter.reference] = letter

    def take(self, letter: Letter) -> bool:
        """Keep a letter; False when its reference is known already (it is then only counted)."""
        known = self.letters.setdefault(letter.reference, letter)
        if known is not letter:
            known.copies += 1
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(known), ensure_ascii=False) + "\n")
        return known is letter

    def search(self, *, to: str | None, contains: str | None, limit: int) -> list[Letter]:
        """Newest first."""
        found = [
            letter
            for letter in self.letters.values()
            if (to is None or letter.to == to) and (contains is None or contains in letter.subject + letter.text)
        ]
        return found[::-1][:limit]


class Mail:
    """What aiosmtpd calls for each mail."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Accept the mail once for each Message-ID and recipient."""
        message = email.message_from_bytes(_bytes(envelope.content), policy=email.policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what policy.default makes
        body = message.get_body(("plain", "html"))
        for to in envelope.rcpt_tos:
            reference = f"{message['Message-ID'] or id(message)}/{to}"
            text = body.get_content() if body else ""
            self._box.take(Letter(reference, "smtp", to, str(message["Subject"] or ""), text))
        return "250 OK"


def _bytes(content: bytes | str | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""


class GatewayMessage(BaseModel, extra="forbid", frozen=True):
    """What a generic SMS or work-chat gateway is sent."""

    to: str
    text: str
    subject: str = ""


def web(box: Box) -> FastAPI:
    """The gateway's HTTP side and a page to look at."""
    app = FastAPI(title="Guihua postbox", docs_url=None, redoc_url=None)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/gateway/{channel}", status_code=202)
    async def gateway(
        channel: str, message: GatewayMessage, idempotency_key: Annotated[str, Header()]
    ) -> dict[str, Any]:
        first = box.take(Letter(idempotency_key, channel, message.to, message.subject, message.text))
        return {"accepted": True, "duplicate": not first, "reference": idempotency_key}

    @app.get("/messages")
    async def messages(
        to: str | None = None, contains: str | None = None, limit: Annotated[int, Query(le=10_000)] = 200
    ) -> list[dict[str, Any]]:
        return [asdict(letter) for letter in box.search(to=to, contains=contains, limit=limit)]

    @app.get("/", response_class=HTMLResponse)
    async def page() -> str:
        rows = "".join(_row(letter) for letter in box.search(to=None, contains=None, limit=200))
        return _PAGE.format(rows=rows)

    return app


def _row(letter: Letter) -> str:
    cells = (letter.channel, letter.to, letter.subject, letter.text)
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"


_PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>演示信箱</title>
<style>body{{font-family:sans-serif;margin:2rem}}table{{border-collapse:collapse;width:100%}}
td,th{{border:1px solid #ccc;padding:.4rem;text-align:left;white-space:pre-wrap;vertical-align:top}}</style>
<h1>演示信箱 <small>Demo postbox</small></h1>
<table><tr><th>通道</th><th>收件人</th><th>标题</th><th>内容</th></tr>{rows}</table></html>"""


async def serve(*, host: str, http_port: int, smtp_port: int, path: Path) -> None:
    """Run until the process is told to stop."""
    box = Box(path)
    box.open()
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(lambda: SMTP(Mail(box), enable_SMTPUTF8=True), host, smtp_port)
    config = uvicorn.Config(web(box), host=host, port=http_port, log_level="warning", timeout_keep_alive=75)
    server = uvicorn.Server(config)
    async with smtp:
        await server.serve()


def main() -> None:
    """`python -m services.local.postbox HOST HTTP_PORT SMTP_PORT FILE`."""
    host, http_port, smtp_port, path = sys.argv[1:]
    asyncio.run(serve(host=host, http_port=int(http_port), smtp_port=int(smtp_port), path=Path(path)))


if __name__ == "__main__":
    main()
