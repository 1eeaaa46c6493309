"""The inbox: what was said to oneself, whatever became of it on the way to telephone and mailbox."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import After, Limit
from services.kernel.store import Conflict, NotFound
from services.notify import receipts
from services.notify.api.common import Here, MessageId
from services.notify.inboxes import Item, item_of, newest_items, unread_items
from services.notify.queries import count_unread

router = APIRouter()

Member = Annotated[Person, Depends(allowed(Permission.INBOX_READ))]

_AT_ONCE = 200


class Inbox(BaseModel, frozen=True):
    """Newest first; `after` is the key of the next page."""

    items: tuple[Item, ...]
    unread: int
    after: str | None


class Unread(BaseModel, frozen=True):
    """How many messages wait to be read."""

    unread: int


@router.get("/inbox", summary="本人消息", responses=problems(NotFound))
async def see_inbox(deps: Here, who: Member, unread: bool = False, limit: Limit = 50, after: After = None) -> Inbox:
    """One's own messages, newest first; `unread` shows only those."""
    found = await newest_items(deps.messages, who.code, unread=unread, limit=limit, after=after)
    following = found[-1].message_id if len(found) == limit else None
    count = await count_unread(deps.messages, who.code)
    return Inbox(items=tuple(item_of(each) for each in found), unread=count, after=following)


@router.get("/inbox/unread", summary="未读条数")
async def count_mine(deps: Here, who: Member) -> Unread:
    """How many of one's messages wait to be read; read off an index."""
    return Unread(unread=await count_unread(deps.messages, who.code))


@router.post("/inbox/{message_id}/read", summary="标记已读", responses=problems(NotFound, Conflict))
async def read_one(deps: Here, who: Member, message_id: MessageId) -> Item:
    """It was read: no other channel is tried any more. Again, it changes nothing."""
    message, _ = await deps.messages.load(message_id)
    if message.recipient != who.code:
        raise NotFound(key=message_id)
    wall = deps.clock.wall()
    read = await deps.messages.change(message_id, lambda found: (receipts.read(found, wall=wall), ()))
    return item_of(read)


@router.post("/inbox/read", summary="全部标记已读", responses=problems(Conflict))
async def read_all(deps: Here, who: Member) -> Unread:
    """Everything was read, up to 200 at a time; gives how many are left."""
    wall = deps.clock.wall()
    for message in await unread_items(deps.messages, who.code, limit=_AT_ONCE):
        await deps.messages.change(message.message_id, lambda found: (receipts.read(found, wall=wall), ()))
    return Unread(unread=await count_unread(deps.messages, who.code))
