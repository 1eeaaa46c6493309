"""A service's life on the real servers: it starts when they are there, bears their loss, and stops in good order."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.contracts.events import Envelope
from services.contracts.words import Role
from services.kernel.clock import DEMO_BUCKET, DEMO_KEY, Anchor
from services.kernel.identity import Person, Tokens, create_keypair
from tests.support.desk import bus_of, delivered, window
from tests.support.http import serving
from tests.support.office import Office
from tests.support.process import Process, process
from tests.support.wait import wait_until

CASE = "51200020261123PT0500017"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"

Start = Callable[..., AbstractAsyncContextManager[Process]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test tells the tiny service what to do."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "crashed").touch()
    return tmp_path / "folder"


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    private, _ = create_keypair(tmp_path)
    return Tokens(private)


@pytest.fixture
def started(office: Office, tokens: Tokens, folder: Path, tmp_path: Path) -> Start:
    """Start the tiny service; extra `GUIHUA_*` settings by their short names."""
    del tokens
    usual = office.settings_of("workflow") | {
        "GUIHUA_HTTP_PORT": "0",
        "GUIHUA_FOLDER": str(folder),
        "GUIHUA_JWT_PUBLIC_KEY_FILE": str(tmp_path / "jwt-public.pem"),
    }
    count = iter(range(9))

    @asynccontextmanager
    async def start(*, waited_for: bool = True, **settings: str) -> AsyncIterator[Process]:
        environment = usual | {f"GUIHUA_{name.upper()}": value for name, value in settings.items()}
        async with process("tests.kernel.tiny", environment, tmp_path / f"tiny{next(count)}.log") as running:
            yield await running.serving() if waited_for else running

    return start


async def readiness(service: Process) -> dict[str, Any]:
    answer = await service.get("/readyz")
    body: dict[str, Any] = answer.json()
    assert body["ready"] == (answer.status_code == 200)
    return body


async def is_ready(service: Process) -> bool:
    return bool((await readiness(service))["ready"])


async def is_unready(service: Process) -> bool:
    return not await is_ready(service)


async def turns_away(service: Process) -> bool:
    try:
        await service.get("/healthz")
    except httpx.ConnectError:
        return True
    return False


async def test_given_requests_in_flight_when_told_to_stop_then_they_are_answered_and_what_they_said_goes_out(
    started: Start, office: Office, folder: Path
) -> None:
    (folder / "hold").touch()
    async with started() as service:
        in_flight = asyncio.create_task(service.post(f"/held/{CASE}"))
        await wait_until((folder / "begun").exists)
        service.terminate()
        await wait_until(lambda: service.logged("stopping"))
        await wait_until(lambda: turns_away(service))
        (folder / "hold").unlink()
        assert (await in_flight).json() == CASE
        assert await service.ended(within=10) == 0
    database = office.mongo["guihua_workflow"]
    assert await database["claims"].count_documents({"outbox_at": {"$exists": True}}) == 0
    assert await database["journal"].count_documents({"subject": CASE}) == 1


async def test_given_an_event_in_hand_when_told_to_stop_then_it_is_handled_first(
    started: Start, office: Office, folder: Path
) -> None:
    (folder / "hold").touch()
    async with started() as service, window(office) as intake:
        await intake.deliver(CASE, "P1")
        await wait_until((folder / "handling").exists)
        service.terminate()
        await wait_until(lambda: service.logged("stopping"))
        (folder / "hold").unlink()
        assert await service.ended(within=10) == 0
        left = await (await office.broker()).jetstream().consumer_info("GUIHUA_INTAKE", "workflow")
        assert (left.num_pending, left.num_ack_pending) == (0, 0)


@pytest.mark.slow
async def test_given_a_request_that_never_ends_when_told_to_stop_then_it_is_told_to_try_later_in_time(
    started: Start, folder: Path
) -> None:
    (folder / "hold").touch()
    async with started() as service:
        in_flight = asyncio.create_task(service.post(f"/held/{CASE}"))
        await wait_until((folder / "begun").exists)
        service.terminate()
        assert await service.ended(within=20) == 0
        assert (await in_flight).status_code == 503
        assert "Traceback" not in service.said()


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["broker", "database"])
async def test_given_a_server_is_lost_then_not_ready_within_five_seconds_and_ready_again_after(
    started: Start, office: Office, lost: str
) -> None:
    kill, start = getattr(office, f"kill_{lost}"), getattr(office, f"start_{lost}")
    async with started() as service:
        assert await readiness(service) == {"ready": True, "database": True, "broker": True, "stopping": False}
        kill()
        try:
            await wait_until(lambda: is_unready(service), within=5)
            assert (await readiness(service))[lost] is False
            assert (await service.get("/healthz")).status_code == 200
            assert (await service.get("/status")).status_code == 200
            assert (await service.get("/metrics")).status_code == 200
        finally:
            await start()
        await wait_until(lambda: is_ready(service), within=15)
        service.terminate()
        assert await service.ended(within=10) == 0


async def test_given_the_database_is_away_then_a_request_is_told_to_try_later(started: Start, office: Office) -> None:
    async with started() as service:
        office.kill_database()
        try:
            answer = await service.post(f"/held/{CASE}")
        finally:
            await office.start_database()
        assert (answer.status_code, answer.json()["code"]) == (503, "try-later")
        assert answer.headers["retry-after"] == "5"


@pytest.mark.slow
@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(["broker"], marks=pytest.mark.chaos),
        pytest.param(["database"], marks=pytest.mark.chaos),
        ["broker", "database"],
    ],
)
async def test_given_servers_are_away_when_told_to_stop_then_exit_nought_in_time(
    started: Start, office: Office, lost: list[str]
) -> None:
    async with started() as service:
        for server in lost:
            getattr(office, f"kill_{server}")()
        try:
            await wait_until(lambda: is_unready(service), within=5)
            service.terminate()
            assert await service.ended(within=20) == 0
        finally:
            for server in lost:
                await getattr(office, f"start_{server}")()


@pytest.mark.parametrize(("missing", "name"), [("mongo_url", "MongoDB"), ("nats_url", "NATS")])
async def test_given_a_server_never_comes_then_it_does_not_start_and_says_which_in_one_line(
    started: Start, missing: str, name: str
) -> None:
    nowhere = {"mongo_url": "mongodb://127.0.0.1:9/?replicaSet=rs0", "nats_url": "nats://127.0.0.1:9"}[missing]
    async with started(waited_for=False, start_limit="2", **{missing: nowhere}) as service:
        assert await service.ended(within=60) == 1
        assert f"did not start: {name} 没有在规定时间内就绪" in service.said()
        assert f"GUIHUA_{missing.upper()}" in service.said()
        assert "Traceback" not in service.said()


async def test_given_it_waits_for_a_server_when_told_to_stop_then_it_stops(started: Start) -> None:
    async with started(waited_for=False, mongo_url="mongodb://127.0.0.1:9/?replicaSet=rs0") as service:
        await wait_until(lambda: service.logged("waiting for a server"), within=60)
        service.terminate()
        assert await service.ended(within=10) == 0


async def test_given_wrong_settings_then_it_says_so_and_exits_with_two(started: Start) -> None:
    async with started(waited_for=False, clock="sundial", jwks_url="http://127.0.0.1:9") as service:
        assert await service.ended(within=60) == 2
        assert "GUIHUA_CLOCK" in service.said()
        assert "Traceback" not in service.said()


async def test_given_two_sources_of_keys_then_it_says_so_and_exits_with_two(started: Start) -> None:
    async with started(waited_for=False, jwks_url="http://127.0.0.1:9") as service:
        assert await service.ended(within=60) == 2
        assert "GUIHUA_JWKS_URL" in service.said()


async def test_given_the_port_is_taken_then_it_says_so(started: Start) -> None:
    async with started() as service:
        port = service.url.rpartition(":")[2]
        async with started(waited_for=False, http_port=port) as second:
            assert await second.ended(within=60) == 1
            assert f"127.0.0.1:{port}" in second.said()
            assert "Traceback" not in second.said()


async def test_a_ticker_that_crashes_is_logged_and_started_again(started: Start, folder: Path) -> None:
    (folder / "crashed").unlink()
    async with started() as service:
        await wait_until(lambda: ticks(service), within=10)
        (crash,) = service.logged("background work crashed")
        assert (crash["level"], crash["task"]) == ("error", "ticker stumble")
        assert "ZeroDivisionError" in crash["exception"]
        numbers = (await service.get("/metrics")).text
        assert 'guihua_task_restarts_total{task="ticker stumble"} 1.0' in numbers
        assert 'guihua_ticker_runs_total{outcome="failed",ticker="stumble"} 1.0' in numbers


async def ticks(service: Process) -> int:
    return int((await service.get("/ticks")).text)


async def test_a_ticker_is_woken_by_its_event_long_before_its_time(started: Start) -> None:
    async with started() as service:
        before = await wait_until(lambda: ticks(service))
        await service.post("/poke")

        async def ran_again() -> bool:
            return await ticks(service) > before

        await wait_until(ran_again, within=5)


OPERATOR = Person(code="u.ops", name="运维", roles=frozenset({Role.OPERATOR}), department="D11")
CLERK = Person(code="u.window", name="窗口", roles=frozenset({Role.CLERK}), department="D09")
LETTER = f"intake.desks.{CASE}.1.0"


async def lay_down_a_letter(office: Office) -> None:
    letter = {
        "_id": LETTER,
        "stream": "GUIHUA_INTAKE",
        "subject": f"guihua.intake.case.delivered.v1.{CASE}",
        "handler": "tests.kernel.tiny.note",
        "reason": "ZeroDivisionError",
        "tries": 5,
        "at": datetime(2026, 9, 16, tzinfo=UTC),
        "state": "open",
        "wire": delivered_wire(CASE),
    }
    await office.mongo["guihua_workflow"]["dead_letters"].insert_one(letter)


async def test_dead_letters_are_shown_to_operators_without_what_they_say(
    started: Start, office: Office, tokens: Tokens
) -> None:
    await lay_down_a_letter(office)
    async with started() as service:
        assert (await service.get("/dead-letters")).status_code == 401
        assert (await service.get("/dead-letters", Authorization=f"Bearer {tokens.issue(CLERK)}")).status_code == 403
        listed = (await service.get("/dead-letters", Authorization=f"Bearer {tokens.issue(OPERATOR)}")).json()
        assert [letter["id"] for letter in listed] == [LETTER]
        assert "wire" not in listed[0]
        assert (await service.get("/status")).json()["dead_letters"] == 1


async def test_a_dead_letter_stays_until_its_event_was_handled(
    started: Start, office: Office, folder: Path, tokens: Tokens
) -> None:
    await lay_down_a_letter(office)
    bearer = {"Authorization": f"Bearer {tokens.issue(OPERATOR)}"}
    async with started() as service:
        (folder / "stumble").touch()
        failed = await service.post(f"/dead-letters/{LETTER}/replay", **bearer)
        assert (failed.status_code, failed.json()["code"]) == (409, "replay-failed")
        (folder / "stumble").unlink()
        assert (await service.post(f"/dead-letters/{LETTER}/replay", **bearer)).status_code == 204
        assert (await service.get("/heard")).json() == ["P1"]
        assert (await service.post(f"/dead-letters/{LETTER}/replay", **bearer)).status_code == 404


async def test_a_dead_letter_may_be_discarded_for_a_reason(started: Start, office: Office, tokens: Tokens) -> None:
    await lay_down_a_letter(office)
    bearer = {"Authorization": f"Bearer {tokens.issue(OPERATOR)}"}
    async with started() as service:
        assert (await service.post(f"/dead-letters/{LETTER}/discard", {"reason": ""}, **bearer)).status_code == 422
        assert (await service.post(f"/dead-letters/{LETTER}/discard", {"reason": "测试"}, **bearer)).status_code == 204
        assert (await service.get("/dead-letters", **bearer)).json() == []
    kept = await office.mongo["guihua_workflow"]["dead_letters"].find_one({"_id": LETTER})
    assert kept is not None
    assert (kept["state"], kept["closed_by"], kept["closed_because"]) == ("discarded", "u.ops", "测试")


def delivered_wire(case_no: str) -> str:
    return Envelope(
        id=f"intake.desks.{case_no}.1.0",
        source="urn:guihua:intake",
        type="guihua.intake.case.delivered.v1",
        subject=case_no,
        time=datetime(2026, 9, 16, tzinfo=UTC),
        sequence=1,
        data=delivered(case_no, "P1").model_dump(mode="json"),
    ).model_dump_json()


async def test_the_state_of_work_is_told_in_numbers(started: Start) -> None:
    async with started(clock="frozen:2026-09-16T09:00:00+08:00") as service:
        await service.post(f"/held/{CASE}")
        state = (await service.get("/status")).json()
        assert state["service"] == "workflow"
        assert state["clock"]["now"] == "2026-09-16T01:00:00Z"
        assert state["backlog"] == {"claims": 1}
        numbers = (await service.get("/metrics")).text
        assert 'guihua_backlog{line="claims"} 1.0' in numbers
        assert 'guihua_http_requests_total{method="POST",route="/held/{case_no}",status="200"} 1.0' in numbers
        assert "process_cpu_seconds_total" in numbers


async def test_the_lag_is_told_by_stream(started: Start, office: Office) -> None:
    async with started() as service, window(office) as intake:
        await intake.deliver(CASE, "P1")
        await wait_until(lambda: is_heard(service, ["P1"]))

        async def lag() -> bool:
            return bool((await service.get("/status")).json()["lag"] == {"GUIHUA_INTAKE": 0})

        await wait_until(lag)
        assert 'guihua_consumer_lag_events{stream="GUIHUA_INTAKE"} 0.0' in (await service.get("/metrics")).text
        numbers = (await service.get("/metrics")).text
        assert 'guihua_events_handled_total{event="guihua.intake.case.delivered.v1",outcome="done"} 1.0' in numbers


async def is_heard(service: Process, proofs: list[str]) -> bool:
    return bool((await service.get("/heard")).json() == proofs)


async def test_one_trace_leads_from_the_request_to_what_was_said_and_to_the_log(started: Start, office: Office) -> None:
    async with started() as service:
        await service.post(f"/held/{CASE}", traceparent=f"00-{TRACE}-00f067aa0ba902b7-01")
        row = await office.mongo["guihua_workflow"]["claims"].find_one({"_id": CASE})
        assert row is not None

        async def journalled() -> dict[str, Any] | None:
            return await office.mongo["guihua_workflow"]["journal"].find_one({"subject": CASE})

        written = await wait_until(journalled)
        assert TRACE in written["wire"]
        (line,) = [line for line in service.logged("request answered") if line["route"] == "/held/{case_no}"]
        assert (line["trace_id"], line["case_no"]) == (TRACE, CASE)


async def test_given_a_collector_that_is_away_when_told_to_stop_then_exit_nought_in_time(started: Start) -> None:
    async with started(otlp_endpoint="http://127.0.0.1:9") as service:
        await service.post(f"/held/{CASE}")
        began = time.monotonic()
        service.terminate()
        assert await service.ended(within=10) == 0
        assert time.monotonic() - began < 8


async def test_given_a_collector_then_spans_arrive_without_addresses(started: Start) -> None:
    received: list[bytes] = []

    async def collector(scope: Any, receive: Any, send: Any) -> None:
        assert scope["path"] == "/v1/traces"
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message["body"], message["more_body"]
        received.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with serving(collector) as url, started(otlp_endpoint=url) as service:
        await service.post(f"/held/{CASE}?password=hush")
        service.terminate()
        assert await service.ended(within=10) == 0
    spans = b"".join(received)
    assert b"/held/{case_no}" in spans
    assert CASE.encode() not in spans
    assert b"hush" not in spans


async def test_a_demo_clock_shows_the_same_in_two_processes(started: Start, office: Office) -> None:
    async def shown(service: Process, revision: int) -> datetime | None:
        answer = (await service.get("/now")).json()
        return datetime.fromisoformat(answer["now"]) if answer["revision"] == revision else None

    registry = await bus_of(office, "registry")
    async with started(clock="demo") as one, started(clock="demo") as two:
        assert abs(await wait_until(lambda: shown(one, 0)) - datetime.now(UTC)) < timedelta(minutes=1)
        as_of, set_at = datetime(2026, 9, 16, 1, tzinfo=UTC), datetime.now(UTC)
        frozen = Anchor(as_of=as_of, set_at=set_at, speed=0, revision=1)
        await registry.put(DEMO_BUCKET, DEMO_KEY, frozen.model_dump_json().encode())
        assert await wait_until(lambda: shown(one, 1)) == await wait_until(lambda: shown(two, 1)) == as_of
        running = Anchor(as_of=as_of, set_at=set_at, speed=3600, revision=2)
        await registry.put(DEMO_BUCKET, DEMO_KEY, running.model_dump_json().encode())
        await wait_until(lambda: shown(one, 2))
        await wait_until(lambda: shown(two, 2))
        before = running.at(datetime.now(UTC))
        moments = [await shown(one, 2), await shown(two, 2), await shown(one, 2)]
        assert [before, *moments] == sorted([before, *(moment for moment in moments if moment)])
    await registry.close()


async def test_given_the_demo_clock_was_set_before_the_start_then_no_ticker_ever_sees_real_time(
    started: Start, office: Office
) -> None:
    registry = await bus_of(office, "registry")
    as_of = datetime(2026, 9, 16, 1, tzinfo=UTC)
    anchor = Anchor(as_of=as_of, set_at=datetime.now(UTC), speed=0, revision=1)
    await registry.put(DEMO_BUCKET, DEMO_KEY, anchor.model_dump_json().encode())
    await registry.close()
    async with started(clock="demo") as service:
        await wait_until(lambda: ticks(service))
        assert datetime.fromisoformat((await service.get("/first-tick")).json()) == as_of


async def test_a_demo_clock_that_is_set_wakes_the_tickers(started: Start, office: Office) -> None:
    registry = await bus_of(office, "registry")
    async with started(clock="demo") as service:
        before = await wait_until(lambda: ticks(service))
        now = datetime.now(UTC)
        anchor = Anchor(as_of=now + timedelta(days=9), set_at=now, speed=1, revision=1)
        await registry.put(DEMO_BUCKET, DEMO_KEY, anchor.model_dump_json().encode())

        async def ran_again() -> bool:
            return await ticks(service) > before

        await wait_until(ran_again, within=5)
    await registry.close()
