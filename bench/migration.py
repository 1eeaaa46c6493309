"""`python -m bench.migration [cases]`: how long ten thousand cases take to move to another version, foretold and done.

The whole system runs; the cases stand evenly at the steps of the measured permit. The limit is a minute.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from bench.figures import Figure, show
from bench.office import Office as System
from bench.office import opened
from bench.parts import each, spent
from bench.permit import ANSWERS, ITEM, KEY, TASKS, files
from services.contracts.intake import CaseReceived
from services.contracts.registry import DepartmentChanged, PostChanged
from services.kernel.clock import RealClock
from services.kernel.store import Store
from services.kernel.worktime import Calendar, OfficeHours
from services.workflow.books import Books
from services.workflow.clocks.dues import OfficeTime
from services.workflow.clocks.grounds import Policy
from services.workflow.definitions.items import ITEM_FILE, read_item
from services.workflow.engine import run
from services.workflow.engine.bundles import Bundle, compile_bundle
from services.workflow.engine.models import Complete
from services.workflow.instances.models import Act, Instance, Pin, Verb
from services.workflow.instances.moving import moved, pinned, registered, variables_of
from services.workflow.offices import Office

CASES: Final = 10_000
_LIMIT: Final = 60.0
_BATCH: Final = 500
_CALENDAR: Final = Calendar.builtin()
_LONG_AGO: Final = datetime(2026, 1, 5, tzinfo=UTC)


async def measure(cases: int = CASES) -> list[Figure]:
    """Put the cases there, foretell, move, and count what became of them."""
    folder = Path(tempfile.mkdtemp(prefix="guihua-bench-"))
    try:
        async with opened(folder, driver="motor") as there:
            await _fill(there, cases)
            to = await _deploy(there)
            plan = {"to_version": to}
            begun = time.monotonic()
            verdicts = await _foretold(there, plan)
            previewed = time.monotonic() - begun
            begun, before = time.monotonic(), spent(there.run)
            report = await _moved(there, await _ask(there, "POST", f"/definitions/{KEY}/migrations", plan | _WHY))
            done, after = time.monotonic() - begun, spent(there.run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    outcomes = report["outcomes"]
    assert (outcomes["moved"], outcomes["unaffected"]) == (verdicts["moves"], verdicts["unaffected"]), report
    assert outcomes["moved"] + outcomes["unaffected"] == cases, report
    return [
        Figure(f"preview of {cases} cases", previewed, "s", _LIMIT, "a minute"),
        Figure(f"migration of {cases} cases, {outcomes['moved']} moved", done, "s", _LIMIT, "a minute"),
        *(
            Figure(f"migration, processor time of a case: {part}", used, "ms")
            for part, used in each(before, after, count=cases).items()
            if used >= 0.1
        ),
    ]


async def _foretold(there: System, plan: dict[str, Any]) -> Counter[str]:
    """How many cases would come to which verdict, page by page."""
    verdicts, after = Counter[str](), ""
    while True:
        page = await _ask(there, "POST", f"/definitions/{KEY}/migrations/preview{after}", plan)
        verdicts.update(page["verdicts"])
        if page["next"] is None:
            return verdicts
        after = f"?after={page['next']}"


_WHY: Final = {"reason": "measured"}


async def _fill(there: System, cases: int) -> None:
    """Running cases, as if they had been worked on for days."""
    compiled = compile_bundle({path: text.encode() for path, text in files().items()}).bundle
    assert compiled is not None
    detail = await _ask(there, "GET", f"/definitions/{KEY}/versions/1")
    url = there.run.servers.mongo_url("workflow")
    store = Store(url, "guihua_workflow", service="workflow", clock=RealClock())
    instances = store.aggregates("instances", Instance, key="case_no")
    at = datetime.now(UTC) - timedelta(hours=1)
    standing = list(cases_at_each_step(compiled, detail["sha256"], version=1, at=at))
    for start in range(0, cases, _BATCH):
        numbers = range(start, min(start + _BATCH, cases))
        batch = [standing[n % TASKS].model_copy(update={"case_no": f"51200020261001BM{n:05}"}) for n in numbers]
        assert await instances.create_in_turn(batch) == len(batch)
    await store.close()


def cases_at_each_step(bundle: Bundle, sha256: str, *, version: int, at: datetime) -> Iterator[Instance]:
    """A case that stands at each step, begun and worked on at one moment."""
    item = read_item(files()[ITEM_FILE].encode())
    pin = Pin(process_key=KEY, version=version, sha256=sha256, terms=item.terms(item.situations[0].code))
    instance, _ = pinned(registered(_received(0, at)), pin, now=at)
    step = run.start(bundle, KEY, variables_of(instance), now=at, calendar=_CALENDAR, instance_id=instance.case_no)
    instance, _ = moved(instance, Act(verb=Verb.START, actor="bench", at=at), step, now=at, office=_OFFICE)
    for _ in range(TASKS):
        yield instance
        task_id = instance.tasks[0].task_id
        step = run.apply(bundle, instance.state, Complete(task_id, ANSWERS), now=at, calendar=_CALENDAR)
        act = Act(verb=Verb.COMPLETE, target=task_id, payload=dict(ANSWERS), actor="bench", at=at)
        instance, _ = moved(instance, act, step, now=at, office=_OFFICE)


def _received(number: int, at: datetime) -> CaseReceived:
    return CaseReceived(
        case_no=f"512000{at:%Y%m%d}BM{number:05}",
        item_code=ITEM,
        situation="",
        title="迁移测量",
        received_at=at,
        received_on=at.date(),
        expected_collection_on=at.date(),
        department="D06",
        township=None,
        facts={},
        documents=(),
        received_by="bench",
    )


async def _deploy(there: System) -> int:
    """The same permit with another limit at its tenth step: of twelve, ten have it ahead."""
    changed = files()
    task = f'id="Task_{TASKS - 3}"'
    head, found, rest = changed["diagram.bpmn"].partition(task)
    assert found
    changed["diagram.bpmn"] = head + found + rest.replace('limit_wd" value="1"', 'limit_wd" value="2"', 1)
    deployed = await _ask(there, "POST", "/definitions", {"files": changed})
    version: int = deployed["version"]
    return version


async def _moved(there: System, migration: dict[str, Any]) -> dict[str, Any]:
    while migration["status"] != "done":
        await asyncio.sleep(0.25)
        migration = await _ask(there, "GET", f"/migrations/{migration['migration_id']}")
    return migration


async def _ask(there: System, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
    """A preview of many cases takes longer than a person's request may."""
    url = there.run.layout.url("workflow")
    headers = {"Authorization": f"Bearer {await there.api.token('u.it')}"}
    async with httpx.AsyncClient(base_url=url, timeout=300, trust_env=False) as client:
        answer = await client.request(method, path, json=body, headers=headers)
    assert answer.is_success, answer.text
    return answer.json()


_OFFICE: Final = Office(
    OfficeTime(_CALENDAR, OfficeHours()),
    Books(
        {
            "P04": PostChanged(
                code="P04",
                name="承办岗",
                name_en="Handler",
                duty="",
                may_decide="",
                limit_workdays=None,
                departments=("D06",),
                changed_at=_LONG_AGO,
            )
        },
        {
            "D06": DepartmentChanged(
                code="D06", name="D06", name_en="D06", leader_in_charge=None, township=False, changed_at=_LONG_AGO
            )
        },
        {},
    ),
    Policy(),
)


if __name__ == "__main__":
    figures = asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
    show(figures, Path("var/bench-migration.json"))
    sys.exit(any((figure.ratio or 0) > 1 for figure in figures))
