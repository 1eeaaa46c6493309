"""`make run` when something is in its way: it says what, harms nothing, and leaves no process behind."""

import asyncio
import socket
import sys
from pathlib import Path

import httpx
import pytest

from services.local.client import Api, Refusal
from services.local.layout import SERVICES, Layout
from services.local.runner import Run
from tests.scenarios.lives import life, stopped_in_order
from tests.scenarios.office import LANDSCAPE, received
from tests.support.process import ROOT
from tests.support.tree import running
from tests.support.wait import wait_until

pytestmark = pytest.mark.timeout(300)


async def test_given_an_interrupt_then_everything_stops_in_order_and_the_next_start_finds_everything(
    tmp_path: Path,
) -> None:
    layout = Layout.free(tmp_path / "var")
    async with life(layout, tmp_path / "first.txt") as first, Api(layout) as api:
        await first.up()
        case_no = await received(api, LANDSCAPE)
        processes = first.processes()
        first.interrupt()
        assert await first.ended() == 0
        assert running(processes) == set()
        assert stopped_in_order(first) == []

    async with life(layout, tmp_path / "second.txt") as second, Api(layout) as api:
        await second.up()
        case = await api.call("GET", "intake", f"/cases/{case_no}", who="u.window")
        assert case["title"] == LANDSCAPE["title"]


async def test_given_a_killed_runner_then_nothing_outlives_it_and_the_next_start_needs_no_tidying(
    tmp_path: Path,
) -> None:
    layout = Layout.free(tmp_path / "var")
    async with life(layout, tmp_path / "first.txt") as first, Api(layout) as api:
        await first.up()
        case_no = await received(api, LANDSCAPE)
        processes = first.processes()
        first.kill()
        await first.ended()

    async with life(layout, tmp_path / "second.txt") as second, Api(layout) as api:
        await second.up()
        assert running(processes) == set()
        case = await api.call("GET", "intake", f"/cases/{case_no}", who="u.window")
        assert case["title"] == LANDSCAPE["title"]


async def test_given_a_running_system_when_it_is_started_again_then_the_second_is_refused_and_the_first_goes_on(
    system: Run, tmp_path: Path
) -> None:
    async with life(system.layout, tmp_path / "second.txt") as second:
        assert await second.ended() == 1
        assert "已被占用" in second.said()

    async with Api(system.layout) as api:
        for service in SERVICES:
            assert (await api.call("GET", service, "/readyz"))["ready"]


async def test_given_a_running_system_when_another_run_is_told_to_reset_then_it_refuses_and_the_data_stay(
    system: Run, api: Api
) -> None:
    """It once deleted the data under the running system."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from services.local.cli import main; main()"),
        *("run", "--reset", "--var", str(system.layout.var)),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(child.communicate(), 60)

    assert (child.returncode, "正被另一个 mongod 使用" in said.decode()) == (1, True)
    assert system.layout.private_key.exists()
    assert await received(api, LANDSCAPE)


async def test_given_a_port_in_use_then_its_number_is_named_and_nothing_is_left_running(tmp_path: Path) -> None:
    layout = Layout.free(tmp_path / "var")
    with socket.create_server((layout.host, layout.ports["intake"])):
        async with life(layout, tmp_path / "output.txt") as refused:
            processes = await wait_until(refused.processes, within=30)
            assert await refused.ended() == 1

    assert str(layout.ports["intake"]) in refused.said()
    assert running(processes) == set()


async def test_given_a_service_that_is_killed_then_it_is_started_again(system: Run, api: Api) -> None:
    notify = system.processes["notify"]
    starts, pid = notify.starts, notify.pid

    notify.kill()

    await wait_until(lambda: notify.starts > starts and notify.pid != pid, within=60)
    await wait_until(lambda: answers(api, "notify"), within=60)


async def answers(api: Api, service: str) -> bool:
    try:
        return bool((await api.call("GET", service, "/readyz"))["ready"])
    except (httpx.TransportError, Refusal):
        return False
