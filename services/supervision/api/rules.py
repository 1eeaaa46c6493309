"""The rule table, edited by the office as new versions."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.store import AlreadyExists
from services.supervision import desk, rules
from services.supervision.api.common import Here, Reader
from services.supervision.rules import RulesNotLawful, RuleTable, RuleTableEntry

router = APIRouter(tags=["rules"])


class RulesView(BaseModel, frozen=True):
    """The table in force today, and the newest one, which may take effect later."""

    in_force: RuleTable
    latest: RuleTable


@router.get("/rules", summary="亮灯规则")
async def see_rules(deps: Here, _who: Reader) -> RulesView:
    """The rule table."""
    return RulesView(in_force=await desk.table_in_force(deps, deps.clock.now()), latest=await desk.latest_table(deps))


@router.get("/rules/versions", summary="亮灯规则的历次版本")
async def list_versions(deps: Here, _who: Reader) -> tuple[RuleTable, ...]:
    """Every version of the table, the first one, which ships with the service, first."""
    return tuple(sorted(await deps.tables.known(), key=lambda table: table.number))


@router.put("/rules", summary="修订亮灯规则", responses=problems(RulesNotLawful, AlreadyExists))
async def put_rules(
    deps: Here, who: Annotated[Person, Depends(allowed(Permission.RULES_EDIT))], entry: RuleTableEntry
) -> RulesView:
    """Make the next version; lights already set keep theirs. The same table again changes nothing."""
    latest = await desk.latest_table(deps)
    if (latest.rules, latest.effective_from, latest.note) != (entry.rules, entry.effective_from, entry.note):
        await deps.tables.add(rules.new_version(entry, latest=latest, by=who.code, now=deps.clock.now()))
    return await see_rules(deps, who)
