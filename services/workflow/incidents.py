"""Working on incidents: try the kept act again, or give it up so that it can be done differently."""

from services.kernel.problem import Problem
from services.kernel.store import Conflict
from services.workflow.acts import TRIES, ActRefused, office_for, pause, went_through
from services.workflow.deps import Deps
from services.workflow.engine.models import EngineFault
from services.workflow.instances.incidents import StillFaulty, failed_again, incident_of, resolved
from services.workflow.instances.models import Incident, Instance, Status, Verb
from services.workflow.instances.records import Ending
from services.workflow.instances.schedules import scheduled
from services.workflow.instances.turns import Decided, Unworkable
from services.workflow.offices import Office


class StartNotGivenUp(Problem):
    """A received case must be started; only its cause can be removed."""

    status = 409
    code = "start-not-given-up"
    zh = "案件 {case_no} 尚未启动流程，不能放弃"
    en = "case {case_no} has not started; that cannot be given up"
    remedy_zh = "请启用该事项的流程或登记岗位，然后重试"
    remedy_en = "activate the item's process or enter the post, then retry"


async def try_again(deps: Deps, case_no: str, incident_id: str, *, by: str) -> Instance:
    """Do the kept act again, as of the moment it was meant for. Raises IncidentNotFound, StillFaulty, Conflict."""
    for attempt in range(TRIES):
        instance, revision = await deps.instances.load(case_no)
        office = await office_for(deps, instance)
        incident = incident_of(instance, incident_id)
        failed: StillFaulty | None = None
        try:
            decided = await _went_through(deps, instance, incident, by=by, office=office)
        except (EngineFault, Unworkable) as fault:
            failed = StillFaulty(reason=f"{fault.zh} / {fault.en}")
            at = deps.clock.now()
            decided = failed_again(instance, incident, element=fault.element, zh=fault.zh, en=fault.en, by=by, at=at)
        try:
            await deps.instances.save(decided.instance, revision, decided.said)
        except Conflict:
            await pause(attempt)
            continue
        if failed:
            raise failed
        return decided.instance
    raise Conflict(key=case_no)


async def give_up(deps: Deps, case_no: str, incident_id: str, *, by: str) -> Instance:
    """Forget the kept act: the task can be done anew, the timer fires again.

    Raises IncidentNotFound, StartNotGivenUp.
    """
    office = await deps.copies.office()
    now = deps.clock.now()

    def decide(instance: Instance) -> Decided:
        incident = incident_of(instance, incident_id)
        if incident.act.verb is Verb.START:
            raise StartNotGivenUp(case_no=case_no)
        after, said = resolved(instance, incident, Ending.GIVEN_UP, by=by, at=now)
        return Decided(scheduled(after, office), said)

    return await deps.instances.change(case_no, decide)


async def _went_through(deps: Deps, instance: Instance, incident: Incident, *, by: str, office: Office) -> Decided:
    """The act done at last; one that the process has meanwhile gone past is closed without being done."""
    now = deps.clock.now()
    free, said = resolved(instance, incident, Ending.DONE, by=by, at=now)
    past = resolved(instance, incident, Ending.OVERTAKEN, by=by, at=now)
    if instance.status is Status.ENDED:
        return past
    try:
        done = await went_through(deps, free, incident.act, office=office)
    except ActRefused:
        return Decided(scheduled(past.instance, office), past.said)
    return Decided(done.instance, (*done.said, *said))
