"""The providers that the settings name."""

from datetime import timedelta
from typing import assert_never

from services.kernel.clock import Clock
from services.kernel.seals import Seals
from services.notify import wecom
from services.notify.bounces import Codes
from services.notify.channels import Way
from services.notify.desks import DeskList
from services.notify.gateways import Gateway
from services.notify.groups import GroupChats, Groups, Vendor
from services.notify.mails import Mail
from services.notify.providers import Provider, Providers
from services.notify.rosters import Entry, Kind, load_roster
from services.notify.settings import NotifySettings
from services.notify.shortmessages import ShortMessages
from services.notify.signatures import keys_of
from services.notify.templates import Channel
from services.notify.vendors import Line
from services.notify.webhooks import Telephone, Webhook


def providers_of(settings: NotifySettings, *, groups: Groups, seals: Seals, clock: Clock) -> Providers:
    """Everybody who carries messages for the bureau."""
    roster = load_roster(settings.providers_file)
    limit = settings.attempt_limit
    listed = [
        Provider(each.name, each.channel, _way(each, settings, clock), each.weight, each.receipts_within)
        for each in roster
    ]
    lines = {
        Vendor.WECOM: Line(settings.wecom_url, timeout=limit),
        Vendor.DINGTALK: Line(settings.dingtalk_url, timeout=limit),
    }
    chats = Provider("group", Channel.GROUP, GroupChats(groups, lines, seals=seals, clock=clock))
    return Providers([*_plain(settings), *listed, chats, Provider("desk", Channel.DESK, DeskList())])


def receipt_keys_of(settings: NotifySettings) -> dict[str, tuple[bytes, ...]]:
    """By which keys each provider may sign its receipts, the current one first."""
    keys = keys_of(settings.receipt_keys.get_secret_value()) if settings.receipt_keys else ()
    own = {entry.name: entry.signs_with for entry in load_roster(settings.providers_file)}
    return {**dict.fromkeys(("smtp", "sms", "chat"), keys), **own}


def codes_of(settings: NotifySettings) -> dict[str, Codes]:
    """By which words each provider says that nothing ever arrives at a number."""
    return {each.name: Codes(each.dead_codes, each.blocked_codes) for each in load_roster(settings.providers_file)}


def _plain(settings: NotifySettings) -> list[Provider]:
    """The mail server and the two gateways that have settings of their own."""
    found: list[Provider] = []
    if settings.smtp_host:
        found.append(Provider("smtp", Channel.SMTP, _mail(settings, settings.smtp_host)))
    if settings.sms_url:
        sms = _gateway(settings, settings.sms_url, signature=settings.sms_signature)
        within = timedelta(hours=settings.receipt_hours) if settings.receipt_keys else None
        found.append(Provider("sms", Channel.SMS, sms, receipts_within=within))
    if settings.chat_url:
        found.append(Provider("chat", Channel.CHAT, _gateway(settings, settings.chat_url, signature="")))
    return found


def _way(entry: Entry, settings: NotifySettings, clock: Clock) -> Way:
    limit, secret = settings.attempt_limit, entry.proof
    match entry.kind:
        case Kind.GATEWAY:
            return Gateway(entry.url, secret or None, timeout=limit, signature=entry.signature)
        case Kind.WEBHOOK:
            return Webhook(Line(entry.url, timeout=limit), keys=keys_of(secret), clock=clock)
        case Kind.TELEPHONE:
            return Telephone(Line(entry.url, timeout=limit), keys=keys_of(secret), clock=clock)
        case Kind.CMPP:
            return ShortMessages(
                Line(entry.url, timeout=limit),
                account=entry.account,
                secret=secret,
                signature=entry.signature,
                a_minute=entry.a_minute,
                clock=clock,
            )
        case Kind.WECOM:
            line = Line(entry.url, timeout=limit)
            return wecom.Application(line, corp=entry.account, secret=secret, agent=entry.agent)
        case _:
            assert_never(entry.kind)


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
    token = settings.gateway_token.get_secret_value() if settings.gateway_token else None
    return Gateway(url, token, timeout=settings.attempt_limit, signature=signature)
