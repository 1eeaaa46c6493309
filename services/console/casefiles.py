"""A case with all that its readers need: what the window received, what was answered in each step, what happened."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.console.backends import Refused
from services.console.diagrams import DiagramUnreadable, steps_of
from services.console.forms import in_words
from services.console.histories import Told, events_of, told
from services.console.naming import Names
from services.console.visits import Visit

FACTS: Final[Mapping[str, str]] = {
    "location": "项目位置",
    "investment_project_code": "投资项目统一代码",
    "certificate_no": "原许可证书编号",
}
"""What the facts of an application are called; others keep their own names."""

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """A step that was done, and what was filled in, in words."""

    task_id: str
    name: str
    at: str
    who: str
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case's papers. `received` is None for a case that no window received."""

    case_no: str
    received: Json | None
    facts: Sequence[tuple[str, str]]
    events: Sequence[Json]
    lines: Sequence[Told]
    answered: Sequence[Answered]
    forms: Mapping[str, Json]
    files: Sequence[Json] = ()


async def case_file(visit: Visit, case_no: str, names: Names) -> CaseFile:
    """The case as the visitor may see it. Raises Refused for one that is not theirs to see."""
    received, files, events, forms = await asyncio.gather(
        _or_none(visit, "intake", f"/cases/{case_no}"),
        _or_none(visit, "intake", f"/cases/{case_no}/files"),
        events_of(visit.api, case_no),
        forms_of(visit, case_no),
    )
    lines = told(events, names, visit.language)
    facts = (received or {}).get("facts", {})
    return CaseFile(
        case_no=case_no,
        received=received,
        facts=[(visit.say(FACTS.get(name, name)), _plain(value)) for name, value in facts.items()],
        events=events,
        lines=lines,
        answered=_answered(events, forms, names, english=visit.english),
        forms=forms,
        files=files or (),
    )


async def forms_of(visit: Visit, case_no: str) -> dict[str, Json]:
    """The forms of the version that the case follows, by the element that is filled in with them."""
    drawing: Json = await _or_none(visit, "workflow", f"/cases/{case_no}/drawing") or {}
    files: dict[str, str] = drawing.get("files", {})
    found: dict[str, Json] = {}
    for path, text in files.items():
        if path.endswith(".bpmn"):
            folder = path.rpartition("/")[0]
            for element, key in _form_keys(text).items():
                beside = f"{folder}/forms/{key}.json".lstrip("/")
                form = files.get(beside) or files.get(f"forms/{key}.json")
                found |= {element: json.loads(form)} if form else {}
    return found


def _form_keys(diagram: str) -> dict[str, str]:
    try:
        return {step.id: step.form for step in steps_of(diagram) if step.form}
    except DiagramUnreadable:  # the case runs on it; its answers are shown by their own names then
        return {}


def _answered(events: Sequence[Json], forms: Mapping[str, Json], names: Names, *, english: bool) -> list[Answered]:
    """What people filled in, oldest first; of a step that was done anew the latest."""
    names_en = {event["data"]["task_id"]: event["data"]["name_en"] for event in events if "name_en" in event["data"]}
    undone = {task for event in events for task in event["data"].get("undone", ()) if isinstance(task, str)}
    done: dict[str, Answered] = {}
    for event in events:
        data = event["data"]
        if not event["type"].endswith(".task.completed.v1") or not data.get("answers") or data["task_id"] in undone:
            continue
        rows = in_words(forms.get(data["element"], {}), data["answers"], english=english)
        spoken = [(title, names.within(text)) for title, text in rows]
        task_id = data["task_id"]
        name = (names_en.get(task_id) if english else None) or data["name"]
        done[task_id] = Answered(task_id, name, event["at"], names.person(data["person"]), spoken)
    return list(done.values())


async def _or_none(visit: Visit, service: str, path: str) -> Any:  # noqa: ANN401 - JSON, or None
    try:
        found = await visit.api.get(service, path)
    except Refused:
        return None
    return found


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
