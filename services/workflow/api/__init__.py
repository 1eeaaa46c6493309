"""The workflow service over HTTP, one module for each noun."""

from typing import Final

from services.workflow.api import (
    analytics,
    calendar,
    cases,
    definitions,
    desks,
    edits,
    forms,
    history,
    incidents,
    meetings,
    migrations,
    moves,
    retries,
    signals,
    starts,
    tasks,
    versions,
)

ROUTERS: Final = (  # a request is held against one after the other: the busiest come first
    cases.router,
    tasks.router,
    desks.router,
    history.router,
    moves.router,
    definitions.router,
    versions.router,
    migrations.router,
    incidents.router,
    retries.router,
    edits.router,
    signals.router,
    meetings.router,
    starts.router,
    analytics.router,
    calendar.router,
    forms.router,
)
