"""Addresses that get nothing more: the number that does not exist, the owner who wants no more messages.

An address is kept as a keyed digest only, one entry for each channel and address. What the law obliges the bureau to
say then goes by the next way, or onto the list of those whom somebody tells by hand.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, Field

from services.kernel.problem import Problem
from services.kernel.requests import Reason, Request
from services.kernel.seals import Seals
from services.kernel.store import Aggregates, AlreadyExists, Body
from services.notify.attempts import Attempt, masked
from services.notify.templates import Channel

_PAGE: Final = 1000
_ID_DIGITS: Final = 32
_TELEPHONE: Final = (Channel.SMS, Channel.VOICE)
"""Channels that reach people by the same address."""


class Cause(StrEnum):
    """Why an address gets nothing more."""

    NO_SUCH_ADDRESS = "no_such_address"
    """Nobody is there: it bounced, and will again."""
    BLOCKED_BY_OWNER = "blocked_by_owner"
    """Its owner wants no more messages: nothing ordinary goes to the same telephone by another channel either."""
    BLOCKED_BY_NETWORK = "blocked_by_network"
    """The network does not carry messages there."""


class Deed(BaseModel, frozen=True):
    """Who closed or opened it again, and why: kept for ever. `by` is a person, `provider:<name>` or `owner`."""

    closed: bool
    cause: Cause
    by: str
    reason: str
    at: datetime


class Suppression(Body, frozen=True):
    """One address on one channel. `recipient` is whose it was when this was noted."""

    suppression_id: str
    channel: Channel
    shown: str
    recipient: str
    closed: bool
    cause: Cause
    deeds: tuple[Deed, ...]


class Closing(Request, frozen=True):
    """Close somebody's address on a channel, as its owner wishes. No address is said: the books know it."""

    recipient: Annotated[str, Field(pattern=r"^(applicant:[0-9A-Z]{1,40}|[a-z][a-z0-9._-]{0,60})$")]
    channel: Channel
    reason: Reason


class Lifting(Request, frozen=True):
    """Why messages may go there again: the owner wishes it, the number was put right."""

    reason: Reason


class NoAddressThere(Problem):
    """Nobody knows an address of this recipient on this channel."""

    status = 404
    code = "no-address-to-close"
    zh = "没有 {recipient} 在渠道 {channel} 上的联系方式"
    en = "no address of {recipient} is known on channel {channel}"
    remedy_zh = "请核对案件编号或工号，以及渠道"
    remedy_en = "check the case number or the person's code, and the channel"


class NotClosed(Problem):
    """The address was opened again already."""

    status = 409
    code = "address-not-closed"
    zh = "该联系方式未停发"
    en = "this address is not closed"
    remedy_zh = "无需恢复"
    remedy_en = "there is nothing to lift"


def closed(found: Suppression | None, new: Suppression) -> Suppression:
    """The entry after `new` was heard; the same again changes nothing, and the owner's wish stands above the rest."""
    if found is None:
        return new
    if found.closed and (found.cause is new.cause or found.cause is Cause.BLOCKED_BY_OWNER):
        return found
    return new.model_copy(update={"deeds": (*found.deeds, *new.deeds)})


def lifted(found: Suppression, *, by: str, reason: str, wall: datetime) -> Suppression:
    """Messages may go there again. Raises NotClosed."""
    if not found.closed:
        raise NotClosed
    deed = Deed(closed=False, cause=found.cause, by=by, reason=reason, at=wall)
    return found.model_copy(update={"closed": False, "deeds": (*found.deeds, deed)})


class Suppressions:
    """All entries, read once and kept up by what this process changes: one process sends (ADR 0009)."""

    def __init__(self, rows: Aggregates[Suppression], *, seals: Seals) -> None:
        self.rows = rows
        self._seals = seals
        self._closed: dict[str, Cause] = {}

    async def load(self) -> None:
        """Read those that are closed from the database."""
        after = ""
        while page := await self.rows.query({"_id": {"$gt": after}}, sort=[("_id", 1)], limit=_PAGE):
            for each in page:
                self._keep(each)
            after = page[-1].suppression_id

    def mark(self, channel: Channel, address: str) -> str:
        """The digest by which an address is known here, and stays with a try."""
        return self._marks(channel, address)[0]

    def is_closed(self, channel: Channel, address: str, *, required: bool) -> bool:
        """Whether nothing goes there; what is `required` by law may take another channel to the same telephone."""
        if not self._closed:
            return False
        if any(mark in self._closed for mark in self._marks(channel, address)):
            return True
        kin = _TELEPHONE if channel in _TELEPHONE and not required else ()
        others = (mark for each in kin for mark in self._marks(each, address))
        return any(self._closed.get(mark) is Cause.BLOCKED_BY_OWNER for mark in others)

    async def close(self, new: Suppression) -> Suppression:
        """Put an address on the list; heard again, nothing changes."""
        try:
            await self.rows.create(new)
            kept = new
        except AlreadyExists:
            kept = await self.rows.change(new.suppression_id, lambda found: (closed(found, new), ()))
        self._keep(kept)
        return kept

    async def lift(self, key: str, *, by: str, reason: str, wall: datetime) -> Suppression:
        """Take an address off the list. Raises NotFound, NotClosed."""
        kept = await self.rows.change(key, lambda found: (lifted(found, by=by, reason=reason, wall=wall), ()))
        self._keep(kept)
        return kept

    def known(self, channel: Channel, address: str) -> list[str]:
        """The ids under which an address is closed now; more than one only after the key was changed."""
        return [mark for mark in self._marks(channel, address) if mark in self._closed]

    def _marks(self, channel: Channel, address: str) -> list[str]:
        """By every field key there is, the current one first: what was closed stays closed when the key is changed."""
        return [each[:_ID_DIGITS] for each in self._seals.fingerprints(f"{channel}:{address}")]

    def _keep(self, entry: Suppression) -> None:
        if entry.closed:
            self._closed[entry.suppression_id] = entry.cause
        else:
            self._closed.pop(entry.suppression_id, None)


def noted(attempt: Attempt, *, recipient: str, cause: Cause, by: str, wall: datetime, reason: str = "") -> Suppression:
    """The entry for the address of a try, which said what is wrong with it unless a receipt gives the `reason`."""
    return _entry(
        attempt.mark,
        attempt.channel,
        shown=attempt.to,
        recipient=recipient,
        deed=Deed(closed=True, cause=cause, by=by, reason=reason or attempt.error, at=wall),
    )


def wished(suppressions: Suppressions, order: Closing, address: str, *, by: str, wall: datetime) -> Suppression:
    """The entry for what the owner of an address wishes."""
    return _entry(
        suppressions.mark(order.channel, address),
        order.channel,
        shown=masked(address),
        recipient=order.recipient,
        deed=Deed(closed=True, cause=Cause.BLOCKED_BY_OWNER, by=by, reason=order.reason, at=wall),
    )


def answered(
    suppressions: Suppressions, channel: Channel, address: str, *, by: str, reason: str, wall: datetime
) -> Suppression:
    """The entry for the wish of an owner who answered a message; whose number it is, nobody says."""
    return _entry(
        suppressions.mark(channel, address),
        channel,
        shown=masked(address),
        recipient="",
        deed=Deed(closed=True, cause=Cause.BLOCKED_BY_OWNER, by=by, reason=reason, at=wall),
    )


def _entry(mark: str, channel: Channel, *, shown: str, recipient: str, deed: Deed) -> Suppression:
    return Suppression(
        suppression_id=mark,
        channel=channel,
        shown=shown,
        recipient=recipient,
        closed=True,
        cause=deed.cause,
        deeds=(deed,),
    )
