"""The messenger over HTTP: what was said to whom, and quick approval."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from services.kernel import logs
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed, scope_of
from services.kernel.identity.keys import key_id, published
from services.kernel.problem import problems
from services.kernel.requests import After, Limit, Request
from services.kernel.store import Conflict, NotFound
from services.notify import links, messages
from services.notify.deps import Deps
from services.notify.links import Link, LinkSpent, LinkUnknown, Standing, Verdict
from services.notify.messages import Attempt, Message, NothingToAbandon, NothingToRetry, State
from services.notify.queries import link_by_token, newest_messages
from services.notify.templates import Channel, Template

log = logs.get(__name__)
router = APIRouter()

Here = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.MESSAGE_READ))]
Operator = Annotated[Person, Depends(allowed(Permission.MESSAGE_RETRY))]
Leader = Annotated[Person, Depends(allowed(Permission.LINK_DECIDE))]
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
MessageId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


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
    attempts: tuple[Attempt, ...]
    due_at: datetime | None
    created_at: datetime


class MessagePage(BaseModel, frozen=True):
    """Newest first; `after` is the key of the next page."""

    messages: tuple[MessageView, ...]
    after: str | None


class Abandonment(Request, frozen=True):
    """Why a message is not to be sent any more."""

    reason: Annotated[str, Field(min_length=1, max_length=300)]


class LinkView(BaseModel, frozen=True):
    """What the leader decides about, and what became of it; `remark` says why it had no effect.

    The choices are those of the step's form.
    """

    case_no: str
    task_id: str
    title: str
    step: str
    standing: Standing
    expires_at: datetime
    decision: str | None
    opinion: str | None
    decided_at: datetime | None
    remark: str


@router.get("/messages", summary="消息列表", responses=problems(NotFound))
async def list_messages(
    deps: Here,
    who: Reader,
    case_no: Annotated[str | None, Query(max_length=60)] = None,
    recipient: Annotated[str | None, Query(max_length=80)] = None,
    state: State | None = None,
    limit: Limit = 50,
    after: After = None,
) -> MessagePage:
    """Messages, newest first. Township staff see those to themselves only."""
    own = None if scope_of(who).everything else who.code
    wanted = {"case_no": case_no, "recipient": own or recipient, "state": state}
    found = await newest_messages(deps.messages, wanted, limit=limit, after=after)
    following = found[-1].message_id if len(found) == limit else None
    return MessagePage(messages=tuple(_view(message) for message in found), after=following)


@router.post("/messages/{message_id}/retry", summary="重发", responses=problems(NotFound, NothingToRetry, Conflict))
async def retry_message(deps: Here, who: Operator, message_id: MessageId) -> MessageView:
    """Take a message up again that is over without having been sent, by the addresses known now."""
    view = await _changed(deps, message_id, who, lambda found: messages.retry(found, deps.clock.wall()))
    log.info("message taken up again", message_id=message_id, by=who.code)
    return view


@router.post(
    "/messages/{message_id}/abandon", summary="放弃发送", responses=problems(NotFound, NothingToAbandon, Conflict)
)
async def abandon_message(deps: Here, who: Operator, message_id: MessageId, order: Abandonment) -> MessageView:
    """Do not send it any more, for a reason that stays on record with the name of who gave it."""
    because = f"{who.code}: {order.reason}"
    view = await _changed(deps, message_id, who, lambda found: messages.abandon(found, because=because))
    log.info("message abandoned", message_id=message_id, by=who.code)
    return view


@router.get("/templates", summary="消息模板")
async def list_templates(deps: Here, _who: Reader) -> tuple[Template, ...]:
    """The templates in force."""
    return deps.templates


@router.get("/link-keys", summary="移动审批验签公钥")
async def link_keys(deps: Here) -> dict[str, Any]:
    """The public key by which anybody can check the signature of a quick approval (JWKS, RFC 7517)."""
    return published(deps.link_key.public_key())


@router.get("/links/{token}", summary="查看待审批事项", responses=problems(LinkUnknown))
async def see_link(deps: Here, who: Leader, token: Token) -> LinkView:
    """What the link is about, for the person it was sent to."""
    link = links.look(await link_by_token(deps.links, token), person=who.code)
    return _link_view(deps, link)


@router.post("/links/{token}", summary="移动审批", responses=problems(LinkUnknown, LinkSpent, Conflict))
async def decide_link(deps: Here, who: Leader, token: Token, verdict: Verdict) -> LinkView:
    """Decide, logged in as oneself. The same decision again changes nothing."""
    link = links.look(await link_by_token(deps.links, token), person=who.code)
    now, wall, key = deps.clock.now(), deps.clock.wall(), deps.link_key
    signer = key_id(key.public_key())
    decided = await deps.links.change(
        link.link_id, lambda found: links.decide(found, verdict, now=now, wall=wall, key=key, key_id=signer)
    )
    log.info("decided by link", case_no=decided.case_no, task_id=decided.task_id, by=who.code)
    return _link_view(deps, decided)


async def _changed(deps: Deps, message_id: str, who: Person, decide: Callable[[Message], Message]) -> MessageView:
    message, _ = await deps.messages.load(message_id)
    if not scope_of(who).everything and message.recipient != who.code:
        raise NotFound(key=message_id)
    changed = await deps.messages.change(message_id, lambda found: (decide(found), ()))
    deps.wake.set()
    return _view(changed)


def _view(message: Message) -> MessageView:
    return MessageView(**message.model_dump(include=set(MessageView.model_fields)))


def _link_view(deps: Deps, link: Link) -> LinkView:
    return LinkView(
        case_no=link.case_no,
        task_id=link.task_id,
        title=link.title,
        step=link.step,
        standing=links.standing(link, deps.clock.wall()),
        expires_at=link.expires_at,
        decision=link.verdict.decision if link.verdict else None,
        opinion=link.verdict.opinion if link.verdict else None,
        decided_at=link.decided_at,
        remark=link.remark,
    )
