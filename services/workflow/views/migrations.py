"""Migrations as people read them."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from services.workflow.engine.verdicts import Verdict
from services.workflow.instances.models import Instance
from services.workflow.migrations.carrying import Judged
from services.workflow.migrations.models import Line, Migration, Outcome, Status, Why

_EXAMPLES: Final = 10


class ForetoldView(BaseModel, frozen=True):
    """What would become of one case."""

    case_no: str
    from_version: int
    verdict: Verdict
    standing: tuple[str, ...]
    reasons: tuple[Why, ...]


class ForetoldPage(BaseModel, frozen=True):
    """A page of them; give `next` as `after` to read on."""

    cases: list[ForetoldView]
    next: str | None


class GroupView(BaseModel, frozen=True):
    """Cases that stand at the same place and come to the same verdict for the same reasons."""

    verdict: Verdict
    standing: tuple[str, ...]
    reasons: tuple[Why, ...]
    cases: int
    examples: list[str]


class PreviewView(BaseModel, frozen=True):
    """What a migration would do: how many cases come to which verdict, and why, the largest groups first.

    `total` cases were looked at, of `running` in all; while there are more, give `next` as `after` to read on, and add
    up what is counted.
    """

    total: int
    running: int
    verdicts: dict[Verdict, int]
    groups: list[GroupView]
    next: str | None


class MigrationView(BaseModel, frozen=True):
    """A migration with its progress: `outcomes` says how many cases have come to what."""

    migration_id: str
    process_key: str
    to_version: int
    from_versions: tuple[int, ...]
    mapping: dict[str, str]
    status: Status
    total: int
    outcomes: dict[str, int]
    reason: str
    by: str
    at: datetime
    ended_at: datetime | None
    reverted_by: str | None


class LineView(BaseModel, frozen=True):
    """One case of a migration."""

    case_no: str
    from_version: int
    outcome: Outcome
    standing: tuple[str, ...]
    reasons: tuple[Why, ...]
    reversible: bool


class LinePage(BaseModel, frozen=True):
    """A page of them; give `next` as `after` to read on."""

    cases: list[LineView]
    next: str | None


class Groups:
    """Counts what is foretold, case by case; nothing of the cases is kept."""

    def __init__(self) -> None:
        self._verdicts: Counter[Verdict] = Counter()
        self._examples: dict[tuple[Verdict, tuple[str, ...], tuple[Why, ...]], list[str]] = {}
        self._cases: Counter[tuple[Verdict, tuple[str, ...], tuple[Why, ...]]] = Counter()
        self.last = ""

    def add(self, case: Instance, found: Judged) -> None:
        """Count one case."""
        key = found.verdict, found.standing, found.reasons
        self.last = case.case_no
        self._verdicts[found.verdict] += 1
        self._cases[key] += 1
        examples = self._examples.setdefault(key, [])
        if len(examples) < _EXAMPLES:
            examples.append(case.case_no)

    def view(self, *, running: int, more: bool) -> PreviewView:
        """What was counted, of so many cases; whether there are more to be looked at."""
        return PreviewView(
            total=self._verdicts.total(),
            running=running,
            next=self.last if more else None,
            verdicts={verdict: self._verdicts[verdict] for verdict in Verdict},
            groups=[
                GroupView(
                    verdict=verdict,
                    standing=standing,
                    reasons=reasons,
                    cases=number,
                    examples=self._examples[verdict, standing, reasons],
                )
                for (verdict, standing, reasons), number in self._cases.most_common()
            ],
        )


def foretold_view(case: Instance, found: Judged) -> ForetoldView:
    """What would become of one case."""
    return ForetoldView(
        case_no=case.case_no,
        from_version=case.pin.version if case.pin else 0,
        verdict=found.verdict,
        standing=found.standing,
        reasons=found.reasons,
    )


def migration_view(migration: Migration, outcomes: dict[str, int]) -> MigrationView:
    """A migration with its progress."""
    plan = migration.plan
    return MigrationView(
        migration_id=migration.migration_id,
        process_key=plan.process_key,
        to_version=plan.to_version,
        from_versions=plan.from_versions,
        mapping=plan.mapping,
        status=migration.status,
        total=migration.total,
        outcomes=outcomes,
        reason=migration.reason,
        by=migration.by,
        at=migration.at,
        ended_at=migration.ended_at,
        reverted_by=migration.reverted_by,
    )


def line_views(lines: Iterable[Line]) -> list[LineView]:
    """The cases of a migration."""
    return [LineView.model_validate(line, from_attributes=True) for line in lines]
