"""Applying online (P4): no account, but a draft's number and password; every page works without scripts."""

from services.console.pages.apply import beginning, corrections, filing, sections

ROUTERS = (sections.router, filing.router, corrections.router, beginning.router)
"""In this order: `/apply/draft` and `/apply/corrections` are no items."""
