"""Everything that was said and done in a season, read after it: the journals, the messages, the letters, the logs."""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from services.contracts.events import Envelope
from services.kernel.clock import RealClock
from services.kernel.store import Store
from services.local.client import Api
from services.local.layout import SERVICES
from services.local.runner import Run

_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class Truth:
    """All of it. `said` is in the order of each service's journal; `disorder` names events out of their order."""

    said: dict[str, list[Envelope]]
    disorder: list[str]
    messages: list[dict[str, Any]]
    letters: list[dict[str, Any]]
    windows: dict[str, dict[str, Any]]
    lit: set[str]
    matters: list[dict[str, Any]]
    errors: list[str]

    def events(self, service: str, name: str) -> list[Envelope]:
        """What a service said of one kind, such as `task.opened`."""
        return [event for event in self.said[service] if event.type == f"guihua.{service}.{name}.v1"]

    @property
    def supervised(self) -> frozenset[str]:
        """The cases in which matters of red lights are run: no window received them, and nobody works there here."""
        begun = self.events("workflow", "case.started")
        return frozenset(event.data["case_no"] for event in begun if event.data.get("business_key"))

    def by_case(self, service: str) -> dict[str, list[Envelope]]:
        """What a service said, by case."""
        found: dict[str, list[Envelope]] = defaultdict(list)
        for event in self.said[service]:
            if case_no := event.data.get("case_no"):
                found[case_no].append(event)
        return found


async def truth_of(run: Run) -> Truth:
    """Read everything, through the services' own APIs as far as they go."""
    said, disorder = {}, []
    for service in SERVICES:
        said[service], wrong = await _journal(run, service)
        disorder += wrong
    async with Api(run.layout) as api:
        letters = await api.call("GET", "postbox", "/messages", query={"limit": 10_000})
        cases = await _paged(api, "intake", "/cases", None, "case_no")
        return Truth(
            said=said,
            disorder=disorder,
            messages=await _paged(api, "notify", "/messages", "messages", "message_id"),
            letters=letters,
            windows={case["case_no"]: case for case in cases},
            lit={case["case_no"] for case in await _paged(api, "supervision", "/lights", "cases", "case_no")},
            matters=await _paged(api, "supervision", "/matters", "matters", "matter_id"),
            errors=_errors(run),
        )


async def _journal(run: Run, service: str) -> tuple[list[Envelope], list[str]]:
    settings = run.servers.settings_of(service)
    url, database = settings["GUIHUA_MONGO_URL"], settings["GUIHUA_MONGO_DATABASE"]
    store = Store(url, database, service=service, clock=RealClock())
    said: list[Envelope] = []
    try:
        async for rows in store.journal.pages(None):
            said += [Envelope.model_validate_json(row["wire"]) for row in rows]
        return said, await store.journal.out_of_order()
    finally:
        await store.close()


async def _paged(api: Api, service: str, path: str, member: str | None, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        query = {"limit": _PAGE} | ({"after": found[-1][key]} if found else {})
        page = await api.call("GET", service, path, who="u.supervisor", query=query)
        lines = page[member] if member else page
        found += lines
        if len(lines) < _PAGE:
            return found


def _errors(run: Run) -> list[str]:
    """What the services logged as errors: somebody would have to act."""
    found = []
    for service in run.layout.services:
        for line in (run.layout.var / "logs" / f"{service}.log").read_text(encoding="utf-8").splitlines():
            if line.startswith("{") and '"level":"error"' in line:
                entry = json.loads(line)
                found.append(f"{service}: {entry['event']}: {entry.get('exception', '')[-1500:]}")
            elif line.startswith("Traceback"):
                found.append(f"{service}: a traceback that nobody caught")
    return found
