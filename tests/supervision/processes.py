"""What the workflow service says of the process of a matter or notice."""

from datetime import date
from typing import Any

from services.contracts.supervision import ProcessCalled
from services.contracts.words import StepKind
from services.contracts.workflow import CaseStarted, TaskCompleted, TaskOpened
from tests.supervision.timers import NOW

DC01 = "51200020170405DC0100001"
DC02 = "51200020170406DC0200001"


def began(business_key: str, *, case_no: str = DC01) -> CaseStarted:
    key, code = ("supervision-matter", "DC01") if case_no == DC01 else ("notice-rectification", "DC02")
    return CaseStarted(
        case_no=case_no,
        item_code=code,
        situation="matter",
        title="督查督办事项",
        process_key=key,
        version=1,
        department="D02",
        township=None,
        start_kind="message",
        start_event="Start",
        business_key=business_key,
    )


def opened(element: str, *, name: str = "承办") -> TaskOpened:
    return TaskOpened(
        case_no=DC01,
        task_id=f"t-{element}",
        element=element,
        name=name,
        name_en="",
        kind=StepKind.HUMAN,
        post="P06",
        department="D06",
        assignee=None,
        title="督查督办事项",
        opened_at=NOW,
        due_on=date(2017, 4, 6),
        quick_approval=False,
    )


def completed(element: str, by: str, **answers: Any) -> TaskCompleted:
    return TaskCompleted(
        case_no=DC01,
        task_id=f"t-{element}",
        element=element,
        name=element,
        post="P06",
        department="D06",
        person=by,
        completed_at=NOW,
        completed_on=date(2017, 4, 6),
        due_on=None,
        overdue_workdays=0,
        channel="desk",
        signature=None,
        saved_workdays=0,
        alternative_on=None,
        answers=answers,
    )


def calls(said: tuple[Any, ...]) -> list[tuple[str, str, dict[str, Any]]]:
    """Whom a decision calls, by which message, with what."""
    return [(each.business_key, each.name, each.payload) for each in said if isinstance(each, ProcessCalled)]
