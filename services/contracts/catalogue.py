"""Every event type there is: importing it from here makes sure that all contract modules have entered theirs."""

from services.contracts import external, intake, notify, projects, registry, supervision, workflow
from services.contracts.events import CATALOGUE

__all__ = ["CATALOGUE", "MODULES"]

MODULES = (external, intake, notify, projects, registry, supervision, workflow)
"""The modules that say something."""
