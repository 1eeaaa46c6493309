"""What all doors of the messenger share: who may knock, and how a message is shown."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Path
from pydantic import BaseModel

from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed, scope_of
from services.kernel.store import NotFound
from services.notify.attempts import Receipt
from services.notify.deps import Deps
from services.notify.messages import Message
from services.notify.states import State
from services.notify.templates import Channel

Here = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.MESSAGE_READ))]
Operator = Annotated[Person, Depends(allowed(Permission.MESSAGE_RETRY))]
MessageId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class TryView(BaseModel, frozen=True):
    """One try as staff may see it."""

    channel: Channel
    to: str
    began_at: datetime
    ended_at: datetime
    error: str
    provider: str
    unsure: bool


class MessageView(BaseModel, frozen=True):
    """A message as staff may see it: who, what and how it went. Addresses are masked, links left out."""

    message_id: str
    case_no: str | None
    recipient: str
    template: str
    template_version: int
    subject: str
    text: str
    state: State
    because: str
    channels: tuple[Channel, ...]
    on: Channel | None
    provider: str
    attempts: tuple[TryView, ...]
    receipts: tuple[Receipt, ...]
    covers: tuple[str, ...]
    read_at: datetime | None
    due_at: datetime | None
    created_at: datetime
    text_mark: str
    erased_at: datetime | None


class MessagePage(BaseModel, frozen=True):
    """Newest first; `after` is the key of the next page."""

    messages: tuple[MessageView, ...]
    after: str | None


def view(message: Message) -> MessageView:
    """The message for staff."""
    return MessageView(**message.model_dump(include=set(MessageView.model_fields)))


async def changed(deps: Deps, message_id: str, who: Person, decide: Callable[[Message], Message]) -> MessageView:
    """The message as it is after a person stepped in. Raises NotFound, also of what is not theirs."""
    message, _ = await deps.messages.load(message_id)
    if not scope_of(who).everything and message.recipient != who.code:
        raise NotFound(key=message_id)
    after = await deps.messages.change(message_id, lambda found: (decide(found), ()))
    deps.wake.set()
    return view(after)
