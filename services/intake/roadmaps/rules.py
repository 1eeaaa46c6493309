"""How far each permit of a project is, and whether an application may be received with what there is. No I/O."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from services.contracts.words import Outcome
from services.intake.cases import Case
from services.intake.cases.findings import Finding
from services.intake.certificates.records import Certificate, State
from services.intake.numbers import item_mark
from services.intake.roadmaps.graphs import Graph, Need, Step, Track

PROJECT_CODE: Final = "investment_project_code"
"""The fact of a case that says to which project it belongs (投资项目统一代码)."""

_PASSED: Final = frozenset({Outcome.GRANTED, Outcome.GRANTED_CONDITIONAL, Outcome.DONE})
_GOOD: Final = frozenset({State.PENDING, State.VALID, State.CHANGED})
_SITE: Final = "site_opinion"


class Standing(StrEnum):
    """How far a step of the way is."""

    NONE = "none"
    UNDER_WAY = "under_way"
    DONE = "done"
    NOT_GRANTED = "not_granted"
    VOID = "void"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step is, by the newest case that says so, and the certificate that came of it."""

    standing: Standing
    case: Case | None = None
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """What is known of a project: its cases, the newest first, and the certificates that they gave."""

    cases: Sequence[Case]
    certificates: Sequence[Certificate]
    on: date


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is applied for: the papers handed in, and those that the item asks for at all.

    An item that does not ask for the paper that proves a need is never refused for it, only warned.
    """

    item_code: str
    situation: str
    papers: frozenset[str]
    asked: frozenset[str]
    facts: dict[str, Any]


def tracks_of(graph: Graph, project: Project, *, mark: str = "", situation: str = "") -> frozenset[Track]:
    """By which ways the project may get its land, as far as its cases or a new application tell; one if it is known."""
    found = frozenset(Track)
    known = [(item_mark(case.item_code), case.situation) for case in project.cases]
    for item, kind in ((mark, situation), *known):
        found = (found & _told_by(graph, item, kind)) or found  # what contradicts the newer is passed over
    return found


def _told_by(graph: Graph, mark: str, situation: str) -> frozenset[Track]:
    match mark, situation:
        case "PT03", "granted_land":
            return frozenset({Track.GRANTED})
        case "PT03", "allocated":
            return frozenset({Track.ALLOCATED})
        case ("PT09", "rural") | ("PT12", _):
            return frozenset({Track.RURAL})
        case "PT09", _:
            return frozenset({Track.ALLOCATED, Track.GRANTED})
        case _:
            step = next((each for each in graph.values() if each.is_for(mark, situation)), None)
            return step.tracks if step else frozenset(Track)


def progress_of(step: Step, project: Project) -> Progress:
    """How far a step is: the best of its cases, the newest of those."""
    if step.external:
        return Progress(Standing.OUTSIDE)
    own = [case for case in project.cases if step.is_for(item_mark(case.item_code), case.situation)]
    found = [_of_case(case, project) for case in own]
    best = sorted(found, key=lambda each: list(_BEST).index(each.standing))
    return best[0] if best else Progress(Standing.NONE)


_BEST: Final = (Standing.DONE, Standing.UNDER_WAY, Standing.VOID, Standing.NOT_GRANTED)


def _of_case(case: Case, project: Project) -> Progress:
    certificate = next((each for each in project.certificates if each.certificate_id == case.case_no), None)
    if certificate is not None:
        is_good = certificate.state_on(project.on) in _GOOD
        return Progress(Standing.DONE if is_good else Standing.VOID, case, certificate)
    if case.progress.outcome is not None:
        return Progress(Standing.DONE if case.progress.outcome in _PASSED else Standing.NOT_GRANTED, case)
    return Progress(Standing.DONE if case.published is not None else Standing.UNDER_WAY, case)


def needs_of(step: Step, tracks: frozenset[Track]) -> Iterator[Need]:
    """What a step needs on a track; while several are possible, what it needs on each of them."""
    return (need for need in step.need if tracks & step.tracks <= need.tracks)


def findings(graph: Graph, project: Project, wanted: Wanted) -> tuple[Finding, ...]:
    """What is to be said about the permits that an application needs before it; hard ones forbid receiving it."""
    item_code, situation, facts = wanted.item_code, wanted.situation, wanted.facts
    mark = item_mark(item_code)
    step = next((each for each in graph.values() if each.is_for(mark, situation)), None)
    if step is None:
        return ()
    others = [case for case in project.cases if item_mark(case.item_code) != mark]
    known = Project(others, project.certificates, project.on)
    if step.key == _SITE and _is_granted(tracks_of(graph, known), facts):
        return (_not_for_granted_land(step),)
    tracks = tracks_of(graph, known, mark=mark, situation=situation)
    found = (_finding(graph[need.step], need, project, wanted) for need in needs_of(step, tracks))
    return tuple(each for each in found if each is not None)


def _is_granted(tracks: frozenset[Track], facts: dict[str, Any]) -> bool:
    return tracks == {Track.GRANTED} or facts.get("land_supply") == Track.GRANTED.value


def _finding(step: Step, need: Need, project: Project, wanted: Wanted) -> Finding | None:
    """What is to be said of one need; nothing when it is met, or nobody here can know."""
    progress, is_proven = progress_of(step, project), need.paper in wanted.papers
    is_hard = need.hard and need.paper in wanted.asked
    match progress.standing:
        case Standing.DONE:
            return None
        case Standing.VOID:
            return _said("prerequisite-void", step, need, hard=True)
        case Standing.UNDER_WAY:
            return _said("prerequisite-pending", step, need, hard=is_hard and not is_proven)
        case Standing.NOT_GRANTED if not is_proven:
            return _said("prerequisite-refused", step, need, hard=is_hard)
        case _ if is_proven or (not need.paper and step.external):
            return None
        case _:
            return _said("prerequisite-missing", step, need, hard=is_hard)


_WHY: Final = {
    "prerequisite-void": ("已失效", "is not in force any more"),
    "prerequisite-pending": ("尚在办理", "is not decided yet"),
    "prerequisite-refused": ("没有取得", "was not granted"),
    "prerequisite-missing": ("没有办理记录", "is not on record"),
}


def _said(code: str, wanted: Step, need: Need, *, hard: bool) -> Finding:
    zh, en = _WHY[code]
    return Finding(
        code=code,
        step=wanted.key,
        hard=hard,
        zh=f"前置许可“{wanted.name}”{zh}（依据：{need.basis}）。取得办法：{wanted.how}。",
        en=f"{wanted.name_en}, which this needs first, {en} (basis: {need.basis}).",
    )


def _not_for_granted_land(step: Step) -> Finding:
    return Finding(
        code="not-for-granted-land",
        step=step.key,
        hard=True,
        zh="出让用地的项目不需要办理选址意见书（城乡规划法第三十六条），请直接申请建设用地规划许可证。",
        en="A project on granted land needs no siting opinion (§36): apply for the land permit.",
    )
