"""The pages of those who run the system and keep its books."""

from services.console.pages.ops import (
    audits,
    calendars,
    groups,
    health,
    incidents,
    letters,
    messages,
    people,
    retries,
    templates,
)

ROUTERS = (
    health.router,
    retries.router,
    incidents.router,
    letters.router,
    messages.router,
    templates.router,
    groups.router,
    calendars.router,
    people.router,
    audits.router,
)
