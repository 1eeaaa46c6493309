"""One worker of the pool: `python -m services.workflow.engine.worker <descriptor> <memory in MB>`.

It has no environment, no open files but its pipe, and a bounded address space; it compiles and runs, and answers.
"""

import resource
import sys
from collections import OrderedDict
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Final

from services.kernel.worktime import Calendar, OfficeHours
from services.workflow.engine.bundles import Compiled, compile_bundle
from services.workflow.engine.exchange import (
    ApplyRequest,
    CheckRequest,
    Complaint,
    Reply,
    Request,
    StartRequest,
    packed_reply,
    read_request,
)
from services.workflow.engine.models import WHOLE, EngineFault, Refused
from services.workflow.engine.run import apply, start

MAX_COMPILED: Final = 64
MAX_CALENDARS: Final = 8


class Bench:
    """What a worker keeps between requests: compiled bundles by key, calendars by version."""

    def __init__(self) -> None:
        self._compiled: OrderedDict[str, Compiled] = OrderedDict()
        self._calendars: OrderedDict[str, Calendar] = OrderedDict()

    def answer(self, request: Request) -> Reply:
        """Do what is asked; refusals and faults are answers too."""
        compiled = self._bundle(request)
        if compiled is None:
            return Reply(missing=True)
        try:
            return self._done(request, compiled)
        except Refused as refused:
            return Reply(complaint=Complaint(refused.code, WHOLE, refused.zh, refused.en))
        except EngineFault as fault:
            return Reply(complaint=Complaint("", fault.element, fault.zh, fault.en))

    def _bundle(self, request: Request) -> Compiled | None:
        found = self._compiled.get(request.bundle_key)
        if found is None:
            if request.files is None:
                return None
            found = compile_bundle(request.files)
            self._compiled[request.bundle_key] = found
            while len(self._compiled) > MAX_COMPILED:
                self._compiled.popitem(last=False)
        self._compiled.move_to_end(request.bundle_key)
        return found

    def _done(self, request: Request, compiled: Compiled) -> Reply:
        work = request.work
        if isinstance(work, CheckRequest):
            return Reply(findings=compiled.findings)
        if compiled.bundle is None:
            raise EngineFault(WHOLE, "流程定义无法编译", "the definition does not compile")
        calendar = self._calendar(request)
        if calendar is None:
            return Reply(missing=True)
        now, hours = request.now or datetime.min.replace(tzinfo=UTC), request.hours or OfficeHours()
        match work:
            case StartRequest(key, data, instance_id):
                step = start(
                    compiled.bundle, key, data, now=now, calendar=calendar, hours=hours, instance_id=instance_id
                )
            case ApplyRequest(state, command):
                step = apply(compiled.bundle, state, command, now=now, calendar=calendar, hours=hours)
        return Reply(step=step)

    def _calendar(self, request: Request) -> Calendar | None:
        if request.calendar is not None:
            self._calendars[request.calendar_key] = request.calendar
            while len(self._calendars) > MAX_CALENDARS:
                self._calendars.popitem(last=False)
        return self._calendars.get(request.calendar_key)


def serve(connection: Connection) -> None:
    """Say that the process has started, then answer until the pool hangs up."""
    connection.send_bytes(b"started")
    bench = Bench()
    while True:
        try:
            request = read_request(connection.recv_bytes())
        except EOFError:
            return
        connection.send_bytes(packed_reply(bench.answer(request)))


def main(descriptor: int, memory_mb: int) -> None:
    """Bound the memory, then serve."""
    limit = memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(Connection(descriptor))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
