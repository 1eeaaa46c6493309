"""A step may belong to the department, and be due on the day, that an earlier step named; one of several says which."""

from dataclasses import replace

import pytest

from services.contracts.workflow import TaskOpened
from services.workflow.instances.turns import Unworkable
from tests.workflow.case_support import Case, human
from tests.workflow.clock_support import at, on


def test_given_a_step_whose_department_is_named_before_then_it_goes_there_and_that_department_sees_the_case() -> None:
    step = human("x", department="register.unit")
    case = Case().start(at("2026-09-16"), step, data={"register": {"unit": "D05"}})
    assert (case.instance.tasks[0].department, case.instance.departments) == ("D05", ("D06", "D05"))
    one_of_several = replace(
        step, settings={**step.settings, "department": "job.unit"}, variables={"job": {"unit": "D08"}}
    )
    assert Case().start(at("2026-09-16"), one_of_several).instance.tasks[0].department == "D08"
    assert Case().start(at("2026-09-16"), step).instance.tasks[0].department == "D06"
    with pytest.raises(Unworkable, match="D09"):
        Case().start(at("2026-09-16"), step, data={"register": {"unit": "D09"}})


@pytest.mark.parametrize(
    ("day", "due_on"),
    [("2026-09-30", "2026-09-30"), ("2026-10-01", "2026-09-30"), ("2026-09-01", "2026-09-17"), (None, "2026-09-20")],
)
def test_given_a_step_whose_due_day_was_named_before_then_it_is_due_on_that_day(day: str | None, due_on: str) -> None:
    case = Case().start(
        at("2026-09-16"), human("x", limit_wd="3", due_on="plan.due_on"), data={"plan": {"due_on": day}}
    )
    assert case.instance.tasks[0].due_on == on(due_on)


@pytest.mark.parametrize(
    ("item", "names"),
    [
        ("微波站迁建", ("环节x：微波站迁建", "环节x: 微波站迁建")),
        ({"title": "微波站迁建", "unit": "D05"}, ("环节x：微波站迁建", "环节x: 微波站迁建")),
        ({"unit": "D05"}, ("环节x", "环节x")),
        ("D06", ("环节x", "环节x")),  # the desk says so
        ("路" * 61, ("环节x：" + "路" * 60 + "…", "环节x: " + "路" * 60 + "…")),
        (7, ("环节x", "环节x")),
    ],
)
def test_given_one_of_several_then_its_name_says_which(item: object, names: tuple[str, str]) -> None:
    case = Case().start(at("2026-09-16"), replace(human("x", limit_wd="3"), item=item))
    [task] = case.instance.tasks
    assert (task.name, task.name_en) == names
    assert case.last(TaskOpened).name == names[0]


def test_given_a_due_day_that_is_no_day_then_it_is_an_incident() -> None:
    with pytest.raises(Unworkable, match="soon"):
        Case().start(at("2026-09-16"), human("x", due_on="plan.due_on"), data={"plan": {"due_on": "soon"}})
