"""Shared processes: each is judged and walked in a permit that calls it alone, and gives back what was agreed."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import pytest

from services.local import bundles
from services.local.rehearsing import demo_office
from services.workflow.definitions.callers import alone, shared_processes
from services.workflow.definitions.coverage import coverage
from services.workflow.definitions.files import in_folder, on_shelf
from services.workflow.definitions.rehearsals import engine_here, rehearse
from services.workflow.definitions.walking import Ask
from services.workflow.definitions.walks import WalkFailure
from services.workflow.engine.bundles import Bundle as Compiled
from services.workflow.engine.bundles import compile_bundle
from services.workflow.engine.models import Step
from services.workflow.lint import lint_folder
from tests.bpmn.bundles import BUNDLES, CAMUNDA, HOME, SHARED, SHARED_HOME, Bundle

each_process = pytest.mark.parametrize("bundle", SHARED.values(), ids=lambda bundle: bundle.key)

GIVEN_BACK: Final[dict[str, tuple[str, str, frozenset[str]]]] = {
    "shared-acceptance": ("acceptance_result", "", frozenset({"accepted", "not_accepted", "not_required", "lapsed"})),
    "shared-site-survey": ("survey", "conclusion", frozenset({"ok", "problems"})),
    "shared-consultation": ("consultation", "conclusion", frozenset({"agreed", "objected"})),
    "shared-expert-review": (
        *("expert_review", "conclusion"),
        frozenset({"passed", "passed_with_changes", "not_passed"}),
    ),
    "shared-publicity": (
        *("publicity", "conclusion"),
        frozenset({"no_objection", "objections_rejected", "objections_upheld"}),
    ),
    "shared-hearing": ("hearing", "held", frozenset({"yes", "no"})),
    "shared-collective-decision": ("collective", "conclusion", frozenset({"agreed", "disagreed"})),
    "shared-signature": ("signature", "decision", frozenset({"grant", "refuse"})),
}
"""Variable, the field that its callers ask, and the values they may count on."""


def test_there_is_one_row_for_each_shared_process_in_the_readme() -> None:
    readme = (SHARED_HOME / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(shared-[a-z-]+)`", readme, re.MULTILINE)) == SHARED.keys()


def test_given_the_shared_folder_then_the_gate_has_nothing_to_say() -> None:
    assert lint_folder(SHARED_HOME) == ()


@each_process
def test_given_a_shared_process_then_its_walks_end_as_they_say_and_pass_everything(bundle: Bundle) -> None:
    assert bundle.walks, f"there is none in shared/walks/{bundle.key}"
    played = all_walks(bundle.key)
    assert played.failures == []
    (found,) = coverage(made(bundle.key), played.seen, (f"shared/{bundle.drawing}",))
    assert found.missing == ()
    assert bundle.nodes.keys() - played.seen == set()


@pytest.mark.parametrize("key", GIVEN_BACK)
def test_given_a_walk_then_the_caller_gets_the_variable_that_was_agreed(key: str) -> None:
    variable, field, values = GIVEN_BACK[key]
    told = [end[variable][field] if field else end[variable] for end in all_walks(key).ends]
    assert len(told) == len(SHARED[key].walks)
    assert set(told) <= values


@pytest.mark.parametrize("key", GIVEN_BACK)
def test_given_the_forms_then_they_offer_every_value_that_was_agreed(key: str) -> None:
    variable, field, values = GIVEN_BACK[key]
    if field:
        forms = [SHARED[key].form(task.attributes[f"{CAMUNDA}formKey"]) for task in writers(key, variable)]
        fields = [form["properties"][field] for form in forms]
        assert values <= {choice["const"] for each in fields for choice in each.get("oneOf", [each])}
    else:
        scripts = "".join("".join(node.element.itertext()) for node in SHARED[key].of("scriptTask"))
        assert set(re.findall(rf'{variable} = "(\w+)"', scripts)) == values


def test_given_all_shared_processes_then_no_element_and_no_form_is_of_two() -> None:
    ids = [node for shared in SHARED.values() for node in (*shared.nodes, *shared.flows)]
    assert len(ids) == len(set(ids))
    forms = [key for shared in SHARED.values() for key in shared.forms]
    assert len(forms) == len(set(forms))
    assert all(key.startswith("shared-") for key in forms)


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.key)
def test_given_a_permit_then_it_holds_the_shared_processes_it_calls_and_shares_no_name_with_them(
    bundle: Bundle,
) -> None:
    called = set(bundle.called.values())
    held = {path for path in in_folder(bundle.folder) if re.fullmatch(r"shared/[^/]+\.bpmn", path)}
    assert held == {f"shared/{each.drawing}" for each in called}
    for each in called:
        assert each.nodes.keys() & bundle.nodes.keys() == set()
        assert each.forms.keys() & bundle.forms.keys() == set()


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda bundle: bundle.key)
def test_given_a_permit_then_it_is_deployed_with_what_it_calls_and_the_shared_folder_never_is(bundle: Bundle) -> None:
    assert SHARED_HOME not in bundles.find(HOME)
    sent = bundles.read(bundle.folder)
    assert {f"shared/{called.drawing}" for called in bundle.called.values()} <= sent.keys()
    assert {f"shared/forms/{key}.json" for called in bundle.called.values() for key in called.forms} <= sent.keys()


@each_process
def test_given_a_shared_process_then_its_ends_leave_the_outcome_to_the_caller(bundle: Bundle) -> None:
    assert [end.id for end in bundle.of("endEvent") if "outcome" in end.settings] == []


def writers(key: str, variable: str) -> list[Any]:
    return [task for task in SHARED[key].of("userTask") if task.settings["result"] == variable]


@dataclass(frozen=True)
class Played:
    """What came of all walks of a shared process: failures, what was passed, the variables at each end."""

    failures: list[WalkFailure]
    seen: set[str] = field(default_factory=set)
    ends: list[Mapping[str, Any]] = field(default_factory=list)


@cache
def all_walks(key: str) -> Played:
    played, office = Played([]), demo_office()
    engine = engine_here(made(key), office)

    async def watched(ask: Ask) -> Step:
        step = await engine(ask)
        if step.ended is not None:
            played.ends.append(step.data)
        return step

    played.failures.extend(asyncio.run(rehearse(called_alone(key), office, watched, seen=played.seen)))
    return played


@cache
def called_alone(key: str) -> dict[str, bytes]:
    shelf = on_shelf(SHARED_HOME)
    return alone(shared_processes(shelf)[key], shelf)


@cache
def made(key: str) -> Compiled:
    compiled = compile_bundle(called_alone(key))
    assert compiled.bundle is not None, compiled.findings
    return compiled.bundle
