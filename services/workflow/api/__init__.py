"""The workflow service over HTTP, one module for each noun."""

from typing import Final

from services.workflow.api import (
    cases,
    definitions,
    desks,
    edits,
    history,
    incidents,
    migrations,
    moves,
    retries,
    tasks,
    versions,
)

ROUTERS: Final = (
    tasks.router,
    desks.router,
    cases.router,
    history.router,
    moves.router,
    definitions.router,
    versions.router,
    migrations.router,
    incidents.router,
    retries.router,
    edits.router,
)
