"""How one wants to be told."""

from fastapi import APIRouter
from pydantic import BaseModel

from services.kernel.problem import problems
from services.kernel.store import AlreadyExists, Conflict
from services.notify.api.common import Here
from services.notify.api.inbox import Member
from services.notify.deps import Deps
from services.notify.preferences import CHOICES, Choice, Preference
from services.notify.templates import Channel

router = APIRouter()


class Optional(BaseModel, frozen=True):
    """A template that one may do without."""

    id: str
    subject: str


class PreferenceView(BaseModel, frozen=True):
    """What one chose, and what there is to choose from; `quiet` and `digest_minutes` are the bureau's own."""

    choice: Choice
    quiet: str
    digest_minutes: int
    channels: tuple[Channel, ...]
    optional: tuple[Optional, ...]


@router.get("/preferences", summary="本人接收方式")
async def see_preferences(deps: Here, who: Member) -> PreferenceView:
    """One's own choice."""
    found = await deps.preferences.rows.find(who.code)
    return _view(deps, found[0].choice if found else Choice())


@router.put("/preferences", summary="设置本人接收方式", responses=problems(Conflict))
async def choose(deps: Here, who: Member, choice: Choice) -> PreferenceView:
    """By which channel first, in which language, and of what not at all; what is a duty to hear comes all the same."""
    kept, preference = deps.preferences, Preference(person=who.code, choice=choice)
    found = await kept.rows.find(who.code)
    try:
        await (kept.rows.save(preference, found[1]) if found else kept.rows.create(preference))
    except AlreadyExists:
        raise Conflict(key=who.code) from None
    kept.put(preference)
    return _view(deps, choice)


def _view(deps: Deps, choice: Choice) -> PreferenceView:
    offered = tuple(each for each in CHOICES if each in deps.providers.channels)
    templates = deps.templates.in_force(deps.clock.wall())
    optional = tuple(
        Optional(id=each.id, subject=each.subject or each.text[:40]) for each in templates if each.optional
    )
    return PreferenceView(
        choice=choice,
        quiet=str(deps.quiet),
        digest_minutes=deps.digests.minutes,
        channels=offered,
        optional=optional,
    )
