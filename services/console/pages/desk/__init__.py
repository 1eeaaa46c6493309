"""The window's pages: today's work, receiving, receipts, handing over (C1 to C4)."""

from services.console.pages.desk import deliveries, receipts, receiving, work

ROUTERS = (work.router, receiving.router, receipts.router, deliveries.router)
"""To stand before the pages of cases: `/cases/find` is no case."""
