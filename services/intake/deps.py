"""What the intake service works with, built once in `__main__` and passed in."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services.intake.appointments.cards import Card
from services.intake.appointments.consulting import Question, Report, Roster
from services.intake.appointments.slots import Opening
from services.intake.audits import AuditRow
from services.intake.cases import Case
from services.intake.copies import Copies
from services.intake.documents.papers import Papers
from services.intake.drafts.records import Draft
from services.intake.gates import Gate
from services.intake.handouts import Handouts
from services.intake.passwords import Passwords
from services.intake.prints.printer import Printer
from services.intake.publicity.objections import Objection
from services.intake.ratings.ratings import Rating
from services.intake.settings import IntakeSettings
from services.intake.uploads.records import Upload
from services.intake.uploads.scanners import Scanner
from services.kernel.clock import Clock
from services.kernel.seals import Seals
from services.kernel.store import Aggregates, Files, Moment
from services.kernel.worktime import OfficeHours


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything a handler may use. `counter` gives the next number of a named series."""

    settings: IntakeSettings
    clock: Clock
    hours: OfficeHours
    cases: Aggregates[Case]
    copies: Copies
    audits: Aggregates[AuditRow]
    handouts: Handouts
    gate: Gate
    counter: Callable[[str], Awaitable[int]]
    seals: Seals
    passwords: Passwords
    printer: Printer
    papers: Papers
    objections: Aggregates[Objection]
    ratings: Aggregates[Rating]
    openings: Aggregates[Opening]
    cards: Aggregates[Card]
    rosters: Aggregates[Roster]
    questions: Aggregates[Question]
    reports: Aggregates[Report]
    files: Files
    uploads: Aggregates[Upload]
    scanner: Scanner | None
    drafts: Aggregates[Draft]
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a file came in, which the scanner then looks at."""
    moment: Moment = field(default_factory=Moment)
