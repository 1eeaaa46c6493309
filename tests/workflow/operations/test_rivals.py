"""Two people at once: one wins, the other reads what happened. Each pair in a controlled order, on the real database.

The slow one has looked and decided; before its write is sent the fast one does all of its own.
"""

# ruff: noqa: ARG005 - every pair of rivals is made from the same two

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from services.contracts.words import Outcome
from services.contracts.workflow import WithdrawalRefused
from services.kernel.clock import FrozenClock
from services.kernel.problem import Language, Problem
from services.workflow import tasks
from services.workflow.deps import Deps
from services.workflow.instances.desks import Place
from services.workflow.instances.operations.signing import Wish
from services.workflow.instances.working import TaskOver
from services.workflow.operations import cases, desks
from services.workflow.ticker import fire_due
from tests.workflow.clock_support import at
from tests.workflow.operations.rivals import (
    Bureau,
    Deed,
    approve,
    bureau,
    claim,
    complete,
    hand_over,
    ids_of,
    pull_back,
    send_back,
    suspend,
    terminate,
    withdraw,
)
from tests.workflow.room import (
    ACCEPT,
    EXPERTS,
    HANDLER,
    HANDLER2,
    IT,
    LEADER,
    REVIEW,
)

__all__ = ["bureau"]

RIVALS: dict[str, tuple[Callable[..., tuple[Deed, Deed]], str]] = {
    "completion against completion": (
        lambda q, ids: (complete("Review", HANDLER, ids), complete("Review", HANDLER2, ids)),
        "task-over",
    ),
    "completion against send-back": (
        lambda q, ids: (complete("Review", HANDLER, ids), send_back(HANDLER2, ids)),
        "task-over",
    ),
    "send-back against completion": (
        lambda q, ids: (send_back(HANDLER, ids), complete("Review", HANDLER2, ids)),
        "task-over",
    ),
    "send-back against send-back": (
        lambda q, ids: (send_back(HANDLER, ids), send_back(HANDLER2, ids)),
        "task-over",
    ),
    "the sibling's completion against send-back behind the split": (
        lambda q, ids: (complete("Survey", EXPERTS, ids), send_back(HANDLER, ids)),
        "task-over",
    ),
    "pull-back against claim": (lambda q, ids: (pull_back(q), claim("Review", HANDLER2, ids)), "next-step-taken"),
    "pull-back against completion": (
        lambda q, ids: (pull_back(q), complete("Survey", EXPERTS, ids)),
        "next-step-taken",
    ),
    "claim against pull-back": (lambda q, ids: (claim("Review", HANDLER2, ids), pull_back(q)), "task-over"),
    "claim against claim": (
        lambda q, ids: (claim("Review", HANDLER, ids), claim("Review", HANDLER2, ids)),
        "task-claimed",
    ),
    "completion against suspension": (
        lambda q, ids: (complete("Review", HANDLER, ids), suspend(q)),
        "case-suspended",
    ),
    "completion against the applicant's withdrawal": (
        lambda q, ids: (complete("Review", HANDLER, ids), withdraw(q)),
        "task-over",
    ),
    "claim against termination": (lambda q, ids: (claim("Review", HANDLER, ids), terminate(q)), "task-over"),
    "termination against the applicant's withdrawal": (lambda q, ids: (terminate(q), withdraw(q)), "case-over"),
    "suspension against suspension": (lambda q, ids: (suspend(q), suspend(q)), "case-suspended"),
}


@pytest.mark.parametrize("name", RIVALS)
async def test_given_two_rivals_then_the_second_reads_why_its_own_had_no_effect(bureau: Bureau, name: str) -> None:
    quarrel = await bureau.at_reviews()
    pair, code = RIVALS[name]
    refusal = await quarrel.loses(*pair(quarrel, await ids_of(quarrel)))
    assert refusal is not None
    assert (refusal.status, refusal.code) == (409, code)
    assert refusal.detail(Language.ZH)
    assert refusal.remedy(Language.EN)


async def test_given_a_hand_over_and_a_completion_then_whoever_is_second_is_told(bureau: Bureau) -> None:
    for order in (False, True):
        quarrel = await bureau.at_reviews()
        ids = await ids_of(quarrel)
        await tasks.claim(bureau.deps, ids["Review"], HANDLER)
        rivals = hand_over(HANDLER, HANDLER2, ids), complete("Review", HANDLER, ids)
        refusal = await quarrel.loses(*(reversed(rivals) if order else rivals))
        assert refusal is not None
        assert (refusal.status, refusal.code) == (409, "task-claimed" if order else "task-over")


async def test_given_an_approved_jump_and_a_completion_then_whoever_is_second_is_told(bureau: Bureau) -> None:
    for order in (False, True):
        quarrel = await bureau.at_reviews()
        ids = await ids_of(quarrel)
        proposed = await cases.propose_jump(
            bureau.deps, quarrel.case_no, task_id=ids["Survey"], to="Lead", reason="已完成", who=IT
        )
        rivals = approve(quarrel, proposed.proposals[0].proposal_id), complete("Review", HANDLER, ids)
        refusal = await quarrel.loses(*(reversed(rivals) if order else rivals))
        assert refusal is not None
        assert (refusal.status, refusal.code) == (409, "task-over" if order else "proposal-outdated")


async def test_given_a_signature_and_a_removal_then_whoever_is_second_is_told(bureau: Bureau) -> None:
    for order in (False, True):
        quarrel = await bureau.at_reviews()
        ids = await ids_of(quarrel)
        await tasks.claim(bureau.deps, ids["Review"], HANDLER)
        wish = Wish(Place.BEFORE, HANDLER2.code, None, "复核")
        await desks.add_signer(bureau.deps, ids["Review"], wish, who=HANDLER, key=None)
        rivals: tuple[Deed, Deed] = (
            lambda deps, task=ids["Review"]: desks.sign(
                deps, task, agrees=True, opinion="同意", who=HANDLER2, key=None
            ),
            lambda deps, task=ids["Review"]: desks.remove_signer(
                deps, task, "s1", reason="已沟通", who=HANDLER, key=None
            ),
        )
        refusal = await quarrel.loses(*(reversed(rivals) if order else rivals))
        assert refusal is not None
        assert (refusal.status, refusal.code) == ((409, "seat-fixed") if order else (403, "not-a-signer"))


async def test_given_a_timer_and_a_completion_then_one_of_them_takes_the_step_and_nothing_is_doubled(
    bureau: Bureau,
) -> None:
    late = FrozenClock(at("2026-09-23", "18:00"))
    for order in (False, True):
        quarrel = await bureau.at_acceptance()
        ids = await ids_of(quarrel)

        async def fire(deps: Deps) -> object:
            return await fire_due(replace(deps, clock=late))

        rivals: tuple[Deed, Deed] = fire, complete("Accept", ACCEPT, ids)
        refusal = await quarrel.loses(*(reversed(rivals) if order else rivals))
        assert (refusal.code if refusal else None) == ("task-over" if order else None)
        case = await quarrel.case()
        assert [task.element for task in case.tasks] == ["Review"]
        assert [closed.completed for closed in case.closed] == [not order]


async def test_given_forty_who_complete_one_task_then_one_does_and_the_others_read_who(bureau: Bureau) -> None:
    quarrel = await bureau.at_reviews()
    task_id = await quarrel.task("Review")

    async def one(number: int) -> str:
        who = HANDLER if number % 2 else HANDLER2
        try:
            await tasks.complete(bureau.deps, task_id, REVIEW | {"opinion": f"意见{number}"}, who)
        except Problem as refusal:
            return refusal.code
        return "done"

    found = await asyncio.gather(*(one(number) for number in range(40)))
    assert sorted(set(found)) == ["done", "task-over"]
    assert found.count("done") == 1
    await quarrel.sound()


async def test_given_a_decision_that_is_faster_than_the_withdrawal_then_the_case_stands_and_it_is_said_why(
    bureau: Bureau,
) -> None:
    quarrel = await bureau.at_reviews()
    await quarrel.complete("Review", HANDLER, **REVIEW)
    await quarrel.complete("Survey", EXPERTS, opinion="可行")
    lead = await quarrel.task("Lead")
    await desks.sign(bureau.deps, lead, agrees=True, opinion="同意", who=EXPERTS, key=None)
    decision = {"decision": "agree", "opinion": "同意"}
    assert await quarrel.loses(withdraw(quarrel), lambda deps: tasks.complete(deps, lead, decision, LEADER)) is None
    case = await quarrel.case()
    assert (case.outcome, [task.element for task in case.tasks]) == (None, ["File"])
    assert [said.code for said in quarrel.late if isinstance(said, WithdrawalRefused)] == ["case-decided"]


async def test_given_a_withdrawal_that_is_faster_than_the_decision_then_the_decision_is_refused_and_never_said(
    bureau: Bureau,
) -> None:
    quarrel = await bureau.at_reviews()
    await quarrel.complete("Review", HANDLER, **REVIEW)
    await quarrel.complete("Survey", EXPERTS, opinion="可行")
    lead = await quarrel.task("Lead")
    await desks.sign(bureau.deps, lead, agrees=True, opinion="同意", who=EXPERTS, key=None)
    decision = {"decision": "agree", "opinion": "同意"}
    refusal = await quarrel.loses(lambda deps: tasks.complete(deps, lead, decision, LEADER), withdraw(quarrel))
    assert isinstance(refusal, TaskOver)
    assert "撤回" in refusal.detail(Language.ZH)
    assert (await quarrel.case()).outcome is Outcome.WITHDRAWN
    assert quarrel.late == []
