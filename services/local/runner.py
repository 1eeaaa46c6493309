"""`make run`: real servers, every service as its own process, the demo office, one screen that says what is where."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import httpx
from rich.console import Console

from services.local import bundles, officedata
from services.local.accounts import ensure_keys
from services.local.client import Api, Refusal
from services.local.environment import environment_of
from services.local.layout import Layout, service_of
from services.local.processes import Process, StartFailed
from services.local.server_faults import ServerFault
from services.local.servers import NO_AUTHORITIES, Server, Servers
from services.local.welcome import welcome

_LOOK_EVERY: Final = 0.5
_HEARD_WITHIN: Final = 20.0
_DEPLOYED_AT_ONCE: Final = 2
_BPMN: Final = Path("bpmn")
_NICE: Final = {"supervision": 4, "notify": 8, "postbox": 8, "simulator": 8}
"""On one machine people at the desk come before lights, and lights before messages; none of them is starved."""

console = Console(highlight=False)


class Run:
    """One running system. Used by `make run` and by tests alike."""

    def __init__(self, layout: Layout, *, driver: str = "motor") -> None:
        self.layout = layout
        self.servers = Servers(layout.var, layout.server_ports)
        self._driver = driver
        self.processes: dict[str, Process] = {}
        self._keepers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Servers, then helpers and services. Raises ServerFault, StartFailed; what was started is stopped again."""
        ensure_keys(self.layout)
        async with AsyncExitStack() as undo:
            undo.push_async_callback(self.stop)
            await self.servers.start()
            for name in ("postbox", *self.layout.services, "simulator"):
                self.processes[name] = self._process(name)
            async with asyncio.TaskGroup() as group:
                for process in self.processes.values():
                    group.create_task(process.start())
            undo.pop_all()

    def keep(self) -> None:
        """From now on, start again whatever dies."""
        keepers = [process.keep(_say) for process in self.processes.values()]
        servers = [_keep_server(server) for server in (self.servers.mongo, self.servers.nats) if server]
        self._keepers = [asyncio.create_task(keeper) for keeper in (*keepers, *servers)]

    async def stop(self) -> dict[str, int | None]:
        """Services first, then broker and database. Gives the exit code of each process."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers = []
        codes = await asyncio.gather(*(process.stop() for process in self.processes.values()))
        await self.servers.stop()
        return dict(zip(self.processes, codes, strict=True))

    async def furnish(self, bpmn: Path = _BPMN) -> None:
        """The demo office and the processes of `bpmn/`. Again does no harm. Raises Refusal."""
        async with Api(self.layout) as api:
            await officedata.load(api)
            await officedata.give_accounts(api, self.layout.demo_password)
            if self.layout.workers > 1:
                await _books_are_heard(api)
            folders = bundles.find(bpmn)
            for first in range(0, len(folders), _DEPLOYED_AT_ONCE):
                some = folders[first : first + _DEPLOYED_AT_ONCE]
                await asyncio.gather(*(bundles.deploy(api, folder, who="u.it") for folder in some))

    def _process(self, name: str) -> Process:
        is_service = name in self.layout.services
        url = f"{self.layout.url(name)}/{'readyz' if is_service else 'healthz'}"
        return Process(
            name=name,
            argv=[sys.executable, *_argv(name, self.layout)],
            env=environment_of(name, self.layout, self.servers, driver=self._driver),
            ready=lambda: _answers(url),
            log=self.layout.var / "logs" / f"{name}.log",
            nice=_NICE.get(name, 0),
        )


async def run(layout: Layout) -> int:
    """Start, say what is where, keep running until Ctrl-C, stop in order. Gives the exit code."""
    system, began = Run(layout), time.monotonic()
    with _stopped() as stopped:
        if not await _up(system):
            await system.stop()
            return 1
        system.keep()
        console.print(welcome(system.layout, seconds=time.monotonic() - began))
        await stopped.wait()
        console.print("正在停止 / stopping …")
        codes = await system.stop()
    return 0 if all(code == 0 for name, code in codes.items() if name in layout.services) else 1


async def _up(system: Run) -> bool:
    """Start and furnish; says what went wrong in red."""
    try:
        with console.status("正在启动 / starting …"):
            await system.start()
            await system.furnish()
    except* (ServerFault, StartFailed, Refusal) as faults:
        for fault in faults.exceptions:
            console.print(f"[red]{fault}[/red]")
        up = False
    else:
        up = True
    return up


def _argv(name: str, layout: Layout) -> list[str]:
    match name:
        case "postbox":
            ports = (str(layout.ports["postbox"]), str(layout.ports["smtp"]))
            return ["-m", "services.local.postbox", layout.host, *ports, str(layout.var / "postbox.jsonl")]
        case "simulator":
            return ["-m", "services.local.simulator", str(layout.ports["simulator"]), str(layout.var)]
        case _:
            return ["-m", f"services.{service_of(name)}"]


async def _books_are_heard(api: Api) -> None:
    """Wait until the workflow service knows the posts that diagrams name; if it takes too long the deploy says so."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_HEARD_WITHIN):
            while not await _is_heard(api):  # noqa: ASYNC110 - it would be in other processes
                await asyncio.sleep(_LOOK_EVERY / 5)


async def _is_heard(api: Api) -> bool:
    said = await api.call("GET", "registry", "/status")
    heard = await api.call("GET", "workflow", "/status")
    all_said = said["outbox"] is not None and not said["outbox"]["documents"]
    return all_said and heard["lag"] is not None and not any(heard["lag"].values())


async def _answers(url: str) -> bool:
    async with httpx.AsyncClient(trust_env=False, timeout=5, verify=NO_AUTHORITIES) as http:
        try:
            return (await http.get(url)).is_success
        except httpx.TransportError:
            return False


async def _keep_server(server: Server) -> None:
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        if not server.is_alive():
            _say(f"{server.name} 已退出，正在重启 / died, starting again")
            with contextlib.suppress(ServerFault):
                await server.start()


@contextlib.contextmanager
def _stopped() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C or SIGTERM sets."""
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        yield stopped
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _say(text: str) -> None:
    console.print(f"[yellow]{text}[/yellow]")
