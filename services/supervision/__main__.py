"""Wires the supervision service: `python -m services.supervision`."""

from services.contracts.registry import CalendarPublished, DepartmentChanged, PersonChanged
from services.contracts.workflow import Item
from services.kernel.app import Kernel, Service, run
from services.supervision import queries
from services.supervision.api import ROUTERS
from services.supervision.books import Books
from services.supervision.bulletins import Bulletin
from services.supervision.consumers import HEARS
from services.supervision.desk import Deps
from services.supervision.inspections import Inspection
from services.supervision.ledgers import declare_indexes, ledgers_of
from services.supervision.lights import CaseLights
from services.supervision.matters import Matter
from services.supervision.notices import Notice
from services.supervision.numbers import NumberBook
from services.supervision.projects.records import Project
from services.supervision.records.heard import Heard
from services.supervision.rules import RuleTable
from services.supervision.settings import SupervisionSettings
from services.supervision.statistics.facts import CaseFact
from services.supervision.tables import Tables
from services.supervision.ticker import TICKERS


async def _deps(kernel: Kernel) -> Deps:
    settings = kernel.settings
    assert isinstance(settings, SupervisionSettings)  # noqa: S101 - `SERVICE` says so
    store = kernel.store
    await queries.declare_indexes(store)
    await declare_indexes(store)
    return Deps(
        cases=store.aggregates("cases", CaseLights, key="case_no"),
        heard=store.aggregates("heard", Heard, key="event_id"),
        matters=store.aggregates("matters", Matter, key="matter_id"),
        notices=store.aggregates("notices", Notice, key="notice_id"),
        bulletins=store.aggregates("bulletins", Bulletin, key="bulletin_id"),
        projects=store.aggregates("projects", Project, key="project_id"),
        inspections=store.aggregates("inspections", Inspection, key="inspection_id"),
        facts=store.aggregates("facts", CaseFact, key="case_no"),
        years=store.collection("years", CalendarPublished),
        items=store.collection("items", Item),
        tables=Tables(store.aggregates("rule_tables", RuleTable, key="version"), kernel.clock),
        numbers=store.aggregates("number_books", NumberBook, key="book"),
        books=Books(
            persons=store.collection("persons", PersonChanged),
            departments=store.collection("departments", DepartmentChanged),
        ),
        ledgers=ledgers_of(store, font_dir=settings.font_dir, organ=settings.bureau_name),
        journal=kernel.journal,
        clock=kernel.clock,
        console_url=settings.console_url.rstrip("/"),
        bulletin_day=settings.bulletin_day,
    )


SERVICE = Service(
    name="supervision", settings=SupervisionSettings, deps=_deps, routers=ROUTERS, hears=HEARS, tickers=TICKERS
)

if __name__ == "__main__":
    run(SERVICE)
