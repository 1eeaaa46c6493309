"""The people of the office: each looks into the own list, and does a task when its time has come."""

import asyncio
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from services.local.client import Api, Refusal
from tests.year.letters import Outside

_PAGE: Final = 200
_ROUNDS_A_DAY: Final = 4
_AT_ONCE: Final = 24
_MOST_ROUNDS: Final = 60
_NEVER: Final = 10**9
_EXCEPTIONS: Final = frozenset({"Task_PublicityRuns"})
"""What somebody does only if something goes wrong: else its timer ends it."""
_SELDOM: Final = 0.03
_USUAL_LIMIT: Final = 2
"""Working days that a step without a limit is given."""


@dataclass(slots=True)
class Plan:
    """An open task: in which round it will be done, and who sees it."""

    line: dict[str, Any]
    ripe: int
    who: list[str]
    refused: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Desks:
    """Everybody at work."""

    api: Api
    people: list[str]
    outside: Outside
    dice: random.Random
    plans: dict[str, Plan] = field(default_factory=dict)
    done: int = 0
    surprises: Counter[str] = field(default_factory=Counter)

    async def work(self, round_no: int, today: date) -> int:
        """Do what is ripe, and what becomes ripe by it, until nothing is left to do now; gives how many tasks."""
        before = self.done
        while True:
            await self._look(round_no)
            ripe = [plan for plan in self.plans.values() if plan.ripe <= round_no]
            if not ripe:
                return self.done - before
            gate = asyncio.Semaphore(_AT_ONCE)
            await asyncio.gather(*(self._do(plan, today, gate, round_no) for plan in ripe))

    async def _look(self, round_no: int) -> None:
        """Everybody looks into their list; tasks that are in none any more are forgotten."""
        lists = await asyncio.gather(*(self._list(who) for who in self.people))
        seen: dict[str, list[str]] = {}
        lines: dict[str, dict[str, Any]] = {}
        for who, tasks in zip(self.people, lists, strict=True):
            for line in tasks:
                seen.setdefault(line["task_id"], []).append(who)
                lines[line["task_id"]] = line
        old = self.plans
        self.plans = {
            key: old[key] if key in old else Plan(lines[key], round_no + self._delay(lines[key]), people)
            for key, people in seen.items()
        }

    async def _list(self, who: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = None
        while True:
            query: dict[str, Any] = {"limit": _PAGE} | ({"after": after} if after else {})
            page = await self.api.call("GET", "workflow", "/tasks", who=who, query=query)
            found += [task for task in page["tasks"] if not task["suspended"] and not task["incident_id"]]
            if (after := page["next"]) is None:
                return found

    def _delay(self, line: dict[str, Any]) -> int:
        """Rounds until it is done: mostly well within the limit, one in ten late."""
        dice = random.Random(f"{self.dice.getstate()[1][0]}/{line['task_id']}")  # noqa: S311 - choices of a test
        if line["kind"] != "human":
            return dice.randint(1, _MOST_ROUNDS)
        if line["element"] in _EXCEPTIONS and dice.random() > _SELDOM:
            return _NEVER
        share = dice.choices((dice.uniform(0, 0.4), dice.uniform(0.4, 0.9), dice.uniform(1.0, 1.8)), (70, 20, 10))[0]
        return min(_MOST_ROUNDS, int(share * _USUAL_LIMIT * _ROUNDS_A_DAY))

    async def _do(self, plan: Plan, today: date, gate: asyncio.Semaphore, round_no: int) -> None:
        async with gate:
            try:
                await (self._complete(plan, today) if plan.line["kind"] == "human" else self.outside.tell(plan.line))
            except Refusal as refusal:
                self._put_off(plan, refusal, round_no)
            else:
                self.done += 1
                del self.plans[plan.line["task_id"]]

    async def _complete(self, plan: Plan, today: date) -> None:
        who = plan.who[len(plan.refused) % len(plan.who)]
        path = f"/tasks/{plan.line['task_id']}"
        task = await self.api.call("GET", "workflow", path, who=who)
        dice = random.Random(f"{path}/{len(plan.refused)}")  # noqa: S311 - choices of a test
        await self.api.call("POST", "workflow", f"{path}/claim", who=who)
        answers = _answers(task, dice, today)
        await self.api.call("POST", "workflow", f"{path}/complete", who=who, body={"answers": answers})

    def _put_off(self, plan: Plan, refusal: Refusal, round_no: int) -> None:
        """Somebody else tries next, with other answers; a refusal is what the office must explain in the end."""
        plan.refused.append(str(refusal))
        plan.ripe = round_no + len(plan.refused)
        place = f"{plan.line['item_code']} {plan.line['element']}"
        said = re.sub(r"/tasks/[^/ ]+", "/tasks/…", str(refusal))
        self.surprises[f"{place}: {refusal.problem.get('code')}: {said}"] += 1


def _answers(task: dict[str, Any], dice: random.Random, today: date) -> dict[str, Any]:
    """One of the form's own examples, the first more often than the others; what the page fills in stays so."""
    form, known = task["form"], {**task["data"], **task["variables"]}
    examples = form.get("examples") or [{}]
    chosen = dice.choice([*examples[:1] * 3, *examples])
    answers = {**chosen, **_dates(form, chosen, today)}
    shown = {name: _shown(field, known) for name, field in form["properties"].items() if name in answers}
    return {**answers, **{name: value for name, value in shown.items() if value is not None}}


def _shown(field: dict[str, Any], known: dict[str, Any]) -> object:
    """What the page fills in from what earlier steps brought."""
    value: object = known
    for part in field["x-from"].split(".") if "x-from" in field else ("",):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _dates(form: dict[str, Any], example: dict[str, Any], today: date) -> dict[str, str]:
    """The example's dates, the first of them today and the others as long after it as they were."""
    names = [name for name, field in form["properties"].items() if name in example and field.get("format") == "date"]
    days = {name: date.fromisoformat(example[name]) for name in names}
    return {name: (today + (day - min(days.values()))).isoformat() for name, day in days.items()}
