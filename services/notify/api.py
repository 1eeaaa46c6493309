"""The messenger over HTTP: what was said to whom, and quick approval."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel

from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import After, Limit
from services.kernel.store import Conflict, NotFound
from services.notify import audiences, links, messages
from services.notify.deliveries import Deps
from services.notify.links import Decision, Link, LinkSpent, LinkUnknown, Verdict
from services.notify.messages import Message, NothingToRetry, State
from services.notify.queries import newest_messages
from services.notify.templates import Audience, Channel, Template

router = APIRouter()

Here = Annotated[Deps, Depends(deps_of)]
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
MessageId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class AttemptView(BaseModel, frozen=True):
    """One try, as it went."""

    channel: Channel
    began_at: datetime
    ended_at: datetime
    error: str


class MessageView(BaseModel, frozen=True):
    """A message as staff may see it: who, what and how it went; addresses masked."""

    message_id: str
    case_no: str | None
    recipient: str
    template: str
    template_version: int
    subject: str
    text: str
    state: State
    ways: tuple[str, ...]
    attempts: tuple[AttemptView, ...]
    created_at: datetime


class MessagePage(BaseModel, frozen=True):
    """Newest first; `after` is the key of the next page."""

    messages: tuple[MessageView, ...]
    after: str | None


class LinkView(BaseModel, frozen=True):
    """What the leader decides about."""

    case_no: str
    title: str
    step: str
    expires_at: datetime
    open: bool
    decision: Decision | None
    decided_at: datetime | None


@router.get("/messages", summary="消息列表")
async def list_messages(
    deps: Here,
    _who: Annotated[Person, Depends(allowed(Permission.MESSAGE_READ))],
    case_no: Annotated[str | None, Query(max_length=60)] = None,
    recipient: Annotated[str | None, Query(max_length=60)] = None,
    state: State | None = None,
    limit: Limit = 50,
    after: After = None,
) -> MessagePage:
    """Messages, newest first."""
    wanted = {"case_no": case_no, "recipient": recipient, "state": state}
    found = await newest_messages(deps.messages, wanted, limit=limit, after=after)
    following = found[-1].message_id if len(found) == limit else None
    return MessagePage(messages=tuple(_view(message) for message in found), after=following)


@router.post("/messages/{message_id}/retry", summary="重发", responses=problems(NotFound, NothingToRetry, Conflict))
async def retry_message(
    deps: Here, _who: Annotated[Person, Depends(allowed(Permission.MESSAGE_RETRY))], message_id: MessageId
) -> MessageView:
    """Take a message that failed for good up again, by the addresses known now."""
    message, revision = await deps.messages.load(message_id)
    template = next(each for each in deps.templates if each.id == message.template)
    addresses = await _addresses(deps, message, template)
    again, said = messages.retry(message, addresses=addresses, wall=deps.clock.wall())
    await deps.messages.save(again, revision, said)
    deps.wake.set()
    return _view(again)


@router.get("/templates", summary="消息模板")
async def list_templates(
    deps: Here, _who: Annotated[Person, Depends(allowed(Permission.MESSAGE_READ))]
) -> tuple[Template, ...]:
    """The templates in force."""
    return deps.templates


@router.get("/links/{token}", summary="查看待审批事项", responses=problems(LinkUnknown))
async def see_link(
    deps: Here, who: Annotated[Person, Depends(allowed(Permission.LINK_DECIDE))], token: Token
) -> LinkView:
    """What the link is about, for the person it was sent to."""
    found = await deps.links.find(links.token_hash(token))
    return _link_view(links.look(found[0] if found else None, person=who.code))


@router.post("/links/{token}", summary="移动审批", responses=problems(LinkUnknown, LinkSpent, Conflict))
async def decide_link(
    deps: Here, who: Annotated[Person, Depends(allowed(Permission.LINK_DECIDE))], token: Token, verdict: Verdict
) -> LinkView:
    """Decide, logged in as oneself. The same decision again changes nothing."""
    found = await deps.links.find(links.token_hash(token))
    link = links.look(found[0] if found else None, person=who.code)
    decided, said = links.decide(link, verdict, now=deps.clock.now(), wall=deps.clock.wall(), key=deps.key)
    if found is not None and decided != link:
        await deps.links.save(decided, found[1], said)
    return _link_view(decided)


async def _addresses(deps: Deps, message: Message, template: Template) -> tuple[messages.Address, ...]:
    if template.to is Audience.APPLICANT:
        contact = await deps.books.contact(message.case_no or "")
        return (messages.Address(channel=Channel.SMS, to=contact.phone),) if contact else ()
    people = await deps.books.people((message.recipient,))
    return audiences.addresses(people[0], template.channels) if people else ()


def _view(message: Message) -> MessageView:
    shown: dict[str, Any] = message.model_dump(include=set(MessageView.model_fields))
    return MessageView(**shown, ways=tuple(f"{way.channel}:{_masked(way.to)}" for way in message.addresses))


def _masked(address: str) -> str:
    """The first three characters and the last two; enough to recognise, not to use."""
    return f"{address[:3]}****{address[-2:]}"


def _link_view(link: Link) -> LinkView:
    return LinkView(
        case_no=link.case_no,
        title=link.title,
        step=link.step,
        expires_at=link.expires_at,
        open=link.verdict is None and link.closed is None,
        decision=link.verdict.decision if link.verdict else None,
        decided_at=link.decided_at,
    )
