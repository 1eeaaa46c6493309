"""The workflow service over HTTP, one module for each noun."""

from typing import Final

from services.workflow.api import cases, definitions, incidents, tasks

ROUTERS: Final = (tasks.router, cases.router, definitions.router, incidents.router)
