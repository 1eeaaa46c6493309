"""Makes the servers of a new office ready: `python -m services.kernel.bootstrap mongo | nats | token`.

Started once before the services; again does no harm. For containers and clusters: a local run does it by itself.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from services.contracts.words import Role
from services.kernel.bus.permissions import EXTERNAL, SERVICES, permissions
from services.kernel.identity import Person, Tokens
from services.kernel.store.provision import ADMINISTRATOR, is_writable, provision, renew_passwords

_LOOK_EVERY: Final = 1.0
_OK, _FAILED = 0, 1
_HEAD: Final = """\
# Written by `python -m services.kernel.bootstrap nats` from services/kernel/bus/permissions.py.
include server.conf       # everything but the users
include passwords.conf    # a secret: one variable for each user; nats-server finds it only from this very file
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the first argument says; gives the exit code."""
    chosen = _arguments().parse_args(arguments)
    match chosen.what:
        case "mongo":
            return asyncio.run(prepare_mongo(chosen.server, mongo_urls(chosen.secrets), within=chosen.within))
        case "nats":
            _say(nats_conf())
        case _:
            roles = frozenset(Role(role) for role in chosen.role)
            who = Person(code=chosen.person, name=chosen.name, roles=roles, department=chosen.department)
            _say(Tokens(chosen.key).issue(who, timedelta(hours=chosen.hours)))
    return _OK


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.kernel.bootstrap", description=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    mongo = what.add_parser("mongo", help="make MongoDB a replica set, and one user per service")
    mongo.add_argument("--server", default="127.0.0.1:27017", help="the server as seen from its own machine")
    mongo.add_argument("--secrets", type=Path, default=Path("/run/secrets"), help="folder of the mongo-url-* files")
    mongo.add_argument("--within", type=float, default=120, help="seconds to wait for the server")
    what.add_parser("nats", help="print the configuration of nats-server: who may say and hear what")
    token = what.add_parser("token", help="print a bearer token: the first ones, until an identity provider is there")
    token.add_argument("person", help="code, such as u.registrar")
    token.add_argument("--name", default="-")
    token.add_argument("--role", action="append", required=True, choices=[*Role])
    token.add_argument("--department", required=True, help="code, such as D12")
    token.add_argument("--hours", type=float, default=1)
    token.add_argument("--key", type=Path, default=Path("/run/secrets/jwt-private.pem"), help="signs the token")
    return parser


def mongo_urls(folder: Path) -> dict[str, str]:
    """The connection strings of the administrator and of each service, from the files `mongo-url-<user>`."""
    return {user: (folder / f"mongo-url-{user}").read_text().strip() for user in (ADMINISTRATOR, *SERVICES)}


async def prepare_mongo(server: str, urls: Mapping[str, str], *, within: float) -> int:
    """Replica set, administrator and users, once the server at `server` is there; gives the exit code.

    The set's member bears the address that the connection strings name. `server` is the same one as seen from its own
    machine: MongoDB lets nobody else in to create the first user.
    """
    passwords = {user: unquote(urlsplit(url).password or "") for user, url in urls.items()}
    member = urlsplit(urls[ADMINISTRATOR]).netloc.rpartition("@")[2].split(",")[0]
    deadline = time.monotonic() + within
    while not await is_writable(server, member=member):
        if time.monotonic() > deadline:
            _say(f"MongoDB 没有在 {within:.0f} 秒内就绪 / MongoDB at {server} did not get ready in {within:.0f} s")
            return _FAILED
        await asyncio.sleep(_LOOK_EVERY)
    await provision(server, passwords)
    await renew_passwords(server, passwords)
    _say(f"MongoDB 已就绪 / MongoDB is ready: {member}, {', '.join(sorted(passwords))}")
    return _OK


def nats_conf() -> str:
    """The configuration of nats-server: what each user may do. Passwords are variables, defined elsewhere."""
    users = "\n".join(_user(user) for user in (*SERVICES, EXTERNAL))
    return f"{_HEAD}\nauthorization {{\n  users: [\n{users}\n  ]\n}}"


def _user(user: str) -> str:
    allowed: dict[str, Any] = permissions(user)
    return "\n".join(
        [
            "    {",
            f"      user: {user}",
            f"      password: ${password_variable(user)}",
            "      permissions {",
            *(_subjects(verb, allowed[verb]["allow"]) for verb in ("publish", "subscribe")),
            "      }",
            "    }",
        ]
    )


def password_variable(user: str) -> str:
    """The name under which the broker's configuration knows a user's password."""
    return f"{user.upper()}_PASSWORD"


def _subjects(verb: str, subjects: Sequence[str]) -> str:
    lines = "\n".join(f"            {json.dumps(subject)}" for subject in subjects)
    return f"        {verb} {{\n          allow: [\n{lines}\n          ]\n        }}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
