"""What the console hears: the books it signs people in by, and that something moved, for pages that are open."""

from typing import Final

from services.console.deps import Deps
from services.contracts.events import Said
from services.contracts.registry import DepartmentChanged, PersonChanged, PostChanged
from services.contracts.supervision import LightChanged
from services.kernel.bus import Event, Handler


async def keep_person(deps: Deps, event: Event[PersonChanged]) -> None:
    """Who may sign in, as what."""
    await deps.books.people.put(event.said.code, event.said, unless_newer=event.envelope.sequence)


async def keep_department(deps: Deps, event: Event[DepartmentChanged]) -> None:
    """A department's names, and whether it is a township's office."""
    await deps.books.departments.put(event.said.code, event.said, unless_newer=event.envelope.sequence)


async def keep_post(deps: Deps, event: Event[PostChanged]) -> None:
    """A post's names."""
    await deps.books.posts.put(event.said.code, event.said, unless_newer=event.envelope.sequence)


async def look_again(deps: Deps, _event: Event[LightChanged]) -> None:
    """A step began, ended or became late: open lists are out of date. With the light comes whatever else moved."""
    deps.live.moved()


HEARS: Final[dict[type[Said], Handler[Deps]]] = {
    PersonChanged: keep_person,
    DepartmentChanged: keep_department,
    PostChanged: keep_post,
    LightChanged: look_again,
}
