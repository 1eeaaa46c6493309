"""The messenger over HTTP."""

from services.notify.api import groups, links, messages, receipts, templates

ROUTERS = (messages.router, receipts.router, templates.router, groups.router, links.router)
