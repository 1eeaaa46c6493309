"""Operations that take the process back: send back, pull back."""

from services.kernel.identity import Person
from services.workflow.deps import Deps
from services.workflow.instances.models import Instance
from services.workflow.instances.operations import returns
from services.workflow.instances.operations.checks import check_not_suspended
from services.workflow.instances.turns import Decided
from services.workflow.instances.working import workable
from services.workflow.offices import Office
from services.workflow.operations.performing import Move, cause_of, move_case
from services.workflow.tasks import case_of_task


async def send_back(deps: Deps, task_id: str, *, to: str, reason: str, who: Person, key: str | None) -> Instance:
    """Send the case back to an earlier step (退回). Raises what `workable` and `returns.goal_of` raise, NotUndoable."""
    now = deps.clock.now()

    def move(case: Instance, office: Office) -> Move:
        task = workable(case, task_id, person=who.code, posts=who.posts, books=office.books)
        goal = returns.goal_of(case, task, to)

        def finish(before: Instance, moved: Decided, office: Office) -> Decided:
            return returns.sent_back(
                before, moved, task, goal, person=who.code, reason=reason, at=now, books=office.books
            )

        return Move(returns.undoing(goal, by=task_id, actor=who.code, at=now), finish)

    found = await case_of_task(deps, task_id, who)
    return await move_case(deps, found.case_no, move, cause=cause_of(who, "send-back", task_id, key))


async def pull_back(deps: Deps, task_id: str, *, reason: str, who: Person, key: str | None) -> Instance:
    """Take back what one has completed (撤回). Raises what `returns.pulled_goal` raises, NotUndoable."""
    now = deps.clock.now()

    def move(case: Instance, office: Office) -> Move:
        del office
        check_not_suspended(case)
        goal = returns.pulled_goal(case, task_id, who.code)

        def finish(before: Instance, moved: Decided, office: Office) -> Decided:
            return returns.pulled_back(before, moved, goal, person=who.code, reason=reason, at=now, books=office.books)

        return Move(returns.undoing(goal, by="", actor=who.code, at=now), finish)

    found = await case_of_task(deps, task_id, who)
    return await move_case(deps, found.case_no, move, cause=cause_of(who, "pull-back", task_id, key))
