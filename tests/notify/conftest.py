"""The messenger at work, the voices it hears, and those who carry its messages."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from nats.js.errors import NotFoundError

from services.contracts.events import Said
from services.contracts.registry import PersonChanged
from services.kernel.clock import FrozenClock
from services.kernel.identity import create_keypair
from services.notify.__main__ import SERVICE
from services.notify.deps import Deps
from services.notify.messages import Message
from services.notify.settings import NotifySettings
from services.notify.states import State
from tests.notify.builders import NOW
from tests.notify.providers import Postbox, Provider, postbox, provider
from tests.support.office import Office
from tests.support.running import AtWork, at_work, environment_of
from tests.support.voices import Voice, voice
from tests.support.wait import wait_until

HEARD = ("intake", "workflow", "supervision", "registry")
FIELD_KEYS = "a key for tests only: at least 32 characters"
QUICK = {"GUIHUA_ATTEMPT_LIMIT": "1", "GUIHUA_RETRY_PAUSES": "[0.01,0.01,0.01]", "GUIHUA_FALLBACK_AFTER": "2"}
PLAIN = {"GUIHUA_DIGEST_MINUTES": "0"}
"""Each message by itself, unless a test is about summaries."""


@dataclass(slots=True)
class Messenger:
    """The running service, and everybody it listens to."""

    work: AtWork[Deps]
    clock: FrozenClock
    intake: Voice
    workflow: Voice
    supervision: Voice
    registry: Voice
    environment: dict[str, str]

    async def knows(self, *people: PersonChanged) -> None:
        """Say these people, and wait until they are in the messenger's copy as said."""
        await self.registry.say(*people)
        for person in people:
            await wait_until(lambda: self._has(person))  # noqa: B023 - awaited before the next one

    def _has(self, person: PersonChanged) -> bool:
        return self.work.deps.books.people.get(person.code) == person

    async def handled(self, *said: Said, by: Voice) -> None:
        """Let somebody say these, and wait until all of it was handled."""
        await by.say(*said)
        await wait_until(self.is_idle)

    async def is_idle(self) -> bool:
        """Whether everything said was heard and everything due was tried."""
        status = (await self.work.client.get("/status")).json()
        return not any((status["lag"] or {"?": 1}).values()) and status["backlog"]["messages-due"] == 0

    async def messages(self) -> list[Message]:
        """All messages, by recipient."""
        return await self.work.deps.messages.query({}, sort=[("body.recipient", 1), ("_id", 1)], limit=1000)

    async def told(self, template: str | None = None) -> list[str]:
        """Who got a message, sorted."""
        return [
            each.recipient
            for each in await self.messages()
            if each.state is State.SENT and template in {None, each.template}
        ]

    async def dead_letters(self) -> int:
        """Events that could not be handled: none, unless a test wants one."""
        return await self.work.store.dead_letters.count()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Private and public key of the test's sign-in, and of the links."""
    return create_keypair(tmp_path_factory.mktemp("keys"))


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Postbox]:
    """The real postbox, empty."""
    async with postbox(tmp_path) as opened:
        yield opened


@pytest.fixture
async def gateway() -> AsyncIterator[Provider]:
    """A gateway that does as it is told."""
    async with provider() as opened:
        yield opened


@pytest.fixture
async def messenger(office: Office, keys: tuple[Path, Path], box: Postbox) -> AsyncIterator[Messenger]:
    """The service on empty servers, with the real postbox."""
    async with running(office, keys, box.settings()) as opened:
        yield opened


@asynccontextmanager
async def running(office: Office, keys: tuple[Path, Path], providers: dict[str, str]) -> AsyncIterator[Messenger]:
    """The service with these providers."""
    environment = {
        **environment_of(office, "notify", keys[1]),
        "GUIHUA_FIELD_KEYS": FIELD_KEYS,
        "GUIHUA_LINK_KEY_FILE": str(keys[0]),
        "GUIHUA_PUBLIC_URL": "http://notify.example",
        **QUICK,
        **PLAIN,
        **providers,
    }
    clock = FrozenClock(NOW)
    async with AsyncExitStack() as open_:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            settings = NotifySettings()
        voices = [await open_.enter_async_context(voice(office, name)) for name in HEARD]
        await wait_until(lambda: _streams_are_there(office))
        work = await open_.enter_async_context(at_work(SERVICE, settings, clock=clock, private_key=keys[0]))
        await wait_until(lambda: _hears(work))
        yield Messenger(work, clock, *voices, environment=environment)


async def _streams_are_there(office: Office) -> bool:
    return {f"GUIHUA_{name.upper()}" for name in HEARD} <= set(await office.streams())


async def _hears(work: AtWork[Deps]) -> bool:
    """Whether the service has a consumer on every stream: before, nothing counts as not heard yet."""
    for name in HEARD:
        try:
            await work.bus.js.consumer_info(f"GUIHUA_{name.upper()}", "notify")
        except NotFoundError:
            return False
    return True
