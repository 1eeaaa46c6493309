"""The notify service: `python -m services.notify`."""

from typing import Final

from services.contracts.registry import PersonChanged
from services.kernel.app import Kernel, Service, run
from services.kernel.identity.keys import private_key
from services.kernel.seals import Seals
from services.notify.api import ROUTERS
from services.notify.books import Announced, Books, Contact, KnownTask
from services.notify.consumers import HEARS
from services.notify.deps import Deps
from services.notify.groups import Binding, Groups
from services.notify.ledgers import Ledger
from services.notify.links import Link
from services.notify.messages import Message
from services.notify.people import People
from services.notify.queries import (
    count_due,
    count_failed,
    count_not_carried_out,
    count_under_way,
    count_untouched,
    count_waiting,
    declare_indexes,
)
from services.notify.settings import NotifySettings
from services.notify.steps import Steps
from services.notify.switchboard import providers_of, receipt_keys_of
from services.notify.templates import load
from services.notify.ticker import TICKERS
from services.notify.tries import Hands


async def _deps(kernel: Kernel) -> Deps:
    settings, store = kernel.settings, kernel.store
    assert isinstance(settings, NotifySettings)  # noqa: S101 - `SERVICE` says so
    await declare_indexes(store)
    seals = Seals.of(settings.field_keys.get_secret_value(), service="notify")
    people = People(store.collection("persons", PersonChanged))
    await people.load()
    messages = store.aggregates("messages", Message, key="message_id")
    groups = Groups(store.aggregates("groups", Binding, key="department"))
    await groups.load()
    providers = providers_of(settings, groups=groups, seals=seals, clock=kernel.clock)
    return Deps(
        messages=messages,
        ledger=Ledger(messages, clock=kernel.clock, possible=providers.channels),
        hands=Hands(kernel.stopping),
        links=store.aggregates("links", Link, key="link_id"),
        books=Books(
            people=people,
            steps=Steps(),
            contacts=store.collection("contacts", Contact),
            tasks=store.collection("tasks", KnownTask),
            announced=store.collection("announced", Announced),
            groups=groups,
            seals=seals,
        ),
        templates=load(settings.templates_file),
        providers=providers,
        receipt_keys=receipt_keys_of(settings),
        patience=settings.patience,
        clock=kernel.clock,
        seals=seals,
        link_key=private_key(settings.link_key_file),
        public_url=settings.public_url.rstrip("/"),
    )


async def _close(deps: Deps) -> None:
    await deps.providers.close()


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
        "link-decisions-not-carried-out": count_not_carried_out,
    },
    close=_close,
)

if __name__ == "__main__":
    run(SERVICE)
