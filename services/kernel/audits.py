"""Who did what, when (审计): what a service's journal tells of people's acts, and what else a service keeps of them."""

import asyncio
import heapq
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel

from services.contracts.catalogue import CATALOGUE
from services.contracts.events import Said
from services.kernel.store import Act, DeadLetter, Store, order_from
from services.kernel.worktime import SHANGHAI

LONGEST: Final = timedelta(days=92)
"""How far back is looked where nobody says since when: a quarter."""

_NO_ACTS: Final = re.compile(r"guihua\.(workflow\.(timer\.|task\.draft_saved|signal\.heard)|supervision\.light\.)")
"""Events that name who is responsible and not who did it, and what is saved every few seconds."""

_OTHERS: Final = frozenset({"rectify_by", "proposed_by", "suspended_by", "consented_by"})
"""Fields that name somebody else than who did it, or a day."""

_MILLISECONDS: Final = re.compile(r"0[0-9]{13}", re.ASCII)
_WORDS: Final = ("reason", "remark", "note", "message")
_TOLD: Final = frozenset(
    {
        *("active", "agrees", "approved", "attendance", "channel", "department", "deputy", "from_version", "ground"),
        *("outcome", "posts", "roles", "signer", "step", "to", "to_element", "to_version", "verb", "version", "year"),
    }
)
"""What of an act is told with it: codes and numbers, nothing of applicants."""


class Outcome(StrEnum):
    """What came of it."""

    DONE = "done"
    REFUSED = "refused"


class AuditLine(BaseModel, frozen=True):
    """One act, in wall time. `key` sorts the acts of all services; nobody did what the public did.

    What the system does by itself is no act: cases, lights and scores have their own histories.

    `act` is `<service>.<noun>.<verb>`, `about` the case or what else it was done to, `words` what was said with it,
    `told` what else of it matters.
    """

    key: str
    at: datetime
    act: str
    person: str | None
    about: str
    outcome: Outcome = Outcome.DONE
    address: str = ""
    words: str = ""
    told: dict[str, bool | int | str | list[str]] = {}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts: by whom, of which kind, about what, on which days (both count), and behind which key."""

    person: str | None
    about: str | None
    act: str | None
    since: date
    until: date
    before: str | None
    limit: int

    @property
    def begins_at(self) -> datetime:
        """The first moment wanted."""
        return datetime.combine(self.since, time(), SHANGHAI).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        """The moment that is not wanted any more."""
        return datetime.combine(self.until + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)

    @property
    def last(self) -> str:
        """The key before which the page begins."""
        return min(order_from(self.ends_at), self.before or "~")

    def fits(self, line: AuditLine) -> bool:
        """Whether a line is wanted, wherever it was found."""
        here = (self.person or line.person, self.about or line.about, self.act or line.act)
        return here == (line.person, line.about, line.act) and order_from(self.begins_at) <= line.key < self.last


Source = Callable[[Any, Wanted], Awaitable[Sequence[AuditLine]]]
"""What a service keeps of acts besides its journal: given its tools, the newest lines that are wanted."""


def key_of(at: datetime, name: str) -> str:
    """The key of something with a name that was done at a moment."""
    return f"{round(at.timestamp() * 1000):014d}.{name}"


def moment_of(key: str) -> datetime | None:
    """The moment at the beginning of a key; None where it has none."""
    digits = key.partition(".")[0]
    if not _MILLISECONDS.fullmatch(digits):
        return None
    return datetime.fromtimestamp(int(digits) / 1000, UTC)


def acts_of(service: str) -> Mapping[str, str]:
    """The events of a service that tell who did something, with the field that names them."""
    said = {name: actor_of(kind) for name, kind in CATALOGUE.items() if name.split(".")[1] == service}
    return {name: field for name, field in said.items() if field is not None}


def actor_of(said: type[Said]) -> str | None:
    """The field that names who did it; None where nobody did."""
    if _NO_ACTS.match(said.TYPE):
        return None
    named = [field for field in said.model_fields if field.endswith("_by") and field not in _OTHERS]
    return next((field for field in ("by", *named, "person") if field in said.model_fields), None)


def told_by(act: Act, field: str) -> AuditLine:
    """A line out of what the journal has."""
    said = {name: act.data.get(name) for name in sorted(_TOLD & act.data.keys())}
    return AuditLine(
        key=act.order,
        at=act.at,
        act=act.type.removeprefix("guihua.").rpartition(".")[0],
        person=act.data.get(field),
        about=act.subject,
        words=next((str(act.data[name]) for name in _WORDS if act.data.get(name)), ""),
        told={name: value for name, value in said.items() if value not in (None, "", []) and _is_plain(value)},
    )


async def trail(store: Store, wanted: Wanted, *sources: Awaitable[Sequence[AuditLine]]) -> list[AuditLine]:
    """The acts that are wanted, newest first, out of the journal, the dead letters, and what else there is."""
    found = await asyncio.gather(_journal(store, wanted), _letters(store, wanted), *sources)
    return newest(found, wanted.limit)


def newest(found: Iterable[Collection[AuditLine]], limit: int) -> list[AuditLine]:
    """The newest of several lists."""
    return heapq.nlargest(limit, (line for lines in found for line in lines), key=lambda line: line.key)


async def _journal(store: Store, wanted: Wanted) -> list[AuditLine]:
    fields = acts_of(store.service)
    kinds = {name: field for name, field in fields.items() if wanted.act in (None, _short(name))}
    if not kinds:
        return []
    acts = await store.journal.acts(
        kinds,
        by=wanted.person,
        subject=wanted.about,
        since=order_from(wanted.begins_at),
        before=wanted.last,
        limit=wanted.limit,
    )
    return [told_by(act, kinds[act.type]) for act in acts]


async def _letters(store: Store, wanted: Wanted) -> list[AuditLine]:
    closed = await store.dead_letters.closed(wanted.begins_at, wanted.ends_at)
    lines = (_letter(letter, store.service) for letter in closed)
    return newest([[line for line in lines if wanted.fits(line)]], wanted.limit)


def _letter(letter: DeadLetter, service: str) -> AuditLine:
    at = letter.closed_at or letter.at
    return AuditLine(
        key=key_of(at, letter.id),
        at=at,
        act=f"{service}.dead_letter.{letter.state}",
        person=letter.closed_by,
        about=letter.subject.rpartition(".")[2],
        words=letter.closed_because or "",
    )


def _short(name: str) -> str:
    return name.removeprefix("guihua.").rpartition(".")[0]


def _is_plain(value: object) -> bool:
    return isinstance(value, (bool, int, str)) or (
        isinstance(value, list) and all(isinstance(one, str) for one in value)
    )
