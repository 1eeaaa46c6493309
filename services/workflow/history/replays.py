"""A case's history as one page that replays it on its diagram: no network, nothing beside the file."""

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from services.workflow.history.chains import verdict
from services.workflow.history.drawings import drawing
from services.workflow.history.lines import Line
from services.workflow.history.sentences import sentence
from services.workflow.history.standings import CaseThen, standings

_PLACE: Final = "/*DATA*/"


def replay(case_no: str, lines: Sequence[Line], sources: Mapping[str, bytes]) -> str:
    """The page. `sources` are the files of the version that the case follows; those that are diagrams are drawn."""
    pictures = {path: drawing(content) for path, content in sources.items() if path.endswith(".bpmn")}
    frames = [_frame(line, then) for line, then in zip(lines, standings(case_no, lines), strict=True)]
    checked = verdict(lines)
    last = frames[-1]["case"] if frames else {}
    shown = {
        "case_no": case_no,
        "title": last.get("title"),
        "process_key": last.get("process_key"),
        "withheld": any(line.data is None for line in lines),
        "head": checked.head,
        "whole": checked.whole,
        "pictures": [{"path": path, "svg": svg} for path, svg in pictures.items() if svg],
        "frames": frames,
    }
    page = files("services.workflow.history").joinpath("replay.html").read_text(encoding="utf-8")
    text = json.dumps(shown, ensure_ascii=False, default=str)
    return page.replace(_PLACE, text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def _frame(line: Line, then: CaseThen) -> dict[str, Any]:
    zh, en = sentence(line)
    data = line.shown
    return {
        "at": line.time.isoformat(),
        "verb": line.verb,
        "zh": zh,
        "en": en,
        "element": data.get("element") or data.get("end_element"),
        "data": data,
        "withheld": line.data is None,
        "hash": line.hash,
        "case": {
            "title": then.title,
            "process_key": then.process_key,
            "version": then.version,
            "status": then.status,
            "outcome": then.outcome,
            "suspended": then.suspended,
            "incidents": len(then.incidents),
            "waiting_for": then.waiting_for,
            "steps": [step.model_dump(mode="json", exclude={"answers"}) for step in then.steps],
            "done": [step.element for step in then.closed if step.state == "completed"],
            "clocks": [clock.model_dump() for clock in then.clocks if not clock.clock_id.startswith("step:")],
        },
    }
