"""Operations on a whole case: suspend, resume, jump."""

from services.kernel.identity import Person
from services.workflow.acts import decide_on, office_for
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance
from services.workflow.instances.operations import halts, jumps
from services.workflow.instances.turns import Decided
from services.workflow.links import carry_out_kept
from services.workflow.offices import Office
from services.workflow.operations.performing import Move, carried_or_refused, cause_of, move_case
from services.workflow.queries import case_of


async def suspend(deps: Deps, case_no: str, *, reason: str, who: Person, key: str | None) -> Instance:
    """Let nobody work on the case (挂起). Raises CaseNotFound and what `halts.suspended` raises."""
    now = deps.clock.now()
    await case_of(deps, case_no, who)
    return await deps.instances.change(
        case_no,
        lambda case: halts.suspended(case, person=who.code, reason=reason, at=now),
        cause=cause_of(who, "suspend", case_no, key),
    )


async def resume(deps: Deps, case_no: str, *, reason: str, who: Person, key: str | None) -> Instance:
    """Let the case be worked on again (恢复), and carry out the decisions by link that waited for it.

    Raises CaseNotFound and what `halts.resumed` raises.
    """
    now = deps.clock.now()
    await case_of(deps, case_no, who)

    async def decide(case: Instance, office: Office) -> Decided:
        resumed = halts.resumed(case, person=who.code, reason=reason, at=now)
        return await carry_out_kept(deps, resumed, office=office)

    return await decide_on(deps, case_no, decide, cause=cause_of(who, "resume", case_no, key))


async def propose_jump(deps: Deps, case_no: str, *, task_id: str, to: str, reason: str, who: Person) -> Instance:
    """Propose to go on at another step (跳转); tried at once, so that nobody approves what cannot be.

    Raises CaseNotFound, NotUndoable and what `jumps.proposal_for` raises.
    """
    now = deps.clock.now()
    found = await case_of(deps, case_no, who)
    office = await office_for(deps, found)
    tried = jumps.proposal_for(found, task_id, to, person=who.code, reason=reason, at=now)
    await carried_or_refused(deps, found, jumps.jumping(tried, actor=who.code, at=now), office=office)

    def rule(case: Instance) -> Decided:
        proposal = jumps.proposal_for(case, task_id, to, person=who.code, reason=reason, at=now)
        return jumps.proposed(case, proposal)

    return await deps.instances.change(case_no, rule)


async def approve_jump(
    deps: Deps, case_no: str, proposal_id: str, *, reason: str, who: Person, key: str | None
) -> Instance:
    """Approve another's proposal and carry it out. Raises CaseNotFound, NotUndoable and as `jumps.approvable`."""
    now = deps.clock.now()
    await case_of(deps, case_no, who)

    def move(case: Instance, office: Office) -> Move:
        del office
        proposal = jumps.approvable(case, proposal_id, person=who.code)

        def finish(before: Instance, moved: Decided, office: Office) -> Decided:
            del office
            return jumps.jumped(before, moved, proposal, person=who.code, reason=reason, at=now)

        return Move(jumps.jumping(proposal, actor=who.code, at=now), finish)

    return await move_case(deps, case_no, move, cause=cause_of(who, "jump", proposal_id, key))


async def reject_jump(
    deps: Deps, case_no: str, proposal_id: str, *, reason: str, who: Person, key: str | None
) -> Instance:
    """Drop a proposed jump. Raises CaseNotFound, ProposalGone."""
    now = deps.clock.now()
    await case_of(deps, case_no, who)
    return await deps.instances.change(
        case_no,
        lambda case: jumps.rejected(case, proposal_id, person=who.code, reason=reason, at=now),
        cause=cause_of(who, "reject-jump", proposal_id, key),
    )
