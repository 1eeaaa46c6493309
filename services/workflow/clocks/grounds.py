"""Which ground holds which clock (docs/domain.md §3.3)."""

from typing import Final

from pydantic import BaseModel

from services.contracts.words import ClockKind, HoldGround
from services.kernel.problem import Problem

ARTICLE_45: Final = "行政许可法 §45"
"""Time for these is not counted, and the applicant is told in writing how long it takes."""

CLOSED_LIST: Final = frozenset(
    {
        HoldGround.HEARING,
        HoldGround.BIDDING,
        HoldGround.AUCTION,
        HoldGround.INSPECTION,
        HoldGround.TESTING,
        HoldGround.QUARANTINE,
        HoldGround.APPRAISAL,
        HoldGround.EXPERT_REVIEW,
    },
)

_PROMISE_ONLY: Final = {
    HoldGround.PUBLICITY: "办事承诺（公示期间）",
    HoldGround.ILLEGAL_WORKS: "办事承诺（违法建设查处期间）",
    HoldGround.APPLICANT_REQUEST: "办事承诺（申请人申请中止）",
}


class Policy(BaseModel, frozen=True):
    """What a bureau has settled for itself: the local legal basis, if any, for holding the law's clock in publicity."""

    publicity_basis: str | None = None


class GroundUnknown(Problem):
    """Something that holds no clock, such as a bureau meeting, was given as a ground."""

    status = 422
    code = "hold-ground-unknown"
    zh = "“{ground}”不能中止计时"
    en = "{ground!r} does not hold a clock"
    remedy_zh = "行政许可法第四十五条只列：听证、招标、拍卖、检验、检测、检疫、鉴定、专家评审；可用代码：{allowed}"
    remedy_en = "article 45 of the Administrative Licensing Law lists the grounds; the codes are: {allowed}"


def ground_of(text: str) -> HoldGround:
    """Read a ground from a diagram or a request; raises `GroundUnknown`."""
    try:
        return HoldGround(text)
    except ValueError:
        raise GroundUnknown(ground=text, allowed=", ".join(HoldGround)) from None


def holds(ground: HoldGround, kind: ClockKind, policy: Policy) -> bool:
    """Whether a clock of this kind stands still on this ground."""
    return basis_of(ground, kind, policy) is not None


def basis_of(ground: HoldGround, kind: ClockKind, policy: Policy) -> str | None:
    """The legal basis on which a ground holds a clock; None if it does not."""
    if ground in CLOSED_LIST:
        return ARTICLE_45
    if kind is not ClockKind.STATUTORY:
        return _PROMISE_ONLY[ground]
    return policy.publicity_basis if ground is HoldGround.PUBLICITY else None
