"""The configuration of broker and database, and what makes a new database ready."""

import asyncio
import re
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pymongo
import pytest
import yaml

from services.kernel import bootstrap
from services.kernel.bus.permissions import EXTERNAL, SERVICES
from services.kernel.store.provision import ADMINISTRATOR
from services.local import servers
from services.local.servers import HOST, Ports, Server
from tests.deploy.places import DEPLOY, secrets_in

ANSWERS: Final = DEPLOY / "mongo" / "answers.sh"


def test_the_brokers_users_may_do_what_the_code_says() -> None:
    written = (DEPLOY / "nats" / "nats.conf").read_text(encoding="utf-8")
    assert written == f"{bootstrap.nats_conf()}\n", "python -m services.kernel.bootstrap nats > deploy/nats/nats.conf"


def test_the_brokers_configuration_is_sound(tmp_path: Path) -> None:
    secrets = secrets_in(tmp_path / "secrets")
    for name in ("nats.conf", "server.conf"):
        (tmp_path / name).write_text((DEPLOY / "nats" / name).read_text(encoding="utf-8"))
    (tmp_path / "passwords.conf").write_text((secrets / "nats-passwords.conf").read_text())

    command = [str(servers._nats_server()), "-t", "-c", str(tmp_path / "nats.conf")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)

    assert "is valid" in checked.stdout + checked.stderr


def test_the_broker_keeps_what_it_acknowledged_and_notices_the_frozen() -> None:
    text = (DEPLOY / "nats" / "server.conf").read_text(encoding="utf-8")
    for line in ("sync_interval: always", 'ping_interval: "5s"', 'http: "127.0.0.1:8222"', "port: 4222"):
        assert line in text


def test_the_database_asks_who_is_there() -> None:
    settings = yaml.safe_load((DEPLOY / "mongo" / "mongod.conf").read_text(encoding="utf-8"))
    assert settings["security"] == {"authorization": "enabled", "keyFile": "/run/secrets/mongo-keyfile"}
    assert settings["replication"]["replSetName"] == "rs0"
    assert (settings["storage"]["dbPath"], settings["net"]["port"]) == ("/data/db", 27017)


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Server]:
    """A database that nobody has made ready yet."""
    server = servers._mongo(tmp_path, port=Ports.free().mongo)

    async def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, server.ports[0])) == 0

    server.is_ready = listens
    await server.start()
    yield server
    await server.stop()


async def test_a_new_database_is_made_ready_once_and_again_without_harm(fresh: Server, tmp_path: Path) -> None:
    port = fresh.ports[0]
    written = secrets_in(tmp_path / "of-the-office")
    urls = {
        user: url.replace("@mongo:27017", f"@localhost:{port}") for user, url in bootstrap.mongo_urls(written).items()
    }

    for _ in range(2):
        assert await bootstrap.prepare_mongo(f"{HOST}:{port}", urls, within=60) == 0

    with pymongo.MongoClient(urls["intake"], serverMonitoringMode="poll") as client:
        client.guihua_intake.cases.insert_one({"_id": 1})
        assert client.admin.command("hello")["hosts"] == [f"localhost:{port}"]
        with pytest.raises(pymongo.errors.OperationFailure, match="not authorized"):
            client.guihua_workflow.instances.find_one()


async def test_a_renewed_password_takes_over(fresh: Server, tmp_path: Path) -> None:
    port = fresh.ports[0]
    urls = {
        user: url.replace("@mongo:27017", f"@localhost:{port}")
        for user, url in bootstrap.mongo_urls(secrets_in(tmp_path / "of-the-office")).items()
    }
    await bootstrap.prepare_mongo(f"{HOST}:{port}", urls, within=60)
    renewed = re.sub(r"notify:\w+@", "notify:new@", urls["notify"])

    await bootstrap.prepare_mongo(f"{HOST}:{port}", urls | {"notify": renewed}, within=60)

    with pymongo.MongoClient(renewed, serverMonitoringMode="poll") as client:
        assert client.guihua_notify.messages.find_one() is None
    with (
        pymongo.MongoClient(urls["notify"], serverMonitoringMode="poll") as client,
        pytest.raises(pymongo.errors.OperationFailure, match="Authentication failed"),
    ):
        client.guihua_notify.messages.find_one()


async def test_a_database_that_stays_away_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    port = Ports.free().mongo
    urls = dict.fromkeys((ADMINISTRATOR, *SERVICES), f"mongodb://user:word@localhost:{port}/")
    assert await bootstrap.prepare_mongo(f"{HOST}:{port}", urls, within=0) == 1
    assert f"MongoDB at {HOST}:{port} did not get ready" in capsys.readouterr().out


async def test_the_health_check_tells_a_database_that_answers_from_one_that_only_listens(fresh: Server) -> None:
    assert await _answers(fresh.ports[0])
    with socket.socket() as mute:
        mute.bind((HOST, 0))
        mute.listen()
        assert not await _answers(mute.getsockname()[1])
    assert not await _answers(Ports.free().mongo)


async def _answers(port: int) -> bool:
    process = await asyncio.create_subprocess_exec(
        *("bash", str(ANSWERS), str(port)), stderr=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
    )
    return await process.wait() == 0


def test_there_is_a_password_for_every_user_of_the_broker(tmp_path: Path) -> None:
    passwords = (secrets_in(tmp_path) / "nats-passwords.conf").read_text()
    given = dict(re.findall(r'^(\w+): "(\w{64})"$', passwords, re.MULTILINE))
    assert given.keys() == {bootstrap.password_variable(user) for user in (*SERVICES, EXTERNAL)}
