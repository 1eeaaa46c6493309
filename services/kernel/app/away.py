"""Telling an absent server from a mistake of ours."""

from services.kernel import store
from services.kernel.bus import BrokerAway


def is_away(error: BaseException) -> bool:
    """Whether the error, or every error of a group, says only that database or broker cannot be reached now."""
    if isinstance(error, BaseExceptionGroup):
        return all(is_away(inner) for inner in error.exceptions)
    return isinstance(error, BrokerAway | TimeoutError) or store.is_away(error)
