"""The form of a start event is there, and walks fill it in; who may begin a process is written as posts."""

from collections.abc import Mapping

import pytest

from services.local.rehearsing import demo_office
from services.workflow.definitions.rehearsals import engine_here, rehearse
from services.workflow.engine.bundles import compile_bundle
from services.workflow.lint import lint_files
from tests.workflow.bundle_support import as_bytes
from tests.workflow.starts.drawn import request

FILES = request("vehicle.requested", "vehicles", "NS-01", posts="P04")
DIAGRAM = FILES["diagram.bpmn"]
WALK = """
[case]
situation = "ordinary"
received_on = 2026-09-16
department = "D06"
start = "Start"
brought = {brought}

[expect]
end = "Long"
outcome = "done"
"""


def _rules(files: Mapping[str, str]) -> dict[str, str]:
    return {finding.rule: f"{finding.zh} {finding.en}" for finding in lint_files(as_bytes(files))}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('formKey="request"', 'formKey="nowhere"', "GH-E305"),
        ('candidateStarterGroups="P04"', 'candidateStarterGroups="经办岗"', "GH-E308"),
        ("request.days", "request.weeks", "GH-E408"),
        ("starter.person", "beginner.person", "GH-W402"),
    ],
    ids=["form missing", "no posts", "no such field", "nobody sets it"],
)
def test_given_a_start_drawn_wrong_then_lint_says_so(old: str, new: str, rule: str) -> None:
    assert old in DIAGRAM
    assert rule not in _rules(FILES)
    assert rule in _rules({**FILES, "diagram.bpmn": DIAGRAM.replace(old, new)})


def test_given_a_post_that_is_not_in_the_books_then_nobody_could_begin_it_and_lint_says_so() -> None:
    seats = DIAGRAM.replace('candidateStarterGroups="P04"', 'candidateStarterGroups="P04, P99@D06"')
    found = lint_files(as_bytes({**FILES, "diagram.bpmn": seats}), posts={"P04"})
    assert [(each.rule, each.element) for each in found if each.rule == "GH-E713"] == [("GH-E713", "vehicles")]


async def _failures(brought: str) -> list[str]:
    files = as_bytes({**FILES, "walks/one.toml": WALK.format(brought=brought)})
    bundle, office = compile_bundle(files).bundle, demo_office()
    assert bundle
    failed = await rehearse(files, office, engine_here(bundle, office))
    return [f"{each.step}: {each.got}" for each in failed]


async def test_given_a_walk_that_brings_what_the_form_refuses_then_it_fails_at_the_start() -> None:
    assert await _failures('{ request = { purpose = "下乡", days = 9 } }') == []
    [failure] = await _failures('{ request = { purpose = "下乡" } }')
    assert failure.startswith("start: body.answers.days")
    assert await _failures("{ }")


async def test_given_who_began_it_then_the_walk_goes_their_way() -> None:
    [failure] = await _failures('{ request = { purpose = "下乡", days = 2 }, starter = { person = "u.handler.d06" } }')
    assert "Check" in failure
