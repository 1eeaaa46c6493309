"""The messenger over HTTP."""

from services.notify.api import links, messages, receipts, templates

ROUTERS = (messages.router, receipts.router, templates.router, links.router)
