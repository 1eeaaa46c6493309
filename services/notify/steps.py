"""What this process remembers of the steps it heard of, so that the usual event asks the database for nothing."""

from collections import OrderedDict
from typing import Final, Generic, TypeVar

V = TypeVar("V")

_REMEMBERED: Final = 20_000


class Recent(Generic[V]):
    """The newest entries, so many and no more."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._entries: OrderedDict[str, V] = OrderedDict()
        self._most = most

    def get(self, key: str) -> V | None:
        """The value, if it is remembered."""
        return self._entries.get(key)

    def put(self, key: str, value: V) -> None:
        """Remember a value; the oldest is forgotten when there are too many."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def take(self, key: str) -> V | None:
        """The value, which is then forgotten."""
        return self._entries.pop(key, None)


class Steps:
    """How far the story of each case was heard, and the ordinary steps (no decision by link) that opened in it.

    Whatever is not remembered, as after a restart, is looked up in the database. Nothing here must be right for a
    message to be sent once: it only spares questions whose answer is known.
    """

    def __init__(self) -> None:
        self._heard: Recent[int] = Recent()
        self._ordinary: Recent[bool] = Recent()

    def follows(self, case_no: str, sequence: int) -> bool:
        """Whether nothing later was heard of this case before, as far as is remembered. Remembers it."""
        newest = self._heard.get(case_no)
        self._heard.put(case_no, max(sequence, newest or 0))
        return newest is not None and newest <= sequence

    def opened(self, task_id: str) -> None:
        """Remember that people were told of an ordinary step."""
        self._ordinary.put(task_id, value=True)

    def ends(self, task_id: str) -> bool:
        """Whether the step that ends is an ordinary one, heard of in its order: nothing waits for its end."""
        return self._ordinary.take(task_id) is not None
