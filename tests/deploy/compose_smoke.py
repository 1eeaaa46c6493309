"""The compose stack in use, from the first token to the last exit code. Run by deploy/compose-smoke.sh, in this order.

Not found by `make test`: it needs a container engine with the stack up. One story: each step leans on those before.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from services.local import officedata
from services.local.demo.present_day import _APPLICATION
from tests.deploy.places import DEPLOY, SERVICES, commands
from tests.deploy.stack import all_ready, compose, container, docker, inspected, people, python_in, shell, status_of
from tests.support.wait import wait_until

SERVERS = ("nats", "mongo")
receipts: list[dict[str, Any]] = []


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_ready(service: str) -> None:
    assert status_of(service, "/readyz") == 200


async def test_the_office_is_entered_as_the_readme_says() -> None:
    first_entries, first_password, _ = commands("Fill the books")
    assert '{"code":"u.it","must_change":true}' in shell(first_entries + first_password)
    async with people() as api:
        assert await officedata.load(api) > 50


def test_processes_are_deployed_as_the_readme_says() -> None:
    *_, deployment = commands("Fill the books")
    assert shell(deployment).count('"version":1') >= 2


async def test_a_case_goes_from_the_window_to_the_acceptance_desk() -> None:
    receipts.append(await received())
    await on_the_desk(receipts[0]["case_no"])


async def test_the_public_finds_it_and_the_receipt_has_its_fonts() -> None:
    receipt = receipts[0]
    known = {"case_no": receipt["case_no"], "query_password": receipt["query_password"]}
    async with people() as api:
        assert (await api.call("POST", "intake", "/public/lookup", body=known))["light"] == "green"
        path, body = f"/cases/{receipt['case_no']}/receipt/pdf", {"query_password": receipt["query_password"]}
        paper = await api.send("POST", "intake", path, who="u.window", body=body)
    assert paper.content.startswith(b"%PDF")
    assert b"NotoSerifCJK" in paper.content


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_is_locked_down(service: str) -> None:
    known = inspected(service)
    host, config = known["HostConfig"], known["Config"]
    assert (config["User"], host["ReadonlyRootfs"], host["CapDrop"]) == ("10001:10001", True, ["ALL"])
    assert config["StopSignal"] == "SIGTERM"
    assert config["Entrypoint"] == ["python", "-m", f"services.{service}"]
    assert {bind["HostIp"] for binds in host["PortBindings"].values() for bind in binds} == {"127.0.0.1"}
    assert host["Memory"] > 0
    assert not [line for line in config["Env"] if "PASSWORD=" in line or "mongodb://" in line]
    status = python_in(service, "print(open('/proc/1/status').read())")
    for line in ("CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2", "Uid:\t10001"):
        assert line in status


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_its_own_service_and_no_other(service: str) -> None:
    script = "import importlib.util as u, sys; print(*[n for n in sys.argv[1:] if u.find_spec(n)])"
    others = [f"services.{name}" for name in (*SERVICES, "local") if name != service]
    asked = docker("exec", container(service), "python", "-c", script, *others, "tests", "pip", "services.kernel")
    assert asked.split() == ["services.kernel"]
    written = "try: open('/app/x', 'w')\nexcept OSError as error: print(error.strerror)"
    assert python_in(service, written) == "Read-only file system"


def test_nobody_speaks_in_anothers_name() -> None:
    script = """
import asyncio, nats
async def main():
    refused = asyncio.Event()
    async def noted(error):
        if "permissions violation" in str(error).lower(): refused.set()
    password = open("/run/secrets/nats-password").read().strip()
    client = await nats.connect("nats://nats:4222", user="intake", password=password, error_cb=noted)
    await client.publish("guihua.workflow.case.decided.v1.1", b"{}")
    await client.flush()
    await asyncio.wait_for(refused.wait(), 5)
    print("refused")
    await client.close()
asyncio.run(main())"""
    assert python_in("intake", script) == "refused"


def test_nobody_reads_anothers_database() -> None:
    script = """
import pymongo
client = pymongo.MongoClient(open("/run/secrets/mongo-url").read().strip())
print(client.guihua_intake.cases.count_documents({}))
try: client.guihua_workflow.instances.count_documents({})
except pymongo.errors.OperationFailure as refusal: print(refusal.code)"""
    assert python_in("intake", script).split() == ["1", "13"]


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_can_be_reached_by_the_services_only(server: str) -> None:
    known = inspected(server)
    assert not known["HostConfig"]["PortBindings"]
    assert len(known["NetworkSettings"]["Networks"]) == 1
    name = next(iter(known["NetworkSettings"]["Networks"]))
    assert docker("network", "inspect", "-f", "{{.Internal}}", name).strip() == "true"


async def test_what_is_killed_comes_back_and_knows_what_it_knew() -> None:
    victims = ("workflow", *SERVERS)
    for pid in [inspected(victim)["State"]["Pid"] for victim in victims]:
        os.kill(pid, signal.SIGKILL)

    await wait_until(lambda: all(inspected(victim)["RestartCount"] == 1 for victim in victims), within=60)
    await wait_until(all_ready, within=60)
    await on_the_desk(receipts[0]["case_no"])


async def test_a_copy_is_put_back_after_everything_was_lost(tmp_path: Path) -> None:
    (back_up,) = (block for block in commands("Back up and restore") if "backup.sh" in block)
    (put_back,) = (block for block in commands("Back up and restore") if "restore.sh" in block)
    shell(back_up.replace("backups/today", str(tmp_path)))
    receipts.append(await received())  # after the copy, so it will be gone

    shell(put_back.replace("backups/today", str(tmp_path)))

    await on_the_desk(receipts[0]["case_no"])
    assert receipts.pop()["case_no"] not in await desk()
    receipts.append(await received())
    await on_the_desk(receipts[1]["case_no"])  # the broker's empty streams were taken into use


def test_a_damaged_copy_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "mongo.tar.gz").write_bytes(b"not what was copied")
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  mongo.tar.gz\n")
    with pytest.raises(AssertionError, match="the copy is damaged"):
        shell(f"./restore.sh {tmp_path} --replace-everything")
    assert all_ready()


async def test_the_next_version_and_new_passwords_take_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for service in SERVICES:
        image = inspected(service)["Config"]["Image"]
        docker("tag", image, f"{image.rpartition(':')[0]}:next")
    monkeypatch.setenv("GUIHUA_VERSION", "next")
    (renewal,) = commands("Renew a password or a key")
    (upgrade,) = commands("Upgrade")

    shell(renewal + upgrade)

    assert {inspected(service)["Config"]["Image"].rpartition(":")[2] for service in SERVICES} == {"next"}
    assert all_ready()
    await on_the_desk(receipts[0]["case_no"])


def test_where_to_look(capsys: pytest.CaptureFixture[str]) -> None:
    (look,) = commands("Look")
    said = shell(look)
    assert '"ready":true' in said
    assert '"dead_letters":0' in said
    with capsys.disabled():
        sys.stdout.write("\n" + docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}"))


@pytest.mark.parametrize("name", [*SERVICES, *SERVERS])
def test_everything_stops_in_good_order(name: str) -> None:
    (stop,) = commands("Stop")
    shell(stop)
    state = inspected(name)["State"]
    assert (state["Status"], state["ExitCode"], state["OOMKilled"]) == ("exited", 0, False)
    if name in SERVICES:
        assert '"exit_code":0' in compose("logs", "--tail", "3", "--no-log-prefix", name).replace(" ", "")


async def received() -> dict[str, Any]:
    """A new case, received at the window."""
    async with people() as api:
        item = await api.call("GET", "intake", "/items/PT05", who="u.window")
        papers = [
            {"code": paper["code"], "originals": 1, "copies": 1}
            for paper in item["item"]["documents"]
            if paper["mandatory"] and "building" in (paper["situations"] or ["building"])
        ]
        body = {**_APPLICATION, "documents": papers}
        receipt: dict[str, Any] = await api.call("POST", "intake", "/cases", who="u.window", body=body)
    return receipt


async def desk() -> set[str]:
    """The cases that wait at the acceptance desk."""
    async with people() as api:
        return {task["case_no"] for task in (await api.call("GET", "workflow", "/tasks", who="u.accept"))["tasks"]}


async def on_the_desk(case_no: str) -> None:
    """Wait until the case waits at the acceptance desk."""

    async def arrived() -> bool:
        return case_no in await desk()

    await wait_until(arrived, within=30)


def test_nothing_of_the_readme_is_untried() -> None:
    tried = {"Begin", "Fill the books", "Look", "Back up and restore", "Upgrade", "Renew a password or a key", "Stop"}
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    headings = {section.partition("\n")[0] for section in text.split("\n## ")[1:] if "```bash" in section}
    assert headings == tried
