"""Asking by telephone (查询电话, B-34): a voice gateway sends what was keyed, and reads one sentence out.

It is the public lookup: the same passwords, limits, locks and trail, and nothing personal in any answer.
"""

from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, StringConstraints

from services.intake.attempts import OF_AN_ADDRESS, LookupLocked, TooManyLookups
from services.intake.deps import Deps
from services.intake.keypads import text_of
from services.intake.lookups import LookupEntry, LookupRefused, address_of, milliseconds, proven_case
from services.intake.statuses import public_status
from services.kernel.app import deps_of
from services.kernel.problem import Language, Problem
from services.kernel.requests import Request as Entry

With = Annotated[Deps, Depends(deps_of)]
Keyed = Annotated[str, StringConstraints(min_length=1, max_length=100)]

telephones = APIRouter(tags=["public"], prefix="/public")

_NOTHING: Final = "0"
"""Stands for keys that say nothing: no number and no password is this short."""


_LONGEST: Final = 40
"""Characters of what was keyed that count; no number is as long."""


class Heard(StrEnum):
    """What became of a call, for the gateway's menu: say it again, or hang up."""

    STATUS = "status"
    REFUSED = "refused"
    LOCKED = "locked"
    BUSY = "busy"


class Call(Entry, frozen=True):
    """What the caller keyed, or typed; `line` tells calls of one telephone from others and is not kept."""

    case_no: Keyed
    query_password: Keyed
    line: Annotated[str, StringConstraints(max_length=100)] = ""


class Spoken(BaseModel, frozen=True):
    """One sentence to be read out."""

    heard: Heard
    sentence: str
    sentence_en: str


@telephones.post("/telephone")
async def answer_call(deps: With, call: Call, request: Request) -> Spoken:
    """Where a case stands, as one sentence; wrong, locked and too often are sentences too."""
    try:
        return await _answered(deps, call, address=address_of(request))
    except LookupRefused as refusal:
        return _refusal(Heard.REFUSED, refusal, zh="请按立案回执重新输入。", en="Please compare with your receipt.")
    except LookupLocked as refusal:
        return _refusal(Heard.LOCKED, refusal, zh="", en="")
    except TooManyLookups as refusal:
        return _refusal(Heard.BUSY, refusal, zh="请稍后再拨。", en="Please call again later.")


async def _answered(deps: Deps, call: Call, *, address: str) -> Spoken:
    """The status, as far as the line has tries left: a gateway has one address for all its callers."""
    at = milliseconds(deps.clock.wall())
    line = f"line:{deps.seals.fingerprint(f'line/{call.line}')}" if call.line else None
    if line:
        await deps.gate.enter(line, OF_AN_ADDRESS, at=at)
    entry = LookupEntry(
        case_no=(text_of(call.case_no) or _NOTHING)[:_LONGEST],
        query_password=(text_of(call.query_password) or _NOTHING)[:_LONGEST],
    )
    case = await proven_case(deps, entry, address=address)
    if line:
        await deps.gate.forgive(line, OF_AN_ADDRESS, at=at)
    status = public_status(case, horizon=(await deps.copies.calendar()).horizon)
    return Spoken(heard=Heard.STATUS, sentence=status.sentence, sentence_en=status.sentence_en)


def _refusal(heard: Heard, refusal: Problem, *, zh: str, en: str) -> Spoken:
    told = refusal.detail(Language.ZH), refusal.detail(Language.EN)
    return Spoken(heard=heard, sentence=f"{told[0]}。{zh}", sentence_en=f"{told[1]}. {en}".strip())
