"""The five ones (五个一, A-13): proposed, completed, activated; from then on a duty changes hands on record only."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from services.contracts.projects import (
    GuideAssigned,
    GuideIntroduced,
    ProjectActivated,
    ProjectHandedOver,
    ProjectMoved,
    ProjectProposed,
)
from services.kernel.problem import FieldError
from services.kernel.requests import Reason, Request
from services.supervision.projects.acts import Act, Decided, Entry, concerned, noted
from services.supervision.projects.records import Duty, HandOver, Project, Stage, StageEntry
from services.supervision.projects.refusals import NotProjectState, ProjectIncomplete

Name = Annotated[str, Field(min_length=2, max_length=200)]
PersonCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{1,58}$")]
DepartmentCode = Annotated[str, Field(pattern=r"^[A-Z][0-9]{2,4}$")]
CaseNumber = Annotated[str, Field(pattern=r"^[0-9A-Z]{10,40}$")]


class ProjectEntry(Request, frozen=True):
    """A key project as proposed: whatever of the five ones is not known yet may come later."""

    name: Name
    owner: Annotated[str, Field(min_length=1, max_length=200)]
    stage: Stage
    stage_on: date
    leader: PersonCode | None = None
    department: DepartmentCode | None = None
    follower: PersonCode | None = None
    guide: PersonCode | None = None


class OnesEntry(Entry, frozen=True):
    """The four that are named, until the project is activated; the work plan is drafted by itself."""

    act: Literal["name_ones"]
    leader: PersonCode | None = None
    department: DepartmentCode | None = None
    follower: PersonCode | None = None
    guide: PersonCode | None = None


class StageMove(Entry, frozen=True):
    """Another of the four stages, since which day, and why."""

    act: Literal["move_stage"]
    stage: Stage
    on: date
    note: Reason


class HandOverEntry(Entry, frozen=True):
    """Who takes a duty over, and the record that says why."""

    act: Literal["hand_over"]
    duty: Duty
    to: Annotated[str, Field(min_length=2, max_length=61)]
    reason: Reason


class CaseLink(Entry, frozen=True):
    """A case that belongs to the project (许可路线图, A-11)."""

    act: Literal["link_case"]
    case_no: CaseNumber


class ProcessLink(Entry, frozen=True):
    """The internal case of the process “key-project-plan”: it turns the clocks of the tasks (SL-18, SL-19)."""

    act: Literal["follow_process"]
    case_no: CaseNumber


class Activation(Entry, frozen=True):
    """A leader activates the project."""

    act: Literal["activate"]


_MISSING: Final = {
    "leader": ("缺一名分管领导", "no leader in charge"),
    "department": ("缺一个责任科室", "no responsible department"),
    "plan": ("缺一套已下达的工作方案", "no published work plan"),
    "follower": ("缺一抓到底的责任人", "nobody who follows it to the end"),
    "guide": ("未指派规划引导员", "no planning guide"),
}


def propose(project_id: str, entry: ProjectEntry, act: Act, *, departments: tuple[str, ...]) -> Decided:
    """Enter a key project in the books. Raises DayNotPast."""
    first = StageEntry(stage=entry.stage, on=act.past(entry.stage_on), note="提出", by=act.by, at=act.at)
    project = concerned(
        Project(
            project_id=project_id,
            departments=departments,
            stages=(first,),
            proposed_by=act.by,
            proposed_at=act.at,
            **entry.model_dump(exclude={"stage_on"}),
        )
    )
    said = ProjectProposed(**act.about(project, (entry.leader,)), stage=entry.stage)
    return project, (said, *_guide_named(project, act, was=None))


def revise(project: Project, entry: OnesEntry, act: Act) -> Decided:
    """Name leader, department, follower and guide. Raises NotProjectState once it is active."""
    if project.activated_at is not None:
        raise NotProjectState(
            act_zh="直接改动五个一",
            act_en="changing the five ones",
            why_zh="项目已启动，责任的变动须办理移交并留下记录",
            why_en="the project is active, and duties change hands on record only",
        )
    revised = concerned(project.model_copy(update=entry.words))
    return revised, _guide_named(revised, act, was=project.guide)


def missing(project: Project) -> list[str]:
    """Which of the five ones, and the guide, are not there."""
    there = {
        "leader": project.leader,
        "department": project.department,
        "plan": project.plan,
        "follower": project.follower,
        "guide": project.guide,
    }
    return [name for name, value in there.items() if value is None]


def activate(project: Project, _entry: Activation, act: Act) -> Decided:
    """A leader activates it. Raises ProjectIncomplete with every missing “one”, NotProjectState."""
    if project.activated_at is not None:
        raise NotProjectState(act_zh="启动", act_en="activating", why_zh="项目已经启动", why_en="it is active already")
    if lacking := missing(project):
        words = [_MISSING[name] for name in lacking]
        raise ProjectIncomplete(
            project=project.name,
            missing_zh="、".join(zh for zh, _ in words),
            missing_en=", ".join(en for _, en in words),
            errors=[FieldError(name, *_MISSING[name]) for name in lacking],
        )
    active = project.model_copy(
        update={"activated_by": act.by, "activated_at": act.at, "activated_on": act.today},
    )
    told = (active.leader, active.follower, active.guide)
    said = ProjectActivated(
        **act.about(active, told),
        leader=str(active.leader),
        department=str(active.department),
        follower=str(active.follower),
        guide=str(active.guide),
        plan_version=active.plan.version if active.plan else 0,
    )
    return active, (said,)


def move(project: Project, entry: StageMove, act: Act) -> Decided:
    """Into another of the four stages, since a day. Raises DayNotPast, NotProjectState."""
    last = project.stages[-1]
    if entry.stage is project.stage or act.past(entry.on) < last.on:
        raise NotProjectState(
            act_zh="变更阶段",
            act_en="moving the stage",
            why_zh=f"{last.on} 起已是“{last.stage}”，阶段须不同、日期不得更早",
            why_en=f"it is {last.stage} since {last.on}; the stage must differ and the day not be earlier",
        )
    moved = project.model_copy(
        update={
            "stage": entry.stage,
            "stages": (*project.stages, StageEntry(**entry.words, by=act.by, at=act.at)),
        }
    )
    told = (project.leader, project.follower, project.guide)
    return moved, (ProjectMoved(**act.about(moved, told), stage=entry.stage, was=project.stage, on=entry.on),)


def hand_over(project: Project, entry: HandOverEntry, act: Act) -> Decided:
    """A duty goes to somebody else, on record. Raises NotProjectState if they have it already."""
    was = getattr(project, entry.duty)
    if was == entry.to:
        raise NotProjectState(
            act_zh="移交", act_en="handing over", why_zh="对方已承担此责任", why_en="they have that duty already"
        )
    record = HandOver(**entry.words, was=was, by=act.by, at=act.at)
    after = {entry.duty.value: entry.to, "hand_overs": (*project.hand_overs, record)}
    changed = concerned(project.model_copy(update=after))
    told = (was, entry.to, changed.leader) if entry.duty is not Duty.DEPARTMENT else (changed.leader,)
    said = ProjectHandedOver(**act.about(changed, told), duty=entry.duty, to=entry.to, was=was, reason=entry.reason)
    return changed, (said, *_guide_named(changed, act, was=project.guide))


def link_case(project: Project, entry: CaseLink, act: Act) -> Decided:
    """A case of the owner belongs to the project; its applicant learns of the guide. Again changes nothing."""
    if entry.case_no in project.cases:
        return project, ()
    linked = project.model_copy(update={"cases": (*project.cases, entry.case_no)})
    entered = noted(linked, act, "case_linked", number=len(linked.cases), note=entry.case_no, on=act.today)
    introduced = (_introduced(linked, entry.case_no, act),) if linked.guide else ()
    return linked, (*entered, *introduced)


def follow_process(project: Project, entry: ProcessLink, act: Act) -> Decided:
    """The project shows the lights of this case, and takes over what is done there. Again changes nothing."""
    if entry.case_no == project.process_case:
        return project, ()
    following = project.model_copy(update={"process_case": entry.case_no})
    return following, noted(following, act, "process_followed", number=1, note=entry.case_no, on=act.today)


def _guide_named(project: Project, act: Act, *, was: str | None) -> tuple[GuideAssigned | GuideIntroduced, ...]:
    """Tell the guide, and the applicant of each case that the project has (A-10)."""
    if project.guide is None or project.guide == was:
        return ()
    said = GuideAssigned(**act.about(project, (project.guide,)), guide=project.guide)
    return said, *(_introduced(project, case_no, act) for case_no in project.cases)


def _introduced(project: Project, case_no: str, act: Act) -> GuideIntroduced:
    return GuideIntroduced(case_no=case_no, project_id=project.project_id, at=act.at)
