"""Nothing said is lost, nothing said twice, while gateways are rough and service, broker and database die in turn.

`make storm MESSAGES=20000` does it with as many and tells how it goes, `make chaos` with 20,000 among the other storms,
every test run with 60.
"""

import asyncio
import os
import secrets
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.notify.builders import person, red
from tests.notify.conftest import FIELD_KEYS, HEARD
from tests.notify.rough import KEY, Rough, rough
from tests.support.office import Office
from tests.support.process import process
from tests.support.running import environment_of
from tests.support.voices import voice
from tests.support.wait import wait_until

PEOPLE = [person(f"u.handler{n}.d06", "P04@D06") for n in range(20)]
CODES = [each.code for each in PEOPLE]
_TOLD_EVERY = 5.0
MANY = int(os.environ.get("GUIHUA_MESSAGES", "20000"))

ROSTER = """
[[provider]]
name = "{name}"
channel = "chat"
kind = "gateway"
url = "{url}/chat"
receipt_keys = "{key}"
"""


@pytest.mark.timeout(400)
async def test_given_60_messages_on_their_way_when_everything_dies_once_then_each_arrives_once(
    office: Office, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    await weathered(office, keys, tmp_path, cases=3, strikes=("broker", "database"))


@pytest.mark.chaos
@pytest.mark.timeout(3600)
async def test_given_20000_messages_on_their_way_when_everything_dies_again_and_again_then_each_arrives_once(
    office: Office, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    await weathered(office, keys, tmp_path, cases=MANY // len(CODES), strikes=("broker", "database"), lives=6)


async def weathered(
    office: Office, keys: tuple[Path, Path], folder: Path, *, cases: int, strikes: tuple[str, ...], lives: int = 1
) -> None:
    """Say all, strike in turn while it is under way, wait until it is over, and look who got what.

    In each of its lives the messenger sees both servers die, and is killed itself.
    """
    wanted, seed, began = cases * len(CODES), secrets.randbelow(10**6), time.monotonic()
    async with AsyncExitStack() as opened, asyncio.TaskGroup() as telling:
        environment = settings(office, keys, folder)
        to = f"http://127.0.0.1:{environment['GUIHUA_HTTP_PORT']}"
        gateways = [await opened.enter_async_context(rough(name, seed, receipts_to=to)) for name in ("a", "b")]
        roster = "".join(ROSTER.format(name=each.name, url=each.url, key=KEY.decode()) for each in gateways)
        (folder / "roster.toml").write_text(roster)
        said = {name: await opened.enter_async_context(voice(office, name)) for name in HEARD}
        log = Progress(gateways, wanted, began)
        telling.create_task(log.tell())
        await said["registry"].say(*PEOPLE)
        await said["supervision"].say(*(red(*CODES, case_no=f"5120{number:08d}") for number in range(cases)))
        log.note("all is said")
        for life in range(lives):
            async with process("services.notify", environment, folder / f"{life}.log") as running:
                log.note(f"life {life + 1} of {lives}")
                await struck(office, log, wanted * life // lives, wanted // lives, strikes=strikes)
                log.note("the messenger is killed")
                running.child.kill()
                await running.ended(within=10)
        for each in gateways:
            each.is_calm = True
        async with process("services.notify", environment, folder / "last.log"):
            log.note("the last life, in calm")
            await wait_until(lambda: all_over(office, log), within=300 + wanted / 10)
        log.over.set()
    await verdict(office, gateways, wanted, seed=seed, seconds=time.monotonic() - began)


def settings(office: Office, keys: tuple[Path, Path], folder: Path) -> dict[str, str]:
    return {
        **environment_of(office, "notify", keys[1]),
        "GUIHUA_FIELD_KEYS": FIELD_KEYS,
        "GUIHUA_LINK_KEY_FILE": str(keys[0]),
        "GUIHUA_PROVIDERS_FILE": str(folder / "roster.toml"),
        "GUIHUA_DIGEST_MINUTES": "0",
        "GUIHUA_ATTEMPT_LIMIT": "4",
        "GUIHUA_RETRY_PAUSES": f"{[0.2] * 20}",
        "GUIHUA_FALLBACK_AFTER": "20",
    }


@dataclass(slots=True)
class Progress:
    """How far it is, for who waits at the screen."""

    gateways: list[Rough]
    wanted: int
    began: float
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def delivered(self) -> int:
        return sum(len(each.delivered) for each in self.gateways)

    def note(self, what: str) -> None:
        """Something happens."""
        seconds = time.monotonic() - self.began
        print(f"  {seconds:6.1f} s  {self.delivered:6d} of {self.wanted}  {what}", flush=True)  # noqa: T201 - for people

    async def tell(self) -> None:
        """Every few seconds, how many a second there were."""
        while not self.over.is_set():
            before = self.delivered
            with suppress(TimeoutError):
                await asyncio.wait_for(self.over.wait(), _TOLD_EVERY)
            self.note(f"{(self.delivered - before) / _TOLD_EVERY:.0f} a second")


async def struck(office: Office, log: Progress, before: int, wanted: int, *, strikes: tuple[str, ...]) -> None:
    """The servers die one after the other, each time when some more messages have been taken."""
    for turn, what in enumerate(strikes):
        enough = before + turn * wanted // (len(strikes) + 1)
        await wait_until(lambda: log.delivered > enough, within=300)  # noqa: B023 - awaited here
        log.note(f"the {what} is killed")
        if what == "broker":
            await office.restart_broker()
        else:
            office.kill_database()
            await office.start_database()


async def states(office: Office) -> Counter[str]:
    rows = await office.mongo["guihua_notify"]["messages"].find({}, {"body.state": 1}).to_list(None)
    return Counter(row["body"]["state"] for row in rows)


async def all_over(office: Office, log: Progress) -> bool:
    """Whether everything is there and nothing under way; the database is asked only once the gateways have it all."""
    if log.delivered < log.wanted:
        return False
    messages = office.mongo["guihua_notify"]["messages"]
    if await messages.count_documents({"body.state": {"$nin": ["sent", "delivered"]}}):
        return False
    return await messages.count_documents({}) == log.wanted


async def verdict(office: Office, gateways: list[Rough], wanted: int, *, seed: int, seconds: float) -> None:
    """Who got what, and what is on record of it."""
    delivered = [what for each in gateways for what in each.delivered.values()]
    rows = await office.mongo["guihua_notify"]["messages"].find({}, {"body.attempts": 1}).to_list(None)
    tries = Counter(len(row["body"]["attempts"]) for row in rows)
    moods: Counter[str] = sum((each.moods for each in gateways), Counter())
    print(  # noqa: T201 - figures are for people
        f"\n  seed {seed}: {wanted} messages in {seconds:.0f} s, {sum(each.requests for each in gateways)} requests,"
        f" {len(delivered)} delivered, {len(set(delivered))} different"
        f"\n  by gateway { ({each.name: len(each.delivered) for each in gateways}) }"
        f"\n  moods {dict(moods)}\n  states {dict(await states(office))}\n  tries {dict(sorted(tries.items()))}"
    )
    assert len(delivered) == len(set(delivered)) == wanted, "each once: nothing lost, nothing twice, by neither gateway"
    assert await office.mongo["guihua_notify"]["dead_letters"].count_documents({}) == 0
