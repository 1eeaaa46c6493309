"""Wrong settings end the process at once, with a line for each that says what to do, and no secret in it."""

from pathlib import Path

import pytest

from services.kernel.settings import Settings, load

COMPLETE = {
    "GUIHUA_HTTP_PORT": "8101",
    "GUIHUA_MONGO_URL": "mongodb://intake:s3cret@127.0.0.1:27017/?replicaSet=rs0",
    "GUIHUA_MONGO_DATABASE": "guihua_intake",
    "GUIHUA_NATS_URL": "nats://127.0.0.1:4222",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def complaints(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        load(Settings)
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_given_what_is_needed_then_the_rest_has_defaults() -> None:
    settings = load(Settings)
    assert (settings.http_host, settings.http_port, settings.clock) == ("127.0.0.1", 8101, "real")


def test_given_several_wrong_variables_then_each_has_a_line_with_its_name_and_what_it_should_be(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("GUIHUA_HTTP_PORT", "eighty")
    environment.setenv("GUIHUA_CLOCK", "frozen:tomorrow")
    environment.delenv("GUIHUA_NATS_URL")
    lines = complaints(capsys).splitlines()[1:]
    assert [line.split(":")[0].strip() for line in lines] == ["GUIHUA_HTTP_PORT", "GUIHUA_NATS_URL", "GUIHUA_CLOCK"]
    assert "应为整数" in lines[0]
    assert "如 8101 / port to listen on" in lines[0]
    assert "缺少此项" in lines[1]


def test_given_a_wrong_secret_then_its_value_is_never_printed(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("GUIHUA_MONGO_URL", "mysql://intake:s3cret@db")
    assert "s3cret" not in complaints(capsys)


def test_given_good_settings_then_no_secret_shows_in_them(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GUIHUA_NATS_PASSWORD", "hush-hush")
    shown = repr(load(Settings)) + str(load(Settings))
    assert "s3cret" not in shown
    assert "hush-hush" not in shown


def test_a_secret_can_come_from_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from-the-file\n", encoding="utf-8")
    environment.setenv("GUIHUA_NATS_PASSWORD_FILE", str(tmp_path / "password"))
    password = load(Settings).nats_password
    assert password is not None
    assert password.get_secret_value() == "from-the-file"


def test_given_a_file_that_is_not_there_then_the_line_names_it_beside_all_others(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("GUIHUA_NATS_PASSWORD_FILE", "/nowhere/password")
    environment.setenv("GUIHUA_HTTP_PORT", "0x")
    said = complaints(capsys)
    assert "/nowhere/password" in said
    assert "GUIHUA_HTTP_PORT" in said


def test_given_a_value_and_a_file_for_it_then_one_must_go(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("GUIHUA_NATS_PASSWORD", "hush-hush")
    environment.setenv("GUIHUA_NATS_PASSWORD_FILE", "/run/secrets/nats")
    said = complaints(capsys)
    assert "只能设置一个 / set one of the two" in said
    assert "hush-hush" not in said


def test_a_variable_of_a_services_own_settings_is_read_in_the_same_way(environment: pytest.MonkeyPatch) -> None:
    class IntakeSettings(Settings):
        city_code: str = "512000"

    environment.setenv("GUIHUA_CITY_CODE", "130200")
    assert load(IntakeSettings).city_code == "130200"
