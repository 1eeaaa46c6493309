"""What the service reads from its own database, always within what the person may see."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.intake.audits import AuditRow
from services.intake.cases import Case, PublicLine, Status, plain, words
from services.intake.copies import Offer
from services.intake.deps import Deps
from services.intake.uploads.records import Scan
from services.kernel.identity import Person, scope_of
from services.kernel.problem import Problem

OVERLOOKED: Final = timedelta(minutes=1)
"""How long another service may take before the health page counts a case as fallen through."""


RESULTS: Final = 50
"""Results on a page."""

SHORTEST: Final = 2
"""Characters that a search for results needs."""

SET: Final = {"$gt": ""}
"""A text that is there. A query must say so, or MongoDB does not use an index that holds only such documents."""

POSTED: Final = {"$gt": datetime(1970, 1, 1, tzinfo=UTC)}
"""Cases of which something is or was posted for the public; said for the same reason."""


class CaseNotFound(Problem):
    """No such case, or not within the person's scope: the answer does not tell which."""

    status = 404
    code = "case-not-found"
    zh = "没有案件 {case_no}，或您无权查看"
    en = "no case {case_no}, or not yours to see"
    remedy_zh = "请核对案件编号"
    remedy_en = "check the case number"


class ItemNotFound(Problem):
    """No item on offer has this code."""

    status = 404
    code = "item-not-found"
    zh = "没有可办理的事项 {item_code}"
    en = "no item {item_code} is on offer"
    remedy_zh = "请核对事项编码（GET /items 列出可办事项）"
    remedy_en = "check the code: GET /items lists what is on offer"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a list shows; None means all. `text` stands in the number, the title or the applicant's name."""

    status: Status | None = None
    item_code: str | None = None
    township: str | None = None
    received_from: str | None = None
    received_to: str | None = None
    text: str | None = None

    def filter(self) -> dict[str, Any]:
        """The database filter."""
        fields = {"status": self.status, "item_code": self.item_code, "township": self.township}
        where: dict[str, Any] = {f"body.{field}": value for field, value in fields.items() if value is not None}
        days = {"$gte": self.received_from, "$lte": self.received_to}
        if between := {way: day for way, day in days.items() if day is not None}:
            where["body.received_on"] = between
        if self.text:
            found = {"$regex": re.escape(self.text), "$options": "i"}
            where["$or"] = [{"_id": found}, {"body.title": found}, {"body.applicant.name": found}]
        return where


async def item_of(deps: Deps, item_code: str) -> Offer:
    """The item on offer; raises ItemNotFound."""
    offer = await deps.copies.offer(item_code)
    if offer is None:
        raise ItemNotFound(item_code=item_code)
    return offer


async def case_of(deps: Deps, case_no: str, who: Person) -> Case:
    """The case, if the person may see it; raises CaseNotFound."""
    where = {"_id": case_no} | scope_of(who).filter()
    found = await deps.cases.query(where, sort=[("_id", 1)], limit=1)
    if not found:
        raise CaseNotFound(case_no=case_no)
    return found[0]


async def cases_of(deps: Deps, who: Person, wanted: Wanted, *, limit: int, after: str | None) -> list[Case]:
    """The cases that the person may see, the newest day first; `after` is the last number of the page before.

    A text that hardly occurs is looked for in all of them, newest first.
    """
    where: dict[str, Any] = scope_of(who).filter() | wanted.filter()
    if after is not None:
        where["_id"] = {"$lt": after}
    return await deps.cases.query(where, sort=[("_id", -1)], limit=limit)


async def results_of(deps: Deps, search: str, *, page: int) -> tuple[list[PublicLine], bool]:
    """A page of the granted licences, the newest first, and whether there may be more.

    With `search` only those whose line holds that text; found by its pairs of characters, so never by a full scan.
    """
    where: dict[str, Any] = {"body.published.decided_on": SET}
    if wanted := plain(search):
        where["body.published.words"] = {"$all": sorted(words(wanted))}
    latest = [("body.published.decided_on", -1), ("_id", -1)]
    found = await deps.cases.query(where, sort=latest, limit=RESULTS, skip=RESULTS * (page - 1))
    lines = [case.published for case in found if case.published is not None]
    fitting = [line for line in lines if wanted in plain(f"{line.item} {line.project} {line.applicant}")]
    return fitting, len(found) == RESULTS


async def audits_of(deps: Deps, case_no: str, *, limit: int) -> list[AuditRow]:
    """Who looked at a case, the latest first."""
    return await deps.audits.query({"body.case_no": case_no}, sort=[("body.at", -1)], limit=limit)


async def received_not_started(deps: Deps) -> int:
    """Cases that workflow should have started by now."""
    return await deps.cases.count(
        {
            "body.progress.started": False,
            "body.recorded_at": {"$lt": deps.clock.wall() - OVERLOOKED},
            "body.progress.ended_at": None,
        }
    )


async def withdrawals_not_answered(deps: Deps) -> int:
    """Withdrawals of which the process should have said by now whether they were in time."""
    return await deps.cases.count(
        {
            "body.withdrawal.recorded_at": {"$lt": deps.clock.wall() - OVERLOOKED},
            "body.progress.ended_at": None,
            "body.progress.too_late": "",
        }
    )


async def files_not_scanned(deps: Deps) -> int:
    """Files that the malware scanner should have judged by now."""
    waiting = {"body.scan": Scan.WAITING.value, "body.recorded_at": {"$lt": deps.clock.wall() - OVERLOOKED}}
    return await deps.uploads.count(waiting)


async def delivered_not_noticed(deps: Deps) -> int:
    """Cases handed over whose process still waits for a message."""
    waiting = {"kind": "receive", "opened_at": {"$ne": None}, "closed_at": None}
    return await deps.cases.count(
        {
            "body.delivery.recorded_at": {"$lt": deps.clock.wall() - OVERLOOKED},
            "body.progress.ended_at": None,
            "body.progress.steps": {"$elemMatch": waiting},
        }
    )
