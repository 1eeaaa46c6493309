"""MongoDB: aggregates with their outbox, read copies, files, the journal. The only importer of the drivers."""

from services.kernel.store.aggregates import Aggregates, Body, Chained
from services.kernel.store.codec import encoded
from services.kernel.store.copies import Collection
from services.kernel.store.dead_letters import DeadLetter, DeadLetters, LetterState, NoSuchLetter
from services.kernel.store.drivers import Driver, is_away
from services.kernel.store.files import FileDamaged, Files, FileTooLarge, Label, StoredFile
from services.kernel.store.indexes import Index
from services.kernel.store.journal import Act, Entry, Journal, Kept
from services.kernel.store.outgoing import Unsent, order_from
from services.kernel.store.refusals import AlreadyApplied, AlreadyExists, Conflict, NotFound
from services.kernel.store.store import Store
from services.kernel.store.together import Moment, Together

__all__ = [
    "Act",
    "Aggregates",
    "AlreadyApplied",
    "AlreadyExists",
    "Body",
    "Chained",
    "Collection",
    "Conflict",
    "DeadLetter",
    "DeadLetters",
    "Driver",
    "Entry",
    "FileDamaged",
    "FileTooLarge",
    "Files",
    "Index",
    "Journal",
    "Kept",
    "Label",
    "LetterState",
    "Moment",
    "NoSuchLetter",
    "NotFound",
    "Store",
    "StoredFile",
    "Together",
    "Unsent",
    "encoded",
    "is_away",
    "order_from",
]
