"""Connections to gateways and mail servers are kept for the next message; a lost one loses and doubles nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import uvloop

from services.notify.channels import Parcel, Refused, Unreachable
from services.notify.gateways import Gateway
from services.notify.lines import LineBroken, Lines
from tests.notify.providers import HOST
from tests.notify.test_send_messages import PARCEL, Postmaster, mail_by
from tests.support.wait import wait_until

OK = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}"
LAST = b"HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


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
async def counterpart(*answers: bytes | None) -> AsyncIterator[tuple[Counterpart, Lines]]:
    """Such a server, and the lines to it."""
    told = Counterpart(list(answers))
    server = await asyncio.start_server(told.serve, HOST, 0)
    told.url = f"http://user:secret@{HOST}:{server.sockets[0].getsockname()[1]}/send?way=sms"
    lines = Lines(told.url, {"X-Way": "sms"})
    async with server:
        try:
            yield told, lines
        finally:
            lines.close()


async def post(lines: Lines, key: str = "k-1") -> int:
    async with asyncio.timeout(5):
        return await lines.post(b"{}", key=key)


async def test_one_connection_serves_many_messages_and_each_bears_its_key() -> None:
    async with counterpart() as (told, lines):
        assert [await post(lines, f"k-{n}") for n in range(5)] == [202] * 5

    assert len(told.connections) == 1
    assert told.requests[0].startswith(b"POST /send?way=sms HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"Authorization: Basic dXNlcjpzZWNyZXQ=\r\nX-Way: sms\r\n" in told.requests[0]
    assert [f"Idempotency-Key: k-{n}".encode() in request for n, request in enumerate(told.requests)] == [True] * 5


async def test_messages_of_one_moment_do_not_wait_for_each_other() -> None:
    async with counterpart() as (told, lines):
        assert await asyncio.gather(*(post(lines) for _ in range(5))) == [202] * 5
        assert await asyncio.gather(*(post(lines) for _ in range(5))) == [202] * 5

    assert len(told.connections) == 5


@pytest.mark.parametrize(
    ("answer", "status", "connections"),
    [
        (b"HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n", 422, 1),
        (b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 503, 1),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n", 201, 1),
        (LAST, 202, 2),
        (b"HTTP/1.1 202 Accepted\r\n\r\nuntil the end", 202, 2),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 200, 2),
        (b"HTTP/1.1 302 There\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", 302, 1),
    ],
    ids=["refusal", "in pieces", "announced", "said to be the last", "no length", "HTTP/1.0", "a redirect"],
)
async def test_every_lawful_answer_is_understood(answer: bytes, status: int, connections: int) -> None:
    async with counterpart(answer) as (told, lines):
        assert await post(lines) == status
        assert await post(lines) == 202

    assert (len(told.connections), len(told.requests)) == (connections, 2)


async def test_given_a_kept_connection_that_closes_on_the_next_message_then_it_goes_over_a_new_one() -> None:
    async with counterpart(OK, None) as (told, lines):
        assert [await post(lines, "k-1"), await post(lines, "k-2")] == [202, 202]

    assert [b"k-2" in request for request in told.requests] == [False, True, True]
    assert len(told.connections) == 2


async def test_given_a_kept_connection_that_was_closed_meanwhile_then_nothing_is_said_twice() -> None:
    async with counterpart() as (told, lines):
        await post(lines)
        told.connections[0].close()
        await told.connections[0].wait_closed()
        assert await post(lines) == 202

    assert len(told.connections) == 2


@pytest.mark.parametrize("answer", [None, b"SSH-2.0-x\r\n Content-Length: 0\r\n\r\n", b"HTTP/1.1 2"], ids=repr)
async def test_given_a_new_connection_without_an_answer_then_the_try_has_failed(answer: bytes | None) -> None:
    async with counterpart(answer) as (told, lines):
        with pytest.raises(LineBroken):
            await post(lines)

    assert len(told.requests) == 1


async def test_a_cancelled_message_does_not_leave_its_answer_to_the_next() -> None:
    async with counterpart(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n") as (told, lines):
        asking = asyncio.create_task(post(lines))
        await wait_until(lambda: told.requests)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert await post(lines) == 202

    assert len(told.connections) == 2


async def test_what_is_no_tls_server_may_be_put_right() -> None:
    async with counterpart(OK) as (told, _):
        gateway = Gateway(told.url.replace("http:", "https:").replace("user:secret@", ""), None, timeout=0.3)
        with pytest.raises(Unreachable):
            await gateway.send(PARCEL)


async def test_it_is_the_same_on_the_event_loop_that_services_run_on() -> None:
    async def some(url: str) -> list[int]:
        lines = Lines(url, {})
        answers = [await post(lines), *(await asyncio.gather(*(post(lines) for _ in range(3)))), await post(lines)]
        lines.close()
        return answers

    def on_uvloop(url: str) -> list[int]:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(some(url))

    async with counterpart(OK, LAST) as (told, _):
        assert await asyncio.to_thread(on_uvloop, told.url) == [202] * 5

    assert len(told.connections) == 3


async def test_a_header_cannot_become_two() -> None:
    with pytest.raises(ValueError, match="line break"):
        Lines("http://gateway.example/", {"Authorization": "Bearer x\r\nX-Other: y"})


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
