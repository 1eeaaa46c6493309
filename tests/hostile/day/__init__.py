"""One day of the office on which every operation succeeds once, and once comes too late; one module for each room."""

from collections.abc import Awaitable, Callable
from typing import Final

from tests.hostile.day import (
    accounts,
    assessing,
    books,
    cases,
    definitions,
    drafts,
    incidents,
    meetings,
    messages,
    migrations,
    projecting,
    public,
    signals,
    starts,
    supervising,
    tasks,
    webhooks,
    windows,
    withdrawing,
)
from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation

Part = Callable[[Ledger, Situation], Awaitable[None]]

PARTS: Final[tuple[Part, ...]] = (
    messages.sent_and_given_up,
    messages.decided_by_link,
    messages.dead_letters,
    messages.heard_and_read,
    messages.stopped,
    messages.set_up,
    webhooks.kept,
    webhooks.reported,
    tasks.worked_on,
    tasks.signed_by_others,
    tasks.sent_back_and_pulled_back,
    tasks.done_by_somebody_else,
    cases.extended,
    cases.suspended,
    cases.carried_to_another_step,
    incidents.edited,
    incidents.tried_by_the_group,
    incidents.mended,
    signals.brought,
    starts.begun,
    meetings.held,
    definitions.deployed,
    definitions.tried_out,
    migrations.carried_over,
    definitions.retired,
    supervising.followed_up,
    supervising.told_in_a_bulletin,
    supervising.ruled,
    assessing.explained,
    assessing.assessed,
    assessing.entered_by_hand,
    supervising.looked_after,
    projecting.carried_on,
    books.kept,
    accounts.given,
    drafts.handed_in,
    drafts.filed,
    withdrawing.given_up,
    public.objected,
    public.rated,
    public.met,
    windows.received,
    windows.handed_over,
    windows.asked_too_often,
    public.asked_too_often,
)
"""In their order: who asks for a case's public status too often is not answered any more."""
