"""The opinions of the steps, for the approval sheet (审批表): who said what at which step, on which day."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.contracts.events import Said
from services.contracts.workflow import TaskCompleted
from services.intake.cases import Position
from services.intake.deps import Deps
from services.intake.documents.dossiers import Dossier, Told
from services.kernel.documents import written_date

WHAT: Final = "opinion"

_DECISIONS: Final[Mapping[str, str]] = {
    "accept": "予以受理",
    "agree": "同意",
    "approve": "同意",
    "disagree": "不同意",
    "grant": "准予许可",
    "refuse": "不予许可",
    "reject": "不同意",
}
"""What a decision says where nobody wrote an opinion."""


def opinion_by(said: Said, position: Position) -> Told | None:
    """The opinion that a person gave with a step; None of any other event."""
    if not isinstance(said, TaskCompleted) or said.person is None:
        return None
    words = said.answers.get("opinion") or _DECISIONS.get(str(said.answers.get("decision", "")), "")
    if not isinstance(words, str) or not words.strip():
        return None
    data = {"step": said.name, "department": said.department, "person": said.person, "words": words.strip()}
    return Told(what=WHAT, ref=said.task_id, on=said.completed_on, data=data, position=position)


def listed(dossier: Dossier) -> list[list[str]]:
    """The rows as they are kept: step, opinion, department, person, day; the oldest first, codes for names."""
    return [
        [each.data["step"], each.data["words"], each.data["department"], each.data["person"], _day(each)]
        for each in dossier.of(WHAT)
    ]


async def named(deps: Deps, rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The rows as they stand on the sheet: departments and people by their names."""
    return tuple([await _row(deps, *row) for row in rows])


async def _row(deps: Deps, step: str, words: str, department: str, person: str, day: str) -> tuple[str, ...]:
    office, who = await deps.copies.departments.get(department), await deps.copies.people.get(person)
    return step, words, f"{office.name if office else department} {who.name if who else person}", day


def _day(told: Told) -> str:
    return written_date(told.on) if told.on else ""
