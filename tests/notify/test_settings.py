"""What the messenger must be told, and how it says what is wrong."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from services.kernel.identity import create_keypair
from services.kernel.identity.keys import private_key
from services.kernel.settings import load
from services.notify.__main__ import SERVICE
from services.notify.settings import NotifySettings


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A sound environment, to be spoilt."""
    key, public = create_keypair(tmp_path)
    sound = {
        "MONGO_URL": "mongodb://127.0.0.1:1",
        "NATS_URL": "nats://127.0.0.1:1",
        "JWT_PUBLIC_KEY_FILE": str(public),
        "FIELD_KEYS": "a key for tests only: at least 32 characters",
        "LINK_KEY_FILE": str(key),
        "SMS_URL": "https://sms.example/send",
    }
    for name, value in sound.items():
        monkeypatch.setenv(f"GUIHUA_{name}", value)
    return monkeypatch


def test_a_sound_environment_is_enough(environment: pytest.MonkeyPatch) -> None:
    settings = load(NotifySettings)

    assert (settings.http_port, settings.mongo_database) == (8104, "guihua_notify")
    assert settings.patience.tries(others=True) == 3
    assert settings.patience.tries(others=False) == 9
    assert environment


def spoilt_key(folder: Path, kind: str) -> str:
    """A key file that cannot sign."""
    path = folder / "spoilt.pem"
    own, _ = create_keypair(folder / "own")
    match kind:
        case "missing":
            return str(path)
        case "no key":
            path.write_text("nothing")
        case "another kind":
            other = generate_private_key(SECP256R1())
            path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        case _:
            locked = BestAvailableEncryption(b"password")
            path.write_bytes(private_key(own).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    return str(path)


@pytest.mark.parametrize("kind", ["missing", "no key", "another kind", "locked"])
def test_a_key_that_cannot_sign_is_named(
    environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    environment.setenv("GUIHUA_LINK_KEY_FILE", spoilt_key(tmp_path, kind))
    with pytest.raises(SystemExit):
        load(NotifySettings)

    assert "GUIHUA_LINK_KEY_FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIELD_KEYS", "short"),
        ("SMS_URL", "sms.example"),
        ("PUBLIC_URL", "here"),
        ("SMTP_SENDER", "nobody"),
        ("RETRY_PAUSES", "[]"),
        ("RETRY_PAUSES", "[0]"),
        ("FALLBACK_AFTER", "0"),
        ("ATTEMPT_LIMIT", "0"),
        ("TEMPLATES_FILE", "/nowhere.toml"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    environment.setenv(f"GUIHUA_{name}", value)
    with pytest.raises(SystemExit):
        load(NotifySettings)

    assert f"GUIHUA_{name}" in capsys.readouterr().err


def test_without_any_channel_the_service_does_not_start(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.delenv("GUIHUA_SMS_URL")
    with pytest.raises(SystemExit):
        load(NotifySettings)

    said = capsys.readouterr().err
    assert "GUIHUA_SMTP_HOST" in said
    assert "at least one" in said


def test_the_interface_document_is_written_without_servers() -> None:
    paths = SERVICE.create_app().openapi()["paths"]

    assert {"/messages", "/messages/{message_id}/retry", "/templates", "/links/{token}"} <= paths.keys()
