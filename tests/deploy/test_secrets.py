"""What secrets.sh makes: strong, usable by the services, for the containers' eyes only, and never made twice."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from services.contracts.words import Role
from services.kernel import bootstrap
from services.kernel.identity import Identity, Person, Tokens
from services.kernel.identity.keys import FileKey, private_key
from services.kernel.seals import Seals
from tests.deploy.places import SERVICES, secrets_in


def test_only_the_containers_user_may_read_them(tmp_path: Path) -> None:
    folder = secrets_in(tmp_path / "secrets")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o400}
    assert {file.stat().st_uid for file in folder.iterdir()} == {os.getuid()}


def test_again_changes_nothing_and_a_missing_one_is_made_anew(tmp_path: Path) -> None:
    before = contents(secrets_in(tmp_path))
    assert contents(secrets_in(tmp_path)) == before

    (tmp_path / "nats-password-notify").unlink()

    after = contents(secrets_in(tmp_path))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"nats-password-notify", "nats-passwords.conf"}
    assert after["nats-password-notify"].decode().strip() in after["nats-passwords.conf"].decode()


def test_no_two_are_alike(tmp_path: Path) -> None:
    made = [content for content in contents(secrets_in(tmp_path)).values() if content]
    assert len(set(made)) == len(made) > 15


async def test_the_services_can_use_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = secrets_in(tmp_path)
    for service in ("intake", "notify"):
        Seals.of((folder / f"field-keys-{service}").read_text(), service=service)
    private_key(folder / "link-key.pem")
    private_key(folder / "case-key.pem")
    identity = Identity(FileKey(folder / "jwt-public.pem"), issuer="guihua", audience="guihua")
    clerk = Person(code="u.window", name="王某", roles=frozenset({Role.CLERK}), department="D09")
    assert await identity.person(Tokens(folder / "jwt-private.pem").issue(clerk, timedelta(hours=1))) == clerk

    key = str(folder / "jwt-private.pem")
    bootstrap.main(["token", "u.it", "--role", "it_staff", "--department", "D11", "--key", key])

    who = await identity.person(capsys.readouterr().out.strip())
    assert (who.code, who.roles, who.department) == ("u.it", {Role.IT_STAFF}, "D11")


def test_every_service_has_its_own_login(tmp_path: Path) -> None:
    urls = bootstrap.mongo_urls(secrets_in(tmp_path))
    for user in ("root", *SERVICES):
        assert urls[user].startswith(f"mongodb://{user}:")
        assert urls[user].endswith("@mongo:27017/?replicaSet=rs0&authSource=admin")


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}
