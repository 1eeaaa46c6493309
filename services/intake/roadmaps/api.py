"""Roadmaps over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.intake.deps import Deps
from services.intake.roadmaps.desk import RoadmapNotFound, roadmap_of
from services.intake.roadmaps.views import Roadmap
from services.kernel.app import deps_of
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems

With = Annotated[Deps, Depends(deps_of)]
Reader = Annotated[Person, Depends(allowed(Permission.CASE_READ))]
ProjectCode = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{4,40}$", examples=["2609-512000-04-01-123456"])]

roadmaps = APIRouter(tags=["roadmaps"])


@roadmaps.get("/roadmaps/{project_code}", responses=problems(RoadmapNotFound))
async def show_roadmap(deps: With, who: Reader, project_code: ProjectCode) -> Roadmap:
    """The permits of a project in their order: how far each is, what it needs, what comes next."""
    return await roadmap_of(deps, project_code, who)
