"""NATS JetStream: publishing, hearing, the demo clock's key. The only importer of `nats`."""

from services.kernel.bus.connection import BrokerAway, BrokerTooOld, Bus, Stream
from services.kernel.bus.events import Event, Handler, Hears
from services.kernel.bus.handling import ReplayFailed
from services.kernel.bus.listener import Listener

__all__ = ["BrokerAway", "BrokerTooOld", "Bus", "Event", "Handler", "Hears", "Listener", "ReplayFailed", "Stream"]
