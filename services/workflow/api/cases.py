"""Cases over HTTP: where they stand, what was said of them, why they are due when they are due, extension."""

from fastapi import APIRouter

from services.kernel.problem import problems
from services.kernel.requests import After, IdempotencyKey, Limit, Reason, Request
from services.kernel.store import Conflict
from services.workflow import queries
from services.workflow.api.common import CaseNo, ClockId, Head, Reader, With
from services.workflow.clocks.ledgers import AlreadyExtended, ClockStopped, ExtensionTooLate, ReasonMissing
from services.workflow.extensions import extend
from services.workflow.instances.schedules import NothingToExtend
from services.workflow.queries import CaseNotFound
from services.workflow.views import cases as views
from services.workflow.views.whys import ClockNotFound, WhyView, why_view

router = APIRouter(tags=["cases"])


class ExtensionEntry(Request, frozen=True):
    """Why the decision takes longer; the reasons are told to the applicant (行政许可法 §42)."""

    reason: Reason


@router.get("/cases/{case_no}", responses=problems(CaseNotFound))
async def show_case(deps: With, who: Reader, case_no: CaseNo) -> views.CaseView:
    """Where a case stands: its open steps, its clocks with their ledgers, its incidents."""
    instance = await queries.case_of(deps, case_no, who)
    time = (await deps.copies.office()).time
    return views.case_view(instance, on=time.day_of(deps.clock.now()), time=time)


@router.get("/cases/{case_no}/history", responses=problems(CaseNotFound))
async def show_history(
    deps: With, who: Reader, case_no: CaseNo, limit: Limit = 100, after: After = None
) -> views.HistoryPage:
    """Everything that was said of the case, oldest first; those who only run the system read no answers."""
    await queries.case_of(deps, case_no, who)
    entries = await queries.history_of(deps, case_no, limit=limit, after=after)
    following = entries[-1].order if len(entries) == limit else None
    return views.HistoryPage(events=[views.history_line(entry, who) for entry in entries], next=following)


@router.get("/cases/{case_no}/clocks/{clock_id}/why", responses=problems(CaseNotFound, ClockNotFound))
async def explain_clock(deps: With, who: Reader, case_no: CaseNo, clock_id: ClockId) -> WhyView:
    """Why the clock is due on its day: every day from its start with its class, in both languages."""
    instance = await queries.case_of(deps, case_no, who)
    clock = instance.clock(clock_id)
    if clock is None:
        raise ClockNotFound(case_no=case_no, clock_id=clock_id)
    time = (await deps.copies.office()).time
    return why_view(clock, on=time.day_of(deps.clock.now()), time=time)


@router.post(
    "/cases/{case_no}/extension",
    responses=problems(
        CaseNotFound, NothingToExtend, AlreadyExtended, ExtensionTooLate, ReasonMissing, ClockStopped, Conflict
    ),
)
async def extend_case(
    deps: With, who: Head, case_no: CaseNo, entry: ExtensionEntry, key: IdempotencyKey = None
) -> views.CaseView:
    """Extend the limits once by ten working days, approved by the head of the bureau (行政许可法 §42)."""
    instance = await extend(deps, case_no, reason=entry.reason, who=who, key=key)
    time = (await deps.copies.office()).time
    return views.case_view(instance, on=time.day_of(deps.clock.now()), time=time)
