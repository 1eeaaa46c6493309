"""By which ways a message may still go: those that the bureau runs, the recipient has, and nobody closed."""

from collections.abc import Sequence

from services.notify import messages
from services.notify.books import Reach
from services.notify.deps import Deps
from services.notify.messages import Message
from services.notify.templates import Channel


def open_ways(deps: Deps, message: Message, reach: Reach) -> Sequence[Channel]:
    """The channels still to be tried, in their order.

    What the law requires is left to the desk when no other way is; nothing else goes where an address is closed.
    """
    there = _there(deps, reach)
    open_ones = {each for each in there if not _is_closed(deps, message, each, reach)}
    left = messages.ways_left(message, open_ones)
    if left or not message.statutory or Channel.DESK in message.exhausted:
        return left
    return (Channel.DESK,)


def has_closed_ways(deps: Deps, message: Message, reach: Reach) -> bool:
    """Whether there would be a way if no address were closed."""
    return bool(messages.ways_left(message, _there(deps, reach)))


def _there(deps: Deps, reach: Reach) -> frozenset[Channel]:
    return deps.providers.channels & reach.addresses.keys()


def _is_closed(deps: Deps, message: Message, channel: Channel, reach: Reach) -> bool:
    return deps.suppressions.is_closed(channel, reach.addresses[channel], required=message.statutory)
