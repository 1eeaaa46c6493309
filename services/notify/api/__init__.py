"""The messenger over HTTP."""

from services.notify.api import (
    deliveries,
    erasures,
    exchange,
    groups,
    inbox,
    links,
    messages,
    preferences,
    receipts,
    replies,
    subscriptions,
    suppressions,
    templates,
)

_PEOPLE = (messages, erasures, inbox, preferences, receipts, replies, suppressions, templates, groups, links)
_SYSTEMS = (subscriptions, deliveries, exchange)
ROUTERS = tuple(door.router for door in (*_PEOPLE, *_SYSTEMS))
