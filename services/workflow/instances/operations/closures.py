"""An application is given up before a decision: withdrawn by the applicant (撤回申请), or terminated (终止办理).

The process is left where it stands: clocks stop, open steps and requests end, nothing fires or is heard any more.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from services.contracts.events import Said
from services.contracts.intake import WithdrawalRequested
from services.contracts.words import Outcome, TerminationGround
from services.contracts.workflow import (
    CaseEnded,
    CaseTerminated,
    CaseWithdrawn,
    ExternalClosed,
    TaskCancelled,
    WithdrawalRefused,
)
from services.kernel.problem import Language, Problem
from services.workflow.books import Books
from services.workflow.clocks import deeds
from services.workflow.instances import incidents
from services.workflow.instances.models import ClosedTask, Instance, Status, Task
from services.workflow.instances.operations.keeping import dropped
from services.workflow.instances.passing import CASE_CLOCKS
from services.workflow.instances.records import Ending
from services.workflow.instances.schedules import scheduled
from services.workflow.instances.turns import Decided, room_of
from services.workflow.instances.working import TaskOver
from services.workflow.offices import Office

APPLICANT: Final = "applicant"
"""Who acts when the applicant withdraws; never a name."""

NO_END: Final = ""
"""The end element of a case that reached none."""

BASES: Final = {Outcome.WITHDRAWN: "申请人撤回申请", Outcome.TERMINATED: "终止办理"}
"""What stands in the ledgers of the clocks that are stopped."""


class CaseIsDecided(Problem):
    """What was applied for is decided: there is no application any more that could be given up."""

    status = 409
    code = "case-decided"
    zh = "案件 {case_no} 已经作出决定，不能再撤回申请或者终止办理"
    en = "case {case_no} is decided: its application can neither be withdrawn nor terminated any more"
    remedy_zh = "取得许可后不再需要的，请申请注销；不服决定的，可以申请行政复议或者提起行政诉讼"
    remedy_en = "apply for cancellation if the licence is not needed; against the decision there are the legal remedies"


class CaseIsOver(Problem):
    """The case has ended in another way."""

    status = 409
    code = "case-over"
    zh = "案件 {case_no} 已经办结（{outcome}），不能再撤回申请或者终止办理"
    en = "case {case_no} is closed ({outcome}): nothing is left to be withdrawn or terminated"
    remedy_zh = "请刷新案件，查看办理结果"
    remedy_en = "load the case again and look at its outcome"


class NobodyApplied(Problem):
    """An internal process has no applicant."""

    status = 409
    code = "nobody-applied"
    zh = "案件 {case_no} 是内部流程，没有申请可以撤回或者终止"
    en = "case {case_no} is an internal process: nobody applied for anything"
    remedy_zh = "请按流程办结，或者由信息中心提议跳转"
    remedy_en = "complete it as drawn, or have a jump proposed"


class Ruling(BaseModel, frozen=True):
    """Why a leader terminates a case, on which legal basis, proven by which paper."""

    ground: TerminationGround
    basis: str
    evidence: str
    reason: str


def check_undecided(instance: Instance) -> None:
    """Raise `NobodyApplied`, `CaseIsOver` or `CaseIsDecided` unless the application still waits for its decision."""
    if instance.application.origin is not None:
        raise NobodyApplied(case_no=instance.case_no)
    if instance.status is Status.ENDED:
        raise CaseIsOver(case_no=instance.case_no, outcome=instance.outcome or "")
    if any(clock.stopped for kind in CASE_CLOCKS if (clock := instance.clock(kind))):
        raise CaseIsDecided(case_no=instance.case_no)


def withdrawn(instance: Instance, asked: WithdrawalRequested, *, at: datetime, office: Office) -> Decided:
    """The applicant withdraws; of one withdrawn before nothing changes. Raises as `check_undecided`."""
    if instance.outcome is Outcome.WITHDRAWN:
        return Decided(instance)
    check_undecided(instance)
    said = CaseWithdrawn(
        case_no=instance.case_no,
        title=instance.application.title,
        channel=asked.channel,
        registered_by=asked.registered_by,
        requested_at=asked.requested_at,
        at=at,
        left=tuple(task.name for task in instance.tasks),
        recipients=concerned(instance, office.books),
    )
    left = _left(instance, Outcome.WITHDRAWN, actor=APPLICANT, at=at, office=office)
    return Decided(left.instance, (said, *left.said))


def refused(instance: Instance, asked: WithdrawalRequested, refusal: Problem, *, at: datetime) -> Decided:
    """The withdrawal came too late; the case stays as it is."""
    said = WithdrawalRefused(
        case_no=instance.case_no,
        code=refusal.code,
        reason_zh=refusal.detail(Language.ZH),
        reason_en=refusal.detail(Language.EN),
        requested_at=asked.requested_at,
        at=at,
    )
    return Decided(instance, (said,))


def terminated(instance: Instance, ruling: Ruling, *, person: str, at: datetime, office: Office) -> Decided:
    """A leader ends the handling; of one terminated before nothing changes. Raises as `check_undecided`."""
    if instance.outcome is Outcome.TERMINATED and instance.application.origin is None:
        return Decided(instance)
    check_undecided(instance)
    said = CaseTerminated(
        case_no=instance.case_no,
        title=instance.application.title,
        **ruling.model_dump(),
        person=person,
        at=at,
        left=tuple(task.name for task in instance.tasks),
        recipients=concerned(instance, office.books),
    )
    left = _left(instance, Outcome.TERMINATED, actor=person, at=at, office=office)
    return Decided(left.instance, (said, *left.said))


def concerned(instance: Instance, books: Books) -> tuple[str, ...]:
    """Who has an open step in hand, signs it, or could take it: each once."""
    return tuple(dict.fromkeys(code for task in instance.tasks for code in _concerned(task, books)))


def _concerned(task: Task, books: Books) -> Iterator[str]:
    holders = (task.assignee,) if task.assignee else books.holders(f"{task.post}@{task.department}")
    signers = (seat.signer for seat in task.desk.seats if seat.is_open)
    for code in (*holders, task.desk.owner, *signers):
        if code:
            yield from books.holders(code) if "@" in code else (code,)


def _left(instance: Instance, outcome: Outcome, *, actor: str, at: datetime, office: Office) -> Decided:
    """The case as it is when its process is left for good."""
    said: list[Said] = []
    for rule in (_close_tasks, _close_requests, _close_incidents):
        instance, more = rule(instance, outcome, actor, at)
        said += more
    instance, more = _stop_clocks(instance, outcome, actor=actor, at=at, office=office)
    over = instance.model_copy(
        update={
            "status": Status.ENDED,
            "outcome": outcome,
            "ended_at": at,
            "timers": (),
            "early": (),
            "signals": (),
            "messages": (),
            "proposals": (),
        },
    )
    end = CaseEnded(case_no=instance.case_no, outcome=outcome, end_element=NO_END, ended_at=at)
    return Decided(scheduled(over, office), (*said, *more, end))


def _close_tasks(instance: Instance, outcome: Outcome, actor: str, at: datetime) -> Decided:
    """Nobody works on the open steps any more; decisions by link that waited for one of them are dropped."""
    del actor
    said: list[Said] = []
    kept = instance.kept
    for task in instance.tasks:
        closed = ClosedTask(
            task_id=task.task_id,
            element=task.element,
            name=task.name,
            post=task.post,
            department=task.department,
            completed=False,
            person=None,
            channel="desk",
            digest="",
            closed_at=at,
            activity=task.activity,
            after=task.after,
            opened_at=task.opened_at,
            due_on=task.due_on,
        )
        tasks = tuple(each for each in instance.tasks if each.task_id != task.task_id)
        instance = instance.model_copy(update={"tasks": tasks, "closed": (*instance.closed, closed)})
        said.append(
            TaskCancelled(case_no=instance.case_no, task_id=task.task_id, element=task.element, cancelled_at=at)
        )
        over = TaskOver(task=task.name, by=BASES[outcome], at=at.isoformat())
        for act in (each for each in kept if each.target == task.task_id):
            instance, more = dropped(instance, act, over, at=at)
            said += more
    return Decided(instance, tuple(said))


def _close_requests(instance: Instance, outcome: Outcome, actor: str, at: datetime) -> Decided:
    """No answer of an outside system is waited for."""
    del outcome, actor
    said = tuple(
        ExternalClosed(
            case_no=instance.case_no,
            task_id=each.task_id,
            topic=each.topic,
            element=each.element,
            name=each.name,
            how="left",
            result={},
            closed_at=at,
        )
        for each in instance.external
    )
    return Decided(instance.model_copy(update={"external": ()}), said)


def _close_incidents(instance: Instance, outcome: Outcome, actor: str, at: datetime) -> Decided:
    """Acts that wait to be tried again are not tried again."""
    del outcome
    said: list[Said] = []
    for incident in instance.incidents:
        instance, more = incidents.resolved(instance, incident, Ending.OVERTAKEN, by=actor, at=at)
        said += more
    return Decided(instance, tuple(said))


def _stop_clocks(instance: Instance, outcome: Outcome, *, actor: str, at: datetime, office: Office) -> Decided:
    """Every clock that still runs or is held stops and gives its account; its ledger says why."""
    room = room_of(instance, office)
    said: list[Said] = []
    for clock in instance.clocks:
        stopped, more = deeds.stop(clock, at=at, actor=actor, basis=BASES[outcome], room=room)
        instance = instance.with_clock(stopped)
        said += more
    return Decided(instance, tuple(said))
