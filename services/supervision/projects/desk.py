"""Load, decide, save for key projects; an instruction becomes a supervision matter."""

import hashlib
from contextlib import suppress
from typing import Final

from services.kernel.store import AlreadyExists
from services.supervision import matters, registering
from services.supervision.desk import Deps
from services.supervision.matters import Source
from services.supervision.numbers import Series, number
from services.supervision.projects import reports
from services.supervision.projects.acts import Act, Entry, part
from services.supervision.projects.commands import decide
from services.supervision.projects.fiveones import ProjectEntry, propose
from services.supervision.projects.records import Instruction, Project
from services.supervision.registering import MatterEntry

_TITLE: Final = 200
"""Characters that a matter's title may have."""


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
    key = matters.matter_id(project_id, f"instruction:{given.no}")
    if given.matter_id is None and await deps.matters.find(key) is None:
        year = act.today.year
        no = matters.matter_no(year, await number(deps.numbers, Series.MATTER, year=year, document=key))
        told = tuple(dict.fromkeys((*await deps.books.supervision_office(), given.person)))
        matter, said = registering.enter(key, _entry(project, given), no=no, recipients=told, by=act.by, now=act.at)
        with suppress(AlreadyExists):  # the other click was faster
            await deps.matters.create(matter, said)
    return await deps.projects.change(
        project_id, lambda found: reports.supervised(found, entry.no, given.matter_id or key, act)
    )


def _entry(project: Project, given: Instruction) -> MatterEntry:
    """The instruction as a matter: it is about the project's process, or its first case, if there is one."""
    return MatterEntry(
        title=f"{project.name}：{given.text}"[:_TITLE],
        matter=project.name,
        source=Source.LEADER,
        source_no=f"{project.project_id}#{given.no}",
        domain="implementation",
        duty="D3",
        method="follow_up",
        department=given.department,
        responsible=(given.person,),
        due_on=given.due_on,
        requirement=f"领导批示：{given.text}",
        case_no=project.process_case or next(iter(project.cases), None),
    )
