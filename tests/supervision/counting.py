"""Events of cases as the other services say them, for what is counted."""

from datetime import date, datetime
from typing import Any

from services.contracts.events import Said
from services.contracts.intake import CaseReceived
from services.contracts.words import ClockKind, HoldGround, Outcome
from services.contracts.workflow import (
    CaseAccepted,
    CaseDecided,
    TaskCompleted,
    TimerHeld,
    TimerResumed,
    TimerStopped,
)
from services.kernel.worktime import SHANGHAI, Calendar
from services.supervision.statistics import figures
from services.supervision.statistics.models import SixZeros, Statistics


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def received(case_no: str, day: date, *, item: str = "PT05", **more: Any) -> CaseReceived:
    facts = {
        "case_no": case_no,
        "item_code": item,
        "situation": "building",
        "title": f"案件{case_no[-2:]}",
        "received_at": at(day),
        "received_on": day,
        "expected_collection_on": day,
        "department": "D06",
        "township": None,
        "facts": {},
        "documents": (),
        "received_by": "u.window",
    }
    return CaseReceived(**(facts | more))


def accepted(case_no: str, day: date) -> CaseAccepted:
    return CaseAccepted(
        case_no=case_no,
        accepted_on=day,
        deemed=False,
        promised_due_on=day,
        statutory_due_on=None,
        provisional=False,
    )


def decided(case_no: str, day: date, *, overdue: int = 0) -> CaseDecided:
    return CaseDecided(
        case_no=case_no,
        outcome=Outcome.GRANTED,
        decided_on=day,
        decided_by="u.head",
        promised_overdue_workdays=overdue,
        statutory_overdue_workdays=0,
    )


def completed(case_no: str, day: date, **more: Any) -> TaskCompleted:
    facts = {
        "case_no": case_no,
        "task_id": f"{case_no}-review",
        "element": "Task_HandlerReview",
        "name": "经办审查",
        "post": "P04",
        "department": "D06",
        "person": "u.handler.d06",
        "completed_at": at(day),
        "completed_on": day,
        "due_on": day,
        "overdue_workdays": 0,
        "channel": "desk",
        "signature": None,
        "saved_workdays": 0,
        "alternative_on": None,
        "answers": {},
    }
    return TaskCompleted(**(facts | more))


def _timer(case_no: str, clock: str, kind: ClockKind, began: date) -> dict[str, Any]:
    return {
        "case_no": case_no,
        "title": "案件",
        "item_code": "PT05",
        "clock_id": clock,
        "kind": kind,
        "name": "经办审查",
        "element": "Task_HandlerReview" if kind is ClockKind.STEP else None,
        "post": "P04" if kind is ClockKind.STEP else None,
        "department": "D06",
        "person": None,
        "light_rules": (),
        "limit_workdays": 3,
        "started_on": began,
        "due_on": began,
        "due_at": at(began, 17),
        "provisional": False,
    }


def stopped(case_no: str, began: date, day: date, **more: Any) -> TimerStopped:
    facts = _timer(case_no, f"step:{case_no}-review", ClockKind.STEP, began)
    return TimerStopped(**(facts | {"stopped_at": at(day), "overdue_workdays": 0} | more))


def held(case_no: str, day: date, ground: HoldGround = HoldGround.EXPERT_REVIEW) -> TimerHeld:
    facts = _timer(case_no, "promised", ClockKind.PROMISED, day)
    return TimerHeld(**facts, held_at=at(day), ground=ground, basis="行政许可法 §45", notice_no="1")


def resumed(case_no: str, day: date, workdays: int) -> TimerResumed:
    facts = _timer(case_no, "promised", ClockKind.PROMISED, day)
    return TimerResumed(**facts, resumed_at=at(day), was_due_on=day, held_workdays=workdays)


def cases(number: str) -> list[Said]:
    """Three cases: one in time after a pause, one late with corrections, one of a township; one decided later."""
    first, late, town, after = (number.format(each) for each in (1, 2, 3, 4))
    return [
        accepted(first, date(2017, 3, 6)),
        stopped(first, date(2017, 3, 6), date(2017, 3, 8)),
        completed(first, date(2017, 3, 8), saved_workdays=1, channel="link"),
        held(first, date(2017, 3, 9)),
        resumed(first, date(2017, 3, 14), 3),
        decided(first, date(2017, 3, 16)),
        accepted(late, date(2017, 4, 10)),
        completed(late, date(2017, 4, 11), element="Task_CorrectionNotice", task_id="c1", name="一次性补正告知"),
        stopped(late, date(2017, 4, 10), date(2017, 4, 20)),
        completed(late, date(2017, 4, 20), overdue_workdays=5),
        decided(late, date(2017, 4, 24), overdue=2),
        decided(town, date(2017, 5, 2)),
        decided(after, date(2017, 5, 10), overdue=9),
    ]


def statistics(*, title: str) -> Statistics:
    """A case was late, and nothing else happened."""
    line = figures.efficiency("all", "全部", [], Calendar.builtin())
    day = date(2017, 5, 9)
    return Statistics.model_validate(
        {
            "since": day,
            "as_of": day,
            "campaign": None,
            "counted_at": at(day),
            "supervision": dict.fromkeys(("inspections", "notices", "bulletins", "departments", "matters"), 0),
            "projects": {
                **dict.fromkeys(("total", "completed", "in_progress", "completed_followup"), 0),
                "early_intervention": 0,
                "proposed": 0,
                "adds_up": True,
                "equation": "0 = 0 + 0 + 0 + 0",
            },
            "cases": line,
            **dict.fromkeys(("items", "departments", "steps", "trend", "lights", "pauses", "townships"), ()),
            "worst": [
                {
                    "case_no": "51200020170306PT0500001",
                    "title": title,
                    "department": "D06",
                    "item": "PT05",
                    "decided_on": day,
                    "overdue_workdays": 1,
                }
            ],
            **dict.fromkeys(("saved_workdays", "correction_rounds", "corrected_cases"), 0),
            "six_zeros": dict.fromkeys(SixZeros.model_fields, 0),
        }
    )
