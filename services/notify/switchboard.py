"""The providers that the settings name."""

from services.notify.desks import DeskList
from services.notify.gateways import Gateway
from services.notify.mails import Mail
from services.notify.providers import Provider, Providers
from services.notify.settings import NotifySettings
from services.notify.signatures import keys_of
from services.notify.templates import Channel


def providers_of(settings: NotifySettings) -> Providers:
    """Everybody who carries messages for the bureau."""
    return Providers([*_plain(settings), Provider("desk", Channel.DESK, DeskList())])


def receipt_keys_of(settings: NotifySettings) -> dict[str, tuple[bytes, ...]]:
    """By which keys each provider may sign its receipts, the current one first."""
    if settings.receipt_keys is None:
        return {}
    keys = keys_of(settings.receipt_keys.get_secret_value())
    return {provider.name: keys for provider in _plain(settings)}


def _plain(settings: NotifySettings) -> list[Provider]:
    """The mail server and the two gateways that have settings of their own."""
    found: list[Provider] = []
    if settings.smtp_host:
        found.append(Provider("smtp", Channel.SMTP, _mail(settings, settings.smtp_host)))
    if settings.sms_url:
        sms = _gateway(settings, settings.sms_url, signature=settings.sms_signature)
        found.append(Provider("sms", Channel.SMS, sms))
    if settings.chat_url:
        found.append(Provider("chat", Channel.CHAT, _gateway(settings, settings.chat_url, signature="")))
    return found


def _mail(settings: NotifySettings, host: str) -> Mail:
    return Mail(
        host=host,
        port=settings.smtp_port,
        sender=settings.smtp_sender,
        user=settings.smtp_user,
        password=settings.smtp_password,
        start_tls=settings.smtp_start_tls,
        tls=settings.smtp_tls,
        timeout=settings.attempt_limit,
    )


def _gateway(settings: NotifySettings, url: str, *, signature: str) -> Gateway:
    return Gateway(url, settings.gateway_token, timeout=settings.attempt_limit, signature=signature)
