"""The rule table, edited by the office as new versions."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.store import AlreadyExists
from services.supervision import desk, rules
from services.supervision.api.common import Here, Reader
from services.supervision.previews.asking import preview
from services.supervision.previews.models import Preview, PreviewEntry
from services.supervision.rules import RulesNotLawful, RuleTable, RuleTableEntry
from services.supervision.statistics.periods import PeriodReversed

router = APIRouter(tags=["rules"])

Editor = Annotated[Person, Depends(allowed(Permission.RULES_EDIT))]


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
async def put_rules(deps: Here, who: Editor, entry: RuleTableEntry) -> RulesView:
    """Make the next version; lights already set keep theirs. The same table again changes nothing."""
    latest = await desk.latest_table(deps)
    if (latest.rules, latest.effective_from, latest.note) != (entry.rules, entry.effective_from, entry.note):
        await deps.tables.add(rules.new_version(entry, latest=latest, by=who.code, now=deps.clock.now()))
    return await see_rules(deps, who)


@router.post("/rules/preview", summary="试算修订后的亮灯规则", responses=problems(RulesNotLawful, PeriodReversed))
async def preview_rules(deps: Here, _who: Editor, entry: PreviewEntry) -> Preview:
    """What a changed table would have done in a period; by default the three months until today. Changes nothing.

    What was heard of the clocks is judged twice: by the version that held when it was heard, and by these rules.
    For the whole and for each rule (of this table, then those of the newest version that it leaves out) the answer
    has `lights` (what the board showed), `alerts` (the register), `matters` and `notices` (drafts). Each counts
    `added`, `dropped`, `earlier`, `later` and `same`, and names the first hundred `affected`, oldest first: `how`,
    case, clock, department, due date, colour, `was_at` and `was_rule` (what came), `would_at` and `would_rule`.

    What would be dropped stands with the rule that brought it, all else with the rule that would bring it.
    Red lights and bulletins that repetition makes are not among them.
    """
    return await preview(deps, entry)
