"""Cases of the real permits are carried to another version and back at every place where they ever stand.

Every walk is played once; before each of its steps the case changes its version. It must come to the very end, on the
very days, that the walk says, with the same tasks and timers all the way: no case is lost, stuck, or told another date.
"""

from collections import Counter
from functools import cache

import pytest

from services.contracts.workflow import CaseAccepted, CaseDecided, CaseEnded
from services.workflow.definitions.files import in_folder
from services.workflow.engine.bundles import Bundle as Compiled
from services.workflow.engine.bundles import compile_bundle
from services.workflow.engine.carry import Route, migrate
from services.workflow.engine.models import Step
from services.workflow.engine.verdicts import Verdict
from services.workflow.instances.models import Act
from services.workflow.migrations.carrying import Target, judged
from services.workflow.migrations.touching import touched
from tests.bpmn.bundles import BUNDLES, Bundle
from tests.bpmn.walking import CALENDAR, OFFICE, Table, Walk
from tests.workflow.definitions.editing import Files, replaced

_ARCHIVING = "shared/shared-archive.bpmn"
_ARCHIVES = ("Task_Archive", "Task_ArchiveFile")
WALKS = [pytest.param(bundle, name, id=f"{bundle.key}/{name}") for bundle in BUNDLES for name in sorted(bundle.walks)]


def last_step(bundle: Bundle) -> str:
    """The step at which cases are archived, or else that with which most walks end: nearly everything is before it.

    Of a process that only waits for what others do, the last that it waits for.
    """
    archives = [each for each in _ARCHIVES if each in bundle.reached]
    completed = [
        [step["complete"] for step in walk.get("step", ()) if "complete" in step] for walk in bundle.walks.values()
    ]
    ends = Counter(steps[-1] for steps in completed if len(steps) > 1).most_common(1)
    waits = [node.id for node in bundle.of("receiveTask")]
    return (archives or [each for each, _ in ends] or waits[-1:])[0]


@cache
def edited(key: str) -> Files:
    """The bundle with its last step renamed."""
    bundle = next(bundle for bundle in BUNDLES if bundle.key == key)
    files, step = in_folder(bundle.folder), last_step(bundle)
    path, name = _ARCHIVING if _ARCHIVING in files else "diagram.bpmn", bundle.reached[step].name
    return replaced(files, f'id="{step}" name="{name}"', f'id="{step}" name="{name}（新）"', path=path)


@cache
def versions(key: str) -> tuple[Compiled, Compiled]:
    old = compile_bundle(in_folder(next(bundle.folder for bundle in BUNDLES if bundle.key == key))).bundle
    new = compile_bundle(edited(key)).bundle
    assert old
    assert new
    return old, new


@cache
def routes(key: str) -> tuple[Route, Route]:
    old, new = versions(key)
    was, now = in_folder(next(bundle.folder for bundle in BUNDLES if bundle.key == key)), edited(key)
    return Route(old, new, {}, touched(was, now)), Route(new, old, {}, touched(now, was))


class Wandering(Walk):
    """A walk whose case changes its version before each step."""

    def __init__(self, bundle: Bundle, table: Table) -> None:
        self.version, self.moves, self.places = 0, 0, set[str]()
        super().__init__(bundle, table)

    @property
    def engine(self) -> Compiled:
        return versions(self.bundle.key)[self.version]

    def _take(self, act: Act, step: Step) -> None:
        super()._take(act, step)
        if step.ended is not None:
            return
        before = self.instance
        found = migrate(routes(self.bundle.key)[self.version], before.state, now=act.at, calendar=CALENDAR)
        self.places |= set(found.standing)
        if found.verdict is Verdict.UNAFFECTED:
            return
        target = Target("M", self.version + 1, "f" * 64, "u.it", act.at)
        judgement = judged(before, found, target, OFFICE)
        assert judgement.decided is not None, judgement
        assert judgement.reversible
        self.instance, said = judgement.decided
        assert [type(each).__name__ for each in said] == ["CaseMigrated"]
        self.version, self.moves = 1 - self.version, self.moves + 1
        kept = ("clocks", "timers", "departments", "next_due_at", "data", "closed")
        stands_last = last_step(self.bundle) in {task.element for task in self.instance.tasks}
        for name in kept if self.instance.tasks and not stands_last else ():
            assert getattr(self.instance, name) == getattr(before, name), name
        assert [task.task_id for task in self.instance.tasks] == [task.task_id for task in before.tasks]


@pytest.mark.parametrize(("bundle", "name"), WALKS)
def test_given_a_case_that_changes_versions_at_every_step_then_it_ends_as_its_walk_says(
    bundle: Bundle, name: str
) -> None:
    table = bundle.walks[name]
    walk = Wandering(bundle, table).play()
    [ended] = walk.heard(CaseEnded)
    assert (ended.end_element, ended.outcome) == (table["expect"]["end"], table["expect"]["outcome"])
    rest = iter(walk.passed)
    assert [element for element in table["expect"]["passed"] if element not in rest] == []
    for kind, field_name in ((CaseAccepted, "accepted_on"), (CaseDecided, "decided_on")):
        days = [getattr(each, field_name) for each in walk.heard(kind)]
        assert days == [day for key, day in table["expect"].items() if key == field_name]
    assert walk.moves or last_step(bundle) not in walk.passed


def test_given_all_walks_then_cases_were_carried_from_every_step_before_the_last() -> None:
    for bundle in BUNDLES:
        stood = {place for name in bundle.walks for place in Wandering(bundle, bundle.walks[name]).play().places}
        steps = {node.id for node in bundle.of("userTask", "receiveTask", "serviceTask")}
        assert steps - stood == set()
