"""The messenger over HTTP."""

from services.notify.api import groups, inbox, links, messages, preferences, receipts, templates

_DOORS = (messages, inbox, preferences, receipts, templates, groups, links)
ROUTERS = tuple(door.router for door in _DOORS)
