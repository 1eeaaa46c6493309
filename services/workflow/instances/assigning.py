"""Who gets a step as it opens (`permit:assign`), by post, attendance, deputy and load (docs/operations.md).

`queue`: nobody, the holders of the post choose. `least_loaded`: who of them has the fewest cases in hand.
`same_person`: who did a step of that post in this case before, else as `least_loaded`.
"""

from collections.abc import Iterable
from typing import Final

from services.contracts.words import StepKind
from services.workflow.books import Books
from services.workflow.engine.models import OpenTask
from services.workflow.instances.models import Instance
from services.workflow.instances.turns import Turn

QUEUE: Final = "queue"
SAME_PERSON: Final = "same_person"


def is_assigned(opened: OpenTask) -> bool:
    """Whether the diagram wants the step to be given to somebody as it opens."""
    return opened.kind is StepKind.HUMAN and opened.settings.get("assign", QUEUE) != QUEUE


def assignee_of(instance: Instance, opened: OpenTask, seat: str, turn: Turn) -> str | None:
    """The person who gets a step of a post at a department (`P04@D06`); None if nobody there is at their desk."""
    if not is_assigned(opened):
        return None
    ready = ready_at(seat, turn.office.books)
    if opened.settings["assign"] == SAME_PERSON and (before := _before(instance, seat)) in ready:
        return before
    mine = [task.assignee for task in instance.tasks if task.opened_at == turn.now]
    loads = turn.office.loads
    return min(ready, key=lambda code: (loads.get(code, 0) + mine.count(code), code), default=None)


def ready_at(seat: str, books: Books) -> tuple[str, ...]:
    """Who can work on a post's tasks now: holders at their desks, and the deputies of those who are out."""
    holders = [books.people[code] for code in books.holders(seat)]
    stand_ins = (person.deputy for person in holders if books.is_away(person.code))
    codes = [person.code for person in holders] + [code for code in stand_ins if code]
    return tuple(code for code in dict.fromkeys(codes) if not books.is_away(code) and not books.has_left(code))


def candidates(opened: Iterable[OpenTask], books: Books) -> tuple[str, ...]:
    """Everybody who might get one of these steps, whatever the department: whose load must be known."""
    posts = {task.settings.get("post", "") for task in opened if is_assigned(task)}
    seats = {seat for person in books.people.values() for seat in person.posts if seat.partition("@")[0] in posts}
    return tuple(sorted({code for seat in seats for code in ready_at(seat, books)}))


def _before(instance: Instance, seat: str) -> str | None:
    done = (
        closed.person
        for closed in reversed(instance.closed)
        if closed.completed and closed.person and f"{closed.post}@{closed.department}" == seat
    )
    return next(done, None)
