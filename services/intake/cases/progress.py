"""What other services say about a case, noted: any order and any repetition of the events gives the same case.

Each branch below is either a fact that is set once, a fact that knows which event it came from (`Position`), or an
entry in a list keyed by the thing it speaks of.
"""

from datetime import date, datetime
from typing import Final

from services.contracts.events import Envelope, Said
from services.contracts.supervision import LightChanged
from services.contracts.words import ClockKind
from services.contracts.workflow import (
    CaseAccepted,
    CaseDecided,
    CaseEnded,
    CaseStarted,
    ExpectedDateMoved,
    ExternalRequested,
    MilestoneReached,
    TaskCancelled,
    TaskCompleted,
    TaskOpened,
    TimerHeld,
    TimerResumed,
    WithdrawalRefused,
)
from services.intake.cases.postings import posting, wording
from services.intake.cases.publishing import published
from services.intake.cases.records import READY, Case, Correction, HeldClock, Hold, Position, Progress, Step

NOTED: Final[tuple[type[Said], ...]] = (
    CaseStarted,
    CaseAccepted,
    ExpectedDateMoved,
    CaseDecided,
    CaseEnded,
    MilestoneReached,
    TaskOpened,
    TaskCompleted,
    TaskCancelled,
    ExternalRequested,
    TimerHeld,
    TimerResumed,
    LightChanged,
    WithdrawalRefused,
)
"""Everything that `note` understands."""

_NOTICE_FIELDS: Final = frozenset({"notice_no", "defects", "complete"})
"""What is filled in for a one-time correction notice (docs/law.md)."""


def position_of(envelope: Envelope) -> Position:
    """Where an event stands in its source's story: the revision that said it, and its place in that write."""
    place = envelope.id.rpartition(".")[2]
    return envelope.sequence, int(place) if place.isdecimal() else 0


def note(case: Case, said: Said, position: Position) -> Case:  # noqa: C901, PLR0911, PLR0912 - one line an event
    """The case after hearing `said`; a TypeError for an event that is not in `NOTED`."""
    match said:
        case CaseStarted():
            return _with(case, started=True)
        case CaseAccepted():
            heard = _with(case, accepted_on=said.accepted_on, deemed=said.deemed)
            return _expected(heard, said.promised_due_on, position)
        case ExpectedDateMoved():
            return _expected(case, said.promised_due_on, position)
        case CaseDecided():
            line = published(case, said.outcome, said.decided_on)
            return _with(case.model_copy(update={"published": line}), decided_on=said.decided_on)
        case CaseEnded():
            return _with(case, ended_at=said.ended_at, outcome=said.outcome)
        case MilestoneReached():
            return _with(case, ready_at=said.reached_at) if said.milestone == READY else case
        case TaskOpened():
            return _opened(case, said, position)
        case ExternalRequested():
            return _asked_outside(case, said, position)
        case TaskCompleted():
            done = _closed(case, said.task_id, said.name, said.completed_at, is_done=True)
            return _worded(_done(done, said, position), said, position)
        case TaskCancelled():
            return _closed(case, said.task_id, "", said.cancelled_at)
        case WithdrawalRefused():
            return _with(case, too_late=said.reason_zh)
        case TimerHeld():
            return _held(case, said, position)
        case TimerResumed():
            return _resumed(case, said, position)
        case LightChanged():
            return _lit(case, said, position)
        case _:
            msg = f"{type(said).__name__} is not noted on a case"
            raise TypeError(msg)


def _with(case: Case, **changes: object) -> Case:
    return case.model_copy(update={"progress": case.progress.model_copy(update=changes)})


def _expected(case: Case, on: date, position: Position) -> Case:
    if position < case.progress.expected_position:
        return case
    return _with(case.model_copy(update={"expected_collection_on": on}), expected_position=position)


def _opened(case: Case, said: TaskOpened, position: Position) -> Case:
    known = _step(case.progress, said.task_id)
    opened = {"name": said.name, "name_en": said.name_en, "kind": said.kind, "opened_at": said.opened_at}
    step = known.model_copy(update=opened | {"position": position, "posting": posting(said, position)})
    seen_by = tuple(sorted({*case.departments, said.department}))
    return _with(case.model_copy(update={"departments": seen_by}), steps=_replaced(case.progress.steps, step))


def _asked_outside(case: Case, said: ExternalRequested, position: Position) -> Case:
    step = Step(
        task_id=said.task_id,
        is_outside=True,
        name=said.name,
        name_en=said.name,
        opened_at=said.requested_at,
        position=position,
    )
    return _with(case, steps=_replaced(case.progress.steps, step))


def _closed(case: Case, task_id: str, name: str, at: datetime, *, is_done: bool = False) -> Case:
    """Closed steps stay, so that an `opened` that comes late does not open them again."""
    known = _step(case.progress, task_id)
    step = known.model_copy(update={"closed_at": at, "name": known.name or name, "is_done": is_done or known.is_done})
    return _with(case, steps=_replaced(case.progress.steps, step))


def _done(case: Case, said: TaskCompleted, position: Position) -> Case:
    """The newest correction notice, and the newest other step: what came later tells whether it is answered."""
    if not said.answers.keys() >= _NOTICE_FIELDS:
        return _with(case, worked=max(case.progress.worked, position))
    known = case.progress.correction
    if known is not None and known.position > position:
        return case
    defects = said.answers["defects"]
    listed = tuple(str(each) for each in (defects if isinstance(defects, list) else [defects]))
    told = Correction(notice_no=str(said.answers["notice_no"]), defects=listed, position=position)
    return _with(case, correction=told)


def _worded(case: Case, said: TaskCompleted, position: Position) -> Case:
    """The public notice that was written, if this is one."""
    written = wording(said.answers, position)
    if written is None:
        return case
    others = {known for known in case.progress.wordings if known.position != position}
    return _with(case, wordings=tuple(sorted({*others, written}, key=lambda each: each.position)))


def _step(progress: Progress, task_id: str) -> Step:
    return next((step for step in progress.steps if step.task_id == task_id), Step(task_id=task_id))


def _replaced(steps: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    others = tuple(known for known in steps if known.task_id != step.task_id)
    return tuple(sorted((*others, step), key=_by_opening))


def _by_opening(step: Step) -> tuple[bool, datetime, str]:
    moment = step.opened_at or step.closed_at
    assert moment is not None  # noqa: S101 - a step is entered by an event that opened or closed it
    return step.opened_at is None, moment, step.task_id


def _held(case: Case, said: TimerHeld, position: Position) -> Case:
    """Step clocks are held with their case's clocks and add nothing for the applicant."""
    if said.kind is ClockKind.STEP:
        return case
    clock = _clock(case.progress, said.clock_id)
    hold = Hold(ground=said.ground, basis=said.basis, held_at=said.held_at, position=position)
    holds = tuple(sorted({*clock.holds, hold}, key=lambda each: each.position))
    return _with_clock(case, clock.model_copy(update={"holds": holds}))


def _resumed(case: Case, said: TimerResumed, position: Position) -> Case:
    if said.kind is ClockKind.STEP:
        return case
    clock = _clock(case.progress, said.clock_id)
    return _with_clock(case, clock.model_copy(update={"resumed": max(clock.resumed, position)}))


def _clock(progress: Progress, clock_id: str) -> HeldClock:
    return next((clock for clock in progress.clocks if clock.clock_id == clock_id), HeldClock(clock_id=clock_id))


def _with_clock(case: Case, clock: HeldClock) -> Case:
    others = [known for known in case.progress.clocks if known.clock_id != clock.clock_id]
    return _with(case, clocks=tuple(sorted((*others, clock), key=lambda each: each.clock_id)))


def _lit(case: Case, said: LightChanged, position: Position) -> Case:
    """The light of the whole case, as the newest of its changes says."""
    if position < case.progress.light_position:
        return case
    return _with(case, light=said.case_light, light_position=position)
