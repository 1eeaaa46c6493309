"""The console: `python -m services.console`."""

from datetime import timedelta
from typing import Final

from services.console.accounts import Account
from services.console.backends import Backends
from services.console.books import Books
from services.console.consumers import HEARS
from services.console.deps import Deps
from services.console.drafts import Draft
from services.console.live import Live
from services.console.pages import ROUTERS
from services.console.pages.papers import files_at
from services.console.pages.routes import shown
from services.console.providers import Provider
from services.console.sessions import Session
from services.console.settings import ConsoleSettings
from services.contracts.registry import DepartmentChanged, PersonChanged, PostChanged
from services.kernel.app import Kernel, Service, run
from services.kernel.identity import Tokens
from services.kernel.passwords import Hashes
from services.kernel.seals import Seals
from services.kernel.store import Index

_AT_ONCE: Final = timedelta()


async def _deps(kernel: Kernel) -> Deps:
    settings, store = kernel.settings, kernel.store
    assert isinstance(settings, ConsoleSettings)  # noqa: S101 - `SERVICE` says so
    await store.indexes("sessions", Index("body.expires_at", expires=_AT_ONCE))
    tokens = Tokens(settings.token_key_file, issuer=settings.jwt_issuer, audience=settings.jwt_audience)
    return Deps(
        settings=settings,
        clock=kernel.clock,
        accounts=store.aggregates("accounts", Account, key="code"),
        sessions=store.aggregates("sessions", Session, key="key"),
        drafts=store.aggregates("drafts", Draft, key="key"),
        books=Books(
            people=store.collection("people", PersonChanged),
            departments=store.collection("departments", DepartmentChanged),
            posts=store.collection("posts", PostChanged),
        ),
        backends=Backends(settings, tokens),
        tokens=tokens,
        passwords=Hashes(threads=1),
        seals=Seals.of(settings.field_keys.get_secret_value(), service="console"),
        live=Live(kernel.stopping),
        provider=Provider(settings) if settings.oidc_issuer else None,
    )


async def _close(deps: Deps) -> None:
    deps.passwords.close()
    await deps.backends.close()
    if deps.provider is not None:
        await deps.provider.close()


SERVICE: Final = Service(
    name="console",
    settings=ConsoleSettings,
    deps=_deps,
    routers=ROUTERS,
    hears=HEARS,
    close=_close,
    shows=shown,
    files_at=files_at,
)

if __name__ == "__main__":
    run(SERVICE)
