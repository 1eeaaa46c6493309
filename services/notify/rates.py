"""How often a channel may be used: vendors count, and shut the door on who sends too much."""

from collections import deque
from datetime import timedelta
from typing import Final

from services.notify.channels import Busy

_MINUTE: Final = 60.0


class Rate:
    """At most so many in any minute; `now` is a monotonic time in seconds.

    A vendor counts what it received, so what is asked for counts when it is sent, whatever becomes of it.
    """

    def __init__(self, a_minute: int) -> None:
        self._most = a_minute
        self._sent: deque[float] = deque()
        self._shut_until = 0.0

    def take(self, now: float) -> None:
        """One more. Raises Busy until there is room."""
        while self._sent and now - self._sent[0] >= _MINUTE:
            self._sent.popleft()
        free_at = self._sent[0] + _MINUTE if len(self._sent) >= self._most else now
        wait = max(free_at, self._shut_until) - now
        if wait > 0:
            raise Busy(timedelta(seconds=wait))
        self._sent.append(now)

    def shut(self, now: float, seconds: float) -> None:
        """The vendor says that it was too much: nothing for a while."""
        self._shut_until = max(self._shut_until, now + seconds)
