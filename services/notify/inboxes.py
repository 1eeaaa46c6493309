"""What a person finds in the inbox: every message to them, from the moment it is made."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from services.kernel.store import Aggregates
from services.notify.messages import Message
from services.notify.queries import newest_messages
from services.notify.states import State
from services.notify.templates import LINK_MARK

_HIDDEN: Final = (
    {"body.state": State.CANCELLED},
    {"body.state": State.SUPPRESSED, "body.unread_by": None, "body.read_at": None},
)
"""What is not for the inbox: given up, not wanted, or told of in a summary. A closed address closes no inbox."""


_ERASED: Final = "内容已按期删除 / deleted as scheduled"


class Item(BaseModel, frozen=True):
    """A message as its reader sees it; `by_link` says that it asks for a decision by link."""

    message_id: str
    case_no: str | None
    template: str
    subject: str
    text: str
    by_link: bool
    read_at: datetime | None
    created_at: datetime


def item_of(message: Message) -> Item:
    """The message for its reader. The link itself is in the copy that was sent: here one is signed in already."""
    return Item(
        message_id=message.message_id,
        case_no=message.case_no,
        template=message.template,
        subject=_ERASED if message.erased_at else message.subject,
        text=message.text.replace(LINK_MARK, "").rstrip("：:"),
        by_link=message.link_id is not None,
        read_at=message.read_at,
        created_at=message.created_at,
    )


async def newest_items(
    messages: Aggregates[Message], person: str, *, unread: bool, limit: int, after: str | None
) -> list[Message]:
    """A person's messages, newest first. Raises NotFound when there is no message `after`."""
    wanted: dict[str, object] = {"recipient": person}
    if unread:
        wanted["unread_by"] = person
    return await newest_messages(messages, wanted, limit=limit, after=after, but=_HIDDEN)


async def unread_items(messages: Aggregates[Message], person: str, *, limit: int) -> Sequence[Message]:
    """Those that wait to be read, the oldest first."""
    return await messages.query({"body.unread_by": person}, sort=[("body.created_at", 1)], limit=limit)
