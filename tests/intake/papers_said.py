"""What the process says that documents rest on: short names for steps with their answers."""

from datetime import date
from typing import Any

from services.contracts.events import Said
from services.contracts.words import Channel, Outcome, TerminationGround
from services.contracts.workflow import (
    CaseDecided,
    CaseTerminated,
    CaseWithdrawn,
    ExternalClosed,
    MilestoneReached,
    TaskCompleted,
    TimerMoved,
    WithdrawalRefused,
)
from tests.intake import builders as say
from tests.intake.builders import NOW, NUMBER

PERMIT = "建字第5120002026GG0000001号"
DEFECTS = ["总平面图未盖章", "缺少方案审查意见"]
REASONS = "退让距离不足。\n超出限高。"


def answered(no: str = NUMBER, *, task: str, **answers: Any) -> TaskCompleted:
    """A step with the answers of its form."""
    return say.completed(no, task=task).model_copy(update={"answers": answers})


def corrected(no: str = NUMBER) -> TaskCompleted:
    """The one-time correction notice; its number was left to us."""
    return answered(no, task="notice", notice_no="", notified_on="2026-11-24", defects=DEFECTS, complete=True)


def outcome(no: str = NUMBER, *, of: Outcome = Outcome.REFUSED) -> CaseDecided:
    return say.decided(no).model_copy(update={"outcome": of})


def refused(no: str = NUMBER, *, reasons: str = REASONS) -> TaskCompleted:
    return answered(no, task="sign", decision="refuse", opinion="不同意", reasons=reasons, remedies="依法救济")


def made(no: str = NUMBER, *, number: str = PERMIT) -> TaskCompleted:
    """The certificate is printed and sealed under its number."""
    return answered(no, task="make", kind="certificate", certificate_no=number, copies=1, sealed=True)


def numbered_outside(no: str = NUMBER, *, number: str = PERMIT) -> ExternalClosed:
    """The national system gave the number."""
    return ExternalClosed(
        case_no=no,
        task_id="x1",
        topic="certificate-number",
        element="number",
        name="取号",
        how="answered",
        result={"number": number},
        closed_at=NOW,
    )


def about(no: str, *, milestone: str, number: str = PERMIT, **answers: Any) -> list[Said]:
    """A later case that does something to a certificate."""
    return [
        answered(
            no, task="check", certificate_no=number, kind="works", content="层数由六层变更为五层", facts="规划调整"
        ),
        answered(no, task="decide", document_no="示资规许决〔2026〕3号", **answers),
        MilestoneReached(case_no=no, milestone=milestone, name="登记", reached_at=NOW, facts={}),
    ]


def extended(no: str = NUMBER) -> TimerMoved:
    """The head extended the statutory limit."""
    held = say.held(no).model_dump(exclude={"held_at", "ground", "basis", "notice_no"})
    moved = {"clock_id": "statutory", "kind": "statutory", "moved_at": NOW, "was_due_on": date(2026, 12, 21)}
    return TimerMoved.model_validate(held | moved | {"due_on": date(2027, 1, 5), "reason": "需核实日照影响"})


def withdrawn(no: str = NUMBER) -> CaseWithdrawn:
    """The process ended at the applicant's request."""
    return CaseWithdrawn(
        case_no=no,
        title="t",
        channel=Channel.ONLINE,
        registered_by="applicant",
        requested_at=NOW,
        at=NOW,
        left=("科室审核",),
        recipients=("u.chief.d06",),
    )


def terminated(no: str = NUMBER) -> CaseTerminated:
    """A leader ended the handling."""
    return CaseTerminated(
        case_no=no,
        title="t",
        ground=TerminationGround.APPLICANT_DISSOLVED,
        basis="《某省行政许可实施办法》第三十条",
        evidence="注销登记通知书",
        reason="申请单位已于十月注销登记。",
        person="u.leader",
        at=NOW,
        left=(),
        recipients=(),
    )


def too_late(no: str = NUMBER) -> WithdrawalRefused:
    """The decision was faster than the applicant."""
    return WithdrawalRefused(
        case_no=no, code="case-decided", reason_zh="案件已经作出决定", reason_en="decided", requested_at=NOW, at=NOW
    )


def hearing_held(no: str = NUMBER, *, held: str = "yes") -> TaskCompleted:
    """The record of a hearing, or of one that was not held."""
    return answered(
        no,
        task="record",
        held=held,
        held_on="2026-12-21",
        record_no="规听笔〔2026〕3号",
        present=["申请人", "相邻业主委员会"],
        signed=True,
        summary="争议集中于日照间距。\n双方均已举证、质证。",
    )
