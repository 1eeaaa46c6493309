"""The audit (X4): who did what when in every service, by person, case, act and day, and as a workbook."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from services.console.naming import Names, colleagues, names_of
from services.console.pages.ops.health import SERVICES
from services.console.pages.ops.trails import ACTS, facts_of
from services.console.pages.paging import MOST
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.console.workbooks import MEDIA_TYPE, workbook
from services.kernel.audits import Wanted, trail
from services.kernel.identity import Permission
from services.kernel.problem import TryLater
from services.kernel.requests import LARGEST_PAGE
from services.kernel.worktime import SHANGHAI

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Auditor = Annotated[Visit, Depends(holding(Permission.AUDIT_READ))]
Day = Annotated[str, Query(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]

OUTCOMES: Final = {"done": "完成", "refused": "被拒绝"}
_PAGE: Final = 50
_USUAL: Final = timedelta(days=30)
_COLUMNS: Final = (
    ("时间", 20),
    ("人员", 12),
    ("工号", 18),
    ("操作", 30),
    ("对象", 28),
    ("结果", 10),
    ("说明", 50),
    ("来源地址", 18),
    ("服务", 12),
)


class Asked(BaseModel, frozen=True):
    """What is looked for, as it stands in the address."""

    person: Annotated[str, Query(pattern=r"^\s*([a-z][a-z0-9._-]{0,79})?\s*$")] = ""
    about: Annotated[str, Query(pattern=r"^\s*[^\s*>]{0,120}\s*$")] = ""
    act: Annotated[str, Query(pattern=r"^([a-z]+\.[a-z_]+\.[a-z_]+)?$")] = ""
    since: Day = ""
    until: Day = ""
    after: Annotated[str, Query(max_length=200)] = ""

    def within(self, today: date) -> dict[str, str]:
        """What the services are asked: the last month unless days are given."""
        until = _day(self.until) or today
        since = _day(self.since) or until - _USUAL
        words = {"person": self.person.strip(), "about": self.about.strip(), "act": self.act}
        return words | {"since": since.isoformat(), "until": until.isoformat()}


@dataclass(frozen=True, slots=True)
class Found:
    """Lines of all services, newest first; `after` is where the next page begins; `away` could not be asked."""

    lines: Sequence[dict[str, Any]]
    after: str
    away: Sequence[str]


@router.get("/ops/audit")
async def show(visit: Auditor, asked: Annotated[Asked, Query()]) -> Response:
    """A page of acts, the newest first."""
    query = asked.within(_today(visit))
    found = await _found(visit, query, after=asked.after, limit=_PAGE)
    names = await names_of(visit.deps.books, english=visit.english)
    return visit.page(
        "ops/audit.html",
        lines=found.lines,
        away=found.away,
        chosen=query,
        is_first=not asked.after,
        following=urlencode(query | {"after": found.after}) if found.after else "",
        export=urlencode(query),
        groups=_groups(),
        acts=ACTS,
        outcomes=OUTCOMES,
        services=SERVICES,
        names=names,
        facts_of=facts_of,
        people=await colleagues(visit.deps.books),
        most=MOST,
        second=_second,
    )


@router.get("/ops/audit.xlsx")
async def download(visit: Auditor, asked: Annotated[Asked, Query()]) -> Response:
    """The same as a workbook: the newest MOST lines; who downloads it sees from the last row if there are more."""
    query = asked.within(_today(visit))
    lines: list[dict[str, Any]] = []
    after = asked.after
    while len(lines) < MOST:
        found = await _found(visit, query, after=after, limit=LARGEST_PAGE)
        if found.away:
            raise TryLater(what=found.away[0], what_zh=SERVICES[found.away[0]], seconds=5)
        lines += found.lines
        after = found.after
        if not after:
            break
    names = await names_of(visit.deps.books, english=visit.english)
    rows = [_row(visit, line, names) for line in lines[:MOST]]
    if after or len(lines) > MOST:
        rows.append([visit.say("还有更早的记录，请缩小日期范围后分次导出"), *[""] * (len(_COLUMNS) - 1)])
    made = workbook(visit.say("审计记录"), [(visit.say(name), width) for name, width in _COLUMNS], rows)
    named = f'attachment; filename="audit-{query["since"]}-{query["until"]}.xlsx"'
    return Response(made, media_type=MEDIA_TYPE, headers={"Content-Disposition": named, "Cache-Control": "no-store"})


async def _found(visit: Visit, query: dict[str, str], *, after: str, limit: int) -> Found:
    asked = [one for one in SERVICES if not query["act"] or query["act"].startswith(f"{one}.")]
    each = await asyncio.gather(*(_of(visit, one, query, after=after, limit=limit) for one in asked))
    lines = sorted((line for found in each for line in found or ()), key=lambda line: str(line["key"]), reverse=True)
    more = len(lines) > limit or any(found is not None and len(found) == limit for found in each)
    away = [one for one, found in zip(asked, each, strict=True) if found is None]
    return Found(lines[:limit], str(lines[:limit][-1]["key"]) if more else "", away)


async def _of(
    visit: Visit, service: str, query: dict[str, str], *, after: str, limit: int
) -> list[dict[str, Any]] | None:
    """The lines of a service; None when it cannot be asked now."""
    if service == "console":
        return await _own(visit, query, after=after, limit=limit)
    try:
        found: list[dict[str, Any]] = await visit.api.get(service, "/audit", **query, after=after, limit=limit)
    except TryLater:
        return None
    return found


async def _own(visit: Visit, query: dict[str, str], *, after: str, limit: int) -> list[dict[str, Any]]:
    """The lines of the screens themselves."""
    wanted = Wanted(
        person=query["person"] or None,
        about=query["about"] or None,
        act=query["act"] or None,
        since=date.fromisoformat(query["since"]),
        until=date.fromisoformat(query["until"]),
        before=after or None,
        limit=limit,
    )
    return [line.model_dump(mode="json") for line in await trail(visit.request.app.state.kernel.store, wanted)]


def _groups() -> dict[str, list[str]]:
    """The acts that can be chosen, by service."""
    return {service: [act for act in ACTS if act.startswith(f"{service}.")] for service in SERVICES}


def _row(visit: Visit, line: dict[str, Any], names: Names) -> list[str]:
    told = [f"{visit.say(name)}: {'、'.join(map(visit.say, values))}" for name, values in facts_of(line, names)]
    act = visit.say(ACTS.get(line["act"], line["act"]))
    who = names.person(line["person"]) or visit.say("公众或系统")
    words = "；".join([*([line["words"]] if line["words"] else []), *told])
    where = (line["address"], visit.say(SERVICES[str(line["act"]).partition(".")[0]]))
    outcome = visit.say(OUTCOMES[line["outcome"]])
    return [_second(line["at"]), who, line["person"] or "", act, line["about"], outcome, words, *where]


def _second(moment: str) -> str:
    """A moment to the second, in the office's time zone."""
    return datetime.fromisoformat(moment).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _today(visit: Visit) -> date:
    """The day by the wall: what was done is noted in wall time, also in a demonstration."""
    return visit.deps.clock.wall().astimezone(SHANGHAI).date()


def _day(text: str) -> date | None:
    """A day as it was typed; None where there is none of that name."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
