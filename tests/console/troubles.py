"""What supervision and operations look at: late clocks, incidents, dead letters."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import uuid4

from services.contracts.events import Envelope
from services.contracts.words import ClockKind
from services.contracts.workflow import TimerOverdue, TimerSaid, TimerStarted, TimerWarned
from services.kernel.bus import Bus
from services.local.client import Refusal
from tests.console.office import Office
from tests.support.wait import wait_until
from tests.workflow.bundle_support import bundle, diagram, item

NOW: Final = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
_NAMES: Final = {"step": "承办审查", "promised": "承诺时限", "statutory": "法定时限"}
_APPLICANT: Final = {"kind": "person", "name": "邹某某", "id_no": "512002200001010018", "phone": "13900000001"}


def case_no() -> str:
    """The number of a case that nobody else has."""
    return f"51200020261123PT05{uuid4().int % 10**8:08}"


async def late(
    console: Office, *clocks: tuple[str, int | None], department: str = "D06", title: str = "河东仓库"
) -> str:
    """A case with clocks of these kinds, overdue by so many working days or (None) only warned: its number."""
    case = case_no()
    said: list[TimerSaid] = []
    for kind, overdue in clocks:
        facts = _facts(case, ClockKind(kind), department, title)
        said += [TimerStarted(**facts, started_at=NOW), TimerWarned(**facts, warned_at=NOW, remaining_workdays=1)]
        if overdue is not None:
            said.append(TimerOverdue(**facts, overdue_at=NOW, overdue_workdays=overdue))
    async with _as(console, "workflow") as bus:
        for number, one in enumerate(said, 1):
            await _say(bus, one, case, number)
    await wait_until(lambda: _lights_are(console, case, len(clocks)))
    return case


async def faulty(console: Office) -> str:
    """The number of a case whose next step belongs to a post that its department does not have."""
    broken = diagram().replace('id="small-permit"', 'id="faulty-permit"').replace('"P08"', '"P16"')
    rows = item(key="faulty-permit", code="PT-91").replace('department = "D06"', 'department = "D08"')
    files = bundle(diagram_bpmn=broken, item_toml=rows)
    query = {"activate": "true"}
    await console.api.call("POST", "workflow", "/definitions", who="u.it", body={"files": files}, query=query)
    case = await wait_until(lambda: _received(console))
    await _work(console, case, "Accept", "u.accept", {"decision": "accept"})
    review = {"opinion": "同意", "officers": ["李某", "赵某"], "notice_no": "甲号"}
    try:
        await _work(console, case, "Review", "u.handler.d08", review)
    except Refusal as refusal:
        assert refusal.problem["code"] == "task-in-incident", refusal  # noqa: PT017 - what is expected
    return case


async def unreadable(console: Office) -> str:
    """A message that is no event, as a broken adapter would send it: the dead letter that it becomes."""
    before = {one["id"] for one in await _letters(console)}
    key = uuid4().hex
    async with _as(console, "external") as bus:
        subject = f"guihua.external.answer.completed.v1.{key}"
        await bus.publish(subject, b"{}", event_id=f"external.nonsense.{key}.1.0", stream="GUIHUA_EXTERNAL")
    return str(await wait_until(lambda: _new_letter(console, before)))


@asynccontextmanager
async def _as(console: Office, user: str) -> AsyncIterator[Bus]:
    servers = console.run.servers
    bus = Bus(servers.nats_url(), user=user, password=servers.passwords[user])
    await bus.connect(within=10)
    try:
        yield bus
    finally:
        await bus.close()


async def _say(bus: Bus, said: TimerSaid, case: str, number: int) -> None:
    envelope = Envelope(
        id=f"workflow.instances.{case}.{number}.0",
        source="urn:guihua:workflow",
        type=said.TYPE,
        subject=case,
        time=NOW,
        sequence=number,
        data=said.model_dump(mode="json"),
    )
    wire = envelope.model_dump_json(exclude_none=True).encode()
    await bus.publish(envelope.nats_subject, wire, event_id=envelope.id, stream="GUIHUA_WORKFLOW")


def _facts(case: str, kind: ClockKind, department: str, title: str) -> dict[str, Any]:
    is_step = kind is ClockKind.STEP
    return {
        "case_no": case,
        "title": title,
        "item_code": "PT05",
        "clock_id": "step:t1" if is_step else kind.value,
        "kind": kind,
        "name": _NAMES[kind],
        "element": "Task_HandlerReview" if is_step else None,
        "post": "P04" if is_step else None,
        "department": department,
        "person": None,
        "light_rules": (),
        "limit_workdays": 5,
        "started_on": date(2026, 11, 16),
        "due_on": date(2026, 11, 20),
        "due_at": datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        "provisional": False,
    }


async def _lights_are(console: Office, case: str, count: int) -> bool:
    page = await console.api.call("GET", "supervision", "/clocks", who="u.supervisor", query={"limit": 200})
    return sum(clock["case_no"] == case for clock in page["clocks"]) == count


async def _received(console: Office) -> str | None:
    body = {"item_code": "PT-91", "situation": "ordinary", "title": "河西道路", "applicant": _APPLICANT}
    try:
        shown = await console.api.call("GET", "intake", "/items/PT-91", who="u.window")
        papers = [{"code": paper["code"], "originals": 1} for paper in shown["item"]["documents"]]
        receipt = await console.api.call("POST", "intake", "/cases", who="u.window", body=body | {"documents": papers})
    except Refusal:  # the window has not heard of the new process yet
        return None
    return str(receipt["case_no"])


async def _work(console: Office, case: str, element: str, who: str, answers: dict[str, Any]) -> None:
    task = await wait_until(lambda: _task(console, case, element, who), within=60)
    await console.api.call("POST", "workflow", f"/tasks/{task}/claim", who=who)
    await console.api.call("POST", "workflow", f"/tasks/{task}/complete", who=who, body={"answers": answers})


async def _task(console: Office, case: str, element: str, who: str) -> str | None:
    try:
        found = await console.api.call("GET", "workflow", f"/cases/{case}", who=who)
    except Refusal:
        return None
    return next((step["task_id"] for step in found["steps"] if step["element"] == element), None)


async def _letters(console: Office) -> list[dict[str, Any]]:
    letters: list[dict[str, Any]] = await console.api.call("GET", "workflow", "/dead-letters", who="u.ops")
    return letters


async def _new_letter(console: Office, before: set[str]) -> str | None:
    return next((str(one["id"]) for one in await _letters(console) if one["id"] not in before), None)
