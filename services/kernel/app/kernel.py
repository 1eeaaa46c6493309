"""What every service is given to work with."""

import asyncio
from dataclasses import dataclass, field

from services.kernel.bus import Bus
from services.kernel.clock import Clock
from services.kernel.identity import Identity
from services.kernel.settings import Settings
from services.kernel.store import Journal, Store
from services.kernel.telemetry import Metrics


@dataclass(frozen=True, slots=True)
class Kernel:
    """The tools of one running service; its own `Deps` are built from them."""

    settings: Settings
    clock: Clock
    store: Store
    bus: Bus
    identity: Identity
    metrics: Metrics = field(default_factory=Metrics)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the service was told to stop: begin nothing new."""
    duty: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while this process is to do what only one of the service's processes may do."""

    @property
    def journal(self) -> Journal:
        """Everything this service ever said."""
        return self.store.journal
