"""The pool: the same engine in other processes, and what becomes of one that hangs, dies or eats memory."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from multiprocessing import Pipe
from typing import Any

import pytest

from services.contracts.registry import CalendarDay
from services.contracts.words import DayKind
from services.workflow.engine.exchange import CheckRequest, Request, StartRequest, packed_request, read_reply
from services.workflow.engine.models import Complete, EngineFault, Refused, Severity, Step
from services.workflow.engine.pool import EnginePool, Source
from services.workflow.engine.processes import Limits
from services.workflow.engine.worker import MAX_COMPILED, Bench, serve
from tests.support.wait import wait_until
from tests.workflow.engine import permit
from tests.workflow.engine.drawing import drawn, end, flows, node, process, script, start, timer, user
from tests.workflow.engine.playing import CALENDAR, NOW, rules_of, with_forms

WHEN: dict[str, Any] = {"now": NOW, "calendar": CALENDAR}


def source(*parts: str) -> Source:
    return Source(with_forms(drawn(process(start(), *parts, end()))))


PLAIN = source(user("a"), flows("s", "a", "e"))
SLOW = source(script("c", "n = len([x for x in case.items if 'nothing' in case.items])"), flows("s", "c", "e"))
GREEDY = source(script("c", "n = [case.text + str(x) for x in case.items]"), flows("s", "c", "e"))
MANY = {"case": {"items": list(range(9_000)), "text": "x" * 90_000}}


@contextmanager
def opened(**limits: float) -> Iterator[EnginePool]:
    pool = EnginePool(Limits(**{"workers": 1, "memory_mb": 700, "seconds": 30} | limits))
    pool.open()
    try:
        yield pool
    finally:
        pool.close()


@pytest.fixture(scope="module")
def pool() -> Iterator[EnginePool]:
    with opened(workers=2) as made:
        yield made


async def test_a_rule_of_the_house_is_asked_at_the_gate_and_stops_no_case_that_runs(pool: EnginePool) -> None:
    nobody = source(node("userTask", "a"), flows("s", "a", "e"))
    assert any(finding.severity is Severity.ERROR for finding in await pool.findings(nobody))
    step = await pool.start(nobody, "p", {}, **WHEN)
    assert (await pool.apply(nobody, step.state, Complete(step.tasks[0].id, {}), **WHEN)).ended


async def test_the_pool_begins_at_the_start_event_that_is_named(pool: EnginePool) -> None:
    late = node("startEvent", "late", timer("PT1H"))
    both = source(late, user("a"), user("b"), flows("s", "a", "e"), flows("late", "b", "e"))
    begun = [await pool.start(both, "p", {}, start_event=by, **WHEN) for by in ("", "late")]
    assert [[task.element for task in step.tasks] for step in begun] == [["a"], ["b"]]


async def test_the_pool_plays_a_permit_as_the_engine_does(pool: EnginePool) -> None:
    tasks = {*(task for tasks in permit.LANES.values() for task in tasks), "fire"}
    files = Source(permit.files() | {f"forms/{task}.json": b'{"properties": {}}' for task in tasks})
    assert not [f for f in await pool.findings(files) if f.severity == "error"]
    step = await pool.start(files, "permit", {"case": {}, "application": permit.application()}, **WHEN)
    seen: set[str] = set()
    for wanted in list(permit.played(permit.bundle()))[1:]:
        task = step.tasks[0]
        step = await pool.apply(files, step.state, Complete(task.id, permit.answers(task.element, seen)), **WHEN)
        seen.add(task.element)
        assert [(t.element, t.item) for t in step.tasks] == [(t.element, t.item) for t in wanted.tasks]
        assert step.data == wanted.data
    assert step.ended is not None


async def test_findings_refusals_and_faults_come_through(pool: EnginePool) -> None:
    assert "GH-E002" in rules_of(await pool.findings(Source({"d.bpmn": b"<"})))
    step = await pool.start(PLAIN, "p", {"case": {}}, **WHEN)
    with pytest.raises(Refused, match="not-open"):
        await pool.apply(PLAIN, step.state, Complete("nobody", {}), **WHEN)
    with pytest.raises(Refused, match="unknown-process"):
        await pool.start(PLAIN, "other", {}, **WHEN)
    with pytest.raises(EngineFault) as fault:
        await pool.start(source(script("c", "n = 1 / 0"), flows("s", "c", "e")), "p", {}, **WHEN)
    assert fault.value.element == "c"
    with pytest.raises(EngineFault, match="does not compile"):
        await pool.start(Source({"d.bpmn": b"<"}), "p", {}, **WHEN)
    assert pool.lost == 0


async def test_many_at_once_are_all_answered(pool: EnginePool) -> None:
    steps = await asyncio.gather(*(pool.start(PLAIN, "p", {"case": {"n": n}}, **WHEN) for n in range(50)))
    assert [step.data["case"]["n"] for step in steps] == list(range(50))


async def test_the_event_loop_is_not_held_up(pool: EnginePool) -> None:
    work = asyncio.create_task(_slowly(pool))
    turns = 0
    while not work.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10
    await work


async def _slowly(pool: EnginePool) -> Step:
    data = {"case": {"items": list(range(800))}}
    return await pool.start(SLOW, "p", data, **WHEN)


async def test_a_new_calendar_is_used_from_then_on(pool: EnginePool) -> None:
    due = node("intermediateCatchEvent", "t", timer("close_of_business(workday_after(today(), 1))", "timeDate"))
    files = source(due, flows("s", "t", "e"))
    closed = CalendarDay(day=date(2026, 11, 24), kind=DayKind.LOCAL_OFF, name="typhoon")
    other = CALENDAR.with_local_days_off([closed])
    for calendar, day in ((CALENDAR, 24), (other, 25), (CALENDAR, 24), (other, 25)):
        step = await pool.start(files, "p", {}, now=NOW, calendar=calendar)
        assert step.timers[0].at.day == day


async def test_a_worker_that_takes_too_long_is_killed_and_the_next_is_as_good() -> None:
    with opened(seconds=1.5) as small:
        for _ in range(2):
            assert await _works(small)
            with pytest.raises(EngineFault, match="no answer within"):
                await small.start(SLOW, "p", MANY, **WHEN)
        assert await _works(small)
        assert small.lost == 2


async def test_a_worker_that_eats_its_memory_is_replaced() -> None:
    with opened() as small:
        with pytest.raises(EngineFault, match="was replaced"):
            await small.start(GREEDY, "p", MANY, **WHEN)
        assert await _works(small)


async def test_the_second_worker_starts_when_the_first_is_at_work() -> None:
    with opened(workers=2) as two:
        assert await _works(two)
        assert await _works(two)
        assert len(two.pids()) == 1
        work = asyncio.create_task(_slowly(two))
        while not two.busy:  # noqa: ASYNC110 - the pool tells nobody when it begins
            await asyncio.sleep(0)
        assert await _works(two)
        await work
        assert len(two.pids()) == 2


async def test_a_worker_killed_while_idle_costs_nobody_anything() -> None:
    with opened() as small:
        assert await _works(small)
        (pid,) = small.pids()
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert await _works(small)
        assert small.pids() != [pid]
        assert small.lost == 0


async def test_a_worker_killed_over_its_work_loses_the_work_and_nothing_else() -> None:
    with opened() as small:
        step = await small.start(PLAIN, "p", {"case": {}}, **WHEN)
        work = asyncio.create_task(small.start(SLOW, "p", MANY, **WHEN))
        await wait_until(lambda: small.busy)
        (pid,) = small.pids()
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(EngineFault, match="was replaced"):
            await work
        done = await small.apply(PLAIN, step.state, Complete(step.tasks[0].id, {}), **WHEN)
        assert done.ended is not None


async def test_a_worker_holds_no_secret_of_its_parent(pool: EnginePool) -> None:
    await _works(pool)
    for pid in pool.pids():
        with open(f"/proc/{pid}/environ", "rb") as environ:  # noqa: PTH123, ASYNC230 - no file of ours
            names = {entry.partition(b"=")[0] for entry in environ.read().split(b"\0") if entry}
        assert names <= {b"PYTHONPATH", b"PYTHONUTF8"}


async def test_given_nothing_is_asked_then_one_worker_is_kept_and_a_new_one_where_drawings_were_checked() -> None:
    with opened(workers=2) as pool:
        await asyncio.gather(*(pool.findings(PLAIN) for _ in range(20)))
        busy = pool.pids()
        assert not await pool.rest(after=3600)
        assert pool.pids() == busy
        assert await pool.rest(after=0)
        (kept,) = pool.pids()
        assert kept not in busy
        assert not await pool.rest(after=0)
        assert await _works(pool)
        assert not await pool.rest(after=0)
        assert pool.pids() == [kept]


async def test_a_pool_does_not_rest_while_a_worker_is_at_work() -> None:
    with opened(workers=2, seconds=3) as pool:
        assert await pool.findings(PLAIN) is not None
        work = asyncio.create_task(pool.start(SLOW, "p", MANY, **WHEN))
        await wait_until(lambda: pool.busy)
        assert not await pool.rest(after=0)
        with pytest.raises(EngineFault):
            await work


async def _works(pool: EnginePool) -> bool:
    return (await pool.start(PLAIN, "p", {"case": {}}, **WHEN)).tasks[0].element == "a"


# ── a worker by itself ──


def test_a_worker_asks_for_what_it_has_forgotten_and_keeps_what_it_had() -> None:
    bench = Bench()
    whole = Request(StartRequest("p", {}, "1"), PLAIN.key, PLAIN.files, NOW, None, CALENDAR.version, CALENDAR)
    assert bench.answer(replace(whole, files=None)).missing
    assert bench.answer(replace(whole, calendar=None)).missing
    assert bench.answer(whole).step is not None
    assert bench.answer(replace(whole, files=None, calendar=None)).step is not None


def test_a_worker_forgets_what_was_used_longest_ago() -> None:
    bench = Bench()
    begin = StartRequest("p", {}, "")
    begun = [Request(begin, f"key {n}", PLAIN.files, NOW, None, "c", CALENDAR) for n in range(MAX_COMPILED + 1)]
    for each in begun:
        assert bench.answer(each).step is not None
    assert bench.answer(replace(begun[0], files=None)).missing
    assert bench.answer(replace(begun[1], files=None)).step is not None


def test_a_worker_answers_until_the_pool_hangs_up() -> None:
    ours, theirs = Pipe()
    request = Request(CheckRequest(), PLAIN.key, PLAIN.files, None, None, "", None)
    ours.send_bytes(packed_request(request))
    worker = threading.Thread(target=serve, args=(theirs,))
    worker.start()
    assert ours.recv_bytes() == b"started"
    assert read_reply(ours.recv_bytes()).findings is not None
    ours.close()
    worker.join(10)
    assert not worker.is_alive()
