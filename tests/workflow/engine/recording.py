"""Running cases kept as the engine of one format wrote them: `python -m tests.workflow.engine.recording` adds to them.

`golden/format-<n>/` holds one file a case: its definition, its state, what is open in it, the commands that end it and
how it ends. What is recorded is never written again: a later engine has to read it as it lies there.
"""

import base64
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from msgspec.structs import fields

from services.local.rehearsing import demo_office
from services.workflow.definitions.files import in_folder
from services.workflow.definitions.items import ITEM_FILE, read_item
from services.workflow.definitions.walking import Ask, Begin, Stage, played
from services.workflow.definitions.walks import read_walk
from services.workflow.engine import codec
from services.workflow.engine.bundles import Bundle, compile_bundle, compile_diagrams
from services.workflow.engine.models import Answer, Command, Complete, Fail, Fire, Message, OpenTask, Signal, Step, Undo
from services.workflow.engine.run import apply, look, start
from services.workflow.lint.forms import form_path
from tests.workflow.engine.playing import CALENDAR, NOW
from tests.workflow.engine.scenes import SCENES, Move, Scene

HOME: Final = Path(__file__).parent / "golden"
PERMITS: Final = {
    "works-planning-permit": "walks/sc8-building-expert-review.toml",
    "rural-planning-permit": "walks/correction-complete.toml",
}
"""The real processes, and the walk that each is recorded half-way through."""

Recorded = dict[str, Any]
_BPMN: Final = Path(__file__).parents[3] / "bpmn"
_ROWS: Final = (codec.State, codec.ScopeRow, codec.TokenRow, codec.PathRow)


def layout() -> dict[str, list[str]]:
    """What the codec writes: the fields of each row."""
    return {row.__name__: [f"{field.name}: {_typed(field.type)}" for field in fields(row)] for row in _ROWS}


def formats() -> list[Path]:
    """The folders of every format ever recorded, the oldest first."""
    return sorted(HOME.glob("format-*"), key=lambda folder: int(folder.name.rpartition("-")[2]))


def folder_of(number: int) -> Path:
    return HOME / f"format-{number}"


def names() -> list[str]:
    """What has to be recorded of a format."""
    return [*(scene.name for scene in SCENES), *PERMITS]


# ── playing what is recorded ──


def bundle_of(recorded: Recorded) -> Bundle:
    """The definition of a case, compiled as it is in life: a real one by the house's rules too."""
    files = {path: text.encode() for path, text in recorded["files"].items()}
    compiled = (compile_bundle if recorded["is_real"] else compile_diagrams)(files)
    assert compiled.bundle is not None, [f"{one.rule} {one.element} {one.en}" for one in compiled.findings]
    return compiled.bundle


def seen(bundle: Bundle, recorded: Recorded) -> Step:
    """What the engine says is open in the recorded state."""
    at = datetime.fromisoformat(recorded["at"])
    return look(bundle, base64.b64decode(recorded["state"]), now=at, calendar=CALENDAR)


def finished(bundle: Bundle, recorded: Recorded) -> Step:
    """Go on from the recorded state to the end."""
    step = seen(bundle, recorded)
    for move in recorded["moves"]:
        step = _moved(bundle, step, move)
    return step


def shown(step: Step) -> dict[str, Any]:
    """All that is open, as JSON; ids are part of it, since the world knows tasks and timers by them."""
    return {
        "tasks": [
            [task.id, task.element, task.kind.value, task.index, task.item, dict(task.variables), list(task.path)]
            for task in step.tasks
        ],
        "external": [[task.id, task.element, task.topic, dict(task.variables)] for task in step.external],
        "timers": [[timer.id, timer.element, timer.at.isoformat(), timer.attached_to] for timer in step.timers],
        "activities": [[activity.id, activity.element] for activity in step.activities],
        "awaits": [list(each) for each in (step.awaits, step.awaits_signals, step.awaits_conditions)],
        "data": dict(step.data),
    }


def ending(step: Step) -> dict[str, Any]:
    """How a case ended, as JSON."""
    assert step.ended is not None, shown(step)
    return {"element": step.ended.element, "data": dict(step.data)}


def command(step: Step, move: Move) -> Command:
    """The command that a move is: whatever it concerns is looked up by element among what is open."""
    told = move.get("with")
    found: Command
    match move["do"]:
        case "complete":
            found = Complete(_task(step, move).id, told)
        case "send back":
            found = Undo(_task(step, move).path[0], _task(step, move).id)
        case "fire":
            found = Fire(next(timer.id for timer in step.timers if timer.element == move["element"]))
        case "hear":
            found = Message(move["name"], told)
        case "signal":
            found = Signal(move["name"])
        case "answer":
            found = Answer(_external(step, move), told)
        case "fail":
            found = Fail(_external(step, move), told)
        case unknown:
            raise ValueError(unknown)
    return found


def _moved(bundle: Bundle, step: Step, move: Move) -> Step:
    at = datetime.fromisoformat(move["at"]) if "at" in move else NOW
    return apply(bundle, step.state, command(step, move), now=at, calendar=CALENDAR)


def _task(step: Step, move: Move) -> OpenTask:
    index = move.get("index")
    return next(task for task in step.tasks if task.element == move["element"] and index in (None, task.index))


def _external(step: Step, move: Move) -> str:
    return next(task.id for task in step.external if task.element == move["element"])


# ── recording ──


def of_scene(scene: Scene) -> Recorded:
    """Play a scene to its waiting place, and from there to its end."""
    recorded: Recorded = {"is_real": False, "files": _texts(scene.files()), "at": NOW.isoformat()}
    bundle = bundle_of(recorded)
    step = start(bundle, "p", {"case": {}} | dict(scene.data), now=NOW, calendar=CALENDAR)
    for move in scene.before:
        step = _moved(bundle, step, move)
    return _recorded(recorded, bundle, step, list(scene.after))


def of_permit(key: str, walk: str) -> Recorded:
    """Play a walk of a real process; what is kept is where it stood half-way."""
    known = in_folder(_BPMN / key)
    wanted = {path: content for path, content in known.items() if path.endswith((".bpmn", ".dmn", ".json"))}
    recorded: Recorded = {"is_real": True, "files": _texts(wanted)}
    bundle = bundle_of(recorded)
    steps, moves = [], []
    for ask, step in _walked(bundle, known, walk):
        if not isinstance(ask, Begin):
            moves.append(_move(steps[-1], ask.command) | {"at": ask.at.isoformat()})
        steps.append(step)
    half = len(moves) // 2
    return _recorded(recorded | {"at": moves[half]["at"]}, bundle, steps[half], moves[half:])


def _recorded(recorded: Recorded, bundle: Bundle, step: Step, moves: list[Move]) -> Recorded:
    recorded |= {"state": base64.b64encode(step.state).decode(), "moves": moves}
    recorded["shown"] = shown(seen(bundle, recorded))
    recorded["end"] = ending(finished(bundle, recorded))
    return recorded


def _walked(bundle: Bundle, known: Mapping[str, bytes], walk: str) -> Iterator[tuple[Ask, Step]]:
    """Each thing a walk asks of the engine, and what came of it."""
    stage = Stage(read_item(known[ITEM_FILE]), lambda form: _form(known, form), demo_office())
    play = played(walk, read_walk(walk, known[walk]), stage)
    ask = next(play)
    while True:
        step = _asked(bundle, ask)
        yield ask, step
        try:
            ask = play.send(step)
        except StopIteration as over:
            if over.value is not None:
                raise ValueError(over.value) from None
            return


def _asked(bundle: Bundle, ask: Ask) -> Step:
    if isinstance(ask, Begin):
        key, case_no = ask.process_key, ask.case_no
        return start(bundle, key, ask.variables, now=ask.at, calendar=CALENDAR, instance_id=case_no)
    return apply(bundle, ask.state, ask.command, now=ask.at, calendar=CALENDAR)


def _move(step: Step, done: Command) -> dict[str, Any]:
    """The move that a walk's command is."""
    match done:
        case Complete(task_id, answers):
            task = next(task for task in step.tasks if task.id == task_id)
            return {"do": "complete", "element": task.element, "index": task.index, "with": dict(answers)}
        case Answer(task_id, result):
            element = next(task.element for task in step.external if task.id == task_id)
            return {"do": "answer", "element": element, "with": result}
        case Fire(timer_id):
            return {"do": "fire", "element": next(each.element for each in step.timers if each.id == timer_id)}
        case Message(name, payload):
            return {"do": "hear", "name": name, "with": dict(payload)}
        case _:
            raise ValueError(done)


def _typed(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind).replace(f"{codec.__name__}.", "")


def _form(known: Mapping[str, bytes], key: str) -> dict[str, Any]:
    path = form_path(known, key)
    form: dict[str, Any] = json.loads(known[path]) if path else {}
    return form


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: content.decode() for path, content in sorted(files.items())}


def main() -> None:
    """Record what the present format has no file for; what is there stays."""
    folder = folder_of(codec.FORMAT)
    folder.mkdir(parents=True, exist_ok=True)
    made = {"layout": layout} | {scene.name: lambda scene=scene: of_scene(scene) for scene in SCENES}
    made |= {key: lambda key=key, walk=walk: of_permit(key, walk) for key, walk in PERMITS.items()}
    for name, make in made.items():
        path = folder / f"{name}.json"
        if not path.exists():
            path.write_text(json.dumps(make(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(Path.cwd())}\n")


if __name__ == "__main__":
    main()
