"""The running compose stack as the smoke test handles it: docker, compose, the README's commands, people's requests."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from services.local.client import Api
from services.local.layout import Layout
from tests.deploy.places import DEPLOY, SERVICES

_WELL_KNOWN: Final = Layout.fixed(Path()).ports
PORTS: Final = {service: 10_000 + _WELL_KNOWN[service] for service in SERVICES}


def docker(*arguments: str) -> str:
    """What docker prints; fails with what it complains of."""
    return _run(["docker", *arguments])


def compose(*arguments: str, **environment: str) -> str:
    """What compose prints, in the folder deploy/."""
    return _run(["docker", "compose", "--progress", "quiet", *arguments], **environment)


def shell(script: str, **environment: str) -> str:
    """What a block of the README prints, typed in deploy/ against the ports of this run."""
    for service, port in PORTS.items():
        script = script.replace(f"127.0.0.1:{_WELL_KNOWN[service]}", f"127.0.0.1:{port}")
    return _run(["bash", "-euo", "pipefail", "-c", script], **environment)


def _run(command: list[str], **environment: str) -> str:
    done = subprocess.run(
        command, cwd=DEPLOY, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, f"{command} → {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def container(service: str) -> str:
    """The id of the service's container."""
    return compose("ps", "-aq", service).strip()


def inspected(service: str) -> dict[str, Any]:
    """What the engine knows of the container."""
    known: dict[str, Any] = json.loads(docker("inspect", container(service)))[0]
    return known


def python_in(service: str, script: str) -> str:
    """What a Python script prints inside the running container."""
    return docker("exec", container(service), "python", "-c", script).strip()


def status_of(service: str, path: str) -> int:
    """The HTTP status of a path, or 0 when nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{PORTS[service]}{path}", timeout=8) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def all_ready() -> bool:
    """Whether every service says that work sent to it now would be done."""
    return all(status_of(service, "/readyz") == 200 for service in SERVICES)


@dataclass(frozen=True, slots=True)
class KeyedLayout(Layout):
    """The published ports, and the key with which `secrets.sh` lets us make tokens."""

    @property
    def private_key(self) -> Path:
        """The key that signs tokens."""
        return self.var / "jwt-private.pem"


@asynccontextmanager
async def people() -> AsyncIterator[Api]:
    """The services' APIs as a person of the office uses them."""
    async with Api(KeyedLayout(Path(os.environ["SECRETS_DIR"]), dict(PORTS))) as api:
        yield api
