"""The workflow service: `python -m services.workflow`."""

import asyncio
from typing import Final

from services.contracts.intake import DocumentIssued
from services.contracts.registry import CalendarPublished, DepartmentChanged, PersonChanged, PostChanged
from services.kernel.app import Kernel, Service, run
from services.kernel.documents import Press
from services.kernel.identity.keys import PublishedKeys, private_key
from services.kernel.settings import Settings
from services.kernel.store import Index, Store
from services.kernel.worktime import OfficeHours
from services.workflow.analytics.asking import INDEX as FIGURES_INDEX
from services.workflow.api import ROUTERS
from services.workflow.approvals import Approvals
from services.workflow.clocks.grounds import Policy
from services.workflow.consumers import HEARS
from services.workflow.copies import Copies
from services.workflow.definitions.models import Bundle, Definition
from services.workflow.definitions.shelf import Shelf
from services.workflow.deps import Deps
from services.workflow.engine.pool import EnginePool
from services.workflow.engine.processes import Limits
from services.workflow.engines import Engines
from services.workflow.instances.models import Instance
from services.workflow.listings import store_anew
from services.workflow.meetings.bodies import MeetingBody
from services.workflow.meetings.models import Session
from services.workflow.migrations.models import UNDER_WAY, Line, Migration
from services.workflow.papers import Papers
from services.workflow.queries import (
    INSTANCE_INDEXES,
    count_due_timers,
    count_incidents,
    count_late_alarms,
    count_late_timers,
    count_old_calendar,
    count_signals,
    count_waiting,
)
from services.workflow.resting import share_memory
from services.workflow.retries.models import Retry
from services.workflow.settings import WorkflowSettings
from services.workflow.signals.models import Broadcast
from services.workflow.starts.models import Arrival
from services.workflow.ticker import TICKERS


async def _deps(kernel: Kernel) -> Deps:
    settings, store = kernel.settings, kernel.store
    assert isinstance(settings, WorkflowSettings)  # noqa: S101 - `SERVICE` says so
    await _indexes(store)
    shelf = Shelf(store.aggregates("bundles", Bundle, key="sha256"))
    instances = store.aggregates("instances", Instance, key="case_no")
    await store_anew(instances)
    return Deps(
        settings=settings,
        clock=kernel.clock,
        instances=instances,
        definitions=store.aggregates("definitions", Definition, key="process_key"),
        shelf=shelf,
        copies=Copies(
            posts=store.collection("posts", PostChanged),
            departments=store.collection("departments", DepartmentChanged),
            people=store.collection("people", PersonChanged),
            years=store.collection("calendar_years", CalendarPublished),
            policy=Policy(publicity_basis=settings.publicity_basis),
            hours=OfficeHours(),
        ),
        engines=Engines(_pool(settings), shelf),
        approvals=Approvals(PublishedKeys(settings.link_keys_url)),
        journal=kernel.journal,
        retries=store.aggregates("retries", Retry, key="retry_id"),
        migrations=store.aggregates("migrations", Migration, key="migration_id"),
        migration_lines=store.aggregates("migration_lines", Line, key="line_id"),
        broadcasts=store.aggregates("broadcasts", Broadcast, key="broadcast_id"),
        arrivals=store.aggregates("arrivals", Arrival, key="arrival_id"),
        bodies=store.aggregates("meeting_bodies", MeetingBody, key="body_id"),
        sessions=store.aggregates("meeting_sessions", Session, key="session_id"),
        documents=store.collection("documents", DocumentIssued),
        papers=Papers(Press(settings.font_dir), store.files("minutes"), settings.bureau_name),
        counter=store.counter,
        case_key=private_key(settings.case_key_file) if settings.case_key_file else None,
    )


def _pool(settings: WorkflowSettings) -> EnginePool:
    limits = Limits(
        workers=settings.engine_workers,
        memory_mb=settings.engine_memory_mb,
        seconds=settings.engine_seconds,
        module="services.workflow.worker",
    )
    pool = EnginePool(limits)
    pool.open()
    return pool


async def _close(deps: Deps) -> None:
    deps.papers.press.close()
    await asyncio.to_thread(deps.engines.pool.close)


async def _indexes(store: Store) -> None:
    await store.indexes("instances", *INSTANCE_INDEXES, FIGURES_INDEX)
    await store.indexes("retries", Index("body.stage", "body.started_at"))
    await store.indexes("migrations", Index("body.status", "body.at"), Index("body.plan.process_key", "body.status"))
    one_at_a_time = {"body.status": {"$in": [status.value for status in UNDER_WAY]}}
    await store.indexes("migrations", Index("body.plan.process_key", unique=True, where=one_at_a_time))
    await store.indexes("migration_lines", Index("body.migration_id", "body.outcome", "body.case_no"))
    await store.indexes(
        "definitions", Index("body.item_code"), Index("body.versions.sha256"), Index("body.next_alarm_at")
    )
    await store.indexes("definitions", Index("body.versions.starts.events.name"))
    await store.indexes(
        "meeting_sessions",
        Index("body.items.case_no", "body.stage"),
        Index("body.stage", "body.papers_due_at"),
        Index("-body.held_on", "_id"),
    )
    await store.indexes("documents", Index("body.case_no", "body.issued_at"))
    await store.indexes("broadcasts", Index("body.stage", "body.at"), Index("-body.at", "_id"))


def is_side_by_side(settings: Settings) -> bool:
    """Whether this is one of several processes of the service."""
    return isinstance(settings, WorkflowSettings) and settings.workflow_workers > 1


SERVICE: Final = Service[Deps](
    name="workflow",
    settings=WorkflowSettings,
    deps=_deps,
    close=_close,
    routers=ROUTERS,
    hears=HEARS,
    tickers=TICKERS,
    side_by_side=is_side_by_side,
    backlog={
        "timers-due": count_due_timers,
        "timers-due-not-fired": count_late_timers,
        "received-not-started": count_waiting,
        "incidents-open": count_incidents,
        "cases-on-old-calendar": count_old_calendar,
        "signals-under-way": count_signals,
        "alarms-due-not-rung": count_late_alarms,
    },
)

if __name__ == "__main__":
    share_memory()
    run(SERVICE)
