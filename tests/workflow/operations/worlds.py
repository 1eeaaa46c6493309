"""A random process with one case on it, the real rules and engine, and what must hold after every operation."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from services.contracts.events import Said
from services.contracts.words import ClockKind
from services.contracts.workflow import TaskCancelled, TaskCompleted, TaskOpened
from services.kernel.identity import Person
from services.workflow.clocks.ledgers import EntryKind
from services.workflow.engine.bundles import Bundle, compile_diagrams
from services.workflow.engine.models import Step
from services.workflow.engine.run import apply, start
from services.workflow.engines import command_of
from services.workflow.instances.models import Act, Instance, Verb
from services.workflow.instances.moving import moved, pinned, registered, variables_of
from services.workflow.instances.operations import signing
from services.workflow.instances.operations.actions import actions_of
from services.workflow.instances.turns import Decided
from services.workflow.offices import Office
from tests.workflow.case_support import PIN, Policy, books, person, received
from tests.workflow.clock_support import TIME, at
from tests.workflow.engine.random_drawing import drawn_process
from tests.workflow.engine.random_processes import Graph, Maker, Vertex
from tests.workflow.operations.oracle import Account, Thing

PEOPLE = ("u.a", "u.b", "u.c")
BOOKS = books(*(person(code, "P04@D06") for code in PEOPLE))
OFFICE = Office(TIME, BOOKS, Policy())
POSTS = frozenset({"P04@D06"})
CALENDAR, HOURS = TIME.calendar, TIME.hours
ITEMS = ["x", "y"]


class Blocks(Maker):
    """Random processes of what the oracle accounts for."""

    def _block(self, graph: Graph, depth: int) -> tuple[str, str]:
        small = ["user", "user", "user", "several_user"]
        large = ["sequence", "sequence", "xor", "and", "and", "loop", "timed", "sub", "sub", "call", "several_sub"]
        kind = self.random.choice(small + large * 2 if depth > 0 else small)
        made: tuple[str, str] = getattr(self, f"_{kind}")(graph, depth - 1)
        return made

    def _timed(self, graph: Graph, depth: int) -> tuple[str, str]:
        on = getattr(self, self.random.choice(["_user", "_several_user", "_sub"]))(graph, max(0, depth))
        if self.random.random() < 0.5:
            made: tuple[str, str] = self._handled(graph, on, "timer", interrupting=False)
            return made
        event = graph.add(Vertex(self._id("b"), "timer", attached_to=on[0], interrupting=True))
        instead, merge = self._user(graph, 0), graph.add(Vertex(self._id("x"), "xor"))
        for source, target in ((event, instead[0]), (instead[1], merge), (on[1], merge)):
            graph.link(source, target)
        return on[0], merge

    def _split(self, graph: Graph, depth: int, kind: str) -> tuple[str, str]:
        opening, closing = super()._split(graph, depth, kind)
        graph.vertices[closing].kind = kind
        return opening, closing


def process_of(seed: int) -> tuple[Graph, Bundle]:
    """A random process whose case is accepted as it starts."""
    maker = Blocks(seed)
    graph = maker.graph("main", 3, blocks=3)
    first = next(vertex.id for vertex in graph.vertices.values() if vertex.kind == "start")
    plain = f'<bpmn:startEvent id="{first}" name="{first}">'
    told = (
        f"{plain}<bpmn:extensionElements><camunda:properties>"
        '<camunda:property name="permit:case_clock" value="start"/>'
        "</camunda:properties></bpmn:extensionElements>"
    )
    drawing = drawn_process(graph, maker.called).replace(plain.encode(), told.encode())
    compiled = compile_diagrams({"d.bpmn": drawing})
    assert compiled.bundle is not None, compiled.findings
    return graph, compiled.bundle


_PERSON = Person(code="u.a", name="甲某", roles=frozenset(), department="D06", posts=POSTS)


@dataclass
class World:
    """One case, its account, and everything said of it."""

    graph: Graph
    bundle: Bundle
    random: Random
    said: list[Said] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    pieces: dict[str, tuple[Thing, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.now = at("2026-09-16", "09:00")
        self.account = Account(self.graph, 1)
        waiting = registered(received())
        data = {**variables_of(waiting), "form": {"x": 1}}
        data["case"] = {**data["case"], "items": ITEMS}  # type: ignore[dict-item]
        step = start(self.bundle, "main", data, now=self.now, calendar=CALENDAR)
        act = Act(verb=Verb.START, actor="u.window", at=self.now)
        running = pinned(waiting, PIN, now=self.now)
        self.things: dict[str, Thing] = {}
        self.take(self._moved(running.instance, act, step))
        self.match(step)

    # ── the engine ──

    def _moved(self, case: Instance, act: Act, step: Step) -> Decided:
        self.step = step
        return moved(case, act, step, now=self.now, office=OFFICE)

    def act(self, act: Act, case: Instance | None = None) -> Decided:
        base = case or self.instance
        kept, act = signing.countersigned(base, act)
        if kept is not None:
            return kept
        step = apply(self.bundle, base.state, command_of(act), now=self.now, calendar=CALENDAR)
        return self._moved(base, act, step)

    def take(self, decided: Decided) -> None:
        """Save: what was said before stays said."""
        self.instance = signing.recalled(decided.instance)
        self.said += decided.said

    def match(self, step: Step) -> None:
        """Find which open task of the engine is which thing of the account, by step, index and way back."""
        known = {task.id for task in step.tasks}
        self.things = {key: thing for key, thing in self.things.items() if key in known and thing.taken is None}
        alive = self.account.alive()
        for task in step.tasks:
            if task.id in self.things and self.things[task.id] in alive:
                continue
            index = task.index or 0
            held = {(id(thing), number) for number, thing in self._held(step)}
            fitting = [
                thing
                for thing in alive
                if thing.vertex.id == task.element
                and index in thing.open
                and (id(thing), index) not in held
                and set(task.path) <= self.account.way_back(thing)
            ]
            assert fitting, f"{task.element} is open for no reason"
            fitting.sort(key=lambda thing: self.account.way_back(thing) != set(task.path))
            lost = self.account.way_back(fitting[0]) - set(task.path)
            inward = lost <= self.account.inside_others(fitting[0])
            what = "a way back" if not inward else "a way back into a subprocess"
            self.done[f"opened, with {what} forgotten" if lost else "opened, with every way back"] += 1
            self.things[task.id] = fitting[0]

    def _held(self, step: Step) -> list[tuple[int, Thing]]:
        index = {task.id: task.index or 0 for task in step.tasks}
        return [(index[key], thing) for key, thing in self.things.items() if key in index]

    # ── what must hold ──

    def look(self, before: Instance) -> None:
        """No token lost, doubled or orphan; no clock without a step, no step without a clock; no clock restarted."""
        case, account = self.instance, self.account
        assert Counter(task.element for task in case.tasks) == account.tasks()
        assert Counter(timer.element for timer in case.timers) == account.timers()
        assert (case.ended_at is not None) == (not account.alive())
        self.match(self.step)
        ids = [task.task_id for task in case.tasks] + [closed.task_id for closed in case.closed]
        assert len(ids) == len(set(ids))
        running = [c.clock_id for c in case.clocks if c.kind is ClockKind.STEP and c.stopped is None]
        assert sorted(running) == sorted(f"step:{task.task_id}" for task in case.tasks)
        self._look_at_ledgers(before)
        self._look_at_events()
        assert (self.instance is before) or self.said
        assert case.called == signing.called_by(case.tasks)
        for task in case.tasks:
            for action in actions_of(case, task, _PERSON, BOOKS, self.now):
                assert action.refusal is None or (action.reason_zh and action.reason_en)

    def _look_at_ledgers(self, before: Instance) -> None:
        for clock in before.clocks:
            after = self.instance.clock(clock.clock_id)
            assert after is not None
            assert after.entries[: len(clock.entries)] == clock.entries
        for clock in self.instance.clocks:
            kinds = [entry.kind for entry in clock.entries]
            assert kinds.count(EntryKind.START) == 1
            assert kinds.count(EntryKind.STOP) <= 1
            if clock.kind is not ClockKind.STEP and self.instance.ended_at is None:
                assert kinds == [EntryKind.START]

    def _look_at_events(self) -> None:
        opened = Counter(said.task_id for said in self.said if isinstance(said, TaskOpened))
        closed = Counter(said.task_id for said in self.said if isinstance(said, TaskCompleted | TaskCancelled))
        assert set(opened.values()) <= {1}
        assert set(closed.values()) <= {1}
        assert closed.keys() <= opened.keys()
        assert opened.keys() - closed.keys() == {task.task_id for task in self.instance.tasks}
