"""A process to be killed: counts deliveries as `workflow`, for ever. Settings come from the environment."""

import asyncio
import os

from services.contracts.intake import CaseDelivered
from services.kernel.bus import Bus, Listener
from services.kernel.clock import RealClock
from services.kernel.store import Store
from services.kernel.telemetry import Metrics
from tests.support.desk import Tally, count


async def main() -> None:
    env = os.environ
    url, database = env["GUIHUA_MONGO_URL"], env["GUIHUA_MONGO_DATABASE"]
    store = Store(url, database, service="workflow", clock=RealClock(), driver=env["GUIHUA_MONGO_DRIVER"])
    bus = Bus(env["GUIHUA_NATS_URL"], user="workflow", password=env["GUIHUA_NATS_PASSWORD"])
    await bus.connect(within=30)
    tallies = store.aggregates("tallies", Tally, key="case_no")
    await Listener(bus, store, hears={CaseDelivered: count}, deps=tallies, metrics=Metrics()).run()


asyncio.run(main())
