"""A project's way as people see it, and the check at the window: what is asked of the database, and by whom."""

from typing import Final

from services.contracts.projects import GuideAssigned, GuideIntroduced
from services.contracts.workflow import Item
from services.intake.applications import Application, papers_asked
from services.intake.cases import Case
from services.intake.cases.findings import Finding
from services.intake.deps import Deps
from services.intake.moments import Moment, moment_of
from services.intake.roadmaps.graphs import graph
from services.intake.roadmaps.rules import PROJECT_CODE, Project, Wanted, findings
from services.intake.roadmaps.views import Roadmap, roadmap_view
from services.kernel.identity import Person, scope_of
from services.kernel.problem import FieldError, Problem

_MOST: Final = 200


class PrerequisiteMissing(Problem):
    """A permit that the application needs before it is not there, or not in force any more."""

    status = 422
    code = "prerequisite-missing"
    zh = "缺少 {count} 项前置许可，不能收件"
    en = "{count} permits that this application needs before it are missing: it is not received"
    remedy_zh = "请先取得所列许可；已在别处取得的，请收取证明材料并在要件清单中勾选"
    remedy_en = "obtain the permits listed first; of one obtained elsewhere take the paper and tick it in the checklist"


class RoadmapNotFound(Problem):
    """No case of such a project, or none the reader may see."""

    status = 404
    code = "roadmap-not-found"
    zh = "没有投资项目 {project_code} 的案件，或您无权查看"
    en = "there is no case of the project {project_code}, or none of yours to see"
    remedy_zh = "请核对投资项目统一代码"
    remedy_en = "check the project's code"


async def checked(deps: Deps, entry: Application, item: Item, *, now: Moment) -> tuple[Finding, ...]:
    """What was found about the permits before this one; nothing without a project's code.

    Raises PrerequisiteMissing.
    """
    code = entry.facts.get(PROJECT_CODE)
    if not isinstance(code, str) or not code.strip():
        return ()
    project = await _project(deps, await _cases_of(deps, code.strip()), now=now)
    papers = frozenset(each.code for each in entry.documents if each.handed_in)
    asked = frozenset(papers_asked(item, entry.situation))
    wanted = Wanted(item.code, entry.situation, papers, asked, entry.facts)
    found = findings(graph(), project, wanted)
    if hard := [each for each in found if each.hard]:
        errors = tuple(FieldError(f"body.facts.{PROJECT_CODE}", zh=each.zh, en=each.en) for each in hard)
        reasons = [{"code": each.code, "step": each.step} for each in hard]
        raise PrerequisiteMissing(count=len(hard), reasons=reasons, errors=errors)
    return found


async def roadmap_of(deps: Deps, code: str, who: Person) -> Roadmap:
    """The way of a project: of its cases those in the reader's scope, and all of them for its planning guide.

    Raises RoadmapNotFound.
    """
    cases = await _cases_of(deps, code)
    is_guide = await _guides(deps, cases, who)
    seen = [case for case in cases if is_guide or scope_of(who).sees(case.departments)]
    if not seen:
        raise RoadmapNotFound(project_code=code)
    project = await _project(deps, seen, now=moment_of(deps.clock, deps.hours))
    return roadmap_view(graph(), project, code=code, hidden=len(cases) - len(seen), guided=is_guide)


async def keep_guide(deps: Deps, said: GuideAssigned, *, sequence: int) -> None:
    """Who guides a key project."""
    await deps.copies.guides.put(said.project_id, said, unless_newer=sequence)


async def keep_guided(deps: Deps, said: GuideIntroduced, *, sequence: int) -> None:
    """A case belongs to a key project."""
    await deps.copies.guided.put(said.case_no, said, unless_newer=sequence)


async def _cases_of(deps: Deps, code: str) -> list[Case]:
    where = {f"body.facts.{PROJECT_CODE}": code}
    return await deps.cases.query(where, sort=[("_id", -1)], limit=_MOST)


async def _project(deps: Deps, cases: list[Case], *, now: Moment) -> Project:
    where = {"_id": {"$in": [case.case_no for case in cases]}}
    certificates = await deps.papers.certificates.query(where, sort=[("_id", 1)], limit=_MOST) if cases else []
    return Project(cases, certificates, now.on)


async def _guides(deps: Deps, cases: list[Case], who: Person) -> bool:
    """Whether the person is the planning guide of the key project that one of the cases belongs to."""
    for case in cases:
        linked = await deps.copies.guided.get(case.case_no)
        guide = await deps.copies.guides.get(linked.project_id) if linked else None
        if guide is not None and guide.guide == who.code:
            return True
    return False
