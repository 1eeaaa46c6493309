"""Plays a walk as the service does, at once and without servers, and keeps all that was said and passed."""

from collections.abc import Generator
from datetime import date
from functools import cache
from typing import Any, Final

from services.contracts.events import Said
from services.contracts.workflow import TaskOpened
from services.local.rehearsing import demo_office
from services.workflow.definitions.files import in_folder
from services.workflow.definitions.items import read_item
from services.workflow.definitions.walking import Ask, Begin, Game, Stage
from services.workflow.definitions.walks import WalkFile
from services.workflow.engine import bundles, run
from services.workflow.engine.models import Step
from tests.bpmn.bundles import Bundle

OFFICE: Final = demo_office()
CALENDAR: Final = OFFICE.time.calendar

Table = dict[str, Any]


@cache
def compiled(bundle: Bundle) -> bundles.Compiled:
    """The bundle as the engine makes it of the folder."""
    return bundles.compile_bundle(in_folder(bundle.folder))


class Walk(Game):
    """A case on its way through a walk. Where it leaves its path that is raised: see `Game`."""

    def __init__(self, bundle: Bundle, table: Table) -> None:
        """Receive the case, and begin its process."""
        item = read_item((bundle.folder / "item.toml").read_bytes())
        super().__init__(WalkFile.model_validate(table), Stage(item, bundle.form, OFFICE))
        self.bundle = bundle
        self.drive(self.begin())

    @property
    def engine(self) -> bundles.Bundle:
        """The runnable bundle."""
        found = compiled(self.bundle)
        assert found.bundle is not None, found.findings
        return found.bundle

    def play(self) -> "Walk":
        """Take every step of the walk."""
        for step in self.walk.step:
            self.drive(self.take(step))
        return self

    def drive(self, turn: Generator[Ask, Step, None]) -> None:
        """Have the engine do whatever a turn of the walk asks for."""
        answer: Step | None = None
        try:
            while True:
                answer = self._done(turn.send(answer) if answer is not None else next(turn))
        except StopIteration:
            return

    def heard(self, kind: type[Said], **fields: object) -> list[Any]:
        """What was said of one type, as far as the named fields agree."""
        return [
            one
            for one in self.said
            if isinstance(one, kind) and all(getattr(one, name) == value for name, value in fields.items())
        ]

    def _done(self, ask: Ask) -> Step:
        if isinstance(ask, Begin):
            return run.start(
                self.engine,
                ask.process_key,
                ask.variables,
                now=ask.at,
                calendar=CALENDAR,
                instance_id=ask.case_no,
                start_event=ask.start_event,
            )
        return run.apply(self.engine, ask.state, ask.command, now=ask.at, calendar=CALENDAR)


def due_of(walk: Walk, element: str) -> date | None:
    """The due date with which a step last opened."""
    opened: list[TaskOpened] = walk.heard(TaskOpened, element=element)
    return opened[-1].due_on
