"""How far a case is, in words for the applicant (B-34): no names, no departments, nothing of the file's content."""

from datetime import date, datetime
from typing import Final

from pydantic import BaseModel

from services.contracts.words import HoldGround, Light, Outcome
from services.intake.cases import Case, Hold, Status, may_be_withdrawn, withdrawal_state
from services.intake.documents.own import OwnDocument

_LIGHTS: Final[dict[Light, tuple[str, str]]] = {
    Light.GREEN: ("绿灯", "green"),
    Light.GREY: ("灰灯", "grey"),
    Light.YELLOW: ("黄灯", "yellow"),
    Light.RED: ("红灯", "red"),
    Light.RED2: ("红灯", "red"),
}

_GROUNDS: Final[dict[HoldGround, tuple[str, str]]] = {
    HoldGround.HEARING: ("听证", "hearing"),
    HoldGround.BIDDING: ("招标", "bidding"),
    HoldGround.AUCTION: ("拍卖", "auction"),
    HoldGround.INSPECTION: ("检验", "inspection"),
    HoldGround.TESTING: ("检测", "testing"),
    HoldGround.QUARANTINE: ("检疫", "quarantine"),
    HoldGround.APPRAISAL: ("鉴定", "appraisal"),
    HoldGround.EXPERT_REVIEW: ("专家评审", "expert review"),
    HoldGround.PUBLICITY: ("公示", "publicity"),
    HoldGround.ILLEGAL_WORKS: ("违法建设处理", "illegal works being dealt with"),
    HoldGround.APPLICANT_REQUEST: ("申请人申请暂停", "at the applicant's request"),
}

_OUTCOMES: Final[dict[Outcome, tuple[str, str]]] = {
    Outcome.GRANTED: ("准予许可", "granted"),
    Outcome.GRANTED_CONDITIONAL: ("附条件准予许可", "granted with conditions"),
    Outcome.REFUSED: ("不予许可", "refused"),
    Outcome.NOT_ACCEPTED: ("不予受理", "not accepted"),
    Outcome.NOT_REQUIRED: ("依法不需要许可", "no permit required"),
    Outcome.CORRECTION_LAPSED: ("逾期未补正", "not corrected in time"),
    Outcome.WITHDRAWN: ("申请人撤回", "withdrawn"),
    Outcome.TERMINATED: ("终止办理", "terminated"),
    Outcome.FORWARDED: ("已转办", "forwarded"),
    Outcome.VOID_ENTRY: ("登记作废", "void entry"),
    Outcome.DONE: ("办理完毕", "done"),
}

_WITHOUT_LICENCE: Final = {
    Outcome.GRANTED: ("通过", "passed"),
    Outcome.GRANTED_CONDITIONAL: ("附条件通过", "passed with conditions"),
    Outcome.REFUSED: ("未通过", "not passed"),
    Outcome.NOT_REQUIRED: ("不需要办理", "not required"),
}
"""The same where no licence is granted, as at an inspection: nobody must read there of a licence."""


_OF_WITHDRAWAL: Final[dict[str | None, tuple[str, str]]] = {
    "asked": (
        "撤回申请已登记，正在终结办理；如果在此之前已经作出决定，撤回不生效，请稍后再查询。",
        "The withdrawal is registered and the case is being closed; if it was decided before, the decision stands.",
    ),
    "withdrawn": (
        "申请已按您的请求撤回，不再作出决定，也不核发证书；可以凭身份证件到窗口取回材料原件，以后可以重新申请。",
        "The application is withdrawn: no decision follows. Collect original papers at the window; you may apply anew.",
    ),
    "too_late": (
        "撤回申请没有生效：在此之前已经作出决定或者办结。请按预取件日期领取结果；取得许可后不再需要的，可以申请注销。",
        "The withdrawal had no effect: the case was decided before. Collect the result, or apply for its cancellation.",
    ),
}


class PublicStep(BaseModel, frozen=True):
    """A step that the case is at, by the name it has in the diagram."""

    name: str
    name_en: str
    since: datetime


class PublicPause(BaseModel, frozen=True):
    """Why the clock stands still, and on what legal basis."""

    reason: str
    reason_en: str
    basis: str
    since: datetime


class PublicStatus(BaseModel, frozen=True):
    """What anybody with case number and query password may know. `sentence` is what the telephone reads out."""

    case_no: str
    item: str
    item_en: str
    status: Status
    status_text: str
    status_text_en: str
    outcome: Outcome | None
    step: str
    steps: tuple[PublicStep, ...]
    light: Light
    light_text: str
    light_text_en: str
    received_on: date
    expected_collection_on: date
    expected_provisional: bool
    ready_since: datetime | None
    delivered_on: date | None
    paused: tuple[PublicPause, ...]
    corrections: tuple[str, ...]
    """What is to be handed in besides, as the correction notice says; empty when nothing is."""
    withdrawable: bool
    """Whether the application can still be withdrawn (撤回申请)."""
    withdrawal: str
    """A withdrawal that was asked for: `asked`, `withdrawn`, `too_late`; empty when there is none."""
    next: str
    next_en: str
    sentence: str
    sentence_en: str
    documents: tuple[OwnDocument, ...] = ()
    """What was issued to the applicant, to be taken home."""


def public_status(case: Case, *, horizon: date) -> PublicStatus:
    """The public answer about a case. Dates after `horizon` (the calendar's) are provisional."""
    status = case.status
    light = Light.RED if case.progress.light is Light.RED2 else case.progress.light
    steps = tuple(_step(step.name, step.name_en, step.opened_at) for step in case.open_steps)
    return PublicStatus(
        case_no=case.case_no,
        item=case.item_name,
        item_en=case.item_name_en,
        status=status,
        status_text=_words(case, status)[0],
        status_text_en=_words(case, status)[1],
        outcome=case.progress.outcome,
        step="、".join(step.name for step in steps),
        steps=steps,
        light=light,
        light_text=_LIGHTS[light][0],
        light_text_en=_LIGHTS[light][1],
        received_on=case.received_on,
        expected_collection_on=case.expected_collection_on,
        expected_provisional=case.expected_collection_on > horizon,
        ready_since=case.progress.ready_at,
        delivered_on=case.delivery.delivered_on if case.delivery else None,
        paused=_pauses(case, status),
        corrections=told.defects if (told := case.correction_awaited) else (),
        withdrawable=may_be_withdrawn(case) and case.withdrawal is None,
        withdrawal=withdrawal_state(case) or "",
        next=_next(case, status)[0],
        next_en=_next(case, status)[1],
        sentence=_sentence(case, status, light),
        sentence_en=_sentence_en(case, status, light),
    )


def _step(name: str, name_en: str, since: datetime | None) -> PublicStep:
    assert since is not None  # noqa: S101 - only open steps come here
    return PublicStep(name=name, name_en=name_en, since=since)


def _pauses(case: Case, status: Status) -> tuple[PublicPause, ...]:
    """Each ground once, since it first began; both case clocks usually say the same."""
    if status is not Status.PAUSED:
        return ()
    first: dict[HoldGround, Hold] = {}
    for hold in sorted(case.holds, key=lambda each: (each.held_at, each.position)):
        first.setdefault(hold.ground, hold)
    return tuple(
        PublicPause(reason=_GROUNDS[ground][0], reason_en=_GROUNDS[ground][1], basis=hold.basis, since=hold.held_at)
        for ground, hold in first.items()
    )


def _words(case: Case, status: Status) -> tuple[str, str]:
    """The status in words; with the outcome when the case is closed, with the reason when its clock is paused."""
    if status is Status.ENDED and case.progress.outcome is not None:
        words = _OUTCOMES if case.is_licence else _OUTCOMES | _WITHOUT_LICENCE
        zh, en = words[case.progress.outcome]
        return f"{status.zh}（{zh}）", f"{status.en} ({en})"
    if status is Status.PAUSED:
        pauses = _pauses(case, status)
        zh, en = "、".join(pause.reason for pause in pauses), ", ".join(pause.reason_en for pause in pauses)
        return f"{status.zh}（{zh}）", f"{status.en} ({en})"
    return status.zh, status.en


def _next(case: Case, status: Status) -> tuple[str, str]:
    """What happens next; the applicant's turn while corrections are awaited."""
    if (found := withdrawal_state(case)) in _OF_WITHDRAWAL:
        return _OF_WITHDRAWAL[found]
    if (told := case.correction_awaited) is None:
        return status.next_zh, status.next_en
    return (
        f"请按补正告知书（{told.notice_no}）把缺少的内容一次补齐，交到接件窗口；补齐后五个工作日内决定是否受理。",
        f"Hand in at the window all that notice {told.notice_no} lists; acceptance is decided in five working days.",
    )


def _sentence(case: Case, status: Status, light: Light) -> str:
    """What the telephone reads out, e.g. `审查中，科室审核环节，绿灯，预计10月8日取件。`."""
    steps = "、".join(step.name for step in case.open_steps)
    on = case.expected_collection_on
    running = status in {Status.RECEIVED, Status.IN_REVIEW, Status.PAUSED, Status.DECIDED}
    parts = [
        _words(case, status)[0],
        f"需要补正{len(told.defects)}项" if (told := case.correction_awaited) else "",
        f"{steps}环节" if steps and running else "",
        _LIGHTS[light][0] if running else "",
        f"预计{on.month}月{on.day}日取件" if running else "",
    ]
    return "，".join(part for part in parts if part) + "。"


def _sentence_en(case: Case, status: Status, light: Light) -> str:
    steps = ", ".join(step.name_en or step.name for step in case.open_steps)
    running = status in {Status.RECEIVED, Status.IN_REVIEW, Status.PAUSED, Status.DECIDED}
    parts = [
        _words(case, status)[1],
        f"{len(told.defects)} corrections awaited" if (told := case.correction_awaited) else "",
        f"step: {steps}" if steps and running else "",
        f"light: {_LIGHTS[light][1]}" if running else "",
        f"collection expected on {case.expected_collection_on}" if running else "",
    ]
    return "; ".join(part for part in parts if part) + "."
