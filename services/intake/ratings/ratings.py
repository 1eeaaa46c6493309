"""A rating: five levels, reasons from a closed list, words of one's own; and the window's call after a bad one."""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, Field, StringConstraints

from services.contracts.events import Said
from services.contracts.intake import CaseRated, RatingContacted
from services.intake.cases import Case, Status
from services.intake.moments import Moment
from services.kernel.identity import Person
from services.kernel.problem import FieldError, Problem
from services.kernel.requests import Request
from services.kernel.seals import Seals
from services.kernel.store import Body

MOST_REASONS: Final = 5

Comment = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
]
Note = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=5, max_length=1_000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+$"
    ),
]


class Level(IntEnum):
    """How content somebody is (GB/T 39734: five levels)."""

    VERY_BAD = 1
    BAD = 2
    FAIR = 3
    GOOD = 4
    VERY_GOOD = 5

    @property
    def is_bad(self) -> bool:
        """Whether it is followed up (差评)."""
        return self <= Level.BAD


class Reason(StrEnum):
    """Why, as the form offers it."""

    QUICK = "quick"
    CLEAR = "clear"
    FRIENDLY = "friendly"
    EASY = "easy"
    LATE = "late"
    NOT_TOLD_AT_ONCE = "not_told_at_once"
    MORE_PAPERS = "more_papers"
    MANY_TRIPS = "many_trips"
    RUDE = "rude"
    NOT_FOUND = "not_found"
    OTHER = "other"


PRAISE: Final = frozenset({Reason.QUICK, Reason.CLEAR, Reason.FRIENDLY, Reason.EASY, Reason.OTHER})
BLAME: Final = frozenset(Reason) - PRAISE | {Reason.OTHER}


class Way(StrEnum):
    """How whoever rates was known: by number and password, or by the link given at delivery."""

    PASSWORD = "password"  # noqa: S105 - a way, no password
    LINK = "link"


class NotYetRatable(Problem):
    """There is nothing to rate before the result was handed over."""

    status = 409
    code = "not-yet-ratable"
    zh = "案件尚未送达或办结，暂不能评价"
    en = "the case is neither handed over nor closed: it cannot be rated yet"
    remedy_zh = "领取结果后再评价"
    remedy_en = "rate it after the result was handed over"


class AlreadyRated(Problem):
    """A case is rated once."""

    status = 409
    code = "already-rated"
    zh = "该案件已经评价过，每件只能评价一次"
    en = "this case has been rated: once each"
    remedy_zh = "需要补充意见的，请拨打查询电话"
    remedy_en = "to add something, call the inquiry telephone"


class ReasonsUnfit(Problem):
    """Praise does not explain a bad rating, nor blame a good one."""

    status = 422
    code = "reasons-unfit"
    zh = "所选理由与评价等级不符"
    en = "these reasons do not fit the level"
    remedy_zh = "差评请选择不满意的理由；好评请选择满意的理由"
    remedy_en = "choose reasons of blame for a bad rating, of praise for a good one"


class AlreadyContacted(Problem):
    """The first call is what counts; it is recorded once."""

    status = 409
    code = "already-contacted"
    zh = "该差评已经回访"
    en = "whoever rated was contacted already"
    remedy_zh = "请刷新页面查看回访记录"
    remedy_en = "reload to read what was said"


class RatingEntry(Request, frozen=True):
    """What is rated. `level` is 1 (very bad) to 5 (very good)."""

    level: Annotated[int, Field(ge=1, le=5)]
    reasons: tuple[Reason, ...] = Field(default=(), max_length=MOST_REASONS)
    comment: Comment = ""


class ContactEntry(Request, frozen=True):
    """What was said when the window called after a bad rating."""

    note: Note


class Contacted(BaseModel, frozen=True):
    """The call after a bad rating."""

    note: str
    contacted_by: str
    contacted_at: datetime
    contacted_on: date


class Rating(Body, frozen=True):
    """The rating of a case. The words are sealed; `departments` are those of the case, who may read them."""

    case_no: str
    item_code: str
    department: str
    departments: tuple[str, ...]
    level: int
    is_bad: bool
    reasons: tuple[Reason, ...]
    comment_sealed: str
    way: Way
    rated_at: datetime
    rated_on: date
    contacted: Contacted | None = None


def refuse_unratable(case: Case) -> None:
    """Raise `NotYetRatable` unless the result was handed over or the case is closed."""
    if case.status not in {Status.DELIVERED, Status.ENDED}:
        raise NotYetRatable


def rate(case: Case, entry: RatingEntry, *, way: Way, seals: Seals, now: Moment) -> tuple[Rating, tuple[Said, ...]]:
    """The rating and its event; raises `NotYetRatable`, `ReasonsUnfit`."""
    refuse_unratable(case)
    level = Level(entry.level)
    fitting = BLAME if level.is_bad else PRAISE if level > Level.FAIR else frozenset(Reason)
    if not fitting.issuperset(entry.reasons):
        fault = FieldError("body.reasons", zh=ReasonsUnfit.remedy_zh, en=ReasonsUnfit.remedy_en)
        raise ReasonsUnfit(errors=(fault,))
    reasons = tuple(sorted(set(entry.reasons)))
    rating = Rating(
        case_no=case.case_no,
        item_code=case.item_code,
        department=case.department,
        departments=case.departments,
        level=entry.level,
        is_bad=level.is_bad,
        reasons=reasons,
        comment_sealed=seals.seal(entry.comment, place=f"{case.case_no}/rating"),
        way=way,
        rated_at=now.at,
        rated_on=now.on,
    )
    said = CaseRated(
        case_no=case.case_no,
        item_code=case.item_code,
        department=case.department,
        level=entry.level,
        is_bad=level.is_bad,
        real_name=True,
        reasons=tuple(reason.value for reason in reasons),
        rated_at=now.at,
        rated_on=now.on,
    )
    return rating, (said,)


def contact(rating: Rating, entry: ContactEntry, *, who: Person, now: Moment) -> tuple[Rating, tuple[Said, ...]]:
    """After the window called; unchanged for the same note of the same person again. Raises `AlreadyContacted`."""
    if rating.contacted is not None:
        if (rating.contacted.note, rating.contacted.contacted_by) == (entry.note, who.code):
            return rating, ()
        raise AlreadyContacted
    called = Contacted(note=entry.note, contacted_by=who.code, contacted_at=now.at, contacted_on=now.on)
    said = RatingContacted(case_no=rating.case_no, contacted_by=who.code, contacted_at=now.at, contacted_on=now.on)
    return rating.model_copy(update={"contacted": called}), (said,)
