"""Load, decide, save for key projects; an instruction becomes a supervision matter."""

import hashlib
from contextlib import suppress

from services.contracts.supervision import MatterRegistered
from services.kernel.store import AlreadyExists
from services.supervision import matters
from services.supervision.desk import Deps
from services.supervision.matters import Fact, Matter, Step
from services.supervision.numbers import Series, number
from services.supervision.projects import reports
from services.supervision.projects.acts import Act, Entry, part
from services.supervision.projects.commands import decide
from services.supervision.projects.fiveones import ProjectEntry, propose
from services.supervision.projects.records import Instruction, Project

_SOURCE = "A-16"
"""The rule of a matter that a leader's instruction began."""


def act_of(deps: Deps, project_id: str, *, by: str) -> Act:
    """Who acts, when, and the page of the project that messages lead to."""
    return Act(by=by, at=deps.clock.now(), page=f"{deps.console_url}/projects/{project_id}")


async def add(deps: Deps, source: str, entry: ProjectEntry, *, by: str, departments: tuple[str, ...]) -> Project:
    """Enter a project; the same source again gives the same project. Raises DayNotPast."""
    key = hashlib.sha256(f"project|{source}".encode()).hexdigest()[:24]
    project, said = propose(key, entry, act_of(deps, key, by=by), departments=departments)
    try:
        await deps.projects.create(project, said)
    except AlreadyExists:
        return (await deps.projects.load(key))[0]
    return project


async def change(deps: Deps, project_id: str, entry: Entry, *, by: str) -> Project:
    """One act on a project. Raises NotFound, Conflict, and what the rule raises."""
    act = act_of(deps, project_id, by=by)
    if isinstance(entry, reports.Supervision):
        return await _supervise(deps, project_id, entry, act)
    return await deps.projects.change(project_id, lambda project: decide(project, entry, act))


async def _supervise(deps: Deps, project_id: str, entry: reports.Supervision, act: Act) -> Project:
    """Register the matter first, under its natural key, then note it at the instruction: both can be done again."""
    project, _ = await deps.projects.load(project_id)
    given = part(project.instructions, entry.no, what_zh="批示", what_en="instruction")
    case_no = project.process_case or next(iter(project.cases), f"ZDXM{project_id.upper()}")
    clock_id = f"instruction:{project_id}:{given.no}"
    key = matters.matter_id(case_no, clock_id)
    if given.matter_id is None and await deps.matters.find(key) is None:
        year = act.today.year
        no = matters.matter_no(year, await number(deps.numbers, Series.MATTER, year=year, document=key))
        told = tuple(dict.fromkeys((*await deps.books.supervision_office(), given.person)))
        matter = _matter(project, given, matter_id=key, case_no=case_no, clock_id=clock_id, no=no, act=act)
        with suppress(AlreadyExists):  # the other click was faster
            await deps.matters.create(matter, (_registered(matter, told),))
    return await deps.projects.change(
        project_id, lambda found: reports.supervised(found, entry.no, given.matter_id or key, act)
    )


def _matter(
    project: Project, given: Instruction, *, matter_id: str, case_no: str, clock_id: str, no: str, act: Act
) -> Matter:
    return Matter(
        matter_id=matter_id,
        matter_no=no,
        case_no=case_no,
        clock_id=clock_id,
        title=f"{project.name}：{given.text}",
        matter=project.name,
        department=given.department,
        departments=(given.department,),
        rule=_SOURCE,
        due_on=given.due_on,
        facts=(Fact(at=act.at, step=Step.REGISTER, by=act.by, note=f"领导批示：{given.text}"),),
        registered_at=act.at,
    )


def _registered(matter: Matter, told: tuple[str, ...]) -> MatterRegistered:
    return MatterRegistered(
        case_no=matter.case_no,
        matter_no=matter.matter_no,
        title=matter.title,
        department=matter.department,
        rule=matter.rule,
        due_on=matter.due_on,
        registered_at=matter.registered_at,
        recipients=told,
    )
