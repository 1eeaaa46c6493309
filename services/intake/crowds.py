"""What everybody may send without signing in, and how often: `gates` count, by network address."""

from datetime import timedelta
from typing import ClassVar, Final

from services.intake.attempts import Limits, LookupLocked, TooManyLookups
from services.intake.deps import Deps
from services.intake.gates import counted_address
from services.kernel.problem import Problem

SENT: Final = Limits(wrong=20, within=timedelta(hours=1), lock=timedelta(minutes=30), a_minute=6)
"""Every sending counts, the good ones too: households and villages share an address, but nobody objects all day."""


class TooManySent(Problem):
    """More from one address than people send."""

    status = 429
    code = "too-many-sent"
    zh = "该网络地址提交过于频繁"
    en = "too much was sent from this address"
    remedy_zh = "请在 {seconds} 秒后再试，或到接件窗口办理"
    remedy_en = "try again in {seconds} seconds, or come to the window"
    headers: ClassVar[dict[str, str]] = {"Retry-After": "{seconds}", "Cache-Control": "no-store"}


async def admit(deps: Deps, what: str, address: str) -> None:
    """Count one more sending of this kind; raises TooManySent."""
    at = deps.clock.wall()
    try:
        await deps.gate.enter(f"{what}:{counted_address(address)}", SENT, at=at)
    except (LookupLocked, TooManyLookups) as full:
        raise TooManySent(seconds=full.values["seconds"]) from None
