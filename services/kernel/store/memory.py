"""What a process remembers of the documents it wrote: enough to write them again without reading them first."""

from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.kernel.store.drivers import Row

_DOCUMENTS: Final = 2_000
_LARGEST: Final = 65_536
_CAUSES: Final = 16


def _few() -> deque[str]:
    return deque(maxlen=_CAUSES)


@dataclass(slots=True)
class Known:
    """A document at a revision. Every write names the revision it replaces, so nothing rests on what is outdated.

    `body` is its BSON, if we wrote it ourselves. `unsent` waits in its outbox, the oldest first; with `leftover` the
    outbox may besides hold what was sent. `said` is the time part of the order of what it said last. `causes` are the
    events that we applied last.
    """

    revision: int
    unsent: Sequence[Row]
    body: bytes | None = None
    said: str = ""
    leftover: bool = False
    causes: deque[str] = field(default_factory=_few)


class Memory:
    """The documents of one collection that were read or written last, by key."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Known] = OrderedDict()

    def get(self, key: str) -> Known | None:
        """What is known of a document."""
        return self._known.get(key)

    def at(self, key: str, revision: int) -> Known | None:
        """What is known of a document at just this revision."""
        known = self._known.get(key)
        return known if known is not None and known.revision == revision else None

    def seen(self, row: Row) -> None:
        """A document was read, with `_id`, `revision` and `outbox`."""
        known = self._known.get(row["_id"])
        if known is None or known.revision < row["revision"]:
            self._keep(row["_id"], Known(row["revision"], row.get("outbox", ()), said=row.get("said", "")))

    def wrote(
        self, key: str, revision: int, body: bytes, *, unsent: Sequence[Row], cause: str | None, said: str
    ) -> None:
        """A document was written by us, and its outbox now holds `unsent` alone."""
        before = self._known.get(key)
        if before is not None and before.revision > revision:
            return
        causes = before.causes if before else _few()
        if cause:
            causes.append(cause)
        kept = body if len(body) <= _LARGEST else None
        self._keep(key, Known(revision, unsent, kept, said=said, causes=causes))

    def sent(self, key: str, ids: Iterable[str]) -> None:
        """These rows are in the journal and with the broker; the document's outbox may hold them still."""
        if (known := self._known.get(key)) is not None:
            gone = set(ids)
            known.unsent = [row for row in known.unsent if row["_id"] not in gone]
            known.leftover = True

    def forget(self, key: str) -> None:
        """Read the document next time."""
        self._known.pop(key, None)

    def _keep(self, key: str, known: Known) -> None:
        self._known[key] = known
        self._known.move_to_end(key)
        if len(self._known) > _DOCUMENTS:
            self._known.popitem(last=False)
