"""Quick approval: the links, and the key of their signatures."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from services.kernel import logs
from services.kernel.identity import Permission, Person, allowed
from services.kernel.identity.keys import key_id, published
from services.kernel.problem import problems
from services.kernel.store import Conflict
from services.notify import links
from services.notify.api.common import Here
from services.notify.deps import Deps
from services.notify.links import Link, LinkSpent, LinkUnknown, Standing, Verdict
from services.notify.queries import link_by_token

log = logs.get(__name__)
router = APIRouter()

Leader = Annotated[Person, Depends(allowed(Permission.LINK_DECIDE))]
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{20,100}$")]


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
