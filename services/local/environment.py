"""The environment variables of each process of a local run."""

from services.local.layout import SERVICES, Layout, service_of
from services.local.servers import Servers


def environment_of(name: str, layout: Layout, servers: Servers, *, driver: str = "motor") -> dict[str, str]:
    """What a process is told; secrets are this run's own."""
    if name == "postbox":
        return {}
    service = service_of(name)
    if service not in SERVICES:
        return {
            "GUIHUA_NATS_URL": servers.nats_url(),
            "GUIHUA_NATS_USER": "external",
            "GUIHUA_NATS_PASSWORD": servers.passwords["external"],
        }
    common = {
        **servers.settings_of(service),
        "GUIHUA_MONGO_DRIVER": driver,
        "GUIHUA_HTTP_HOST": layout.host,
        "GUIHUA_HTTP_PORT": str(layout.ports[name]),
        "GUIHUA_JWT_PUBLIC_KEY_FILE": str(layout.public_key),
        "GUIHUA_CLOCK": "demo",
    }
    return common | _own(service, layout)


def _own(name: str, layout: Layout) -> dict[str, str]:
    match name:
        case "intake":
            return {
                "GUIHUA_FIELD_KEYS": layout.secret("intake-fields"),
                "GUIHUA_TRUSTED_PROXIES": layout.host,
                "GUIHUA_STATUS_URL": f"{layout.url('console')}/q",
                "GUIHUA_VERIFY_URL": f"{layout.url('console')}/verify",
            }
        case "workflow":
            return {
                "GUIHUA_LINK_KEYS_URL": f"{layout.url('notify')}/link-keys",
                "GUIHUA_CASE_KEY_FILE": str(layout.private_key),
                "GUIHUA_WORKFLOW_WORKERS": str(layout.workers),
            }
        case "supervision":
            return {"GUIHUA_CONSOLE_URL": layout.url("console")}
        case "notify":
            return {
                "GUIHUA_FIELD_KEYS": layout.secret("notify-fields"),
                "GUIHUA_PUBLIC_URL": layout.url("notify"),
                "GUIHUA_LINK_KEY_FILE": str(layout.private_key),
                "GUIHUA_SMTP_HOST": layout.host,
                "GUIHUA_SMTP_PORT": str(layout.ports["smtp"]),
                "GUIHUA_SMTP_SENDER": "guihua@guihua.example",
                "GUIHUA_SMTP_START_TLS": "false",
                "GUIHUA_SMS_URL": f"{layout.url('postbox')}/gateway/sms",
                "GUIHUA_CHAT_URL": f"{layout.url('postbox')}/gateway/chat",
                "GUIHUA_RECEIPT_KEYS": layout.secret("notify-receipts"),
                "GUIHUA_DIGEST_MINUTES": "0",  # its days pass in minutes
            }
        case "console":
            return {
                "GUIHUA_FIELD_KEYS": layout.secret("console-fields"),
                "GUIHUA_TOKEN_KEY_FILE": str(layout.private_key),
                "GUIHUA_CONSOLE_URL": layout.url("console"),
                **{f"GUIHUA_{service.upper()}_URL": layout.url(service) for service in SERVICES[:-1]},
            }
        case _:
            return {}
