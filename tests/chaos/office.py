"""Simulated people: windows that receive, officers who do whatever is in their lists, a desk that delivers."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from services.local.client import Refusal
from services.local.demo.forms import filled
from tests.chaos.client import Client, LookAgain

ID_NO: Final = "512002200001010018"
APPLICANT: Final = "罗某某"
LEADER: Final = "u.leader"

SITUATIONS: Final = (
    ("PT05", "building", None),
    ("PT05", "dilapidated_rebuild", None),
    ("PT05", "landscape", None),
    ("PT06", "village_house", "T01"),
    ("PT06", "village_house", "T02"),
    ("PT06", "enterprise_public", "T01"),
)
_WINDOWS: Final = {None: ("u.window", "u.window2"), "T01": ("u.town.window",), "T02": ("u.town2.window",)}

_REVIEWS: Final[tuple[dict[str, object], ...]] = (
    {},
    {"floor_area_m2": 26_000, "project_kind": "school", "place": "ordinary"},
    {"floor_area_m2": 180, "project_kind": "dilapidated_house", "place": "old_town"},
    {"floor_area_m2": 26_000, "project_kind": "other", "place": "core_area", "scheme_examined": False},
)
"""Reviews that lead to the leader at once, to experts, to meetings."""

_AT_ONCE: Final = 4
_LOOK_AGAIN_AFTER: Final = 0.3
_SUPERVISED: Final = "DC01"
"""Matters of red lights wait to be registered all season: what is proven of them is that each began once."""

_LAZY: Final = 0.15
_TWICE: Final = 0.15
_OTHERWISE: Final = 0.1
_UNCLAIMED: Final = 0.3


@dataclass(slots=True)
class Office:
    """What is known outside the system: what was received, and what was confirmed to whom."""

    client: Client
    now: datetime
    received: dict[int, str] = field(default_factory=dict)
    confirmed: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """For each task that a service confirmed as completed: by whom, and the answers."""
    delivered: dict[str, str] = field(default_factory=dict)
    """For each case: the number of the proof of service."""
    signed: dict[str, str] = field(default_factory=dict)
    """For each task that the leader was told to have decided by link: the decision."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def surprise(self, text: str) -> None:
        """Something happened that must not, whatever was killed."""
        self.client.figures.surprises.append(text)


async def at_work(office: Office, work: Callable[[], Awaitable[bool]]) -> None:
    """Do what there is to do, again and again, until the office closes."""
    while not office.closing.is_set():
        try:
            busy = await work()
        except LookAgain:
            busy = True
        except Refusal as refusal:
            office.surprise(str(refusal))
            busy = False
        if not busy:
            await asyncio.sleep(_LOOK_AGAIN_AFTER)


async def receive(office: Office, numbers: range, papers: Mapping[tuple[str, str], list[dict[str, Any]]]) -> None:
    """Hand in these applications, some of them twice at the same moment under the same key."""
    dice = office.client.figures.dice(f"window {numbers}")
    for number in numbers:
        item_code, situation, township = dice.choice(SITUATIONS)
        who = dice.choice(_WINDOWS[township])
        body = {
            "item_code": item_code,
            "situation": situation,
            "title": f"第{number}案",
            "applicant": {"kind": "person", "name": APPLICANT, "id_no": ID_NO, "phone": f"139{number:08}"},
            "facts": {"location": "一处"},
            "documents": papers[item_code, situation],
            "township": township,
        }
        times = 2 if dice.random() < _TWICE else 1
        await _hand_in(office, number, who, body, times=times)


async def _hand_in(office: Office, number: int, who: str, body: dict[str, Any], *, times: int) -> None:
    key = f"storm-{office.client.figures.seed}-{number:05}"
    asked = [office.client.ask("POST", "intake", "/cases", who=who, body=body, key=key) for _ in range(times)]
    office.client.figures.doubled += times - 1
    receipts = await asyncio.gather(*asked)
    if len({receipt["case_no"] for receipt in receipts}) != 1:
        office.surprise(f"one application became several cases: {[receipt['case_no'] for receipt in receipts]}")
    office.received[number] = receipts[0]["case_no"]


def officer(office: Office, who: str) -> Callable[[], Awaitable[bool]]:
    """Somebody who looks into the list and works on some of what is there."""
    dice = office.client.figures.dice(who)

    async def work() -> bool:
        page = await office.client.get("workflow", "/tasks", who=who, limit=50)
        ours = [task for task in page["tasks"] if task["kind"] == "human" and _SUPERVISED not in task["case_no"]]
        mine = [task for task in ours if dice.random() > _LAZY]
        dice.shuffle(mine)
        done = await asyncio.gather(*(_do(office, task["task_id"], who, dice) for task in mine[:_AT_ONCE]))
        return any(done)

    return work


async def _do(office: Office, task_id: str, who: str, dice: random.Random) -> bool:
    """Claim, fill in, complete: now and then without claiming, twice, or once more with other answers."""
    try:
        task = await office.client.get("workflow", f"/tasks/{task_id}", who=who)
        if dice.random() > _UNCLAIMED:
            await office.client.ask("POST", "workflow", f"/tasks/{task_id}/claim", who=who)
        answers = answered(task, dice, today=office.now.date())
        await _complete(office, task_id, who, answers, times=2 if dice.random() < _TWICE else 1)
        if dice.random() < _OTHERWISE:
            await _complete_otherwise(office, task_id, who, answers)
    except LookAgain:
        return False
    return True


async def _complete(office: Office, task_id: str, who: str, answers: dict[str, Any], *, times: int) -> None:
    """Complete a task, once or twice at the same moment: it is done once, and every sender gets the same answer."""
    path = f"/tasks/{task_id}/complete"
    asked = [office.client.ask("POST", "workflow", path, who=who, body={"answers": answers}) for _ in range(times)]
    office.client.figures.doubled += times - 1
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    if len(refusals) == times:
        raise refusals[0]
    if any(not isinstance(refusal, LookAgain) or refusal.code != "conflict" for refusal in refusals):
        office.surprise(f"task {task_id}: of the same answers sent twice one was refused: {refusals}")
    before = office.confirmed.setdefault(task_id, (who, answers))
    if before != (who, answers):
        office.surprise(f"task {task_id} was confirmed twice: to {before[0]}, then to {who}")


async def _complete_otherwise(office: Office, task_id: str, who: str, answers: dict[str, Any]) -> None:
    """A task that is done is not done again with other answers. Raises LookAgain, as it should."""
    office.client.figures.doubled += 1
    body = {"answers": {**answers, "afterthought": True}}
    await office.client.ask("POST", "workflow", f"/tasks/{task_id}/complete", who=who, body=body)
    office.surprise(f"task {task_id} was completed a second time with other answers")


def answered(task: Mapping[str, Any], dice: random.Random, *, today: date) -> dict[str, Any]:
    """One of the form's own examples, the first more often than the others, with some variety of our own."""
    examples = task["form"].get("examples") or [{}]
    chosen = dice.choice([*examples[:1] * 3, *examples])
    given: dict[str, Any] = {}
    if task["form_key"] == "handler-review" and "project_kind" in task["form"]["properties"]:
        given = dict(dice.choice(_REVIEWS))
    if "certificate_no" in task["form"].get("properties", {}):
        given["certificate_no"] = task["data"]["certificate"]["certificate_no"]
    answers = filled({**task["form"], "examples": [chosen]}, {}, today=today)
    return {**answers, **given}


def collection(office: Office) -> Callable[[], Awaitable[bool]]:
    """The collection window: hands over whatever is ready, now and then twice under the same key."""
    dice = office.client.figures.dice("collection")

    async def work() -> bool:
        ready = await office.client.get("intake", "/cases", who="u.collect", status="ready", limit=50)
        for case in ready:
            await _deliver(office, case["case_no"], times=2 if dice.random() < _TWICE else 1)
        return bool(ready)

    return work


async def _deliver(office: Office, case_no: str, *, times: int) -> None:
    body = {"receiver_name": APPLICANT, "receiver_id_no": ID_NO, "signature": APPLICANT}
    path, key = f"/cases/{case_no}/delivery", f"deliver-{case_no}"
    office.client.figures.doubled += times - 1
    asked = [office.client.ask("POST", "intake", path, who="u.collect", body=body, key=key) for _ in range(times)]
    for proof in await asyncio.gather(*asked):
        if office.delivered.setdefault(case_no, proof["proof_no"]) != proof["proof_no"]:
            office.surprise(f"case {case_no} was delivered twice")


def attendance(office: Office) -> Callable[[], Awaitable[bool]]:
    """The leader goes out and comes back; while out, tasks reach the phone and the deputy's list."""
    dice = office.client.figures.dice("attendance")
    path = f"/people/{LEADER}/attendance"

    async def work() -> bool:
        body = {"attendance": dice.choice(["out_of_office", "on_duty"])}
        await office.client.ask("POST", "registry", path, who=LEADER, body=body)
        await asyncio.sleep(dice.uniform(2, 6))
        return True

    return work


def phone(office: Office) -> Callable[[], Awaitable[bool]]:
    """The leader on the way: opens each link that was sent and decides, now and then twice."""
    dice = office.client.figures.dice("phone")
    opened: set[str] = set()

    async def work() -> bool:
        letters = await office.client.get(
            "postbox", "/messages", who=LEADER, to=LEADER, contains="/links/", limit=10_000
        )
        tokens = {match[1] for letter in letters if (match := re.search(r"/links/([\w-]+)", letter["text"]))}
        for token in sorted(tokens - opened):
            opened.add(token)
            await _decide(office, token, times=2 if dice.random() < _TWICE else 1)
        return bool(tokens - opened)

    return work


async def _decide(office: Office, token: str, *, times: int) -> None:
    """One verdict; 409 says that the step was done elsewhere."""
    verdict = {"decision": "agree", "opinion": "同意，按此实施。", "device": "phone"}
    office.client.figures.doubled += times - 1
    asked = [
        office.client.ask("POST", "notify", f"/links/{token}", who=LEADER, body=verdict, key=None) for _ in range(times)
    ]
    for outcome in await asyncio.gather(*asked, return_exceptions=True):
        match outcome:
            case LookAgain():
                continue
            case BaseException():
                raise outcome
            case _:
                office.signed[outcome["task_id"]] = outcome["decision"]
