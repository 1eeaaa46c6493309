"""Applying online (P4): no account, but a draft's number and password; every page works without scripts."""

from services.console.pages.apply import beginning, filing, sections

ROUTERS = (sections.router, filing.router, beginning.router)
"""In this order: `/apply/draft` is no item."""
