"""Key projects: five ones (A-13), plan, service log, obstacles (A-25), reports (A-15), instructions, data (A-24)."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.contracts.projects import (
    GuideAssigned,
    GuideIntroduced,
    InstructionGiven,
    PlanPublished,
    ProjectActivated,
    ProjectHandedOver,
    ProjectMoved,
    ProjectReported,
)
from services.contracts.words import Light
from services.supervision.projects.fiveones import ProjectEntry
from services.supervision.projects.records import Project, Stage
from services.supervision.projects.refusals import (
    DayNotPast,
    NoSuchPart,
    NotProjectState,
    ProjectIncomplete,
    SecrecyApprovalMissing,
    SelfApproval,
    TaskUnassigned,
)
from services.supervision.projects.views import light_of, line, view
from tests.supervision.projecting import DAY, ONES, PAGE, PLAN, active, done, proposed, told

LATER = date(2017, 3, 24)


@pytest.mark.parametrize("one", ["leader", "department", "follower", "guide", "plan"])
def test_given_one_of_the_ones_is_missing_then_activation_is_refused_and_names_it(one: str) -> None:
    named = {**ONES, one: None} if one != "plan" else ONES
    project = done(proposed(), named, *([PLAN, {"act": "publish_plan"}] if one != "plan" else [PLAN]))
    with pytest.raises(ProjectIncomplete) as refused:
        done(project, {"act": "activate"}, by="u.leader")
    assert [error.where for error in refused.value.errors] == [one]


def test_given_nothing_but_a_name_then_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ProjectIncomplete) as refused:
        done(proposed(), {"act": "activate"}, by="u.leader")
    assert [error.where for error in refused.value.errors] == ["leader", "department", "plan", "follower", "guide"]


def test_given_all_five_and_a_guide_then_a_leader_activates_it_once() -> None:
    ready = done(proposed(), ONES, PLAN, {"act": "publish_plan"})
    project, [said] = told(ready, {"act": "activate"}, by="u.leader")
    assert isinstance(said, ProjectActivated)
    assert said.recipients == ("u.chief.d07", "u.handler.d07")
    assert (project.activated_by, project.activated_on) == ("u.leader", DAY)
    with pytest.raises(NotProjectState):
        done(project, {"act": "activate"}, by="u.leader")


def test_given_a_guide_is_named_then_the_guide_and_the_applicants_of_its_cases_are_told() -> None:
    linked = done(proposed(), {"act": "link_case", "case_no": "51200020170327PT0100001"})
    _, said = told(linked, ONES)
    assigned, introduced = said
    assert isinstance(assigned, GuideAssigned)
    assert (assigned.recipients, assigned.page) == (("u.handler.d07",), PAGE)
    assert isinstance(introduced, GuideIntroduced)
    assert introduced.case_no == "51200020170327PT0100001"
    named = done(linked, ONES)
    assert told(named, ONES)[1] == (), "the same guide is not told twice"
    assert told(named, {"act": "link_case", "case_no": "51200020170327PT0100001"})[1] == ()


@pytest.mark.parametrize("lacking", ["department", "person", "due_on"])
def test_given_a_task_without_its_person_department_or_day_then_the_plan_is_not_published(lacking: str) -> None:
    tasks: list[Any] = [dict(task) for task in PLAN["tasks"]]  # type: ignore[call-overload]
    del tasks[1][lacking]
    project = done(proposed(), {**PLAN, "tasks": tasks})
    with pytest.raises(TaskUnassigned) as refused:
        done(project, {"act": "publish_plan"})
    assert [error.where for error in refused.value.errors] == [f"tasks.1.{lacking}"]


def test_given_a_published_plan_then_its_people_are_told_and_a_new_version_keeps_what_is_done() -> None:
    published, [said] = told(done(proposed(), PLAN), {"act": "publish_plan"})
    assert isinstance(said, PlanPublished)
    assert said.recipients == ("u.handler.d07", "u.handler.d05")
    assert published.departments == ("D05", "D07"), "who has a task sees the project"
    finished = done(published, {"act": "complete_task", "no": 1, "result": "方案通过", "done_on": "2017-03-13"})
    second = done(finished, PLAN, {"act": "publish_plan"})
    assert [plan.version for plan in second.plans] == [1, 2]
    assert second.plan is not None
    assert [task.done_on for task in second.plan.tasks] == [DAY, None]
    assert told(finished, PLAN)[0].plan == finished.plan, "a draft changes nothing that is published"
    with pytest.raises(NotProjectState):
        done(second, {"act": "publish_plan"})


def test_given_a_task_that_is_done_or_not_there_then_it_cannot_be_completed() -> None:
    finished = done(active(), {"act": "complete_task", "no": 1, "result": "方案通过", "done_on": "2017-03-13"})
    with pytest.raises(NotProjectState):
        done(finished, {"act": "complete_task", "no": 1, "result": "再办", "done_on": "2017-03-13"})
    with pytest.raises(NoSuchPart):
        done(finished, {"act": "complete_task", "no": 9, "result": "没有", "done_on": "2017-03-13"})


def test_given_an_open_obstacle_then_the_project_is_amber_and_its_tasks_go_on() -> None:
    hindered = done(
        active(),
        {"act": "open_obstacle", "name": "微波站迁建", "owner": "微波站产权单位", "opened_on": "2017-03-13"},
        {"act": "contact_owner", "no": 1, "on": "2017-03-13", "note": "与产权单位联系"},
        {"act": "complete_task", "no": 1, "result": "方案完成", "done_on": "2017-03-13"},
    )
    assert light_of(hindered, {}) is Light.YELLOW
    assert line(hindered, {}).tasks_done == 1
    agreed = {
        "act": "settle_obstacle",
        "no": 1,
        "agreement": "达成一致，另行选址迁建",
        "agreement_file": "协议 2017-3",
        "linked_case": "51200020170327PT0100001",
        "settled_on": "2017-03-24",
    }
    settled = done(hindered, agreed, day=LATER)
    assert light_of(settled, {}) is Light.GREEN
    assert settled.obstacles[0].linked_case == "51200020170327PT0100001"
    with pytest.raises(NotProjectState):
        done(settled, agreed, day=LATER)


@pytest.mark.parametrize(
    "body",
    [
        {"act": "serve", "kind": "visit", "on": "2017-03-14", "note": "上门"},
        {"act": "open_obstacle", "name": "微波站迁建", "owner": "产权单位", "opened_on": "2017-03-14"},
        {"act": "complete_task", "no": 1, "result": "方案完成", "done_on": "2017-03-14"},
        {"act": "move_stage", "stage": "completed", "on": "2017-03-14", "note": "完成"},
        {
            "act": "appoint_designer",
            "designer": "设计院",
            "appointed_on": "2017-03-14",
            "data_sets": [{"name": "地形", "classified": False}],
        },
    ],
    ids=lambda body: body["act"],
)
def test_given_a_day_that_has_not_come_then_no_record_tells_of_it(body: dict[str, Any]) -> None:
    with pytest.raises(DayNotPast):
        done(active(), body)


def test_given_a_completed_project_then_the_service_log_stays_open() -> None:
    completed = done(active(), {"act": "move_stage", "stage": "completed", "on": "2017-03-13", "note": "手续办结"})
    served = done(completed, {"act": "serve", "kind": "visit", "on": "2017-03-24", "note": "回访"}, day=LATER)
    assert [(entry.kind, entry.on) for entry in served.log] == [("visit", LATER)]


def test_given_the_four_stages_then_there_is_no_fifth() -> None:
    assert {stage.value for stage in Stage} == {
        "completed",
        "in_progress",
        "completed_followup",
        "early_intervention",
    }
    with pytest.raises(ValidationError):
        ProjectEntry.model_validate({"name": "某园", "owner": "某局", "stage": "paused", "stage_on": DAY})


def test_given_a_stage_then_it_moves_forward_in_time_only_and_is_said() -> None:
    moved, [said] = told(
        active(), {"act": "move_stage", "stage": "completed_followup", "on": "2017-03-24", "note": "需优化"}, day=LATER
    )
    assert isinstance(said, ProjectMoved)
    assert (said.was, said.stage, said.on) == ("in_progress", "completed_followup", LATER)
    for back in ({"stage": "completed_followup", "on": "2017-03-24"}, {"stage": "completed", "on": "2017-03-20"}):
        with pytest.raises(NotProjectState):
            done(moved, {"act": "move_stage", "note": "更正", **back}, day=LATER)


def test_given_an_active_project_then_a_duty_changes_hands_on_record_only() -> None:
    with pytest.raises(NotProjectState):
        done(active(), {**ONES, "guide": "u.handler.d05"})
    over = {"act": "hand_over", "duty": "guide", "to": "u.handler.d05", "reason": "原引导员调离，已交接资料"}
    project, said = told(active(), over, by="u.leader")
    handed, assigned = said
    assert isinstance(handed, ProjectHandedOver)
    assert (handed.was, handed.to) == ("u.handler.d07", "u.handler.d05")
    assert isinstance(assigned, GuideAssigned)
    assert [(each.duty, each.was, each.to) for each in project.hand_overs] == [
        ("guide", "u.handler.d07", "u.handler.d05")
    ]
    with pytest.raises(NotProjectState):
        done(project, over, by="u.leader")
    moved = {"act": "hand_over", "duty": "department", "to": "D05", "reason": "职责调整"}
    assert "D05" in done(project, moved, by="u.leader").departments


def test_given_a_report_then_the_leader_in_charge_alone_is_told_with_a_deep_link() -> None:
    body = {"act": "report", "text": "方案初稿完成。", "next_on": "2017-03-17"}
    project, [said] = told(active(), body)
    assert isinstance(said, ProjectReported)
    assert (said.recipients, said.page) == (("u.leader",), f"{PAGE}#report-1")
    assert line(project, {}).next_report_on == date(2017, 3, 17)
    for wrong in (proposed(), active()):
        with pytest.raises(NotProjectState):
            done(wrong, {**body, "next_on": "2017-03-10"})


def test_given_an_instruction_then_it_is_somebodys_task_until_it_is_carried_out() -> None:
    reported = done(active(), {"act": "report", "text": "方案初稿完成。", "next_on": "2017-03-17"})
    order = {
        "act": "instruct",
        "report_no": 1,
        "text": "微波站迁建月底前定址",
        "department": "D05",
        "person": "u.handler.d05",
        "due_on": "2017-03-31",
    }
    project, [said] = told(reported, order, by="u.leader")
    assert isinstance(said, InstructionGiven)
    assert said.recipients == ("u.handler.d05", "u.chief.d07")
    finished = done(project, {"act": "complete_instruction", "no": 1, "result": "已定址", "done_on": "2017-03-13"})
    assert finished.instructions[0].done_on == DAY
    with pytest.raises(NotProjectState):
        done(finished, {"act": "complete_instruction", "no": 1, "result": "再办", "done_on": "2017-03-13"})
    with pytest.raises(NoSuchPart):
        done(project, {**order, "report_no": 7}, by="u.leader")


def requested(*, classified: bool) -> Project:
    sets = [{"name": "地形图", "classified": False}, {"name": "地下管线", "classified": classified}]
    body = {"act": "appoint_designer", "designer": "某设计院", "appointed_on": "2017-03-13", "data_sets": sets}
    return done(active(), body)


def test_given_classified_data_then_nothing_is_handed_over_without_a_secrecy_approval() -> None:
    receipt = {"act": "hand_over_data", "no": 1, "handed_on": "2017-03-13", "receipt_no": "收据 1"}
    with pytest.raises(NotProjectState):
        done(requested(classified=False), receipt)
    approved = done(requested(classified=True), {"act": "approve_data", "no": 1}, by="u.leader")
    with pytest.raises(SecrecyApprovalMissing):
        done(approved, receipt)
    cleared = done(
        requested(classified=True),
        {"act": "approve_data", "no": 1, "secrecy_approval_no": "资规保审〔2017〕3号"},
        by="u.leader",
    )
    handed = done(cleared, receipt)
    assert (handed.provisions[0].handed_on, handed.provisions[0].receipt_no) == (DAY, "收据 1")
    for again in (receipt, {"act": "approve_data", "no": 1}):
        with pytest.raises(NotProjectState):
            done(handed, again, by="u.leader")


def test_given_who_asked_for_data_then_somebody_else_approves() -> None:
    with pytest.raises(SelfApproval):
        done(requested(classified=False), {"act": "approve_data", "no": 1})


def test_given_a_project_then_its_view_names_what_is_missing() -> None:
    assert view(proposed(leader="u.leader"), {}).missing == ("department", "plan", "follower", "guide")
    assert view(active(), {}).missing == ()
