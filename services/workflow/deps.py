"""What the workflow service works with, built once in `__main__` and passed in."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.contracts.intake import DocumentIssued
from services.kernel.clock import Clock
from services.kernel.store import Aggregates, Collection, Journal
from services.workflow.approvals import Approvals
from services.workflow.copies import Copies
from services.workflow.definitions.models import Definition
from services.workflow.definitions.shelf import Shelf
from services.workflow.engines import Engines
from services.workflow.instances.models import Instance
from services.workflow.meetings.bodies import MeetingBody
from services.workflow.meetings.models import Session
from services.workflow.migrations.models import Line, Migration
from services.workflow.papers import Papers
from services.workflow.retries.models import Retry
from services.workflow.settings import WorkflowSettings
from services.workflow.signals.models import Broadcast
from services.workflow.starts.models import Arrival


@dataclass(frozen=True, slots=True)
class Bells:
    """Wake the tickers before their time: something they wait for has happened."""

    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    calendar: asyncio.Event = field(default_factory=asyncio.Event)
    retries: asyncio.Event = field(default_factory=asyncio.Event)
    migrations: asyncio.Event = field(default_factory=asyncio.Event)
    signals: asyncio.Event = field(default_factory=asyncio.Event)
    alarms: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything a handler may use. `counter` gives the next number of a named series."""

    settings: WorkflowSettings
    clock: Clock
    instances: Aggregates[Instance]
    definitions: Aggregates[Definition]
    shelf: Shelf
    copies: Copies
    engines: Engines
    approvals: Approvals
    journal: Journal
    retries: Aggregates[Retry]
    migrations: Aggregates[Migration]
    migration_lines: Aggregates[Line]
    broadcasts: Aggregates[Broadcast]
    arrivals: Aggregates[Arrival]
    bodies: Aggregates[MeetingBody]
    sessions: Aggregates[Session]
    documents: Collection[DocumentIssued]
    papers: Papers
    counter: Callable[[str], Awaitable[int]]
    case_key: Ed25519PrivateKey | None = None
    bells: Bells = field(default_factory=Bells)
