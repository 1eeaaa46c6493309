"""The servers under a local run: quick, without orphans, and clear about what stands in their way."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import nats
import pytest

from services.local import server_faults
from services.local.servers import ADMINISTRATOR, HOST, Ports, Server, ServerFault, Servers
from tests.support.wait import wait_until


def servers_in(folder: Path, ports: Ports | None = None) -> Servers:
    return Servers(folder, ports or Ports.free(), environment={})


async def test_a_second_start_takes_less_than_three_seconds_and_keeps_the_passwords(tmp_path: Path) -> None:
    servers = servers_in(tmp_path)
    await servers.start()
    passwords = dict(servers.passwords)
    await servers.stop()

    async with asyncio.timeout(3):
        await servers.start()

    assert servers.passwords == passwords
    await servers.stop()


async def test_servers_may_move_to_other_ports(tmp_path: Path) -> None:
    for _ in range(2):
        servers = servers_in(tmp_path)
        await servers.start()
        await servers.stop()


async def test_secrets_are_for_their_owner_only(tmp_path: Path) -> None:
    servers = servers_in(tmp_path)
    await servers.start()
    await servers.stop()

    files = [*(tmp_path / "secrets").iterdir()]
    assert len(files) > 5
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


async def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        free = Ports.free()
        with pytest.raises(ServerFault, match=rf"端口 {port}（mongod）已被占用[\s\S]*port {port} \(mongod\) is in use"):
            await servers_in(tmp_path, Ports(port, free.nats, free.monitor)).start()


async def test_a_folder_in_use_is_named(tmp_path: Path) -> None:
    first = servers_in(tmp_path)
    await first.start()
    try:
        with pytest.raises(ServerFault, match=f"数据目录 {tmp_path} 正被另一个 mongod 使用"):
            await servers_in(tmp_path).start()
    finally:
        await first.stop()


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            "echo 'error while loading shared libraries: libcurl.so.4: cannot open'; exit 127",
            "apt-get install -y libcurl4",
        ),
        ("echo 'write failed: No space left on device'; exit 14", "磁盘空间不足"),
        ("kill -ILL $$", "没有可用的 thing"),
        ("exit 7", r"退出码 7"),
    ],
)
async def test_a_server_that_does_not_start_says_why(tmp_path: Path, script: str, sentence: str) -> None:
    async def never() -> bool:
        return False

    server = Server("thing", ["/bin/sh", "-c", script], [], tmp_path / "thing.log", never)

    with pytest.raises(ServerFault, match=sentence):
        await server.start()


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    assert "磁盘空间不足" in str(server_faults.disk_full(tmp_path, 500 * 1024**2))


async def test_a_stream_whose_making_was_cut_short_does_not_keep_the_broker_down(tmp_path: Path) -> None:
    for part in ("msgs", "obs"):
        (tmp_path / "nats" / "jetstream" / "$G" / "streams" / "GUIHUA_INTAKE" / part).mkdir(parents=True)
    servers = servers_in(tmp_path)
    async with asyncio.timeout(20):
        await servers.start()
    settings = servers.settings_of("intake")
    bus = await nats.connect(settings["GUIHUA_NATS_URL"], user=ADMINISTRATOR, password=servers.passwords[ADMINISTRATOR])
    await bus.jetstream().add_stream(name="GUIHUA_INTAKE", subjects=["guihua.intake.>"])
    kept = await bus.jetstream().publish("guihua.intake.case.received.v1.1", b"{}")
    await bus.close()
    await servers.stop()
    assert kept.seq == 1


async def test_existing_servers_are_used_instead_when_the_environment_names_them(tmp_path: Path) -> None:
    urls = {"GUIHUA_MONGO_URL": "mongodb://db.example/?replicaSet=rs0", "GUIHUA_NATS_URL": "nats://broker.example"}
    servers = Servers(tmp_path, Ports.free(), environment=urls)
    await servers.start()

    assert (servers.mongo, servers.nats) == (None, None)
    assert urls.items() <= servers.settings_of("intake").items()
    assert servers.settings_of("intake")["GUIHUA_MONGO_DATABASE"] == "guihua_intake"


RUNNER = """
import asyncio, sys
from pathlib import Path
from services.local.servers import Ports, Servers
async def main():
    servers = Servers(Path(sys.argv[1]), Ports.free(), environment={})
    await servers.start()
    print(servers.mongo.process.pid, servers.nats.process.pid, flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def test_no_server_outlives_a_killed_runner(tmp_path: Path) -> None:
    runner = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", RUNNER, str(tmp_path)), stdout=asyncio.subprocess.PIPE
    )
    assert runner.stdout
    pids = [int(pid) for pid in (await runner.stdout.readline()).split()]
    assert all(is_running(pid) for pid in pids)
    runner.send_signal(signal.SIGKILL)
    await runner.wait()

    await wait_until(lambda: not any(is_running(pid) for pid in pids))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
