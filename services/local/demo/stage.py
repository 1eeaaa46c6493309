"""The stage: the running system, its clock in our hand, and the case on it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final

import httpx

from services.kernel.clock import RealClock
from services.kernel.worktime import SHANGHAI
from services.local.client import Api, Refusal
from services.local.demo.forms import filled
from services.local.demo.timeline import Timeline
from services.local.layout import SERVICES

_QUIET_WITHIN: Final = 60.0
_LOOK_EVERY: Final = 0.03
_NOT_BEGUN: Final = datetime.min.replace(tzinfo=UTC)
_CLOCK_KEEPER: Final = "u.ops"


class StoryBroken(Exception):
    """The system did not do what the story needs in order to go on."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the closing table: what should be and what is."""

    story: str
    what: str
    expected: str
    actual: str

    @property
    def agrees(self) -> bool:
        """Whether the system agrees with the story."""
        return self.expected == self.actual


@dataclass(slots=True)
class Stage:
    """One story's stage. All moments are the office's, in Asia/Shanghai."""

    api: Api
    story: str
    timeline: Timeline
    checks: list[Check] = field(default_factory=list)
    case_no: str = ""
    _now: datetime = field(default=_NOT_BEGUN)

    @property
    def today(self) -> date:
        """The office's date."""
        return self._now.astimezone(SHANGHAI).date()

    @property
    def moment(self) -> datetime:
        """The office's time."""
        return self._now

    @staticmethod
    def local(moment: str) -> datetime:
        """A moment of an API answer, in the office's time zone."""
        return datetime.fromisoformat(moment).astimezone(SHANGHAI)

    def expect(self, what: str, expected: object, actual: object) -> None:
        """Note a line for the closing table."""
        self.checks.append(Check(self.story, what, str(expected), str(actual)))

    async def set_clock(self, moment: datetime) -> None:
        """Freeze the office's clock at a moment, in all processes, and wait until nothing moves any more."""
        body = {"as_of": moment.isoformat(), "speed": 0}
        answer = await self.api.call("PUT", "registry", "/clock", who=_CLOCK_KEEPER, body=body)
        self._now = moment
        await self._all_follow(answer["revision"])
        await self.quiet()
        await self.timeline.catch_up(self.case_no)

    async def real_clock(self) -> None:
        """Let the office's clock run as real time does."""
        body = {"as_of": RealClock().wall().isoformat(), "speed": 1}
        await self.api.call("PUT", "registry", "/clock", who=_CLOCK_KEEPER, body=body)

    async def advance(self, to: datetime) -> None:
        """Let time pass: each moment at which the case has something due, then the moment itself."""
        while (due := await self._next_due()) is not None and self._now < due < to:
            await self.set_clock(due)
        await self.set_clock(to)

    async def _next_due(self) -> datetime | None:
        due = (await self.case())["next_due_at"]
        return datetime.fromisoformat(due) if due else None

    async def until(self, day: str, at: str = "10:00") -> None:
        """Let time pass until an hour of a day, such as `2017-03-20`, `10:00`."""
        moment = datetime.combine(date.fromisoformat(day), time.fromisoformat(at), SHANGHAI)
        await self.advance(moment)

    async def begin(self, day: str, at: str = "10:00") -> None:
        """Begin the story at a moment, wherever the clock stood before."""
        moment = datetime.combine(date.fromisoformat(day), time.fromisoformat(at), SHANGHAI)
        await self.set_clock(moment)

    async def receive(self, who: str, application: dict[str, Any]) -> dict[str, Any]:
        """Hand an application in at the window; gives the receipt."""
        item = await self.api.call("GET", "intake", f"/items/{application['item_code']}", who=who)
        papers = [
            {"code": paper["code"], "originals": 1, "copies": 1}
            for paper in (item.get("item") or item)["documents"]
            if paper["mandatory"] and application["situation"] in (paper["situations"] or [application["situation"]])
        ]
        body = {**application, "documents": papers}
        receipt: dict[str, Any] = await self.api.call("POST", "intake", "/cases", who=who, body=body)
        self.case_no = receipt["case_no"]
        self.timeline.say(
            self._now, f"窗口收件，案件编号 {self.case_no}，预取件日期 {receipt['expected_collection_on']}"
        )
        await self.quiet()
        await self.timeline.catch_up(self.case_no)
        return receipt

    async def task(self, element: str, who: str) -> dict[str, Any]:
        """The open task of this case at an element, as that person sees it."""
        await self.quiet()
        case = await self.api.call("GET", "workflow", f"/cases/{self.case_no}", who=who)
        for found in case["steps"]:
            if found["element"] == element:
                return await self._whole(found["task_id"], who)
        present = ", ".join(found["element"] for found in case["steps"])
        msg = f"案件没有停在 {element} / the case is not at {element} (it is at: {present or '-'})"
        raise StoryBroken(msg)

    async def work(self, element: str, who: str, **given: object) -> dict[str, Any]:
        """Claim and complete the step at an element; what is not given comes from the form's own example."""
        task = await self.task(element, who)
        answers = filled(task["form"], given, today=self.today)
        await self.api.call("POST", "workflow", f"/tasks/{task['task_id']}/claim", who=who)
        await self.api.call(
            "POST", "workflow", f"/tasks/{task['task_id']}/complete", who=who, body={"answers": answers}
        )
        await self.quiet()
        await self.timeline.catch_up(self.case_no)
        return task

    async def case(self) -> dict[str, Any]:
        """The case as the workflow service shows it."""
        found: dict[str, Any] = await self.api.call("GET", "workflow", f"/cases/{self.case_no}", who="u.ops")
        return found

    async def said(self, event: str, **wanted: object) -> list[dict[str, Any]]:
        """What the workflow service said of the case: the data of the events of one kind, oldest first."""
        return [
            entry["data"]
            for entry in await self.timeline.history("workflow", self.case_no)
            if entry["type"] == f"guihua.workflow.{event}.v1"
            and all(entry["data"].get(name) == value for name, value in wanted.items())
        ]

    async def quiet(self) -> None:
        """Wait until every service is idle: nothing unsent, nothing unheard, nothing due. Raises StoryBroken."""
        try:
            async with asyncio.timeout(_QUIET_WITHIN):
                idle = 0
                while idle < 2:  # noqa: PLR2004 - idle at two looks in a row: nothing was on its way between them
                    idle = idle + 1 if not await self._busy() else 0
                    await asyncio.sleep(_LOOK_EVERY)
        except TimeoutError:
            msg = f"系统没有静下来 / the system did not settle: {await self._busy()}"
            raise StoryBroken(msg) from None

    async def _whole(self, task_id: str, who: str) -> dict[str, Any]:
        whole: dict[str, Any] = await self.api.call("GET", "workflow", f"/tasks/{task_id}", who=who)
        return whole

    async def _busy(self) -> list[str]:
        statuses = await self._statuses(_work_left)
        return [f"{name}: {left}" for name, left in statuses.items() if left]

    async def _all_follow(self, revision: int) -> None:
        async def follows() -> bool:
            revisions = await self._statuses(lambda status: status["clock"]["revision"])
            return all(each >= revision for each in revisions.values())

        async with asyncio.timeout(_QUIET_WITHIN):
            while not await follows():  # noqa: ASYNC110 - the event would be in five other processes
                await asyncio.sleep(_LOOK_EVERY)

    async def _statuses(self, of: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        async def ask(name: str) -> Any:  # noqa: ANN401 - JSON
            with suppress(Refusal, httpx.TransportError):
                return of(await self.api.call("GET", name, "/status"))
            return "away"

        asked: list[Awaitable[Any]] = [ask(name) for name in SERVICES]
        return dict(zip(SERVICES, await asyncio.gather(*asked), strict=True))


def _work_left(status: dict[str, Any]) -> list[str]:
    """What keeps a service from being idle, in words; empty when it is."""
    outbox = status["outbox"]
    left = [f"outbox {outbox['documents'] if outbox else 'not known'}"] if outbox is None or outbox["documents"] else []
    left += [f"lag {stream} {count}" for stream, count in (status["lag"] or {}).items() if count]
    return left + [f"{line} {count}" for line, count in status["backlog"].items() if count and line in _MUST_BE_DONE]


_MUST_BE_DONE: Final = frozenset({"timers-due", "messages-under-way", "received-not-started"})
"""Sweeper lines that go to nought by themselves. Others may wait for a person."""
