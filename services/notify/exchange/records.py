"""What a provincial platform is told of a case (办件): four kinds of record, with national codes. Pure data.

The two code lists, 办结类型 and the item states of the 工程建设项目审批管理系统, stand in docs/domain.md §2.7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field

from services.contracts.words import Outcome


class RecordKind(StrEnum):
    """What happened to the case, with the word of the platforms."""

    RECEIVE = "receive"
    """收件"""
    ACCEPT = "accept"
    """受理"""
    PROCESS = "process"
    """办理过程"""
    DECIDE = "decide"
    """办结"""


ITEM_STATE: Final[Mapping[RecordKind, str]] = {RecordKind.ACCEPT: "3", RecordKind.PROCESS: "8"}
"""工改 item states before the end: 3 部门受理, 8 部门开始办理. Receiving has none."""

RUNNING, FINISHED, VOID = "0", "1", "2"
"""运行状态: 在办, 办结, 作废."""


@dataclass(frozen=True, slots=True)
class EndCodes:
    """How an outcome is told: 办结类型 and 工改 item state, which may have none."""

    finish: str
    item_state: str


END_CODES: Final[Mapping[Outcome, EndCodes]] = {
    Outcome.GRANTED: EndCodes("0", "11"),
    Outcome.GRANTED_CONDITIONAL: EndCodes("0", "12"),
    Outcome.REFUSED: EndCodes("1", "13"),
    Outcome.NOT_ACCEPTED: EndCodes("1", "5"),
    Outcome.NOT_REQUIRED: EndCodes("1", "4"),
    Outcome.CORRECTION_LAPSED: EndCodes("5", "14"),
    Outcome.WITHDRAWN: EndCodes("2", "14"),
    Outcome.TERMINATED: EndCodes("2", "15"),
    Outcome.FORWARDED: EndCodes("4", ""),
    Outcome.VOID_ENTRY: EndCodes("3", ""),
    Outcome.DONE: EndCodes("6", "11"),
}
"""Every outcome there is: tests/notify/test_exchange_rules.py fails for one that is not told."""

Text = Annotated[str, Field(max_length=500)]


class Record(BaseModel, frozen=True):
    """One record as a platform's adapter gets it. `record_no` never changes, so that sending it again is known again.

    It names no applicant and no officer: who applied, a platform knows from its own sign-in.
    """

    record_no: str
    kind: RecordKind
    sequence: int
    case_no: str
    region: str
    organ: str
    implement_code: str
    business_code: str
    project_code: str
    occurred_at: datetime
    run_state: str
    item_state: str
    details: Mapping[str, Any]


def end_details(outcome: Outcome, decided_on: date, *, overdue_workdays: int) -> dict[str, Any]:
    """What is told of a decision."""
    return {
        "finish_code": END_CODES[outcome].finish,
        "outcome": outcome.value,
        "decided_on": decided_on.isoformat(),
        "overdue_workdays": overdue_workdays,
    }


def run_state_of(kind: RecordKind, details: Mapping[str, Any]) -> str:
    """在办, 办结 or 作废."""
    if kind is not RecordKind.DECIDE:
        return RUNNING
    return VOID if details["outcome"] in {Outcome.VOID_ENTRY, Outcome.TERMINATED} else FINISHED


def item_state_of(kind: RecordKind, details: Mapping[str, Any]) -> str:
    """The 工改 item state; empty where there is none."""
    if kind is RecordKind.DECIDE:
        return END_CODES[Outcome(details["outcome"])].item_state
    return ITEM_STATE.get(kind, "")
