"""The messenger over HTTP."""

from services.notify.api import (
    deliveries,
    groups,
    inbox,
    links,
    messages,
    preferences,
    receipts,
    subscriptions,
    templates,
)

_PEOPLE = (messages, inbox, preferences, receipts, templates, groups, links)
_SYSTEMS = (subscriptions, deliveries)
ROUTERS = tuple(door.router for door in (*_PEOPLE, *_SYSTEMS))
