"""What the public is told: status, step, light, date, what happens next. No names."""

from datetime import date

import pytest

from services.contracts.events import Said
from services.contracts.words import ClockKind, HoldGround, Light, Outcome
from services.intake.cases import Case, Status, note
from services.intake.statuses import PublicStatus, public_status
from tests.intake import builders as say
from tests.intake.builders import RESIDENT, received

HORIZON = date(2026, 12, 31)


def after(*said: Said) -> Case:
    case = received()
    for place, each in enumerate(said):
        case = note(case, each, (place + 1, 0))
    return case


def told(*said: Said, horizon: date = HORIZON) -> PublicStatus:
    return public_status(after(*said), horizon=horizon)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ([], "已收件，待受理，绿灯，预计12月3日取件。"),
        ([say.accepted(due=date(2026, 10, 8)), say.opened()], "审查中，科室审核环节，绿灯，预计10月8日取件。"),
        ([say.accepted(), say.held(), say.lit()], "暂停计时（专家评审），黄灯，预计12月2日取件。"),
        ([say.accepted(), say.decided(), say.lit(light=Light.RED2)], "已作出决定，红灯，预计12月2日取件。"),
        ([say.decided(), say.ready(), say.opened()], "可以取件。"),
        ([say.ended(outcome=Outcome.WITHDRAWN)], "已办结（申请人撤回）。"),
    ],
)
def test_the_telephone_reads_one_sentence(said: list[Said], sentence: str) -> None:
    assert told(*said).sentence == sentence


def test_the_same_is_said_in_english() -> None:
    status = told(say.accepted(due=date(2026, 10, 8)), say.opened(), say.held())
    assert status.sentence_en == (
        "clock paused (expert review); step: Section review; light: green; collection expected on 2026-10-08."
    )
    assert status.next_en


def test_every_status_says_what_happens_next() -> None:
    for status in Status:
        assert status.next_zh.endswith("。")
        assert status.next_en.endswith(".")


def test_no_name_number_department_or_fact_is_told() -> None:
    answer = told(say.accepted(), say.opened(), say.held(), say.lit()).model_dump_json()
    for secret in ("刘某", "示例开发", "u.", "D06", "P06", RESIDENT, "13800000001", "雁城", "floor_area"):
        assert secret not in answer


NOTICE = {"notice_no": "规补告〔2026〕12号", "defects": ["总平面图缺坐标标注", "授权委托书未签名"], "complete": True}
NOTIFIED = say.completed(task="t1").model_copy(update={"answers": NOTICE})
HANDED_IN = say.completed(task="t2").model_copy(update={"answers": {"documents": ["总平面图"]}})


def test_what_is_to_be_corrected_is_told_until_it_came_in() -> None:
    waiting = told(say.completed(task="t0"), NOTIFIED, say.opened(task="t2", name="接收补正材料"))
    assert waiting.corrections == tuple(NOTICE["defects"])
    assert "规补告〔2026〕12号" in waiting.next
    assert waiting.sentence == "已收件，待受理，需要补正2项，接收补正材料环节，绿灯，预计12月3日取件。"
    assert "2 corrections awaited" in waiting.sentence_en
    for over in (HANDED_IN, say.accepted(), say.ended(outcome=Outcome.CORRECTION_LAPSED)):
        done = told(NOTIFIED, over)
        assert done.corrections == ()
        assert "规补告" not in done.next


def test_a_correction_that_is_heard_after_its_answer_is_not_asked_for_again() -> None:
    case = note(note(received(), HANDED_IN, (3, 0)), NOTIFIED, (2, 0))
    assert case.correction_awaited is None
    newer = NOTIFIED.model_copy(update={"answers": NOTICE | {"defects": "再补一项"}})
    again = note(note(case, newer, (5, 0)), NOTIFIED, (2, 0)).correction_awaited
    assert again is not None
    assert again.defects == ("再补一项",)


def test_a_pause_names_each_ground_once_with_its_basis() -> None:
    status = told(say.accepted(), say.held(), say.held(kind=ClockKind.STATUTORY), say.held(ground=HoldGround.PUBLICITY))
    assert [(pause.reason, pause.basis) for pause in status.paused] == [
        ("专家评审", "行政许可法 §45"),
        ("公示", "行政许可法 §45"),
    ]


def test_a_running_case_names_no_pause() -> None:
    assert told(say.held(), say.decided()).paused == ()


@pytest.mark.parametrize(("horizon", "is_provisional"), [(HORIZON, False), (date(2026, 11, 30), True)])
def test_a_date_beyond_the_official_calendar_is_provisional(horizon: date, is_provisional: bool) -> None:
    assert told(horizon=horizon).expected_provisional is is_provisional


def test_all_open_steps_are_named() -> None:
    status = told(say.accepted(), say.opened(), say.opened(task="t2", name="公示", after=1))
    assert status.step == "科室审核、公示"
    assert [step.name_en for step in status.steps] == ["Section review", "Section review"]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_where_no_licence_is_granted_nobody_reads_of_one(outcome: Outcome) -> None:
    case = after(say.ended(outcome=outcome)).model_copy(update={"is_licence": False})
    status = public_status(case, horizon=HORIZON)
    assert "许可" not in status.sentence
    assert "permit" not in status.sentence_en
