"""Moves against the arrows: undoing what a person did, and jumping to another step.

Undoing a passing leaves the process as if it had never happened and all else had (the configuration of the run without
the passing and what followed from it): tokens that came of it go, the step opens again, and a join that it helped to
fire is taken back, so that the other branches wait there again. No token is lost and none is doubled.
"""

from collections.abc import Mapping

from services.workflow.engine.diagrams.model import Body, Process
from services.workflow.engine.models import Jump, Refusal, Refused, Undo
from services.workflow.engine.rules.soundness import stuck_from
from services.workflow.engine.running.nodes import PERSONS
from services.workflow.engine.running.paths import NEW, Path
from services.workflow.engine.running.reentry import enter
from services.workflow.engine.running.several import SeveralSpec
from services.workflow.engine.running.tokens import Instance, Scope, Token
from services.workflow.engine.running.undoing import UNDO
from services.workflow.engine.running.views import find, is_open_human, numbered_id, outward


def undo(instance: Instance, command: Undo) -> None:
    """Undo a passing, or what one of several people did while the others are still at it. Raises `Refused`."""
    if not command.by and _one_taken_back(instance, command.passing):
        return
    scope, node, number = _passing(instance, command)
    branches = list(scope.task_tree.children)
    gone = [token for token in branches if token.path.done.get(node) == number]
    _check(scope, node, number, branches, gone)
    again = scope.before[number]
    waiting = _waiting_again(gone, node, number)
    scope.done[:] = [entry for entry in scope.done if entry[-1] != number]
    for token in gone:
        scope.take_out(token)
    inside = scope.inside.get(number)
    if inside is None:
        scope.put(node, path=again)
    else:
        enter(scope, inside, node, path=again)
    for join, flow, path in waiting:
        scope.put(join, flow=flow, path=path)


def jump(instance: Instance, processes: Mapping[str, Process], command: Jump) -> None:
    """Call off all that is open in a task's process or subprocess and go on at a step of it. Raises `Refused`."""
    token = find(instance, command.task_id, is_open_human)
    if token is None:
        raise Refused(Refusal.NOT_OPEN, "任务已不在办理中", "the task is not open")
    scope = token.scope
    body = _body(processes, scope.spec.name)
    target = body.nodes.get(command.element)
    if target is None or target.tag != PERSONS or target.id not in scope.spec.task_specs:
        raise Refused(
            Refusal.NO_SUCH_STEP,
            f"同一流程（子流程）中没有人工环节 {command.element}",
            f"there is no step {command.element} for people in the same process or subprocess",
        )
    stuck = stuck_from(body, command.element)
    if stuck:
        where = ", ".join(sorted({finding.element for finding in stuck}))
        raise Refused(
            Refusal.WOULD_STICK,
            f"“{target.name or target.id}”在并行分支内，跳转后汇聚 {where} 将永远等待",
            f"{target.id} lies in a parallel branch: after the jump the join {where} would wait for ever",
        )
    for other in scope.task_tree.children:
        if not other.task_spec.is_guard:
            scope.take_out(other)
    scope.put(command.element, path=NEW)


def _one_taken_back(instance: Instance, passing: str) -> bool:
    """Open one of several again, if that is what is meant; say whether it was. Raises `Refused`."""
    for scope in instance.scopes():
        for token in scope.tokens():
            if isinstance(token.task_spec, SeveralSpec):
                for index, number in token.task_spec.done_by_people(token):
                    if numbered_id(instance, number) == passing:
                        token.task_spec.take_back(token, index)
                        return True
    return False


def _passing(instance: Instance, command: Undo) -> tuple[Scope, str, int]:
    """Find where a passing is on the path of a living token, of the task that sends back if there is one."""
    by = find(instance, command.by, is_open_human) if command.by else None
    if command.by and by is None:
        raise Refused(Refusal.NOT_OPEN, "任务已不在办理中", "the task is not open")
    everywhere = (token for scope in instance.scopes() for token in scope.task_tree.children)
    for token in everywhere if by is None else outward(by):
        for node, number in token.path.done.items():
            if numbered_id(instance, number) == command.passing:
                return token.scope, node, number
    raise Refused(
        Refusal.NOT_ON_PATH,
        "该环节不在本任务走过的路径上，或其后已没有可以退回的办理内容",
        "the step is not on the path of the case any more, or not on that of this task",
    )


def _check(scope: Scope, node: str, number: int, branches: list[Token], gone: list[Token]) -> None:
    """Raise `Refused` unless it is known exactly what followed from a passing."""
    if any(token.path.done.get(node, -1) > number for token in branches if token not in gone):
        raise Refused(
            Refusal.DONE_AGAIN,
            "该环节此后又在别的分支上办理过，不能退回到较早的一次",
            "the step has been done again since on another branch; the earlier time cannot be undone",
        )
    sealed = [scope.sealed, *(token.path.sealed for token in branches)]
    compensable = any(entry[-1] > number for entry in scope.done)
    lost = compensable or number not in scope.before or any(each.get(node, -1) >= number for each in sealed)
    # a case carried to another version may have come by what is not drawn there any more
    inside = scope.inside.get(number)
    undrawn = {
        inside.node if inside else node,
        *(join for token in gone for join in token.path.met),
    } - scope.spec.task_specs.keys()
    if lost or undrawn:
        raise Refused(
            Refusal.PATH_LOST,
            "该环节的后续分支已经汇聚并继续或结束，无法准确还原",
            "what followed from the step has met other branches and ended; it cannot be restored exactly",
        )


def _waiting_again(gone: list[Token], node: str, number: int) -> list[tuple[str, str, Path]]:
    """Give the branches that wait at a join again, because the join fired with the help of what is undone."""
    undone = {
        meeting.number: (join, meeting)
        for token in gone
        for join, meeting in token.path.met.items()
        if meeting.follows(node, number)
    }
    return [
        (join, arrival.flow, Path(arrival.done, {}, arrival.sealed))
        for join, meeting in undone.values()
        for arrival in meeting.arrivals
        if arrival.done.get(node) != number
    ]


def _body(processes: Mapping[str, Process], name: str) -> Body:
    """Give the drawing of a specification by its name (see `building.body_name`)."""
    process, _, inner = name.removesuffix(UNDO).partition("/")
    return next(body for body in processes[process].body.bodies() if body.id == (inner or process))
