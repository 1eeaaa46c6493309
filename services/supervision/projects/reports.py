"""Progress reports pushed to the leaders (A-15), and what they answer: instructions that are tasks (A-16)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from services.contracts.projects import InstructionGiven, ProjectReported
from services.kernel.requests import Reason
from services.supervision.projects.acts import Act, Decided, Entry, No, concerned, noted, part, replaced
from services.supervision.projects.fiveones import DepartmentCode, PersonCode
from services.supervision.projects.records import Instruction, Project, Report
from services.supervision.projects.refusals import NotProjectState


class ReportEntry(Entry, frozen=True):
    """How the project goes, and the day of the next report as the office sets it."""

    act: Literal["report"]
    text: Annotated[str, Field(min_length=4, max_length=4000)]
    next_on: date


class InstructionEntry(Entry, frozen=True):
    """What a leader wants done, by whom and until when; `report_no` is the report that it answers."""

    act: Literal["instruct"]
    text: Reason
    department: DepartmentCode
    person: PersonCode
    due_on: date
    report_no: Annotated[int | None, Field(ge=1, le=100_000)] = None


class InstructionDone(Entry, frozen=True):
    """What came of an instruction, and when."""

    act: Literal["complete_instruction"]
    no: No
    result: Reason
    done_on: date


class Supervision(Entry, frozen=True):
    """One click: the instruction becomes a supervision matter."""

    act: Literal["supervise"]
    no: No


def report(project: Project, entry: ReportEntry, act: Act) -> Decided:
    """Report to the leader in charge and to who follows the project. Raises NotProjectState."""
    if project.leader is None or entry.next_on < act.today:
        raise NotProjectState(
            act_zh="汇报",
            act_en="reporting",
            why_zh="没有分管领导，或下次汇报日期早于今天",
            why_en="there is no leader in charge, or the next report would be before today",
        )
    told = tuple(dict.fromkeys((project.leader,)))
    line = Report(no=len(project.reports) + 1, on=act.today, **entry.words, by=act.by, at=act.at, recipients=told)
    reported = project.model_copy(update={"reports": (*project.reports, line)})
    about = act.about(reported, told) | {"page": f"{act.page}#report-{line.no}"}
    return reported, (ProjectReported(**about, report_no=line.no, text=entry.text, next_on=entry.next_on),)


def instruct(project: Project, entry: InstructionEntry, act: Act) -> Decided:
    """A leader's word becomes a task. Raises NoSuchPart when it answers a report that there is not."""
    if entry.report_no is not None:
        part(project.reports, entry.report_no, what_zh="汇报", what_en="report")
    given = Instruction(no=len(project.instructions) + 1, **entry.words, by=act.by, at=act.at)
    instructed = concerned(project.model_copy(update={"instructions": (*project.instructions, given)}))
    said = InstructionGiven(
        **act.about(instructed, (entry.person, project.follower)),
        instruction_no=given.no,
        **entry.model_dump(exclude={"act", "report_no"}),
    )
    return instructed, (said,)


def carry_out(project: Project, entry: InstructionDone, act: Act) -> Decided:
    """An instruction is carried out. Raises NoSuchPart, DayNotPast, NotProjectState."""
    given = part(project.instructions, entry.no, what_zh="批示", what_en="instruction")
    if given.done_on is not None:
        raise NotProjectState(
            act_zh="办结批示", act_en="carrying it out", why_zh="批示已办结", why_en="it was carried out already"
        )
    done = given.model_copy(update={"done_on": act.past(entry.done_on), "done_by": act.by, "result": entry.result})
    after = project.model_copy(update={"instructions": replaced(project.instructions, done)})
    return after, noted(after, act, "instruction_done", number=entry.no, note=entry.result, on=entry.done_on)


def supervised(project: Project, no: int, matter_id: str, act: Act) -> Decided:
    """The instruction is a supervision matter as well. Again changes nothing. Raises NoSuchPart."""
    given = part(project.instructions, no, what_zh="批示", what_en="instruction")
    if given.matter_id is not None:
        return project, ()
    changed = given.model_copy(update={"matter_id": matter_id})
    after = project.model_copy(update={"instructions": replaced(project.instructions, changed)})
    return after, noted(after, act, "instruction_supervised", number=no, note=given.text, on=act.today)
