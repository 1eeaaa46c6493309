"""Story 3: the diagram is edited and deployed. New cases follow it, running ones keep theirs."""

from pathlib import Path
from typing import Any

import pytest

from services.local import bundles
from services.local.client import Api, Refusal
from services.local.demo.stage import Stage
from tests.scenarios.office import LANDSCAPE
from tests.support.process import ROOT

WORKS = ROOT / "bpmn" / "works-planning-permit"


async def test_given_a_changed_limit_when_it_is_deployed_then_new_cases_follow_it_and_running_ones_keep_theirs(
    stage: Stage, api: Api, tmp_path: Path
) -> None:
    before = await bundles.deploy(api, WORKS, who="u.it")
    await stage.begin("2026-11-23", "10:00")
    running = (await stage.receive("u.window", LANDSCAPE))["case_no"]

    try:
        after = await bundles.deploy(api, edited(tmp_path), who="u.it")
        fresh = (await stage.receive("u.window", LANDSCAPE))["case_no"]

        assert after["created"] or after["version"] != before["version"]
        assert await version_of(api, running) == before["version"]
        assert await version_of(api, fresh) == after["version"]
        assert await review_due_on(stage, running) == "2026-11-26"  # three working days
        assert await review_due_on(stage, fresh) == "2026-11-25"  # two
    finally:
        again = await bundles.deploy(api, WORKS, who="u.it")
    assert (again["version"], again["created"], again["active"]) == (before["version"], False, True)


async def test_given_the_same_bytes_when_they_are_deployed_again_then_it_is_the_same_version(api: Api) -> None:
    first, second = [await bundles.deploy(api, WORKS, who="u.it") for _ in range(2)]

    assert (first["version"], first["sha256"]) == (second["version"], second["sha256"])
    assert not second["created"]


async def test_given_a_diagram_with_an_error_when_it_is_deployed_then_it_is_refused_by_name_and_nothing_changes(
    api: Api, tmp_path: Path
) -> None:
    before = await api.call("GET", "workflow", "/definitions/works-planning-permit", who="u.it")
    diagram = edited(tmp_path) / "diagram.bpmn"
    without_post = diagram.read_text(encoding="utf-8").replace('camunda:candidateGroups="P06"', "", 1)
    diagram.write_text(without_post, encoding="utf-8")

    with pytest.raises(Refusal) as refused:
        await bundles.deploy(api, tmp_path, who="u.it")

    assert refused.value.status == 422
    assert "Task_ChiefReview" in str(refused.value.problem)
    assert await api.call("GET", "workflow", "/definitions/works-planning-permit", who="u.it") == before


def edited(folder: Path) -> Path:
    """A copy of the works permit in which the substantive review may take two working days instead of three.

    The walk that says when the review is due is changed with it, or the version would not be activated.
    """
    edits = {"diagram.bpmn": shortened, "walks/correction-accepted.toml": due_earlier}
    for name, text in bundles.read(WORKS).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(edits.get(name, str)(text), encoding="utf-8")
    return folder


def due_earlier(walk: str) -> str:
    due = 'element = "Task_HandlerReview"\ndue_on = 2026-09-28'
    assert due in walk
    return walk.replace(due, due.replace("09-28", "09-24"))


def shortened(diagram: str) -> str:
    head, review, tail = diagram.partition('id="Task_HandlerReview"')
    limit = '<camunda:property name="permit:limit_wd" value="3" />'
    assert limit in tail.partition("</bpmn:userTask>")[0]
    return head + review + tail.replace(limit, limit.replace("3", "2"), 1)


async def version_of(api: Api, case_no: str) -> int:
    case: dict[str, Any] = await api.call("GET", "workflow", f"/cases/{case_no}", who="u.ops")
    return int(case["version"])


async def review_due_on(stage: Stage, case_no: str) -> str:
    """Accept the case, and see by when it is to be reviewed."""
    stage.case_no = case_no
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")
    return str((await stage.said("task.opened", element="Task_HandlerReview"))[-1]["due_on"])
