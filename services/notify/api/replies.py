"""What owners of telephones answer to a short message: that they want no more of them, or that they want them again."""

from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Final

import fastapi
from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from services.kernel.problem import problems
from services.kernel.requests import Request
from services.kernel.store import Conflict
from services.notify.api.common import Here
from services.notify.api.receipts import ReceiptNotSigned, check_signature
from services.notify.deps import Deps
from services.notify.suppressions import NotClosed, answered
from services.notify.templates import Channel

router = APIRouter()

OWNER: Final = "owner"
_MOST: Final = 500


class Wish(StrEnum):
    """What an answer asks for."""

    STOP = "stop"
    AGAIN = "again"


_WISHES: Final = {
    **dict.fromkeys(("T", "TD", "R", "N", "退订", "拒收", "STOP"), Wish.STOP),
    **dict.fromkeys(("HF", "恢复", "订阅", "START"), Wish.AGAIN),
}
"""Words that count, whole answers only. Everything else is an answer to a person, and nobody's wish."""


class Reply(Request, frozen=True):
    """One answer, and the number that it came from."""

    sender: Annotated[str, Field(pattern=r"^1[3-9]\d{9}$")]
    text: Annotated[str, Field(max_length=500)]


class Replies(Request, frozen=True):
    """Answers, any number of times."""

    replies: Annotated[tuple[Reply, ...], Field(min_length=1, max_length=_MOST)]


class Understood(BaseModel, frozen=True):
    """How many of them asked to stop, or to begin again."""

    understood: int


@router.post("/replies/{provider}", summary="短信回复（退订与恢复）", responses=problems(ReceiptNotSigned, Conflict))
async def take_replies(
    deps: Here,
    request: fastapi.Request,
    provider: Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{0,39}$")],
    bundle: Replies,
) -> Understood:
    """Do as the owners wish; the same again changes nothing."""
    await check_signature(deps, request, provider)
    return Understood(understood=await _understood(deps, bundle.replies, provider=provider))


async def _understood(deps: Deps, replies: Sequence[Reply], *, provider: str) -> int:
    count = 0
    for reply in replies:
        wish = _WISHES.get(reply.text.strip().upper())
        if wish is not None:
            act, count = {Wish.STOP: _stop, Wish.AGAIN: _again}[wish], count + 1
            await act(deps, reply, reason=f"{provider}: {reply.text.strip()}")
    return count


async def _stop(deps: Deps, reply: Reply, *, reason: str) -> None:
    entry = answered(deps.suppressions, Channel.SMS, reply.sender, by=OWNER, reason=reason, wall=deps.clock.wall())
    await deps.suppressions.close(entry)


async def _again(deps: Deps, reply: Reply, *, reason: str) -> None:
    for key in deps.suppressions.known(Channel.SMS, reply.sender):
        with suppress(NotClosed):
            await deps.suppressions.lift(key, by=OWNER, reason=reason, wall=deps.clock.wall())
