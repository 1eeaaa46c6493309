"""What every collection of one service stands on."""

from collections.abc import Callable
from dataclasses import dataclass

from services.kernel.clock import Clock
from services.kernel.store.drivers import Database
from services.kernel.store.outgoing import Unsent


@dataclass(slots=True)
class Ground:
    """The database of one service, its clock, and whom to tell of a write.

    `said` is called after each write with the document's outbox.
    """

    database: Database
    service: str
    clock: Clock
    said: Callable[[Unsent], None]
