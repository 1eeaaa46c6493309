"""At the desks: everything that can be done with a task, and what is refused because somebody was faster."""

from datetime import timedelta
from typing import Any, Final

from tests.hostile.city import EVERYBODY
from tests.hostile.doors import BODIES
from tests.hostile.ledger import Ledger
from tests.hostile.situation import REVIEW, Situation, at_review

WHY: Final = {"reason": "案情需要"}
ON_A_TASK: Final = (
    *("POST claim", "POST release", "POST complete", "GET draft", "PUT draft", "POST delegate", "POST resolve"),
    *("POST hand-over", "POST urge", "POST signers", "POST signers/{seat_id}/remove", "POST sign", "POST send-back"),
)
"""What is refused once the task is over. Pulling back is for those that are."""


async def ask(
    ledger: Ledger, status: int, task_id: str, verb: str, body: object = None, who: Any = EVERYBODY, *, seat: str = "s1"
) -> Any:
    """Ask for `POST claim` and the like: the answer's JSON."""
    method, _, path = verb.partition(" ")
    names = {"task_id": task_id, "seat_id": seat}
    request = {} if body is None else {"json": body}
    return (
        await ledger.ask(status, f"workflow {method} /tasks/{{task_id}}/{path}", who, names=names, **request)
    ).json()


async def review(ledger: Ledger) -> str:
    """A new case at its review, accepted a minute ago: that task."""
    stage = ledger.city.stage
    await at_review(ledger.city)
    await stage.set_clock(stage.moment + timedelta(minutes=1))
    return await task_at(ledger, "Review", "u.handler.d06")


async def task_at(ledger: Ledger, element: str, who: str) -> str:
    """The open task of the case on the stage."""
    return str((await ledger.city.stage.task(element, who))["task_id"])


async def worked_on(ledger: Ledger, _situation: Situation) -> None:
    """Claimed, released, drafted, urged, delegated and given back, handed over."""
    task = await review(ledger)
    for verb in ("POST claim", "POST release", "POST claim"):
        await ask(ledger, 200, task, verb)
    await ask(ledger, 200, task, "PUT draft", {"version": 0, "answers": {"opinion": "草稿"}})
    await ask(ledger, 200, task, "GET draft")
    for status in (200, 429):
        await ask(ledger, status, task, "POST urge", {"message": "请尽快办理"})
    await ask(ledger, 200, task, "POST delegate", {"to": "u.handler2.d06", **WHY})
    await ask(ledger, 200, task, "POST resolve", {})
    await ask(ledger, 200, task, "POST hand-over", {"to": "u.handler2.d06", **WHY})


async def signed_by_others(ledger: Ledger, _situation: Situation) -> None:
    """Another is asked to sign, asked no more, asked again, and signs."""
    task = await review(ledger)
    await ask(ledger, 200, task, "POST claim")
    signer = {"signer": "u.experts", "place": "before", **WHY}
    await ask(ledger, 200, task, "POST signers", signer)
    await ask(ledger, 200, task, "POST signers/{seat_id}/remove", WHY)
    await ask(ledger, 200, task, "POST signers", signer)
    experts = await ledger.city.api.token("u.experts")
    await ask(ledger, 200, task, "POST sign", {"agrees": True, "opinion": "同意"}, experts)


async def sent_back_and_pulled_back(ledger: Ledger, _situation: Situation) -> None:
    """Completed, sent back by the next step, completed and pulled back, completed: then the next goes on."""
    answers = {"answers": REVIEW}
    task = await review(ledger)
    await ask(ledger, 200, task, "POST complete", answers)
    leads = await task_at(ledger, "Lead", "u.leader")
    await ask(ledger, 200, leads, "POST send-back", {"to": "Review", **WHY})
    task = await task_at(ledger, "Review", "u.handler.d06")
    await ask(ledger, 200, task, "POST complete", answers)
    await ask(ledger, 200, task, "POST pull-back", WHY)
    task = await task_at(ledger, "Review", "u.handler.d06")
    await ask(ledger, 200, task, "POST complete", answers)
    await ask(ledger, 200, await task_at(ledger, "Lead", "u.leader"), "POST claim")
    await ask(ledger, 409, task, "POST pull-back", WHY)


async def done_by_somebody_else(ledger: Ledger, situation: Situation) -> None:
    """Whatever one wants to do with a task that is over: one is told that it is, and by whom."""
    await ledger.ask(409, "workflow GET /tasks/{task_id}", names={"task_id": situation.closed_task})
    for verb in ON_A_TASK:
        method, _, path = verb.partition(" ")
        await ask(ledger, 409, situation.closed_task, verb, BODIES.get((method, f"/tasks/{{task_id}}/{path}")))
