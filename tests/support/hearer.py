"""A process to be killed or frozen: counts deliveries as `workflow`, for ever. Settings come from the environment.

`python -m tests.support.hearer` hears alone; with `shared` it is one of several and says what it counted, and when,
on standard error.
"""

import asyncio
import os
import sys
import time

from services.contracts.intake import CaseDelivered
from services.kernel import logs
from services.kernel.bus import Bus, Event, Listener
from services.kernel.clock import RealClock
from services.kernel.store import Aggregates, Store
from services.kernel.telemetry import Metrics
from tests.support.desk import Tally, count


async def main(*, shared: bool) -> None:
    env = os.environ
    url, database = env["GUIHUA_MONGO_URL"], env["GUIHUA_MONGO_DATABASE"]
    store = Store(url, database, service="workflow", clock=RealClock(), driver=env.get("GUIHUA_MONGO_DRIVER", "motor"))
    bus = Bus(env["GUIHUA_NATS_URL"], user="workflow", password=env["GUIHUA_NATS_PASSWORD"])
    await bus.connect(within=30)
    tallies = store.aggregates("tallies", Tally, key="case_no")
    hears = {CaseDelivered: told if shared else count}
    duty = asyncio.Event() if shared else None
    await Listener(bus, store, hears=hears, deps=tallies, metrics=Metrics(), duty=duty).run()


async def told(tallies: Aggregates[Tally], event: Event[CaseDelivered]) -> None:
    """Count, and say so: by wall time, which all processes have in common."""
    await count(tallies, event)
    sys.stderr.write(f"counted {event.said.case_no} {event.said.proof_no} {time.time()}\n")
    sys.stderr.flush()


if sys.argv[1:] == ["shared"]:
    logs.configure("workflow", level="info")
asyncio.run(main(shared=sys.argv[1:] == ["shared"]))
