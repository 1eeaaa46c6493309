"""Who is told of an event. Nobody is left out because they are not known yet: their message waits for them."""

from typing import assert_never

from services.contracts.events import Said
from services.contracts.registry import PersonChanged
from services.contracts.words import Attendance, Role
from services.contracts.workflow import TaskOpened
from services.notify.books import APPLICANT, GROUP, POST, ROLE, Books, desk_of
from services.notify.links import may_have_link
from services.notify.templates import Audience, Template


def audience(books: Books, template: Template, said: Said) -> tuple[str, ...]:
    """The recipients (see `messages.Message`) whom this template addresses about this event, each once."""
    match template.to:
        case Audience.APPLICANT:
            return (f"{APPLICANT}:{said.key}",)
        case Audience.RECIPIENTS:
            named: tuple[str, ...] = getattr(said, "recipients", ())
            return tuple(dict.fromkeys(named))
        case Audience.OPERATORS:
            return _codes(books.people.with_role(Role.OPERATOR)) or (f"{ROLE}:{Role.OPERATOR}",)
        case Audience.GROUP:
            department = str(getattr(said, "department", ""))
            return (f"{GROUP}:{department}",) if department in books.groups else ()
        case Audience.DESK:
            return _desk(books, said)
        case Audience.AWAY:
            return ()  # each gets a link of their own: see `offers`
        case _:
            assert_never(template.to)


def away(books: Books, task: TaskOpened) -> list[PersonChanged]:
    """Who holds the task, is out of office, and may decide it by link."""
    return [person for person in _holders(books, task) if may_have_link(person)] if task.quick_approval else []


def is_with(books: Books, task: TaskOpened, person: str) -> bool:
    """Whether a task is a person's: given to them by name, or their post's."""
    return person == task.assignee or person in _codes(books.people.holders(desk_of(task)))


def _desk(books: Books, said: Said) -> tuple[str, ...]:
    """Holders at their desks and the deputies of the absent; if there is none and no link went out, all holders."""
    assert isinstance(said, TaskOpened)  # noqa: S101 - templates.check tells the desk of nothing else
    holders = _holders(books, said)
    deputies = books.people.active(each.deputy for each in holders if _is_out(each) and each.deputy)
    if present := _codes([each for each in (*holders, *deputies) if not _is_out(each)]):
        return present
    if away(books, said):
        return ()
    return _codes(holders) or (f"{POST}:{desk_of(said)}",)


def _holders(books: Books, task: TaskOpened) -> list[PersonChanged]:
    """The assignee, or else everybody who holds the task's post."""
    assignee = books.people.active((task.assignee,)) if task.assignee else []
    return assignee or books.people.holders(desk_of(task))


def _codes(people: list[PersonChanged]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person.code for person in people))


def _is_out(person: PersonChanged) -> bool:
    return person.attendance is Attendance.OUT_OF_OFFICE
