"""One turn of a case: an act, what the engine made of it, and all that the rules need to say what follows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from services.contracts.events import Said
from services.workflow.books import Books
from services.workflow.clocks.rooms import ClockRoom
from services.workflow.clocks.sayings import Heading
from services.workflow.engine.language import office as language
from services.workflow.engine.language.texts import expression
from services.workflow.engine.models import OpenTask, Step
from services.workflow.instances.models import Act, Instance
from services.workflow.offices import Office


class Decided(NamedTuple):
    """An instance as it is after a rule was applied, and what was said."""

    instance: Instance
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What happened: the act, the engine's step, the moment it is now, and the office around it."""

    act: Act
    step: Step
    now: datetime
    office: Office


Rule = Callable[[Instance, Turn], Decided]


class Unworkable(Exception):
    """The diagram moved on, but the case cannot: a post nobody has, a hold without notice. It becomes an incident."""

    def __init__(self, element: str, zh: str, en: str) -> None:
        super().__init__(element, zh, en)
        self.element, self.zh, self.en = element, zh, en


def room_of(instance: Instance, office: Office) -> ClockRoom:
    """What deeds on the clocks of a case need."""
    application = instance.application
    heading = Heading(instance.case_no, application.title, application.item_code)
    return ClockRoom(office.time, office.policy, heading)


def in_order(instance: Instance, turn: Turn, *rules: Rule) -> Decided:
    """Apply rules one after the other; what they say comes in that order."""
    said: list[Said] = []
    for rule in rules:
        instance, more = rule(instance, turn)
        said += more
    return Decided(instance, tuple(said))


def value_at(data: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - variables of a process hold anything
    """The variable at a dotted path such as `expert_notice.notice_no`; None where there is none."""
    found: Any = data
    for part in path.strip().split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def department_of(instance: Instance, opened: OpenTask, data: Mapping[str, Any]) -> str:
    """The department that does a step: the one that its `permit:department` names, else the one of the case."""
    named = value_at({**data, **opened.variables}, opened.settings.get("department", ""))
    return named if isinstance(named, str) and named else instance.application.department


def called(opened: OpenTask, books: Books) -> tuple[str, str]:
    """What a step is called, in Chinese and English; one of several says which: its item, or the `title` of its item.

    An item that is a department or a person is not said: the desk tells.
    """
    name, name_en = opened.name, opened.settings.get("name_en", opened.name)
    item = opened.item.get("title") if isinstance(opened.item, Mapping) else opened.item
    if not isinstance(item, str) or not item or item in books.departments or item in books.people:
        return name, name_en
    which = item if len(item) <= _SHOWN else f"{item[:_SHOWN]}…"
    return f"{name}：{which}", f"{name_en}: {which}"


_SHOWN = 60


def reckoned(text: str, turn: Turn) -> Any:  # noqa: ANN401 - as above
    """The value of an expression of the diagram (`permit:clock_from`) in the variables after the step.

    Raises `Unwritable` or `Miscalculated`.
    """
    time = turn.office.time
    return expression(text).value([turn.step.data], language.Office(turn.now, time.calendar, time.hours))
