"""Makes an empty MongoDB ready for the services: replica set, administrator, one user per service."""

import socket
from collections.abc import Mapping
from typing import Any, Final

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

ADMINISTRATOR: Final = "root"
_NEEDS_LOGIN: Final = 13
_INITIATED_BEFORE: Final = (_NEEDS_LOGIN, 23)


def database_of(service: str) -> str:
    """The database that belongs to `service` alone."""
    return f"guihua_{service}"


async def is_writable(address: str, *, member: str | None = None, root_password: str | None = None) -> bool:
    """Whether the server at `host:port` takes writes now; makes it a replica set of one on its first start.

    Clients will reach it at `member`, if that is not `address`. With `root_password`, a server that moved to another
    port is told its new address; without, a set that exists is left as it is. Never raises for a server that is not
    there yet.
    """
    if not _listens(address):
        return False
    try:
        async with _client(address) as client:
            hello = await client.admin.command("hello")
            if not hello.get("setName") and not await _initiated(client, member or address) and root_password:
                await _move(address, root_password)
            return bool(hello.get("isWritablePrimary"))
    except PyMongoError:
        return False


async def provision(address: str, passwords: Mapping[str, str]) -> None:
    """Create the administrator and one user per service with its own database only; harmless when they exist.

    `passwords` names the administrator (`root`) and each service. The first user is created through MongoDB's
    localhost exception, so the first call must come from the machine of the server.
    """
    root = passwords[ADMINISTRATOR]
    async with _client(address) as client:
        try:
            await client.admin.command("createUser", ADMINISTRATOR, pwd=root, roles=["root"])
        except OperationFailure as refusal:  # the exception is closed: an administrator exists
            if refusal.code != _NEEDS_LOGIN:
                raise
    async with _client(address, password=root) as client:
        known = {user["user"] for user in (await client.admin.command("usersInfo"))["users"]}
        for service in passwords.keys() - known:
            await client.admin.command("createUser", service, **_login(service, passwords[service]))


async def renew_passwords(address: str, passwords: Mapping[str, str]) -> None:
    """Give the users of the services the passwords they shall have from now on; `passwords` as for `provision`."""
    async with _client(address, password=passwords[ADMINISTRATOR]) as client:
        for service in passwords.keys() - {ADMINISTRATOR}:
            await client.admin.command("updateUser", service, **_login(service, passwords[service]))


def _login(service: str, password: str) -> dict[str, Any]:
    return {"pwd": password, "roles": [{"role": "readWrite", "db": database_of(service)}]}


def _listens(address: str) -> bool:
    """Whether anybody is there: a client would go on asking for seconds."""
    host, _, port = address.partition(":")
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, int(port))) == 0


def _client(address: str, *, password: str | None = None) -> AsyncMongoClient[dict[str, Any]]:
    url, user = f"mongodb://{address}/?directConnection=true", ADMINISTRATOR if password else None
    # "poll": these clients live for a moment, and the other mode would leave a second connection half open
    return AsyncMongoClient(url, timeoutMS=5_000, username=user, password=password, serverMonitoringMode="poll")


async def _initiated(client: AsyncMongoClient[dict[str, Any]], member: str) -> bool:
    """Make the server a replica set of one; False when it belongs to a set already."""
    try:
        await client.admin.command("replSetInitiate", _set_of(member))
    except OperationFailure as refusal:
        if refusal.code not in _INITIATED_BEFORE:
            raise
        return False
    return True


async def _move(address: str, root_password: str) -> None:
    """Tell the only member of a set its new address."""
    async with _client(address, password=root_password) as root:
        await root.admin.command("replSetReconfig", _set_of(address) | {"version": 2}, force=True)


def _set_of(member: str) -> dict[str, Any]:
    return {"_id": "rs0", "members": [{"_id": 0, "host": member}]}
