"""Quick approval: a deep link for one task and one person. The link opens the page; the login decides (A-18)."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field

from services.contracts.events import Said
from services.contracts.notify import LinkDecided
from services.contracts.workflow import TaskOpened
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


class Decision(StrEnum):
    """What a leader can say by link; everything else needs the desk."""

    AGREE = "agree"
    SEND_BACK = "send_back"


class Verdict(Request, frozen=True):
    """The body of a quick approval."""

    decision: Decision
    opinion: Annotated[str, Field(min_length=1, max_length=2000)]
    device: Annotated[str, Field(max_length=120)] = "phone"


class Link(Body, frozen=True):
    """One link. `expires_at` is wall time. Only a hash of the token is stored."""

    token_hash: str
    case_no: str
    task_id: str
    person: str
    title: str
    step: str
    expires_at: datetime
    closed: str | None = None
    verdict: Verdict | None = None
    decided_at: datetime | None = None


def token_hash(token: str) -> str:
    """How a link is looked up; tokens are 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def offer(task: TaskOpened, *, person: str, token: str, wall: datetime) -> Link:
    """A link for this task to this person, valid for a day."""
    return Link(
        token_hash=token_hash(token),
        case_no=task.case_no,
        task_id=task.task_id,
        person=person,
        title=task.title,
        step=task.name,
        expires_at=wall + LIFETIME,
    )


def look(link: Link | None, *, person: str) -> Link:
    """The link, for the person it was sent to. Raises LinkUnknown."""
    if link is None or link.person != person:
        raise LinkUnknown
    return link


def decide(
    link: Link, verdict: Verdict, *, now: datetime, wall: datetime, key: Ed25519PrivateKey
) -> tuple[Link, tuple[Said, ...]]:
    """The leader's signed decision, once. The same decision again changes nothing. Raises LinkSpent."""
    if link.verdict == verdict:
        return link, ()
    if link.verdict is not None:
        raise LinkSpent(reason="already decided", reason_zh="已经审批过")
    if link.closed is not None:
        raise LinkSpent(reason="the task is closed", reason_zh="该环节已由他处办结")
    if wall > link.expires_at:
        raise LinkSpent(reason="expired", reason_zh="已过有效期")
    decided = link.model_copy(update={"verdict": verdict, "decided_at": now})
    return decided, (_said(link, verdict, now=now, key=key),)


def close(link: Link, reason: str) -> tuple[Link, tuple[Said, ...]]:
    """The task was done elsewhere; the link no longer decides anything."""
    if link.closed is not None or link.verdict is not None:
        return link, ()
    return link.model_copy(update={"closed": reason}), ()


def _said(link: Link, verdict: Verdict, *, now: datetime, key: Ed25519PrivateKey) -> LinkDecided:
    facts = {
        "case_no": link.case_no,
        "task_id": link.task_id,
        "person": link.person,
        "decision": verdict.decision,
        "opinion": verdict.opinion,
        "channel": "link",
        "device": verdict.device,
        "decided_at": now.isoformat(),
    }
    return LinkDecided(**{**facts, "decided_at": now, "signature": jwt.encode(facts, key, algorithm="EdDSA")})
