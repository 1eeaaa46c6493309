"""The pages of those who run the system and keep its books."""

from services.console.pages.ops import (
    audits,
    calendars,
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
    calendars.router,
    people.router,
    audits.router,
)
