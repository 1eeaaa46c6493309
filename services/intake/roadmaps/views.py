"""The roadmap as its page draws it: stages, steps, how far each is, and what comes next."""

from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel

from services.intake.cases import Case
from services.intake.roadmaps.graphs import Graph, Step, Track
from services.intake.roadmaps.rules import Progress, Project, Standing, needs_of, progress_of, tracks_of


class RoadNeed(BaseModel, frozen=True):
    """What a step needs before it, and whether that is there; None if nobody here can know."""

    step: str
    name: str
    name_en: str
    basis: str
    hard: bool
    met: bool | None


class RoadStep(BaseModel, frozen=True):
    """One permit on the way. `is_next`: it can be applied for now, as all that it needs is there."""

    key: str
    name: str
    name_en: str
    stage: int
    items: tuple[str, ...]
    standing: Standing
    how: str
    case_no: str | None
    received_on: date | None
    expected_on: date | None
    decided_on: date | None
    number: str
    valid_until: date | None
    needs: tuple[RoadNeed, ...]
    is_next: bool


class Roadmap(BaseModel, frozen=True):
    """The way of a project. `hidden` cases are not in the reader's scope; `guided`: the reader is its guide."""

    project_code: str
    title: str
    track: Track | None
    steps: tuple[RoadStep, ...]
    hidden: int
    guided: bool
    others: tuple[str, ...]
    """Cases of the project that are no step of the way, such as consultations."""


def roadmap_view(graph: Graph, project: Project, *, code: str, hidden: int, guided: bool) -> Roadmap:
    """The way of a project with at least one case."""
    tracks = tracks_of(graph, project)
    steps = [step for step in graph.values() if tracks & step.tracks]
    found = {step.key: progress_of(step, project) for step in steps}
    shown = tuple(_step(graph, step, tracks, found) for step in steps)
    on_the_way = {step.case_no for step in shown}
    return Roadmap(
        project_code=code,
        title=project.cases[0].title,
        track=next(iter(tracks)) if len(tracks) == 1 else None,
        steps=shown,
        hidden=hidden,
        guided=guided,
        others=tuple(case.case_no for case in project.cases if case.case_no not in on_the_way),
    )


def _step(graph: Graph, step: Step, tracks: frozenset[Track], found: dict[str, Progress]) -> RoadStep:
    progress = found[step.key]
    needs = tuple(_needs(graph, step, tracks, found))
    is_open = progress.standing in {Standing.NONE, Standing.NOT_GRANTED, Standing.VOID}
    case, certificate = progress.case, progress.certificate
    return RoadStep(
        key=step.key,
        name=step.name,
        name_en=step.name_en,
        stage=step.stage,
        items=step.items,
        standing=progress.standing,
        how=step.how,
        case_no=case.case_no if case else None,
        received_on=case.received_on if case else None,
        expected_on=_expected(case, progress.standing),
        decided_on=case.progress.decided_on if case else None,
        number=certificate.number if certificate else "",
        valid_until=certificate.valid_until if certificate else None,
        needs=needs,
        is_next=is_open and all(need.met is not False for need in needs),
    )


def _expected(case: Case | None, standing: Standing) -> date | None:
    return case.expected_collection_on if case and standing is Standing.UNDER_WAY else None


def _needs(graph: Graph, step: Step, tracks: frozenset[Track], found: dict[str, Progress]) -> Iterator[RoadNeed]:
    """Each need; one of another organ is not known here, and neither is what lies before it."""
    for need in needs_of(step, tracks):
        wanted, progress = graph[need.step], found.get(need.step)
        met = None if progress is None or progress.standing is Standing.OUTSIDE else progress.standing is Standing.DONE
        yield RoadNeed(
            step=need.step, name=wanted.name, name_en=wanted.name_en, basis=need.basis, hard=need.hard, met=met
        )
