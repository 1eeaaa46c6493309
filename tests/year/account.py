"""The account of a year: what became of every case, and whether the services' numbers agree with each other."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

from services.contracts.events import Envelope
from services.kernel.clock import RealClock
from services.kernel.store import Store
from services.local.client import Api
from services.local.layout import SERVICES
from services.local.runner import Run
from tests.year.season import Year

_PAGE = 200
_NEVER_TWICE = ("case.started", "case.accepted", "case.decided", "case.ended")


@dataclass(slots=True)
class Account:
    """What the journals say, in counts, read once from the first event to the last."""

    events: Counter[str] = field(default_factory=Counter)
    by_case: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    outcomes: dict[str, str] = field(default_factory=dict)
    overdue: set[tuple[str, str]] = field(default_factory=set)
    red: set[tuple[str, str]] = field(default_factory=set)
    lit: dict[tuple[str, str], str] = field(default_factory=dict)
    tasks: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    disorder: list[str] = field(default_factory=list)

    def take(self, event: Envelope) -> None:
        """Count one event."""
        name, data = event.type.split(".", 1)[1].removesuffix(".v1"), event.data
        self.events[name] += 1
        case_no = data.get("case_no") or ""
        match name:
            case "workflow.task.opened":
                self.tasks[data["task_id"]] += 1
            case "workflow.task.completed" | "workflow.task.cancelled":
                self.tasks[data["task_id"]] -= 1
            case "workflow.timer.overdue":
                self.overdue.add((case_no, data["clock_id"]))
            case "supervision.light.changed":
                self._light(case_no, data)
            case "workflow.case.ended":
                self.outcomes[case_no] = data["outcome"]
            case "workflow.case.decided":
                self.late["promised"] += data["promised_overdue_workdays"] > 0
                self.late["statutory"] += data["statutory_overdue_workdays"] > 0
            case _:
                pass
        if name.removeprefix("workflow.") in _NEVER_TWICE or name.startswith("intake.case."):
            self.by_case[case_no][name] += 1

    def _light(self, case_no: str, data: dict[str, Any]) -> None:
        clock = (case_no, data["clock_id"])
        self.lit[clock] = data["light"]
        if data["light"] in {"red", "red2"}:
            self.red.add(clock)


async def account_of(run: Run) -> Account:
    """Read every service's journal."""
    account = Account()
    for service in SERVICES:
        settings = run.servers.settings_of(service)
        url, database = settings["GUIHUA_MONGO_URL"], settings["GUIHUA_MONGO_DATABASE"]
        store = Store(url, database, service=service, clock=RealClock())
        try:
            async for rows in store.journal.pages(None):
                for row in rows:
                    account.take(Envelope.model_validate_json(row["wire"]))
            account.disorder += await store.journal.out_of_order()
        finally:
            await store.close()
    return account


async def complaints(run: Run, year: Year, account: Account) -> list[str]:
    """Everything that is wrong."""
    async with Api(run.layout) as api:
        found = [*_of_cases(year, account), *_of_lights(account)]
        found += [f"journal out of order: {each}" for each in account.disorder]
        found += [f"refused: {text} ({times} times)" for text, times in year.surprises.items()]
        for service in SERVICES:
            letters = await api.call("GET", service, "/dead-letters", who="u.ops")
            found += [f"dead letter of {service}: {letter}" for letter in letters[:3]]
        incidents = await api.call("GET", "workflow", "/incidents/groups", who="u.ops")
        found += [f"incidents: {group}" for group in incidents]
        return found + [line async for line in _of_windows(api, account)]


def _of_cases(year: Year, account: Account) -> Iterator[str]:
    for case_no in year.received:
        said = account.by_case[case_no]
        if said["intake.case.received"] != 1 or said["workflow.case.started"] != 1:
            yield f"{case_no} was received {said['intake.case.received']}, begun {said['workflow.case.started']} times"
        doubled = [f"{name} {times} times" for name, times in said.items() if times > 1]
        yield from (f"{case_no}: {each}" for each in doubled)
        if (case_no in year.delivered) != bool(said["intake.case.delivered"]):
            yield f"{case_no}: delivered at the window, or by the journal, and not in the other"
    if others := account.outcomes.keys() - set(year.received):
        yield f"cases that nobody applied for: {sorted(others)[:5]}"
    if open_tasks := sum(count for count in account.tasks.values() if count > 0 and not _is_waiting(year, account)):
        yield f"{open_tasks} tasks are open though every case ended"


def _is_waiting(year: Year, account: Account) -> bool:
    return bool(set(year.received) - account.outcomes.keys())


def _of_lights(account: Account) -> Iterator[str]:
    """A clock that was overdue was red, and no other; of an ended case no light burns."""
    if lacking := account.overdue - account.red:
        yield f"{len(lacking)} clocks were overdue and never red, such as {min(lacking)}"
    if more := account.red - account.overdue:
        yield f"{len(more)} clocks were red and never overdue, such as {min(more)}"


async def _of_windows(api: Api, account: Account) -> AsyncIterator[str]:
    """The window shows as ended exactly what the workflow service ended."""
    shown: dict[str, str] = {}
    after: dict[str, str] = {}
    while page := await api.call("GET", "intake", "/cases", who="u.supervisor", query={"limit": _PAGE, **after}):
        shown |= {case["case_no"]: case["status"] for case in page}
        after = {"after": page[-1]["case_no"]}
    ended = {case_no for case_no, status in shown.items() if status == "ended"}
    if ended != account.outcomes.keys():
        yield f"ended at the window and in the process differ: {sorted(ended ^ account.outcomes.keys())[:5]}"


async def standing(run: Run, year: Year, account: Account) -> Counter[str]:
    """Where the cases are that did not end."""
    found: Counter[str] = Counter()
    async with Api(run.layout) as api:
        for case_no in (each for each in year.received if each not in account.outcomes):
            case = await api.call("GET", "workflow", f"/cases/{case_no}", who="u.ops")
            places = [*(step["element"] for step in case["steps"]), *case["waiting_for"]]
            found[f"{case['item_code']} {' + '.join(places) or 'nowhere'}"] += 1
    return found


def report(year: Year, account: Account, left: Counter[str]) -> str:
    """What the year was, in a few lines."""
    ended = Counter(account.outcomes[case_no] for case_no in year.received if case_no in account.outcomes)
    lines = {
        "cases": f"{len(year.received)}, {len(year.received) / year.seconds:.2f} a second",
        "tasks": f"{year.tasks}, {year.tasks / year.seconds:.1f} a second",
        "until": str(year.last_day),
        "ended": f"{sum(ended.values())} {dict(ended.most_common())}",
        "open": f"{sum(left.values())} {dict(left.most_common())}",
        "late decisions": str(dict(account.late)),
        "clocks overdue, red": f"{len(account.overdue)}, {len(account.red)}",
        "matters, notices, bulletins": ", ".join(
            str(account.events[f"supervision.{name}"])
            for name in ("matter.registered", "notice.issued", "bulletin.published")
        ),
        "events": f"{sum(account.events.values())}",
        "seconds": f"{year.seconds:.0f}",
    }
    return "\n".join(f"  {name:28}{value}" for name, value in lines.items())
