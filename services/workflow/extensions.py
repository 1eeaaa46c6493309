"""Extending a case: once, by the head of the bureau, with reasons (行政许可法 §42)."""

from services.kernel.identity import Person
from services.workflow.acts import office_for, on_todays_calendar
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance
from services.workflow.instances.schedules import extended
from services.workflow.instances.turns import Decided
from services.workflow.queries import case_of


async def extend(deps: Deps, case_no: str, *, reason: str, who: Person, key: str | None) -> Instance:
    """Extend the case's limits; the same `key` again changes nothing.

    Raises CaseNotFound and what `schedules.extended` raises.
    """
    office = await office_for(deps, await case_of(deps, case_no, who))
    now = deps.clock.now()

    def decide(instance: Instance) -> Decided:
        fresh = on_todays_calendar(deps, instance, office)
        longer = extended(fresh.instance, at=now, actor=who.code, reason=reason, office=office)
        return Decided(longer.instance, (*fresh.said, *longer.said))

    return await deps.instances.change(case_no, decide, cause=f"api.{who.code}.extension.{key}" if key else None)
