"""The statistics of a period, put together from the records that the reader may see."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from services.kernel.worktime import SHANGHAI, Calendar
from services.supervision.catalogues import CatalogueKind, example
from services.supervision.desk import Deps
from services.supervision.matters import Source
from services.supervision.statistics import books, efficiency
from services.supervision.statistics.figures import Row
from services.supervision.statistics.figures import efficiency as figures_of
from services.supervision.statistics.models import PostLights, SixZeros, Statistics
from services.supervision.statistics.periods import Period

_MANY: Final = 1000
_WITHDRAWN: Final = ("PT10D", "PT10E")
"""Certificates that the bureau had to withdraw (撤回) or revoke (撤销)."""

_COMPLAINTS: Final = (Source.COMPLAINT, Source.RATING)
"""Where complaints and bad ratings come from."""


def today(deps: Deps) -> date:
    """The office's day."""
    return deps.clock.now().astimezone(SHANGHAI).date()


async def ask(deps: Deps, period: Period, *, campaign: str | None = None) -> Statistics:
    """Count everything, as of the last day of the period."""
    calendar = Calendar.builtin().with_years(await deps.years.query({}, sort=[("_id", 1)], limit=_MANY))
    items = {item.code: item.name for item in await deps.items.query({}, sort=[("_id", 1)], limit=_MANY)}
    departments = await deps.books.department_names()
    cases = await efficiency.decided(deps.facts, period)
    steps = await efficiency.completed(deps.facts, period)
    rounds, corrected = await efficiency.corrections(deps.facts, period)
    return Statistics(
        since=period.since,
        as_of=period.as_of,
        campaign=campaign,
        counted_at=deps.clock.now(),
        supervision=await books.supervision(deps, period, campaign),
        domains=await books.domains(deps, period, campaign, await _domains(deps)),
        projects=await books.key_projects(deps, period),
        cases=figures_of("all", "全部", cases, calendar),
        items=efficiency.by(cases, lambda fact: fact["item"], calendar, name=lambda key: items.get(key, key)),
        departments=efficiency.by(
            cases, lambda fact: fact["department"], calendar, name=lambda key: departments.get(key, key)
        ),
        steps=efficiency.by(steps, _step, calendar, name=_names_of(steps)),
        trend=efficiency.by(cases, efficiency.month, calendar, name=str),
        worst=await efficiency.worst(deps.facts, period),
        saved_workdays=sum(int(row["saved"]) for row in steps),
        lights=_named(await efficiency.lights(deps.facts, period), departments),
        correction_rounds=rounds,
        corrected_cases=corrected,
        pauses=await efficiency.pauses(deps.facts, period),
        townships=await efficiency.townships(deps.facts, period, departments),
        six_zeros=await _six_zeros(deps, period, steps),
    )


async def _six_zeros(deps: Deps, period: Period, steps: Sequence[Row]) -> SixZeros:
    visits, follow_ups = await books.services(deps, period)
    withdrawn = await efficiency.outcomes(deps.facts, period, _WITHDRAWN)
    complaints = {**period.scope, **period.moments("body.registered_at"), "body.source": {"$in": _COMPLAINTS}}
    return SixZeros(
        distance_remote_decisions=sum(int(row["links"]) for row in steps),
        distance_visits=visits,
        errors_withdrawn_certificates=sum(each.count for each in withdrawn),
        obstacles_overdue_steps=sum(int(row["count"]) for row in steps if row["_id"]["late"]),
        fees_asked=await efficiency.total(deps.facts, period, field="fees", day="received_on"),
        complaints_registered=await deps.matters.count(complaints),
        follow_up_services=follow_ups,
    )


async def _domains(deps: Deps) -> dict[str, str]:
    """The domains of the catalogue, by code."""
    kept = await deps.ledgers.catalogues.find(CatalogueKind.DOMAINS)
    catalogue = kept[0] if kept else example(CatalogueKind.DOMAINS)
    return {row.code: row.name for row in catalogue.rows}


def _step(fact: Row) -> str:
    return f"{fact['item']} {fact['element']} {fact['post']}@{fact['department']}"


def _names_of(steps: Sequence[Row]) -> Callable[[str], str]:
    """What each step is called, with its department."""
    names = {_step(row["_id"]): f"{row['_id']['name']}（{row['_id']['department']}）" for row in steps}
    return names.__getitem__


def _named(lights: Sequence[PostLights], departments: Mapping[str, str]) -> tuple[PostLights, ...]:
    """Desks by the names of their departments."""
    named = []
    for each in lights:
        post, _, department = each.key.rpartition("@")
        name = departments.get(department, department)
        named.append(each.model_copy(update={"name": f"{post} {name}" if post else name}))
    return tuple(named)
