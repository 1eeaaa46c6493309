"""Connections to gateways and mail servers are kept for the next message; a lost one loses and doubles nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from services.notify.channels import Parcel, Refused, Unreachable
from services.notify.gateways import Gateway
from tests.notify.providers import HOST
from tests.notify.test_send_messages import PARCEL, Postmaster, mail_by

OK = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}"


@dataclass(slots=True)
class Counterpart:
    """A server that answers each request with the next of the bytes it was given; `None` closes without an answer."""

    answers: list[bytes | None]
    requests: list[bytes] = field(default_factory=list)
    connections: list[asyncio.StreamWriter] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
                self.requests.append(head + await reader.readexactly(int(length.partition(b":")[2])))
                answer = self.answers.pop(0) if self.answers else OK
                if answer is None:
                    break
                writer.write(answer)
                if b"Content-Length" not in answer and b"chunked" not in answer:
                    break  # its end is the end of the connection
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def counterpart(*answers: bytes | None) -> AsyncIterator[tuple[Counterpart, Gateway]]:
    """Such a server, and the gateway to it."""
    told = Counterpart(list(answers))
    server = await asyncio.start_server(told.serve, HOST, 0)
    told.url = f"http://{HOST}:{server.sockets[0].getsockname()[1]}/send?way=sms"
    gateway = Gateway(told.url, "t-1", timeout=5)
    async with server:
        try:
            yield told, gateway
        finally:
            await gateway.close()
            for each in told.connections:
                each.close()
                with suppress(ConnectionError):
                    await each.wait_closed()


def parcel(key: str) -> Parcel:
    return Parcel(reference=key, to="13800000000", subject="", text="x")


async def test_one_connection_serves_many_messages_and_each_bears_its_key() -> None:
    async with counterpart() as (told, gateway):
        for n in range(5):
            await gateway.send(parcel(f"k-{n}"))

    assert len(told.connections) == 1
    assert told.requests[0].startswith(b"POST /send?way=sms HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"authorization: bearer t-1\r\n" in told.requests[0].lower()
    assert [f"idempotency-key: k-{n}".encode() in each.lower() for n, each in enumerate(told.requests)] == [True] * 5


async def test_messages_of_one_moment_do_not_wait_for_each_other() -> None:
    async with counterpart() as (told, gateway):
        for _ in range(2):
            await asyncio.gather(*(gateway.send(parcel(f"k-{n}")) for n in range(5)))

    assert len(told.requests) == 10
    assert len(told.connections) <= 5


async def test_a_redirect_is_not_followed() -> None:
    async with counterpart(b"HTTP/1.1 302 There\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n") as (
        told,
        gateway,
    ):
        with pytest.raises(Unreachable, match="HTTP 302"):
            await gateway.send(PARCEL)

    assert len(told.requests) == 1


async def test_given_a_kept_connection_that_closes_on_the_next_message_then_it_goes_over_a_new_one() -> None:
    async with counterpart(OK, None) as (told, gateway):
        for key in ("k-1", "k-2"):
            await gateway.send(parcel(key))

    assert [b"k-2" in request for request in told.requests] == [False, True, True]
    assert len(told.connections) == 2


async def test_given_a_kept_connection_that_was_closed_meanwhile_then_nothing_is_said_twice() -> None:
    async with counterpart() as (told, gateway):
        await gateway.send(parcel("k-1"))
        told.connections[0].close()
        await told.connections[0].wait_closed()
        await gateway.send(parcel("k-2"))

    assert [b"k-2" in request for request in told.requests] == [False, True]


async def test_given_no_answer_that_is_http_then_the_try_has_failed() -> None:
    nonsense = b"SSH-2.0-x\r\n Content-Length: 0\r\n\r\n"
    async with counterpart(nonsense, nonsense) as (_, gateway):
        with pytest.raises(Unreachable, match="RemoteProtocolError"):
            await gateway.send(PARCEL)


async def test_what_is_no_tls_server_may_be_put_right() -> None:
    async with counterpart(OK) as (told, _):
        gateway = Gateway(told.url.replace("http:", "https:"), None, timeout=0.3)
        with pytest.raises(Unreachable):
            await gateway.send(PARCEL)
        await gateway.close()


async def test_one_connection_carries_many_mails_and_a_lost_one_is_replaced() -> None:
    postmaster = Postmaster()
    async with mail_by(postmaster) as mail:
        for _ in range(3):
            await mail.send(PARCEL)
        assert len({envelope.smtp_utf8 for envelope in postmaster.mails}) == 1
        (kept,) = mail._open
        kept[0].close()
        await mail.send(PARCEL)

    assert len(postmaster.mails) == 4


async def test_given_a_refused_recipient_then_the_next_mail_is_not_held_up() -> None:
    async with mail_by(Postmaster(rcpt="550 no such user")) as mail:
        for to in ("u.one@guihua.example", "u.two@guihua.example"):
            with pytest.raises(Refused):
                await mail.send(Parcel(reference="r", to=to, subject="", text="x"))
