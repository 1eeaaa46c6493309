"""The messages: what was said to whom, how it went, and people stepping in."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from services.kernel import logs
from services.kernel.identity import scope_of
from services.kernel.problem import problems
from services.kernel.requests import After, Limit, Request
from services.kernel.store import Conflict, NotFound
from services.notify import messages, receipts
from services.notify.api.common import Here, MessageId, MessagePage, MessageView, Operator, Reader, changed, view
from services.notify.queries import newest_messages
from services.notify.states import MessageErased, NothingToAbandon, NothingToRetry, NotOnTheDesksList, State, stored_as
from services.notify.templates import Channel

log = logs.get(__name__)
router = APIRouter()


class Abandonment(Request, frozen=True):
    """Why a message is not to be sent any more."""

    reason: Annotated[str, Field(min_length=1, max_length=300)]


class ToldByHand(Request, frozen=True):
    """How the recipient was told by somebody at the desk."""

    remark: Annotated[str, Field(min_length=1, max_length=300)]


@router.get("/messages", summary="消息列表", responses=problems(NotFound))
async def list_messages(
    deps: Here,
    who: Reader,
    case_no: Annotated[str | None, Query(max_length=60)] = None,
    recipient: Annotated[str | None, Query(max_length=80)] = None,
    state: Annotated[list[State] | None, Query(max_length=len(State), description="one or several")] = None,
    on: Annotated[Channel | None, Query(description="the channel last tried; `desk` with `sent`: to be told")] = None,
    limit: Limit = 50,
    after: After = None,
) -> MessagePage:
    """Messages, newest first. Township staff see those to themselves only."""
    own = None if scope_of(who).everything else who.code
    states = {"$in": stored_as(state)} if state else None
    wanted = {"case_no": case_no, "recipient": own or recipient, "state": states, "on": on}
    found = await newest_messages(deps.messages, wanted, limit=limit, after=after)
    following = found[-1].message_id if len(found) == limit else None
    return MessagePage(messages=tuple(view(message) for message in found), after=following)


@router.post(
    "/messages/{message_id}/retry",
    summary="重发",
    responses=problems(NotFound, NothingToRetry, MessageErased, Conflict),
)
async def retry_message(deps: Here, who: Operator, message_id: MessageId) -> MessageView:
    """Take a message up again that is over without having been sent, by the addresses known now."""
    shown = await changed(deps, message_id, who, lambda found: messages.retry(found, deps.clock.wall()))
    log.info("message taken up again", message_id=message_id, by=who.code)
    return shown


@router.post(
    "/messages/{message_id}/abandon", summary="取消发送", responses=problems(NotFound, NothingToAbandon, Conflict)
)
async def abandon_message(deps: Here, who: Operator, message_id: MessageId, order: Abandonment) -> MessageView:
    """Do not send it any more, for a reason that stays on record with the name of who gave it."""
    because = f"{who.code}: {order.reason}"
    shown = await changed(deps, message_id, who, lambda found: messages.abandon(found, because=because))
    log.info("message cancelled", message_id=message_id, by=who.code)
    return shown


@router.post(
    "/messages/{message_id}/told", summary="登记人工告知", responses=problems(NotFound, NotOnTheDesksList, Conflict)
)
async def tell_by_hand(deps: Here, who: Reader, message_id: MessageId, told: ToldByHand) -> MessageView:
    """Somebody told the recipient by telephone or in person: what no channel could is done, and on record (A-20)."""
    wall = deps.clock.wall()
    shown = await changed(
        deps, message_id, who, lambda found: receipts.tell(found, by=who.code, remark=told.remark, wall=wall)
    )
    log.info("message told by hand", message_id=message_id, by=who.code)
    return shown
