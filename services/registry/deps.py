"""What the registry works with, built once in `__main__` and passed in."""

import asyncio
from dataclasses import dataclass, field

from services.kernel.bus import Bus
from services.kernel.clock import Anchor, Clock
from services.kernel.store import Aggregates, Body
from services.registry.books import Department, Member, Post
from services.registry.calendars import YearCalendar


class ClockSetting(Body, frozen=True):
    """The latest setting of the demonstration's clock."""

    key: str
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class Deps:
    """Everything a handler may use. Who sets the demonstration's clock holds `clock_lock`."""

    departments: Aggregates[Department]
    posts: Aggregates[Post]
    people: Aggregates[Member]
    years: Aggregates[YearCalendar]
    clock_settings: Aggregates[ClockSetting]
    clock: Clock
    bus: Bus
    clock_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
