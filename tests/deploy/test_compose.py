"""The compose file and the code say the same: settings, ports, secrets, and what a container may not do."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import SecretStr

from services.console.settings import ConsoleSettings
from services.intake.settings import IntakeSettings
from services.kernel.settings import Settings
from services.local.layout import Layout
from services.notify.settings import NotifySettings
from services.registry.settings import RegistrySettings
from services.supervision.settings import SupervisionSettings
from services.workflow.settings import WorkflowSettings
from tests.deploy.places import DEPLOY, SERVICES, compose

SETTINGS: Final[dict[str, type[Settings]]] = {
    "intake": IntakeSettings,
    "workflow": WorkflowSettings,
    "supervision": SupervisionSettings,
    "notify": NotifySettings,
    "registry": RegistrySettings,
    "console": ConsoleSettings,
}
IN_THE_IMAGE: Final = frozenset({"http_host", "http_port"})
NOT_FOR_THE_OFFICE: Final = {
    "mongo_driver": "for tests of the drivers",
    "body_limit": "the services' own business",
    "start_limit": "the services' own business",
    "font_dir": "the image brings the fonts",
    "templates_file": "would need a mount; the built-in templates are the office's",
    "attempt_limit": "goes with the built-in pauses",
    "retry_pauses": "goes with attempt_limit",
    "fallback_after": "goes with retry_pauses",
    "webhook_limit": "goes with webhook_pauses",
    "webhook_pauses": "what receivers are promised (docs/how-to/receive-webhooks.md)",
    "webhook_loopback": "for tests: no system of the office is inside the container",
}
LOCKED_DOWN: Final = {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}

STACK: Final = compose()
FILES: Final = sorted(
    path
    for pattern in ("*.sh", "*/*.sh", "*.md", "*.yaml", "*/*.conf", "Dockerfile*", ".env.example", "*.txt")
    for path in DEPLOY.glob(pattern)
    if path.parent.name not in {"secrets", "backups"}
)


def environment(service: str) -> dict[str, Any]:
    given: dict[str, Any] = STACK["services"][service]["environment"]
    return given


def field_of(variable: str, settings: type[Settings]) -> str | None:
    """The field that a variable sets, itself or as the name of a file."""
    name = variable.removeprefix("GUIHUA_").lower()
    return next((one for one in (name, name.removesuffix("_file")) if one in settings.model_fields), None)


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_is_a_setting_of_its_service(service: str) -> None:
    unknown = [name for name in environment(service) if field_of(name, SETTINGS[service]) is None]
    assert not unknown


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_can_be_given(service: str) -> None:
    given = {field_of(name, SETTINGS[service]) for name in environment(service)}
    forgotten = SETTINGS[service].model_fields.keys() - given - IN_THE_IMAGE - NOT_FOR_THE_OFFICE.keys()
    assert not forgotten, f"name them in compose.yaml and .env.example, or in NOT_FOR_THE_OFFICE: {forgotten}"


@pytest.mark.parametrize("service", SERVICES)
def test_required_settings_have_a_value(service: str) -> None:
    valued = {field_of(name, SETTINGS[service]) for name, value in environment(service).items() if value}
    required = {name for name, field in SETTINGS[service].model_fields.items() if field.is_required()}
    assert required <= valued | IN_THE_IMAGE


@pytest.mark.parametrize("service", SERVICES)
def test_the_clock_is_real_and_user_and_database_are_the_services_own(service: str) -> None:
    given = environment(service)
    assert (given["GUIHUA_CLOCK"], given["GUIHUA_NATS_USER"]) == ("real", service)
    assert given["GUIHUA_MONGO_DATABASE"] == f"guihua_{service}"
    sources = {one["source"] for one in STACK["services"][service]["secrets"] if isinstance(one, dict)}
    assert {f"mongo-url-{service}", f"nats-password-{service}"} <= sources


@pytest.mark.parametrize("service", SERVICES)
def test_every_secret_comes_from_a_file(service: str) -> None:
    fields = SETTINGS[service].model_fields
    secret = {name for name, field in fields.items() if SecretStr in _types(field.annotation)} | {"mongo_url"}
    named = {name: field_of(name, SETTINGS[service]) for name in environment(service)}
    assert {name for name, field in named.items() if field in secret and not name.endswith("_FILE")} == set()
    assert secret <= set(named.values())


@pytest.mark.parametrize("service", SERVICES)
def test_named_files_are_mounted(service: str) -> None:
    mounted = {one["target"] if isinstance(one, dict) else one for one in STACK["services"][service]["secrets"]}
    example = (DEPLOY / ".env.example").read_text(encoding="utf-8")
    for name, value in environment(service).items():
        if name.endswith("_FILE"):
            path = value or re.findall(rf"^(?:# )?{name}=(.+)$", example, re.MULTILINE)[0]
            assert Path(path).name in mounted, name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_password_stands_in_a_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    word = r"[A-Za-z_]*(?:PASSWORD|TOKEN|KEY|SECRET)"
    assert not re.findall(rf"(?im)^\W*{word}[A-Z_]*\s*[=:]\s*['\"]?[A-Za-z0-9+/]{{8,}}['\"]?\s*$", text)
    assert not re.findall(r"mongodb://[^$\s]+:[^$\s]+@", text)
    assert "PRIVATE KEY-----" not in text
    assert not re.findall(rf"\$\{{(?!SECRETS_DIR){word}[A-Z_]*:?-[^}}]+\}}", text)


def test_every_secret_is_made_by_the_script_and_must_be_there() -> None:
    script = (DEPLOY / "secrets.sh").read_text(encoding="utf-8")
    for name, secret in STACK["secrets"].items():
        assert secret == {"file": f"${{SECRETS_DIR:?}}/{name}"}
        made = re.sub(rf"({'|'.join(SERVICES)})$", "$service", name)
        assert any(word in script for word in (f"make {name} ", f'make "{made}" ', f"/{name}.new")), name


def test_env_example_names_exactly_what_compose_reads() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    passed = {name for service in SERVICES for name, value in environment(service).items() if value is None}
    read = set(re.findall(r"\$\{([A-Z_]+)", text)) | passed
    example = (DEPLOY / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))
    rarely_changed = {
        "GUIHUA_ACCEPTANCE_TARGET_WORKDAYS",
        "GUIHUA_GATEWAY_ADDRESSES",
        "GUIHUA_AUDIT_DAYS",
        "GUIHUA_ENGINE_WORKERS",
        "GUIHUA_ENGINE_SECONDS",
        "GUIHUA_ENGINE_MEMORY_MB",
        "GUIHUA_SMTP_START_TLS",
        "GUIHUA_SMTP_TLS",
    }
    assert read - rarely_changed == named
    without_default = set(re.findall(r"\$\{([A-Z_]+):\?\}", text))
    assert without_default == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) - {"GUIHUA_JWT_PUBLIC_KEY_FILE"}


@pytest.mark.parametrize("service", SERVICES)
def test_the_port_is_the_same_everywhere_and_published_on_this_machine_only(service: str) -> None:
    port = Layout.fixed(Path()).ports[service]
    assert STACK["services"][service]["ports"] == [f"127.0.0.1:${{{service.upper()}_PORT:-{port}}}:{port}"]
    stage = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").split(f"FROM runtime AS {service}\n")[1]
    assert re.findall(r"GUIHUA_HTTP_PORT=(\d+)\nEXPOSE (\d+)", stage)[0] == (str(port), str(port))
    default = SETTINGS[service].model_fields["http_port"]
    assert default.is_required() or default.default == port


@pytest.mark.parametrize("name", STACK["services"])
def test_a_container_may_do_what_it_needs_and_nothing_else(name: str) -> None:
    container = STACK["services"][name]
    assert {key: container[key] for key in LOCKED_DOWN} == LOCKED_DOWN
    assert "privileged" not in container
    assert container["user"] == ("0:0" if name == "volumes" else "10001:10001")
    assert container.get("cap_add", []) == (["CHOWN"] if name == "volumes" else [])
    if name not in {"volumes", "bootstrap"}:
        assert container["restart"] == "unless-stopped"
        assert container["mem_limit"]
        assert container["pids_limit"]
        assert container["healthcheck"]["test"]


@pytest.mark.parametrize("server", ["nats", "mongo"])
def test_the_servers_are_out_of_reach(server: str) -> None:
    container = STACK["services"][server]
    assert "ports" not in container
    assert [STACK["networks"][network] for network in container["networks"]] == [{"internal": True}]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_time_to_finish(service: str) -> None:
    assert int(STACK["services"][service]["stop_grace_period"].removesuffix("s")) >= 30 + 10


def _types(annotation: object) -> set[object]:
    inner = getattr(annotation, "__args__", ())
    return {annotation}.union(*(_types(one) for one in inner)) if inner else {annotation}
