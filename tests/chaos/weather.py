"""What is done to the system while people work: processes killed, servers killed, the broker's disk lost."""

import asyncio
import os
import random
import shutil
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.kernel.worktime import SHANGHAI
from services.local.runner import Run
from tests.chaos.client import LookAgain
from tests.chaos.figures import Figures
from tests.chaos.office import Office
from tests.support.tree import descendants

FIRST_MORNING: Final = datetime(2026, 9, 16, 9, 30, tzinfo=SHANGHAI)
_FROZEN_FOR: Final = (1.0, 9.0)
_KILLED_RATHER: Final = 0.5
_HALF_DAY: Final = timedelta(hours=5)
_NIGHT: Final = timedelta(hours=19)


@dataclass(frozen=True, slots=True)
class Weather:
    """How hard it blows. Seconds between two blows are given as (shortest, longest); empty: never."""

    services: Sequence[float] = ()
    broker: Sequence[float] = ()
    database: Sequence[float] = ()
    broker_disk: Sequence[float] = ()
    frost: Sequence[float] = ()
    engine: Sequence[float] = ()
    workers: Sequence[float] = ()
    half_day: float = 3.0
    """Seconds that half a working day takes."""


async def storm(run: Run, weather: Weather, figures: Figures, *, seconds: float) -> None:
    """Let it blow for so long, from all sides at once."""
    blows: dict[str, tuple[Sequence[float], Callable[[random.Random], None]]] = {
        "services": (weather.services, lambda dice: kill_process(run, dice, figures)),
        "broker": (weather.broker, lambda _: kill_broker(run, figures)),
        "database": (weather.database, lambda _: kill_database(run, figures)),
        "broker's disk": (weather.broker_disk, lambda _: lose_broker_disk(run, figures)),
        "workers": (weather.workers, lambda dice: hit_worker(run, dice, figures)),
        "engine": (weather.engine, lambda dice: kill_engine_worker(run, dice, figures)),
        "frost": (weather.frost, lambda dice: freeze(run, dice, figures)),
    }
    try:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            for name, (pauses, blow) in blows.items():
                group.create_task(_blow(blow, pauses, figures.dice(name)))
    except TimeoutError:
        return


async def _blow(blow: Callable[[random.Random], None], pauses: Sequence[float], dice: random.Random) -> None:
    while pauses:
        await asyncio.sleep(dice.uniform(*pauses))
        blow(dice)


def kill_process(run: Run, dice: random.Random, figures: Figures) -> None:
    """SIGKILL to a service or the simulator, if it runs just now."""
    _kill(run, dice.choice(_victims(run)), figures)


def hit_worker(run: Run, dice: random.Random, figures: Figures) -> None:
    """SIGKILL to one of several workflow processes, or a frost that it does not notice."""
    name = dice.choice([each for each in _victims(run) if each.startswith("workflow")])
    if dice.random() < _KILLED_RATHER:
        _kill(run, name, figures)
    elif name in _running(run):
        _freeze(name, _running(run)[name], dice, figures)


def _victims(run: Run) -> list[str]:
    return [name for name in run.processes if name != "postbox"]


def _kill(run: Run, name: str, figures: Figures) -> None:
    process = run.processes[name]
    if process.child is not None and process.child.returncode is None:
        process.kill()
        figures.kills[name] += 1


def kill_engine_worker(run: Run, dice: random.Random, figures: Figures) -> None:
    """SIGKILL to one of the workflow service's own workers, as when it needs more memory than there is."""
    workflow = run.processes["workflow"].child
    workers = sorted(descendants(workflow.pid)) if workflow is not None and workflow.returncode is None else []
    if workers:
        with suppress(ProcessLookupError):
            os.kill(dice.choice(workers), signal.SIGKILL)
        figures.kills["engine worker"] += 1


def kill_broker(run: Run, figures: Figures) -> None:
    """SIGKILL to nats-server."""
    assert run.servers.nats
    run.servers.nats.kill()
    figures.kills["nats-server"] += 1


def kill_database(run: Run, figures: Figures) -> None:
    """SIGKILL to mongod."""
    assert run.servers.mongo
    run.servers.mongo.kill()
    figures.kills["mongod"] += 1


def lose_broker_disk(run: Run, figures: Figures) -> None:
    """SIGKILL to nats-server, and all that JetStream had on disk is gone before it starts again."""
    kill_broker(run, figures)
    shutil.rmtree(run.layout.var / "nats")
    figures.kills["JetStream's store"] += 1


def freeze(run: Run, dice: random.Random, figures: Figures) -> None:
    """SIGSTOP to a process or a server; it wakes some seconds later and knows nothing of it."""
    name, pid = dice.choice([*_running(run).items()])
    _freeze(name, pid, dice, figures)


def _freeze(name: str, pid: int, dice: random.Random, figures: Figures) -> None:
    os.kill(pid, signal.SIGSTOP)
    asyncio.get_running_loop().call_later(dice.uniform(*_FROZEN_FOR), _thaw, pid)
    figures.kills[f"{name} frozen"] += 1


def _running(run: Run) -> dict[str, int]:
    """The process ids of all that runs now."""
    children = {name: run.processes[name].child for name in _victims(run)}
    found = {name: child.pid for name, child in children.items() if child is not None and child.returncode is None}
    servers = {"nats-server": run.servers.nats, "mongod": run.servers.mongo}
    found |= {name: server.process.pid for name, server in servers.items() if server and server.process}
    return found


def _thaw(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)


async def calendar(office: Office, weather: Weather) -> None:
    """Let the office's time pass: a morning, an afternoon, the next morning, in all processes."""
    moment = FIRST_MORNING
    while not office.closing.is_set():
        await set_clock(office, moment)
        moment += _HALF_DAY if moment.hour == FIRST_MORNING.hour else _NIGHT
        await asyncio.sleep(weather.half_day)


async def set_clock(office: Office, moment: datetime) -> None:
    """Freeze the office's clock at a moment."""
    body = {"as_of": moment.isoformat(), "speed": 0}
    try:
        await office.client.ask("PUT", "registry", "/clock", who="u.ops", body=body)
    except LookAgain as refusal:
        office.surprise(str(refusal))
    office.now = moment
