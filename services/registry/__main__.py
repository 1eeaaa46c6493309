"""The registry service: `python -m services.registry`."""

from typing import Final

from services.kernel.app import Kernel, Service, run
from services.registry.api import router
from services.registry.books import Department, Member, Post
from services.registry.calendars import YearCalendar
from services.registry.deps import ClockSetting, Deps
from services.registry.queries import count_missing_leaders, declare_indexes
from services.registry.settings import RegistrySettings
from services.registry.ticker import TICKERS


async def _deps(kernel: Kernel) -> Deps:
    store = kernel.store
    await declare_indexes(store)
    return Deps(
        departments=store.aggregates("departments", Department, key="code"),
        posts=store.aggregates("posts", Post, key="code"),
        people=store.aggregates("people", Member, key="code"),
        years=store.aggregates("calendar_years", YearCalendar, key="year"),
        clock_settings=store.aggregates("clock_settings", ClockSetting, key="key"),
        clock=kernel.clock,
        bus=kernel.bus,
    )


SERVICE: Final = Service(
    name="registry",
    settings=RegistrySettings,
    deps=_deps,
    routers=(router,),
    tickers=TICKERS,
    backlog={"leaders-not-in-the-books": count_missing_leaders},
)

if __name__ == "__main__":
    run(SERVICE)
