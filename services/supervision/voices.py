"""Matters that the public begins: a bad rating under a real name (SL-24), contact outside a reception card (SL-25)."""

import hashlib
from contextlib import suppress
from datetime import datetime
from typing import Final

from services.contracts.intake import CaseRated, ContactReported, RatingContacted
from services.kernel.bus import Event
from services.kernel.store import AlreadyExists, NotFound
from services.kernel.worktime import Calendar
from services.supervision import registering
from services.supervision.desk import Deps, office_day
from services.supervision.matters import Source, added, matter_no
from services.supervision.numbers import Series, number
from services.supervision.registering import MatterEntry

_CALLED_WITHIN: Final = 1
"""Working days until whoever gave a bad rating is called (SL-24)."""

_ANSWERED_WITHIN: Final = 15
"""Working days until a matter of integrity is answered, as a bad rating's rectification (SL-24)."""

_BY: Final = "system:public"
_MANY: Final = 1000


async def hear_rating(deps: Deps, event: Event[CaseRated]) -> None:
    """A bad rating by somebody known becomes a matter of the case's department, due when they must have been called."""
    said = event.said
    if not (said.is_bad and said.real_name):
        return
    entry = MatterEntry(
        title="差评回访",
        matter=f"案件 {said.case_no} 收到 {said.level} 级差评",
        source=Source.RATING,
        source_no=said.case_no,
        domain="conduct",
        duty="D9",
        method="routine",
        department=said.department,
        due_on=(await _calendar(deps)).add_workdays(said.rated_on, _CALLED_WITHIN),
        requirement="一个工作日内联系评价人，查明原因并整改。",
        case_no=said.case_no,
    )
    await _register(deps, _key("rating", said.case_no), entry, at=said.rated_at)


async def hear_call(deps: Deps, event: Event[RatingContacted]) -> None:
    """The call after the rating stands in its matter."""
    said = event.said
    text = f"已于 {said.contacted_on} 联系评价人"

    with suppress(NotFound):  # the rating was not one that must be followed up
        await deps.matters.change(
            _key("rating", said.case_no),
            lambda matter: (
                (matter, ())
                if any(fact.note == text for fact in matter.facts)
                else added(matter, text, by=said.contacted_by, now=said.contacted_at)
            ),
        )


async def hear_contact(deps: Deps, event: Event[ContactReported]) -> None:
    """Contact outside a card becomes a matter of integrity, where the person works.

    Of somebody who is not in the books it is the supervision office's own, which finds out who was meant.
    """
    said = event.said
    person = await deps.books.persons.get(said.person)
    entry = MatterEntry(
        title="无卡接触核查",
        matter=f"{said.happened_on} 未持接待卡接触申请人（{said.report_no}）",
        source=Source.COMPLAINT,
        source_no=said.report_no,
        domain="integrity",
        duty="D9",
        method="spot_check",
        department=person.department if person else await deps.books.supervision_department(),
        responsible=(person.code,) if person else (),
        due_on=(await _calendar(deps)).add_workdays(office_day(said.reported_at), _ANSWERED_WITHIN),
        requirement="核实接触的时间、地点和事由，当事人书面说明。",
    )
    await _register(deps, _key("contact", said.report_no), entry, at=said.reported_at)


async def _register(deps: Deps, key: str, entry: MatterEntry, *, at: datetime) -> None:
    """Under a natural key: again does no harm."""
    if await deps.matters.find(key) is not None:
        return
    year = office_day(at).year
    no = matter_no(year, await number(deps.numbers, Series.MATTER, year=year, document=key))
    told = (*await deps.books.supervision_office(), *await deps.books.answerable((entry.department,)))
    matter, said = registering.enter(key, entry, no=no, recipients=tuple(dict.fromkeys(told)), by=_BY, now=at)
    with suppress(AlreadyExists):
        await deps.matters.create(matter, said)


async def _calendar(deps: Deps) -> Calendar:
    """The official days, those that were published since too."""
    return Calendar.builtin().with_years(await deps.years.query({}, sort=[("_id", 1)], limit=_MANY))


def _key(kind: str, of: str) -> str:
    return hashlib.sha256(f"{kind}|{of}".encode()).hexdigest()[:24]
