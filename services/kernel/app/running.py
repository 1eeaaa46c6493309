"""The life of a service process: connect, serve, and on SIGTERM finish what was begun.

Start: settings, database, broker, the service's own tools, relay, listener, tickers, HTTP.
Stop: not ready, hear and accept nothing new, finish what is in flight, send the outbox, disconnect, exit 0.
Every step of the stop has a limit; together they stay well under thirty seconds.
"""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Final, Generic, NoReturn, TypeVar

import uvloop
from pydantic import ValidationError

from services.kernel import logs, telemetry
from services.kernel import settings as setting
from services.kernel.app.away import is_away
from services.kernel.app.http import FINISH_WITHIN, PortTaken, cancelled, finished, listen, server
from services.kernel.app.keeping import keep
from services.kernel.app.kernel import Kernel
from services.kernel.app.service import Service
from services.kernel.app.starting import NotStarted, StoppedEarly, connected, within
from services.kernel.app.tickers import tick
from services.kernel.bus import Bus, Listener, Stream
from services.kernel.clock import DEMO_BUCKET, DEMO_KEY, Anchor, DemoClock
from services.kernel.identity import Identity
from services.kernel.outbox import Relay
from services.kernel.settings import EXIT_WRONG_SETTINGS, Settings

D = TypeVar("D")
log = logs.get(__name__)

EXIT_FAILED: Final = 1
_FLUSH_WITHIN: Final = 4.0
_CLOSE_WITHIN: Final = 3.0
_TRACES_WITHIN: Final = 2.0


def run(service: Service[D]) -> NoReturn:
    """Run the service until it is told to stop, then end the process. For a service's `__main__`."""
    settings = setting.load(service.settings)
    try:
        identity = Identity.of(settings)
    except (OSError, ValueError) as error:
        _say(f"令牌公钥设置有误 / the settings of the token keys are wrong: {error}")
        sys.exit(EXIT_WRONG_SETTINGS)
    logs.configure(service.name, level=settings.log_level)
    telemetry.start_tracing(service.name, endpoint=settings.otlp_endpoint)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(_live(service, settings, identity))
    telemetry.stop_tracing(limit=_TRACES_WITHIN)
    log.info("stopped", exit_code=code)
    sys.exit(code)


async def _live(service: Service[D], settings: Settings, identity: Identity) -> int:
    """The exit code of a whole life."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        async with AsyncExitStack() as closing:
            kernel = await connected(service.name, settings, identity=identity, stopping=stopping, closing=closing)
            running = Running(service, kernel, await _deps(service, kernel, closing))
            _spare_collector()
            return await running.run()
    except StoppedEarly:
        return 0
    except (NotStarted, PortTaken) as error:
        _say(f"{service.name} 没有启动 / did not start: {error}")
    except Exception:
        log.exception("service failed")
    return EXIT_FAILED


def _spare_collector() -> None:
    """Look no more for rubbish among what is there now: the code and the routes live as long as the process."""
    gc.collect()
    gc.freeze()


async def _deps(service: Service[D], kernel: Kernel, closing: AsyncExitStack) -> D:
    """The service's own tools, and the database made ready for them."""
    try:
        await _show_demo_time(kernel)
        deps = await service.deps(kernel)
        if (close := service.close) is not None:
            closing.push_async_callback(within, _CLOSE_WITHIN, lambda: close(deps), what="the service's own tools")
        await kernel.store.prepare()
    except Exception as error:
        if is_away(error):
            msg = "MongoDB 或 NATS 在启动途中断开 / MongoDB or NATS went away during the start"
            raise NotStarted(msg) from error
        raise
    return deps


async def _show_demo_time(kernel: Kernel) -> None:
    """Show the demonstration's time before anything begins: a ticker must not act in real time until it is known."""
    clock = kernel.clock
    if not isinstance(clock, DemoClock):
        return
    value = await kernel.bus.get(DEMO_BUCKET, DEMO_KEY)
    with suppress(ValidationError):  # nonsense is logged by those who follow the clock
        if value is not None:
            clock.set(Anchor.model_validate_json(value))


class Running(Generic[D]):
    """A service at work, from the first request to the last."""

    def __init__(self, service: Service[D], kernel: Kernel, deps: D) -> None:
        self._service, self._kernel, self._deps = service, kernel, deps
        self._app = service.create_app(kernel, deps)
        self._relay = Relay(kernel.store, kernel.bus, Stream.of(service.name))
        self._side_by_side = service.side_by_side(kernel.settings)
        if not self._side_by_side:
            kernel.duty.set()
        self._listener = self._new_listener()
        self._finished = asyncio.Event()

    async def run(self) -> int:
        """Work until told to stop; gives the exit code: 0 unless the work ended for another reason."""
        settings = self._kernel.settings
        listening = listen(settings.http_host, settings.http_port)
        http = server(self._app, trusted_proxies=settings.trusted_proxies)
        async with asyncio.TaskGroup() as group:
            lasting = self._start_lasting(group)
            workers = self._start_workers(group)
            serving = group.create_task(http.serve(sockets=[listening]), name="http")
            log.info("serving", host=settings.http_host, port=listening.getsockname()[1])
            told = await self._end(serving)
            http.stop()
            await asyncio.gather(finished({serving}, within=FINISH_WITHIN + 1), finished(workers, within=FINISH_WITHIN))
            await self._relay.flush(within=_FLUSH_WITHIN)
            self._finished.set()
            await cancelled(lasting)
        return 0 if told else EXIT_FAILED

    def _start_lasting(self, group: asyncio.TaskGroup) -> set[asyncio.Task[None]]:
        """What goes on until everything else is finished."""
        works: dict[str, Callable[[], Awaitable[None]]] = {"relay": self._relay.run}
        if isinstance(clock := self._kernel.clock, DemoClock):
            works["clock"] = lambda: clock.follow(anchors(self._kernel.bus))
        return {self._keep(group, name, work, until=self._finished) for name, work in works.items()}

    def _start_workers(self, group: asyncio.TaskGroup) -> set[asyncio.Task[None]]:
        """What begins nothing new once the service is told to stop."""
        kernel = self._kernel
        works: dict[str, Callable[[], Awaitable[None]]] = {"listener": self._hear} if self._service.hears else {}
        for ticker in self._service.tickers:
            works[f"ticker {ticker.name}"] = partial(
                tick,
                ticker,
                self._deps,
                clock=kernel.clock,
                metrics=kernel.metrics,
                stopping=kernel.stopping,
                duty=kernel.duty,
            )
        return {self._keep(group, name, work, until=kernel.stopping) for name, work in works.items()}

    def _keep(
        self, group: asyncio.TaskGroup, name: str, work: Callable[[], Awaitable[None]], *, until: asyncio.Event
    ) -> asyncio.Task[None]:
        return group.create_task(keep(name, work, stopping=until, metrics=self._kernel.metrics), name=name)

    async def _hear(self) -> None:
        """Hear with a listener that knows nothing of one that crashed."""
        self._listener = self._new_listener()
        await self._listener.run()

    def _new_listener(self) -> Listener[D]:
        kernel, service = self._kernel, self._service
        listener = Listener(
            kernel.bus,
            kernel.store,
            hears=service.hears,
            deps=self._deps,
            metrics=kernel.metrics,
            duty=kernel.duty if self._side_by_side else None,
        )
        self._app.state.listener = listener
        return listener

    async def _end(self, serving: asyncio.Task[None]) -> bool:
        """Wait for the end and begin it: nothing new from here on. Whether we were told to stop."""
        stopping = self._kernel.stopping
        told, gone = asyncio.ensure_future(stopping.wait()), asyncio.ensure_future(self._kernel.bus.gone())
        await asyncio.wait({told, gone, serving}, return_when=asyncio.FIRST_COMPLETED)
        was_told = stopping.is_set()
        log.info("stopping", told=was_told)
        told.cancel()
        gone.cancel()
        stopping.set()
        self._listener.stop()
        return was_told


async def anchors(bus: Bus) -> AsyncIterator[Anchor]:
    """The settings of the demonstration's clock, the present one first."""
    async for value in bus.watch(DEMO_BUCKET, DEMO_KEY):
        try:
            yield Anchor.model_validate_json(value)
        except ValidationError:
            log.exception("the demonstration's clock was set to nonsense", bucket=DEMO_BUCKET, key=DEMO_KEY)


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
