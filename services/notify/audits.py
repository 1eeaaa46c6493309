"""Who set up what (审计): addresses closed and opened, group chats bound and unbound; kept with what they are about."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from services.kernel.audits import AuditLine, Wanted, key_of, newest
from services.notify.deps import Deps
from services.notify.groups import Binding
from services.notify.suppressions import Suppression

_MANY: Final = 1000


async def audits(deps: Deps, wanted: Wanted) -> Sequence[AuditLine]:
    """The newest acts that are wanted."""
    where = {"body.deeds.at": {"$gte": wanted.begins_at, "$lt": wanted.ends_at}}
    order = [("body.deeds.at", -1)]
    entries, bindings = await asyncio.gather(
        deps.suppressions.rows.query(where, sort=order, limit=_MANY),
        deps.books.groups.bindings.query(where, sort=order, limit=_MANY),
    )
    lines = chain.from_iterable((*map(_of_entry, entries), *map(_of_group, bindings)))
    return newest([[line for line in lines if wanted.fits(line)]], wanted.limit)


def _of_entry(entry: Suppression) -> Iterator[AuditLine]:
    for number, deed in enumerate(entry.deeds):
        yield AuditLine(
            key=key_of(deed.at, f"{entry.suppression_id}.{number}"),
            at=deed.at,
            act=f"notify.address.{'closed' if deed.closed else 'opened'}",
            person=None if ":" in deed.by or deed.by == "owner" else deed.by,
            about=entry.recipient.rpartition(":")[2] or entry.suppression_id,
            words=deed.reason,
            told={"channel": entry.channel.value, "cause": deed.cause.value},
        )


def _of_group(binding: Binding) -> Iterator[AuditLine]:
    for number, deed in enumerate(binding.deeds):
        yield AuditLine(
            key=key_of(deed.at, f"{binding.department}.{number}"),
            at=deed.at,
            act=f"notify.group.{'bound' if deed.bound else 'unbound'}",
            person=deed.by,
            about=binding.department,
            words=deed.reason,
            told={"vendor": deed.vendor.value, "name": deed.name},
        )
