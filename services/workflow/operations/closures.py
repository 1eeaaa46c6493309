"""Applications given up undecided: the applicant's withdrawal as the window says it, a leader's termination."""

from services.contracts.intake import WithdrawalRequested
from services.kernel.identity import Person
from services.workflow.acts import decide_on
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance
from services.workflow.instances.operations import closures
from services.workflow.instances.operations.closures import CaseIsDecided, CaseIsOver, NobodyApplied, Ruling
from services.workflow.instances.turns import Decided
from services.workflow.offices import Office
from services.workflow.operations.performing import cause_of
from services.workflow.queries import case_of


async def withdraw(deps: Deps, asked: WithdrawalRequested, *, cause: str) -> Instance:
    """End the case as withdrawn, or say why that came too late: whoever saves first wins, the decision or this."""
    now = deps.clock.now()

    async def decide(case: Instance, office: Office) -> Decided:
        try:
            return closures.withdrawn(case, asked, at=now, office=office)
        except (CaseIsDecided, CaseIsOver, NobodyApplied) as refusal:
            return closures.refused(case, asked, refusal, at=now)

    return await decide_on(deps, asked.case_no, decide, cause=cause)


async def terminate(deps: Deps, case_no: str, ruling: Ruling, *, who: Person, key: str | None) -> Instance:
    """End the case as terminated. Raises CaseNotFound and what `closures.terminated` raises."""
    now = deps.clock.now()
    await case_of(deps, case_no, who)

    async def decide(case: Instance, office: Office) -> Decided:
        return closures.terminated(case, ruling, person=who.code, at=now, office=office)

    return await decide_on(deps, case_no, decide, cause=cause_of(who, "terminate", case_no, key))
