"""A process to be killed: saves deliveries of ten cases without pause, and prints each once it is acknowledged.

`python -m tests.support.saver <relay|silent>`; settings come from the environment.
"""

import asyncio
import os
import sys
from itertools import count

from services.contracts.intake import CaseDelivered
from services.kernel.bus import Bus, Stream
from services.kernel.clock import RealClock
from services.kernel.outbox import Relay
from services.kernel.store import Aggregates, Store
from tests.support.desk import Desk, delivered


async def main(*, relays: bool) -> None:
    env = os.environ
    url, database = env["GUIHUA_MONGO_URL"], env["GUIHUA_MONGO_DATABASE"]
    store = Store(url, database, service="intake", clock=RealClock(), driver=env["GUIHUA_MONGO_DRIVER"])
    desks = store.aggregates("desks", Desk, key="case_no")
    await store.prepare()
    async with asyncio.TaskGroup() as tasks:
        if relays:
            bus = Bus(env["GUIHUA_NATS_URL"], user="intake", password=env["GUIHUA_NATS_PASSWORD"])
            await bus.connect(within=10)
            tasks.create_task(Relay(store, bus, Stream.of("intake")).run())
        for case in range(10):
            tasks.create_task(keep_saving(desks, str(case)))


async def keep_saving(desks: Aggregates[Desk], case_no: str) -> None:
    if await desks.find(case_no) is None:
        await desks.create(Desk(case_no=case_no))

    def one_more(desk: Desk) -> tuple[Desk, list[CaseDelivered]]:
        proof = f"{case_no}-{len(desk.proofs)}"
        return Desk(case_no=case_no, proofs=(*desk.proofs, proof)), [delivered(case_no, proof)]

    for _ in count():
        saved = await desks.change(case_no, one_more)
        sys.stdout.write(f"saved {saved.proofs[-1]}\n")
        sys.stdout.flush()


asyncio.run(main(relays=sys.argv[1] == "relay"))
