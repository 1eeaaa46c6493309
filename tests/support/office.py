"""The servers under the tests, and how to empty them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import nats
from nats.aio.client import Client
from pymongo import AsyncMongoClient

from services.kernel.store.provision import ADMINISTRATOR
from services.local.servers import Servers


@dataclass(slots=True)
class Office:
    """Both real servers, with the administrator's eyes and hands. One for the whole test run.

    Services under test log in as themselves (`settings_of`), so what they may not do fails here as in production.
    """

    servers: Servers
    _mongo: AsyncMongoClient[dict[str, Any]] | None = None
    _nats: Client | None = None
    _lost: list[str] = field(default_factory=list)

    def settings_of(self, service: str) -> dict[str, str]:
        """`GUIHUA_*` variables of a service."""
        return self.servers.settings_of(service)

    @property
    def mongo(self) -> AsyncMongoClient[dict[str, Any]]:
        """MongoDB as its administrator."""
        if self._mongo is None:
            self._mongo = AsyncMongoClient(
                self.servers.mongo_url(ADMINISTRATOR), tz_aware=True, timeoutMS=10_000, serverMonitoringMode="poll"
            )
        return self._mongo

    async def broker(self) -> Client:
        """NATS as its administrator."""
        if self._nats is None or self._nats.is_closed:
            password = self.servers.passwords[ADMINISTRATOR]
            self._nats = await nats.connect(
                self.servers.nats_url(),
                user=ADMINISTRATOR,
                password=password,
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.1,
                error_cb=self._note,
            )
        return self._nats

    async def _note(self, error: Exception) -> None:
        self._lost.append(repr(error))

    async def empty(self) -> None:
        """No documents of ours, no streams. Collections and indexes stay: making them anew takes seconds."""
        names = [name for name in await self.mongo.list_database_names() if name.startswith("guihua_")]
        await asyncio.gather(*(self._empty_database(name) for name in names))
        for stream in await self.streams():
            await (await self.broker()).jetstream().delete_stream(stream)

    async def _empty_database(self, name: str) -> None:
        collections = await self.mongo[name].list_collection_names()
        await asyncio.gather(*(self.mongo[name][collection].delete_many({}) for collection in collections))

    async def streams(self) -> Sequence[str]:
        """The names of all streams there are."""
        infos = await (await self.broker()).jetstream().streams_info()
        return [info.config.name or "" for info in infos]

    async def restart_broker(self) -> None:
        """Kill the broker as a power cut would, and start it again."""
        self.kill_broker()
        await self.start_broker()

    def kill_broker(self) -> None:
        """SIGKILL to the broker."""
        assert self.servers.nats
        self.servers.nats.kill()

    async def start_broker(self) -> None:
        """Start the broker again on the same ports and data."""
        assert self.servers.nats
        await self.servers.nats.start()

    def kill_database(self) -> None:
        """SIGKILL to the database."""
        assert self.servers.mongo
        self.servers.mongo.kill()

    async def start_database(self) -> None:
        """Start the database again on the same port and data."""
        assert self.servers.mongo
        await self.servers.mongo.start()

    async def close(self) -> None:
        """Let go of the connections and stop the servers."""
        if self._mongo:
            await self._mongo.close()
        if self._nats:
            await self._nats.close()
        await self.servers.stop()
