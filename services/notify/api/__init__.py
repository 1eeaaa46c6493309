"""The messenger over HTTP."""

from services.notify.api import groups, inbox, links, messages, receipts, templates

ROUTERS = (messages.router, inbox.router, receipts.router, templates.router, groups.router, links.router)
