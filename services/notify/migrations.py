"""A case that follows another version: its open steps keep their ids, and may have another name, post or way to decide.

Links stay with those whose step it still is and end for everybody else; a desk that gets a step so is told of it as of
one that opens.
"""

from services.contracts.words import StepKind
from services.contracts.workflow import CaseMigrated, MigratedStep, TaskOpened
from services.kernel.bus import Event
from services.notify import links
from services.notify.announcements import announce
from services.notify.audiences import away, is_with
from services.notify.books import Books
from services.notify.deps import Deps
from services.notify.offers import offer_link
from services.notify.queries import links_of


async def follow_migration(deps: Deps, event: Event[CaseMigrated]) -> None:
    """Keep what is known of the case's open steps right."""
    deps.books.steps.follows(event.said.case_no, event.envelope.sequence)
    for step in event.said.steps:
        task = _redrawn(event.said, step)
        if task is not None and not await deps.books.is_closed(task.task_id):
            await _follow(deps, event, task, desk_moved=step.desk_moved)


async def _follow(deps: Deps, event: Event[CaseMigrated], task: TaskOpened, *, desk_moved: bool) -> None:
    by_link = task.quick_approval and task.kind is StepKind.HUMAN
    await _remember(deps.books, task, sequence=event.envelope.sequence, by_link=by_link)
    for link in await links_of(deps.links, task.task_id):
        stays = by_link and is_with(deps.books, task, link.person)
        await deps.links.change(link.link_id, lambda found: (links.follow(found, step=task.name, stays=stays), ()))  # noqa: B023
    named = f"{event.envelope.id}.{task.task_id}"  # one event tells of several steps
    if desk_moved:
        await announce(deps, Event(event.envelope.model_copy(update={"id": named}), task))
    for person in away(deps.books, task):
        await offer_link(deps, task, person, cause=named)


async def _remember(books: Books, task: TaskOpened, *, sequence: int, by_link: bool) -> None:
    if by_link:
        books.steps.ends(task.task_id)  # it is no ordinary step any more: its end must be heard of
        await books.keep_task(task, sequence=sequence)
    elif await books.tasks.get(task.task_id) is not None:
        await books.plain_task(task.task_id, sequence=sequence)


def _redrawn(said: CaseMigrated, step: MigratedStep) -> TaskOpened | None:
    """The step as if it opened now; None where the event is too old to say enough."""
    if step.kind is None or step.opened_at is None:
        return None
    return TaskOpened(
        case_no=said.case_no,
        task_id=step.task_id,
        element=step.element,
        name=step.name,
        name_en=step.name_en,
        kind=step.kind,
        post=step.post,
        department=step.department,
        assignee=step.assignee,
        title=said.title,
        opened_at=step.opened_at,
        due_on=step.due_on,
        quick_approval=step.quick_approval,
    )
