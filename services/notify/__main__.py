"""The notify service: `python -m services.notify`."""

from datetime import timedelta
from typing import Final

from services.contracts.registry import CalendarPublished, PersonChanged
from services.kernel.app import Kernel, Service, run
from services.kernel.identity.keys import private_key
from services.kernel.seals import Seals
from services.kernel.store import Store
from services.notify.api import ROUTERS
from services.notify.audits import audits
from services.notify.books import Announced, Books, Contact, KnownTask
from services.notify.consumers import HEARS
from services.notify.deps import Deps
from services.notify.digests import Digests
from services.notify.erasures import count_not_erased
from services.notify.exchange.exchange import exchange_of
from services.notify.exchange.pushing import count_late, count_refused
from services.notify.groups import Binding, Groups
from services.notify.holds import Hold
from services.notify.hours import QuietHours
from services.notify.ledgers import Ledger
from services.notify.links import Link
from services.notify.messages import Message
from services.notify.people import People
from services.notify.preferences import Preference, Preferences
from services.notify.queries import (
    count_due,
    count_failed,
    count_not_carried_out,
    count_unconfirmed,
    count_under_way,
    count_untouched,
    count_waiting,
    declare_indexes,
)
from services.notify.settings import NotifySettings
from services.notify.steps import Steps
from services.notify.subscriptions.outside import outside_of
from services.notify.subscriptions.sending import count_dead, count_failing
from services.notify.suppressions import Suppression, Suppressions
from services.notify.switchboard import codes_of, providers_of, receipt_keys_of
from services.notify.templates import load
from services.notify.ticker import TICKERS
from services.notify.tries import Hands
from services.notify.wordbooks import Wordbook, Wordbooks

_YEARS: Final = 200


async def _deps(kernel: Kernel) -> Deps:
    settings, store = kernel.settings, kernel.store
    assert isinstance(settings, NotifySettings)  # noqa: S101 - `SERVICE` says so
    await declare_indexes(store)
    seals = Seals.of(settings.field_keys.get_secret_value(), service="notify")
    books, messages = await _books(store, seals), store.aggregates("messages", Message, key="message_id")
    providers = providers_of(settings, groups=books.groups, seals=seals, clock=kernel.clock)
    return Deps(
        messages=messages,
        ledger=Ledger(messages, clock=kernel.clock, possible=providers.channels),
        hands=Hands(kernel.stopping),
        links=store.aggregates("links", Link, key="link_id"),
        books=books,
        templates=await _templates(kernel, settings),
        preferences=await _preferences(store),
        suppressions=await _suppressions(store, seals),
        digests=Digests(timedelta(minutes=settings.digest_minutes)),
        quiet=await _quiet(books, settings),
        providers=providers,
        receipt_keys=receipt_keys_of(settings),
        codes=codes_of(settings),
        patience=settings.patience,
        exchange=await exchange_of(store, settings.exchange_file, clock=kernel.clock, stopping=kernel.stopping),
        outside=await outside_of(store, settings, clock=kernel.clock, seals=seals, stopping=kernel.stopping),
        clock=kernel.clock,
        seals=seals,
        link_key=private_key(settings.link_key_file),
        public_url=settings.public_url.rstrip("/"),
        message_days=settings.message_days,
        signature=settings.sms_signature,
    )


async def _books(store: Store, seals: Seals) -> Books:
    people = People(store.collection("persons", PersonChanged))
    await people.load()
    groups = Groups(store.aggregates("groups", Binding, key="department"))
    await groups.load()
    return Books(
        people=people,
        steps=Steps(),
        contacts=store.collection("contacts", Contact),
        tasks=store.collection("tasks", KnownTask),
        announced=store.collection("announced", Announced),
        years=store.collection("years", CalendarPublished),
        holds=store.collection("holds", Hold),
        groups=groups,
        seals=seals,
    )


async def _templates(kernel: Kernel, settings: NotifySettings) -> Wordbooks:
    found = Wordbooks(load(settings.templates_file), kernel.store.aggregates("templates", Wordbook, key="key"))
    await found.load(kernel.clock.wall())
    return found


async def _preferences(store: Store) -> Preferences:
    found = Preferences(store.aggregates("preferences", Preference, key="person"))
    await found.load()
    return found


async def _suppressions(store: Store, seals: Seals) -> Suppressions:
    found = Suppressions(store.aggregates("suppressions", Suppression, key="suppression_id"), seals=seals)
    await found.load()
    return found


async def _quiet(books: Books, settings: NotifySettings) -> QuietHours:
    found = QuietHours.of(settings.quiet_hours)
    for year in await books.years.query({}, sort=[("_id", 1)], limit=_YEARS):
        found.learn(year)
    return found


async def _close(deps: Deps) -> None:
    await deps.providers.close()
    await deps.outside.caller.close()
    await deps.exchange.close()


SERVICE: Final = Service(
    name="notify",
    settings=NotifySettings,
    deps=_deps,
    routers=ROUTERS,
    hears=HEARS,
    tickers=TICKERS,
    backlog={
        "messages-under-way": count_under_way,
        "messages-due": count_due,
        "messages-due-not-tried": count_untouched,
        "messages-waiting-for-contact": count_waiting,
        "messages-failed": count_failed,
        "messages-unconfirmed": count_unconfirmed,
        "messages-not-erased": count_not_erased,
        "link-decisions-not-carried-out": count_not_carried_out,
        "webhooks-failing": count_failing,
        "webhook-deliveries-dead": count_dead,
        "exchange-late": count_late,
        "exchange-refused": count_refused,
    },
    close=_close,
    audits=audits,
)

if __name__ == "__main__":
    run(SERVICE)
