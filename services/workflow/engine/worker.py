"""One worker of the pool: `python -m services.workflow.engine.worker <descriptor> <memory in MB>`.

It has no environment, no open files but its pipe, and a bounded address space; it compiles and runs, and answers.
`services.workflow.worker` is the same with the bureau's rules at the gate.
"""

import resource
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Final

from services.kernel.worktime import Calendar, OfficeHours
from services.workflow.engine.bundles import Bundle, Compiled, compile_bundle, compile_diagrams
from services.workflow.engine.carry import Route, migrate
from services.workflow.engine.exchange import (
    ApplyRequest,
    CarryRequest,
    CheckRequest,
    Complaint,
    Reply,
    Request,
    StartRequest,
    packed_reply,
    read_request,
)
from services.workflow.engine.models import WHOLE, EngineFault, Finding, Refused
from services.workflow.engine.run import apply, start

MAX_COMPILED: Final = 64
MAX_CALENDARS: Final = 8

Check = Callable[[Mapping[str, bytes], CheckRequest], tuple[Finding, ...]]
"""Gives everything that is wrong with the files of a definition."""


def engine_check(files: Mapping[str, bytes], _asked: CheckRequest) -> tuple[Finding, ...]:
    """Give what the engine has to say against files."""
    return compile_bundle(files).findings


class Bench:
    """What a worker keeps between requests: compiled bundles by key, calendars by version."""

    def __init__(self, check: Check = engine_check) -> None:
        self._check = check
        self._compiled: OrderedDict[str, Compiled] = OrderedDict()
        self._calendars: OrderedDict[str, Calendar] = OrderedDict()
        self._route: Route | None = None

    def answer(self, request: Request) -> Reply:
        """Do what is asked; refusals and faults are answers too.

        The house's rules are asked at the gate alone: cases run under the version that they began with, and a rule
        that became stricter since must not stop them.
        """
        if isinstance(request.work, CheckRequest):
            return self._checked(request.files, request.work)
        compiled = self._bundle(request.bundle_key, request.files)
        if compiled is None:
            return Reply(missing=True)
        try:
            return self._done(request, compiled)
        except Refused as refused:
            return Reply(complaint=Complaint(refused.code, WHOLE, refused.zh, refused.en))
        except EngineFault as fault:
            return Reply(complaint=Complaint("", fault.element, fault.zh, fault.en))

    def _checked(self, files: Mapping[str, bytes] | None, asked: CheckRequest) -> Reply:
        return Reply(missing=True) if files is None else Reply(findings=self._check(files, asked))

    def _bundle(self, key: str, files: Mapping[str, bytes] | None) -> Compiled | None:
        found = self._compiled.get(key)
        if found is None:
            if files is None:
                return None
            found = compile_diagrams(files)
            self._compiled[key] = found
            while len(self._compiled) > MAX_COMPILED:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(key)
        return found

    def _done(self, request: Request, compiled: Compiled) -> Reply:
        work = request.work
        if compiled.bundle is None:
            raise EngineFault(WHOLE, "流程定义无法编译", "the definition does not compile")
        calendar = self._calendar(request)
        if calendar is None:
            return Reply(missing=True)
        now, hours = request.now or datetime.min.replace(tzinfo=UTC), request.hours or OfficeHours()
        match work:
            case StartRequest(key, data, instance_id, start_event):
                step = start(
                    compiled.bundle,
                    key,
                    data,
                    now=now,
                    calendar=calendar,
                    hours=hours,
                    instance_id=instance_id,
                    start_event=start_event,
                )
            case ApplyRequest(state, command):
                step = apply(compiled.bundle, state, command, now=now, calendar=calendar, hours=hours)
            case CarryRequest(states):
                route = self._way(work, compiled.bundle)
                each = tuple(migrate(route, state, now=now, calendar=calendar, hours=hours) for state in states)
                return Reply(carried=each)
        return Reply(step=step)

    def _way(self, work: CarryRequest, new: Bundle) -> Route:
        """The way between two versions, the same for as many requests as ask for it one after another."""
        old = self._bundle(work.old_key, work.old_files)
        if old is None or old.bundle is None:
            raise EngineFault(WHOLE, "旧版流程定义无法编译", "the old definition does not compile")
        known = self._route
        if known is None or (known.old, known.new, known.mapping, known.touched) != (
            old.bundle,
            new,
            work.mapping,
            work.touched,
        ):
            known = self._route = Route(old.bundle, new, work.mapping, work.touched)
        return known

    def _calendar(self, request: Request) -> Calendar | None:
        if request.calendar is not None:
            self._calendars[request.calendar_key] = request.calendar
            while len(self._calendars) > MAX_CALENDARS:
                self._calendars.popitem(last=False)
        return self._calendars.get(request.calendar_key)


def serve(connection: Connection, check: Check = engine_check) -> None:
    """Say that the process has started, then answer until the pool hangs up."""
    bench = Bench(check)
    with suppress(EOFError, BrokenPipeError):
        connection.send_bytes(b"started")
        while True:
            request = read_request(connection.recv_bytes())
            connection.send_bytes(packed_reply(bench.answer(request)))


def main(descriptor: int, memory_mb: int, check: Check = engine_check) -> None:
    """Bound the memory, then serve."""
    limit = memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(Connection(descriptor), check)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
