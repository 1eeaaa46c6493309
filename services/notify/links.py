"""Quick approval: a deep link for one task and one person. The link opens the page; the login decides (A-18)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field

from services.contracts.events import Said
from services.contracts.notify import LinkDecided
from services.contracts.registry import PersonChanged
from services.contracts.words import Attendance
from services.contracts.workflow import TaskOpened
from services.kernel.identity import Permission, Person, may
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.store import Body

LIFETIME: Final = timedelta(hours=24)


class LinkUnknown(Problem):
    """No such link, or it is somebody else's: the answer is the same."""

    status = 404
    code = "link-unknown"
    zh = "没有这个审批链接，或者它不是发给您的"
    en = "there is no such approval link, or it was not sent to you"
    remedy_zh = "请用收到消息的本人账号登录，或到待办列表办理"
    remedy_en = "log in as the person the message was sent to, or use the task list"


class LinkSpent(Problem):
    """Used, expired or overtaken by the desk."""

    status = 409
    code = "link-spent"
    zh = "审批链接已失效：{reason_zh}"
    en = "this approval link is spent: {reason}"
    remedy_zh = "请到待办列表查看当前状态"
    remedy_en = "look at the task list for the present state"


class Verdict(Request, frozen=True):
    """The body of a quick approval. `decision` is one of the choices of the step's form, such as `agree`."""

    decision: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    opinion: Annotated[str, Field(min_length=2, max_length=2000)]
    device: Annotated[str, Field(max_length=120)] = "phone"

    def says_the_same(self, other: "Verdict") -> bool:
        """Whether both decide alike, on whatever device."""
        return (self.decision, self.opinion) == (other.decision, other.opinion)


class End(StrEnum):
    """How the step came to an end."""

    CARRIED_OUT = "carried_out"
    """By this link's decision."""
    OVERTAKEN = "overtaken"
    """At the desk, or by another link."""
    CANCELLED = "cancelled"
    """The process left the step."""
    MOVED = "moved"
    """The case follows another version, where the step is for another post or decided at the desk."""
    DROPPED = "dropped"
    """The step could not take the decision, or no longer when the case, which was suspended, was resumed."""


class Standing(StrEnum):
    """What the person who was sent the link finds."""

    OPEN = "open"
    EXPIRED = "expired"
    DECIDED = "decided"
    """Decided here, not yet carried out by the process."""
    WAITING = "waiting"
    """Decided here; it is carried out when the case, which is suspended, is resumed."""
    CARRIED_OUT = "carried_out"
    OVERTAKEN = "overtaken"
    CANCELLED = "cancelled"
    MOVED = "moved"
    DROPPED = "dropped"


class Link(Body, frozen=True):
    """The one link of a task and a person. `expires_at` and `signed_at` are wall time, `decided_at` is office time.

    Of the token there is only a hash, to look it up by, and a sealed copy, to send it again. `offers` counts how
    often the link was sent out anew after it had expired. `waits` says that the case is suspended, `remark` why a
    decision was dropped.
    """

    link_id: str
    token_hash: str
    sealed_token: str
    case_no: str
    task_id: str
    person: str
    title: str
    step: str
    expires_at: datetime
    offers: int = 1
    verdict: Verdict | None = None
    decided_at: datetime | None = None
    signed_at: datetime | None = None
    signature: str | None = None
    waits: bool = False
    ended: End | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A fresh token: the text itself, and the same sealed for the link's place."""

    text: str
    sealed: str


def link_id(task_id: str, person: str) -> str:
    """The natural key: one link for one task and one person."""
    return f"{task_id}.{person}"


def token_hash(token: str) -> str:
    """How a link is looked up; tokens are 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def may_have_link(person: PersonChanged) -> bool:
    """Whether the person is out of office and holds a role that decides by link."""
    who = Person(code=person.code, name=person.name, roles=frozenset(person.roles), department=person.department)
    return person.active and person.attendance is Attendance.OUT_OF_OFFICE and may(who, Permission.LINK_DECIDE)


def offer(task: TaskOpened, *, person: str, token: Token, wall: datetime) -> Link:
    """A link for this task to this person, valid for a day."""
    return Link(
        link_id=link_id(task.task_id, person),
        token_hash=token_hash(token.text),
        sealed_token=token.sealed,
        case_no=task.case_no,
        task_id=task.task_id,
        person=person,
        title=task.title,
        step=task.name,
        expires_at=wall + LIFETIME,
    )


def renew(link: Link, *, token: Token, wall: datetime) -> Link:
    """A link that expired, or whose step had moved away, made good again under a new token; others stay as they are."""
    if link.verdict is not None or standing(link, wall) not in (Standing.EXPIRED, Standing.MOVED):
        return link
    fresh = {"ended": None} | {
        "token_hash": token_hash(token.text),
        "sealed_token": token.sealed,
        "expires_at": wall + LIFETIME,
    }
    return link.model_copy(update={**fresh, "offers": link.offers + 1})


def standing(link: Link, wall: datetime) -> Standing:
    """What can still be done with it."""
    if link.ended is not None:
        return Standing(link.ended)
    if link.verdict is not None:
        return Standing.WAITING if link.waits else Standing.DECIDED
    return Standing.OPEN if wall < link.expires_at else Standing.EXPIRED


def look(link: Link | None, *, person: str) -> Link:
    """The link, for the person it was sent to. Raises LinkUnknown."""
    if link is None or link.person != person:
        raise LinkUnknown
    return link


def decide(
    link: Link, verdict: Verdict, *, now: datetime, wall: datetime, key: Ed25519PrivateKey, key_id: str
) -> tuple[Link, tuple[Said, ...]]:
    """The leader's signed decision, once. The same decision again changes nothing. Raises LinkSpent."""
    if link.verdict is not None and link.verdict.says_the_same(verdict):
        return link, ()
    match standing(link, wall):
        case Standing.OPEN:
            decided_at = now.replace(microsecond=now.microsecond // 1000 * 1000)  # as the database keeps it
            said = _signed(link, verdict, decided_at=decided_at, wall=wall, key=key, key_id=key_id)
            outcome = {"verdict": verdict, "decided_at": decided_at, "signed_at": wall, "signature": said.signature}
            return link.model_copy(update=outcome), (said,)
        case Standing.EXPIRED:
            raise LinkSpent(reason="expired", reason_zh="已过有效期")
        case Standing.CANCELLED:
            raise LinkSpent(reason="the step was cancelled", reason_zh="该环节已取消")
        case Standing.MOVED:
            raise LinkSpent(reason="the step is another post's now", reason_zh="该环节已改由其他岗位或在系统内办理")
        case Standing.OVERTAKEN:
            raise LinkSpent(reason="the step was done elsewhere", reason_zh="该环节已由他处办结")
        case _:
            raise LinkSpent(reason="already decided otherwise", reason_zh="已经作出不同的审批")


def end(link: Link, *, signature: str | None, cancelled: bool) -> Link:
    """The step is over: done under the signature given (none at the desk), or cancelled."""
    if link.ended is not None:
        return link
    if cancelled:
        ended = End.CANCELLED
    else:
        ended = End.CARRIED_OUT if signature is not None and signature == link.signature else End.OVERTAKEN
    return link.model_copy(update={"ended": ended})


def follow(link: Link, *, step: str, stays: bool) -> Link:
    """The link after its case went over to another version; a used one waits for what becomes of its decision."""
    if link.ended is not None:
        return link
    return link.model_copy(update={"step": step} if stays or link.verdict is not None else {"ended": End.MOVED})


def keep(link: Link) -> Link:
    """The decision is kept by the process until its case is resumed."""
    return link if link.ended is not None else link.model_copy(update={"waits": True})


def drop(link: Link, *, reason: str) -> Link:
    """The kept decision had no effect."""
    return link if link.ended is not None else link.model_copy(update={"ended": End.DROPPED, "remark": reason})


def _signed(
    link: Link, verdict: Verdict, *, decided_at: datetime, wall: datetime, key: Ed25519PrivateKey, key_id: str
) -> LinkDecided:
    """The decision and its signature: over every fact of it, and over the wall times that show the link was good."""
    facts = {
        "case_no": link.case_no,
        "task_id": link.task_id,
        "person": link.person,
        "decision": verdict.decision,
        "opinion": verdict.opinion,
        "channel": "link",
        "device": verdict.device,
        "decided_at": decided_at.isoformat(),
    }
    in_time = {"signed_at": wall.isoformat(), "link_expires_at": link.expires_at.isoformat()}
    signature = jwt.encode(facts | in_time, key, algorithm="EdDSA", headers={"kid": key_id})
    return LinkDecided.model_validate({**facts, "signature": signature})
