"""Beginning a draft, and coming back to it with its number and password: the rules of the public lookup."""

import secrets
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, StringConstraints

from services.intake import queries
from services.intake.applications import Code, Number
from services.intake.crowds import admit
from services.intake.deps import Deps
from services.intake.drafts.records import Content, Draft
from services.intake.handouts import Handout
from services.intake.lookups import LookupEntry, LookupRefused, proven
from services.intake.passwords import ALPHABET
from services.intake.submissions import RequestKey
from services.intake.windows import ItemNotOffered
from services.kernel.identity import Person
from services.kernel.problem import Problem
from services.kernel.requests import Request
from services.kernel.seals import SealBroken
from services.kernel.store import AlreadyExists

AFTERWARDS: Final = timedelta(days=2)
"""How long a draft that is over is still there, so that a filing cut short can be finished."""

_TOKEN_FOR: Final = timedelta(hours=4)
_DIGITS: Final = 10
_PLACE: Final = "draft-token"
_ANYBODY: Final = Person(code="-", name="", roles=frozenset(), department="")


class DraftRefused(Problem):
    """No such draft, not its password, or over: nobody is told which."""

    status = 403
    code = "draft-refused"
    zh = "草稿编号或密码不正确，或草稿已过期"
    en = "the draft number or the password is wrong, or the draft is over"
    remedy_zh = "请核对开始填写时记下的编号和密码；连续错误 5 次将锁定 30 分钟。草稿过期后不能恢复，请重新填写"
    remedy_en = "check what you noted when you began; five wrong tries lock the number for 30 minutes"
    headers: ClassVar[dict[str, str]] = {"Cache-Control": "no-store"}


class DraftShut(Problem):
    """The pass for a draft is missing, is over, or is for a draft that is gone."""

    status = 401
    code = "draft-shut"
    zh = "草稿已关闭"
    en = "the draft is shut"
    remedy_zh = "请用草稿编号和密码重新打开，已保存的内容都还在"
    remedy_en = "open it again with its number and password: everything saved is still there"
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": "Draft", "Cache-Control": "no-store"}


class BeginEntry(Request, frozen=True):
    """What shall be applied for."""

    item_code: Code
    situation: Code


class OpenEntry(Request, frozen=True):
    """What was shown when the draft was begun."""

    draft_no: Annotated[Number, StringConstraints(min_length=1)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Opened(BaseModel, frozen=True):
    """A draft that is open: `token` goes into the header `Draft-Token`. The password is told this once."""

    draft_no: str
    password: str | None
    token: str
    expires_at: datetime


async def begin(deps: Deps, entry: BeginEntry, *, address: str, key: str | None) -> Opened:
    """A new draft; the same once more under the same key. Raises ItemNotFound, KeyTaken and more."""
    await admit(deps, "draft", address)
    item = (await queries.item_of(deps, entry.item_code)).item
    if all(known.code != entry.situation for known in item.situations):
        raise ItemNotOffered(item_code=f"{entry.item_code} · {entry.situation}")
    request = RequestKey(key, who=_ANYBODY, action="draft", content=entry.model_dump_json(), seals=deps.seals)
    handout, wall = await _handout(deps, request), deps.clock.wall()
    password = deps.handouts.password(handout, request)
    expires_at = wall + timedelta(days=deps.settings.draft_days)
    draft = Draft(
        draft_no=handout.case_no,
        hashed=await deps.passwords.hash(password),
        item_code=entry.item_code,
        situation=entry.situation,
        begun_at=deps.clock.now(),
        expires_at=expires_at,
        gone_at=expires_at + AFTERWARDS,
    ).holding(Content(), deps.seals)
    try:
        await deps.drafts.create(draft)
    except AlreadyExists:  # the same request once more
        draft, _ = await deps.drafts.load(draft.draft_no)
    return _opened(deps, draft, password=password)


async def _handout(deps: Deps, request: RequestKey) -> Handout:
    """Number and password of the draft that this request begins, or began a moment ago."""
    if (found := await deps.handouts.find(request)) is not None:
        return found
    number = "WS" + "".join(secrets.choice(ALPHABET) for _ in range(_DIGITS))
    return await deps.handouts.give(request, case_no=number, wall=deps.clock.wall())


async def come_back(deps: Deps, entry: OpenEntry, *, address: str) -> Opened:
    """The draft for one who knows its password; raises DraftRefused, LookupLocked, TooManyLookups."""
    lookup = LookupEntry(case_no=entry.draft_no, query_password=entry.password)
    try:
        draft = await proven(deps, lookup, address=address, find=_draft)
    except LookupRefused:
        raise DraftRefused from None
    return _opened(deps, draft, password=None)


async def draft_of(deps: Deps, token: str | None) -> Draft:
    """The draft that a token opens; raises DraftShut."""
    try:
        draft_no, _, until = deps.seals.open(token or "", place=_PLACE).partition(" ")
    except (SealBroken, ValueError):
        draft_no, until = "", ""
    found, wall = await deps.drafts.find(draft_no), deps.clock.wall()
    if found is None or wall >= datetime.fromisoformat(until) or _is_over(found[0], wall):
        raise DraftShut
    return found[0]


async def _draft(deps: Deps, number: str) -> tuple[Draft, str] | None:
    found = await deps.drafts.find(number)
    if found is None or _is_over(found[0], deps.clock.wall()):
        return None
    return found[0], found[0].hashed


def _is_over(draft: Draft, wall: datetime) -> bool:
    return draft.case_no is None and wall >= draft.expires_at


def token_for(deps: Deps, draft: Draft) -> str:
    """What opens the draft for the next hours."""
    until = deps.clock.wall() + _TOKEN_FOR
    return deps.seals.seal(f"{draft.draft_no} {until.isoformat()}", place=_PLACE)


def _opened(deps: Deps, draft: Draft, *, password: str | None) -> Opened:
    token = token_for(deps, draft)
    return Opened(draft_no=draft.draft_no, password=password, token=token, expires_at=draft.expires_at)
