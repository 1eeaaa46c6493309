"""Where everything of a local run lives: folders, ports, secrets and each process's environment."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from services.local.free_ports import free_ports
from services.local.servers import Ports

SERVICES = ("registry", "workflow", "intake", "supervision", "notify", "console")
"""In the order in which they are started."""

_FIXED = {
    "mongo": 27117,
    "nats": 14222,
    "nats_monitor": 18222,
    "console": 8100,
    "intake": 8101,
    "workflow": 8102,
    "supervision": 8103,
    "notify": 8104,
    "registry": 8105,
    "postbox": 8106,
    "simulator": 8107,
    "smtp": 8125,
}

_FIRST_MORE = 8130
"""Where the second, third … process of the workflow service listens."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The ports and the data folder of one local run."""

    var: Path
    ports: dict[str, int]
    host: str = "127.0.0.1"
    workers: int = 1
    """Processes of the workflow service side by side."""

    @classmethod
    def fixed(cls, var: Path, *, workers: int = 1) -> "Layout":
        """The well-known ports that the README names."""
        more = dict(zip(_more(workers), range(_FIRST_MORE, _FIRST_MORE + workers), strict=False))
        return cls(var=var.absolute(), ports=_FIXED | more, workers=workers)

    @classmethod
    def free(cls, var: Path, *, workers: int = 1) -> "Layout":
        """Ports that nobody uses just now, for tests."""
        names = (*_FIXED, *_more(workers))
        return cls(var=var.absolute(), ports=dict(zip(names, free_ports(len(names)), strict=True)), workers=workers)

    def processes_of(self, service: str) -> list[str]:
        """The processes of a service: any of them answers a request."""
        return [service, *(_more(self.workers) if service == "workflow" else [])]

    @property
    def services(self) -> tuple[str, ...]:
        """Every process of a service; the first of several bears the service's name, the next `workflow-2`."""
        return (*SERVICES, *_more(self.workers))

    def url(self, name: str) -> str:
        """The base address of a service."""
        return f"http://{self.host}:{self.ports[name]}"

    @property
    def urls(self) -> dict[str, str]:
        """The base address of every HTTP process."""
        return {name: self.url(name) for name in (*SERVICES, "postbox", "simulator")}

    @property
    def server_ports(self) -> Ports:
        """Where MongoDB and NATS listen."""
        return Ports(mongo=self.ports["mongo"], nats=self.ports["nats"], monitor=self.ports["nats_monitor"])

    @property
    def private_key(self) -> Path:
        """The key that signs the local accounts' tokens."""
        return self.var / "keys" / "jwt-private.pem"

    @property
    def public_key(self) -> Path:
        """The key with which every service checks them."""
        return self.var / "keys" / "jwt-public.pem"

    @property
    def demo_password(self) -> str:
        """With which everybody of the demo office signs in at the screens of this run."""
        return self.secret("demo-accounts")[:12]

    def secret(self, name: str) -> str:
        """A password of this run's own, made at first use and kept in a file only its owner can read."""
        path = self.var / "keys" / f"{name}.secret"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(24), encoding="ascii")
        return path.read_text(encoding="ascii")


def service_of(process: str) -> str:
    """Of which service this is a process."""
    return process.partition("-")[0]


def _more(workers: int) -> list[str]:
    return [f"workflow-{number}" for number in range(2, workers + 1)]
