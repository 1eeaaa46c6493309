"""How a person wants to be told: by which channel first, in which language, and of what not at all."""

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field

from services.kernel.problem import Language
from services.kernel.requests import Request
from services.kernel.store import Aggregates, Body
from services.notify.templates import Channel, Template

CHOICES: Final = (Channel.CHAT, Channel.SMS, Channel.SMTP, Channel.VOICE)
"""What one may put first. The inbox is always there; what the desk does, the desk decides."""

_PAGE: Final = 1000


class Choice(Request, frozen=True):
    """One's own choice. `muted` are templates; of those that are a duty to hear one is told all the same.

    `quiet` are the hours in which one wants to be left alone, in place of the bureau's; what cannot wait comes all the
    same. `digest_minutes` is within how long several about one case become one, 0 for each by itself, None as usual.
    """

    channels: Annotated[tuple[Channel, ...], Field(max_length=len(CHOICES))] = ()
    language: Language = Language.ZH
    quiet: Annotated[str, Field(pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")] = ""
    digest_minutes: Annotated[int | None, Field(ge=0, le=120)] = None
    muted: Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")], ...], Field(max_length=100)] = ()


class Preference(Body, frozen=True):
    """What a person chose."""

    person: str
    choice: Choice = Choice()


class Preferences:
    """Everybody's choices, read once and kept up by what this process saves: one process sends (ADR 0009)."""

    def __init__(self, rows: Aggregates[Preference]) -> None:
        self.rows = rows
        self._known: dict[str, Choice] = {}

    async def load(self) -> None:
        """Read them from the database."""
        skip = 0
        while page := await self.rows.query({}, sort=[("_id", 1)], limit=_PAGE, skip=skip):
            self._known |= {each.person: each.choice for each in page}
            skip += len(page)

    def put(self, preference: Preference) -> None:
        """It was changed just now."""
        self._known[preference.person] = preference.choice

    def of(self, person: str) -> Choice:
        """What the person chose; who chose nothing is told as the templates say."""
        return self._known.get(person, _NOTHING)


_NOTHING: Final = Choice()


def channels_for(choice: Choice, channels: Sequence[Channel]) -> tuple[Channel, ...]:
    """The chosen channels first, then the template's; the desk stays last."""
    chosen = [each for each in choice.channels if each in CHOICES]
    first = tuple(dict.fromkeys((*chosen, *channels))) if chosen else tuple(channels)
    return (*(each for each in first if each is not Channel.DESK), *(each for each in first if each is Channel.DESK))


def is_muted(choice: Choice, template: Template) -> bool:
    """Whether the person does not want to hear this, and may say so."""
    return template.optional and template.id in choice.muted
