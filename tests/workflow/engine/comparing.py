"""Compares the engine with the oracle: one random path through one random process."""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

from services.contracts.words import StepKind
from services.workflow.engine.bundles import Bundle, compile_diagrams
from services.workflow.engine.models import Cancel, Complete, Fire, Message, StandsStill, Step
from services.workflow.engine.run import apply, start
from tests.workflow.engine.oracle import Game
from tests.workflow.engine.oracle_rooms import Stuck, Task
from tests.workflow.engine.playing import CALENDAR, NOW
from tests.workflow.engine.random_blocks import Everything
from tests.workflow.engine.random_drawing import drawn_process
from tests.workflow.engine.random_processes import ITEM, Graph, Tangle

MOVES = 14
CALLED_OFF = 0.01
DATA = {"case": {"items": ["x", "y"]}, "form": {"x": 1}}


def drawn(seed: int) -> tuple[Graph, Bundle]:
    """Give a random process of nested blocks, and its bundle."""
    maker = Everything(seed)
    graph = maker.graph("main", 3, blocks=2)
    compiled = compile_diagrams({"d.bpmn": drawn_process(graph, maker.called)})
    assert compiled.bundle is not None, compiled.findings
    return graph, compiled.bundle


def tangled(seed: int) -> tuple[Graph, Bundle]:
    """Give a random process whose gateways are joined up anyhow, and its bundle."""
    graph = Tangle(seed).graph("main")
    compiled = compile_diagrams({"d.bpmn": drawn_process(graph, [])})
    assert compiled.bundle is not None, compiled.findings
    return graph, compiled.bundle


def _items(variables: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in variables.items() if name.startswith(ITEM)))


def _task_key(game: Game, task: Task) -> tuple[str, int | None, tuple[tuple[str, str], ...]]:
    element, index, room, _ = task
    return element, None if index < 0 else index, game.items_around(room, element, index)


def _compared(game: Game, names: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that do not depend on which of two parallel branches moves first.

    Where one branch can interrupt another in the same step, what the other sets by itself before is not compared.
    """
    return {name: value for name, value in names.items() if not game.interrupts or (name[:2] != "c_" and value != [])}


def _same(game: Game, step: Step) -> None:
    people = [task for task in step.tasks if task.kind is StepKind.HUMAN]
    tasks = Counter((task.element, task.index, _items(task.variables)) for task in people)
    assert tasks == Counter(_task_key(game, task) for task in game.tasks())
    assert set(step.awaits) == {message[0] for message in game.messages()}
    timers = Counter((timer.element, _items(timer.variables)) for timer in step.timers)
    assert timers == Counter((timer[0], game.items_around(timer[1])) for timer in game.timers())
    assert (step.ended is not None) == game.is_over
    assert _compared(game, step.data) == _compared(game, game.top.names)


def _chosen(game: Game, step: Step, random: Random) -> tuple[Callable[[], None], Complete | Fire | Message]:
    """Choose a random move: how the oracle makes it, and the command that says the same to the engine."""
    tasks, timers, messages = game.tasks(), game.timers(), game.messages()
    if messages and (not tasks or random.random() < 0.2):
        message = random.choice(messages)
        return partial(game.hear, message), Message(message[0])
    if timers and (not tasks or random.random() < 0.3):
        chosen = random.choice(timers)
        where = (chosen[0], game.items_around(chosen[1]))
        timer = next(each for each in timers if (each[0], game.items_around(each[1])) == where)
        return partial(game.fire, timer), Fire(
            next(t.id for t in step.timers if (t.element, _items(t.variables)) == where)
        )
    wanted, answer = _task_key(game, random.choice(tasks)), random.randrange(12)
    task = next(each for each in tasks if _task_key(game, each) == wanted)  # of twins the older, on both sides
    found = next(t.id for t in step.tasks if (t.element, t.index, _items(t.variables)) == wanted)
    return partial(game.complete, task, answer), Complete(found, {"x": answer})


def _stands_still(bundle: Bundle, step: Step, command: Complete | Fire | Message) -> None:
    try:
        apply(bundle, step.state, command, now=NOW, calendar=CALENDAR)
    except StandsStill:
        return
    msg = "the engine goes on where the oracle stands still"
    raise AssertionError(msg)


def _called_off(step: Step) -> None:
    """Whatever was going on, nothing is left of it."""
    assert step.ended is not None
    assert step.ended.cancelled == "x"
    assert (*step.tasks, *step.external, *step.timers, *step.awaits, *step.awaits_signals, *step.activities) == ()


def walk(graph: Graph, bundle: Bundle, seed: int) -> int:
    """Walk one random path; give how many moves were compared."""
    random = Random(seed)  # noqa: S311 - tests want the same paths again
    game = Game(graph, DATA)
    step = start(bundle, "main", DATA, now=NOW, calendar=CALENDAR)
    for move in range(MOVES):
        _same(game, step)
        if game.is_over:
            return move
        if random.random() < CALLED_OFF:
            _called_off(apply(bundle, step.state, Cancel("x"), now=NOW, calendar=CALENDAR))
            return move + 1
        act, command = _chosen(game, step, random)
        try:
            act()
        except Stuck:
            _stands_still(bundle, step, command)
            return move
        step = apply(bundle, step.state, command, now=NOW, calendar=CALENDAR)
    return MOVES
