"""What the console hears: the books it signs people in by, and that something moved, for pages that are open."""

from typing import Final, TypeAlias, get_args

from services.console.deps import Deps
from services.contracts.events import Said
from services.contracts.registry import DepartmentChanged, PersonChanged, PostChanged
from services.contracts.supervision import LightChanged
from services.contracts.workflow import TaskCancelled, TaskClaimed, TaskCompleted, TaskOpened, TaskReleased
from services.kernel.bus import Event, Handler

Moved: TypeAlias = LightChanged | TaskOpened | TaskClaimed | TaskReleased | TaskCompleted | TaskCancelled
"""What a list of work shows otherwise from then on."""


async def keep_person(deps: Deps, event: Event[PersonChanged]) -> None:
    """Who may sign in, as what."""
    await deps.books.people.put(event.said.code, event.said, unless_newer=event.envelope.sequence)


async def keep_department(deps: Deps, event: Event[DepartmentChanged]) -> None:
    """A department's names, and whether it is a township's office."""
    await deps.books.departments.put(event.said.code, event.said, unless_newer=event.envelope.sequence)


async def keep_post(deps: Deps, event: Event[PostChanged]) -> None:
    """A post's names."""
    await deps.books.posts.put(event.said.code, event.said, unless_newer=event.envelope.sequence)


async def look_again(deps: Deps, _event: Event[Moved]) -> None:
    """A step began, ended, changed hands or became late: open lists are out of date."""
    deps.live.moved()


HEARS: Final[dict[type[Said], Handler[Deps]]] = {
    PersonChanged: keep_person,
    DepartmentChanged: keep_department,
    PostChanged: keep_post,
    **dict.fromkeys(get_args(Moved), look_again),
}
