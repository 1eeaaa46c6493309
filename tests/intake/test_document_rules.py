"""Which documents are due by what was said: in any order, once, and never a refusal without reasons and remedies."""

import itertools
from datetime import date
from pathlib import Path

import pytest

from services.contracts.events import Said
from services.contracts.words import HoldGround, Outcome
from services.intake.certificates.rules import entries
from services.intake.documents.catalogue import FOLDER, NEGATIVE, read
from services.intake.documents.dossiers import Dossier, Due, noted, owing, settled, told_by
from services.intake.documents.opinions import opinion_by
from services.intake.documents.rules import wanted
from services.intake.documents.values import remedies
from services.kernel.documents import SlotEmpty, TemplateUnsound, filled
from services.kernel.worktime import OfficeHours
from tests.intake import builders as say
from tests.intake import papers_said as papers
from tests.intake.builders import NUMBER
from tests.intake.test_print_receipt import settings_with

HOURS = OfficeHours()


def heard(*said: Said, item: str = "PT05", is_licence: bool = True) -> dict[str, Due]:
    """What is due after these were said."""
    dossier = Dossier(case_no=NUMBER)
    for place, each in enumerate(said, start=1):
        if (told := told_by(each, (place, 0), day_of=HOURS.day_of)) is not None:
            dossier = noted(dossier, told)
    return {due.kind: due for due in (*wanted(dossier, item=item, is_licence=is_licence), *entries(dossier, item=item))}


HEARING = (
    papers.answered(task="a", basis="on_request", notice_no="听告1号", told_on="2026-11-24", told=["甲", "乙"]),
    papers.answered(task="b", requested_on="2026-11-25", hearing_on="2026-12-10", place="听证室", open="yes"),
    papers.answered(task="c", notice_no="专评〔2026〕1号", told_on="2026-11-30", planned_end_on="2026-12-15"),
    say.held(ground=HoldGround.HEARING),
)  # fmt: skip
SPECIAL = (
    papers.answered(
        task="d", notice_no="专评〔2026〕1号", told_on="2026-11-24", planned_end_on="2026-12-08", way="post"
    ),
    say.held(),
)
PUBLICITY = papers.answered(
    task="p", notice_no="公示1号", posted_from="2026-11-25", places=["现场"], basis="条例", hearing_told=True
)


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ([say.started()], {"receipt"}),
        ([papers.corrected()], {"correction"}),
        ([say.accepted()], {"acceptance"}),
        ([papers.answered(task="n", decision="not_accepted", reasons="不属本机关", document_no="x")], {"not_accepted"}),
        ([papers.answered(task="n", decision="not_required", reasons="不需要", document_no="x")], {"not_required"}),
        (SPECIAL, {"special_procedure"}),
        ([SPECIAL[0], say.held(ground=HoldGround.PUBLICITY)], set()),
        (HEARING, {"hearing_rights", "hearing_notice", "hearing_announcement"}),
        ([papers.hearing_held()], {"hearing_record"}),
        ([papers.hearing_held(held="no")], set()),
        ([PUBLICITY], {"interested_party"}),
        ([papers.extended()], {"extension"}),
        ([say.decided()], {"approval", "approval_sheet"}),
        ([say.decided(), say.asked_outside()], {"approval", "approval_sheet", "certificate.granted"}),
        ([say.decided(), papers.made()], {"approval", "approval_sheet", "certificate.granted", "certificate.numbered"}),
        (
            [say.decided(), papers.numbered_outside()],
            {"approval", "approval_sheet", "certificate.granted", "certificate.numbered"},
        ),
        ([papers.outcome()], {"refusal", "approval_sheet"}),
        ([papers.outcome(of=Outcome.WITHDRAWN)], {"approval_sheet"}),
        ([papers.withdrawn()], {"application_withdrawal"}),
        ([say.accepted(), papers.withdrawn()], {"acceptance", "application_withdrawal"}),
        ([papers.terminated()], {"termination"}),
        ([papers.answered(task="z", published="yes", published_on="2026-12-01", place="网站")], {"publication"}),
        ([papers.answered(task="z", published="no", ground="privacy")], set()),
        ([papers.answered(task="m", proof_no="SD1", delivered_on="2026-12-01")], {"proof_of_service"}),
        ([say.completed()], set()),
    ],
)  # fmt: skip
def test_each_fact_asks_for_its_document(said: list[Said], kinds: set[str]) -> None:
    assert set(heard(*said)) == kinds


@pytest.mark.parametrize(
    ("milestone", "item", "kinds"),
    [
        ("permit_amended", "PT10A", {"change", "certificate.amended"}),
        ("permit_extended", "PT10B", {"renewal", "certificate.extended"}),
        ("permit_withdrawn", "PT10D", {"withdrawal", "certificate.withdrawn"}),
        ("permit_revoked", "PT10E", {"revocation", "certificate.revoked"}),
        ("permit_cancelled", "PT10F", {"cancellation", "certificate.cancelled"}),
    ],
)
def test_what_becomes_of_a_certificate_has_its_decision_and_its_entry(
    milestone: str, item: str, kinds: set[str]
) -> None:
    due = heard(*papers.about(NUMBER, milestone=milestone), item=item)
    assert set(due) == kinds
    decision = next(each for kind, each in due.items() if not kind.startswith("certificate."))
    assert decision.values["certificate_no"] == papers.PERMIT
    assert decision.values["number"] == "示资规许决〔2026〕3号"


def test_a_consultation_has_no_licensing_decision() -> None:
    assert set(heard(say.decided(), item="PT09", is_licence=False)) == set()


def test_the_order_of_events_does_not_matter() -> None:
    said = (say.accepted(), papers.refused(), papers.outcome(), say.held())
    told = [told_by(each, (place, 0), day_of=HOURS.day_of) for place, each in enumerate(said, start=1)]
    ends = set()
    for order in itertools.permutations(told):
        dossier = Dossier(case_no=NUMBER)
        for each in order:
            assert each is not None
            dossier = owing(noted(dossier, each), [])
            dossier = owing(dossier, wanted(dossier, item="PT05", is_licence=True))
        ends.add(str(sorted(due.model_dump_json() for due in dossier.dues)))
    assert len(ends) == 1
    assert "退让距离不足" in ends.pop()


def test_what_is_issued_is_not_changed_by_what_is_said_later() -> None:
    dossier = owing(Dossier(case_no=NUMBER), [Due(due_id="a", kind="a", on=date(2026, 11, 23), values={"x": "1"})])
    later = [Due(due_id="a", kind="a", on=date(2026, 11, 24), values={"x": "2"})]
    assert owing(settled(dossier, "a"), later).due("a") == settled(dossier, "a").due("a")
    waiting = settled(dossier, "a", lacks="reasons")
    assert waiting.owes is False
    assert owing(waiting, later).owes is True


def test_a_number_that_the_process_gave_stands_and_another_is_ours() -> None:
    given = papers.answered(task="s", decision="accept", opinion="同意", document_no="规受〔2026〕7号")
    assert heard(given, say.accepted())["acceptance"].values["number"] == "规受〔2026〕7号"
    assert "number" not in heard(say.accepted())["acceptance"].values


def test_a_refusal_without_reasons_is_impossible() -> None:
    office = settings_with()
    due = heard(say.accepted(), papers.outcome(), papers.refused(reasons=" "))["refusal"]
    values = {"applicant": "甲", "received": "某日", "item": "i", "case_no": "1", "title": "t", "accepted": "某日"}
    values |= {"decided": "某日", "remedies": remedies(office)}
    with pytest.raises(SlotEmpty) as refused:
        filled(read()["refusal"], values | due.values)
    assert refused.value.values["slots"] == "reasons"


def test_the_remedies_are_those_of_the_law() -> None:
    text = remedies(settings_with(court="某某市人民法院"))
    assert "六十日内" in text
    assert "六个月内" in text
    assert "某某市人民法院" in text


def test_every_template_is_sound_and_says_what_it_rests_on_in_both_languages() -> None:
    templates = read()
    assert len(templates) == 24
    for template in templates.values():
        assert template.basis, template.kind
        assert template.name_en.isascii(), template.kind
        assert template.needs, template.kind
    natures = [template.nature for template in templates.values() if template.nature]
    assert len(set(natures)) == len(natures)


@pytest.mark.parametrize("kind", sorted(NEGATIVE))
def test_a_template_against_somebody_that_is_silent_about_remedies_stops_the_service(kind: str, tmp_path: Path) -> None:
    source = (FOLDER / f"{kind}.toml").read_text("utf-8")
    (tmp_path / f"{kind}.toml").write_text(source.replace("{remedies}", "略"), "utf-8")
    with pytest.raises(TemplateUnsound, match="remedies"):
        read(tmp_path)


def test_a_template_under_the_wrong_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text((FOLDER / "receipt.toml").read_text("utf-8"), "utf-8")
    with pytest.raises(TemplateUnsound, match="other"):
        read(tmp_path)


def test_opinions_stand_on_the_approval_sheet_in_their_order_with_who_gave_them() -> None:
    said = (
        say.accepted(),
        papers.answered(task="c", decision="agree", opinion="符合规划条件，同意上报。"),
        papers.answered(task="l", decision="agree"),
        papers.answered(task="n", officers=["甲", "乙"]),
        say.decided(),
    )
    dossier = Dossier(case_no=NUMBER)
    for place, each in enumerate(said, start=1):
        for told in (opinion_by(each, (place, 0)), told_by(each, (place, 0), day_of=HOURS.day_of)):
            dossier = noted(dossier, told) if told else dossier
    sheet = next(due for due in wanted(dossier, item="PT05", is_licence=True) if due.kind == "approval_sheet")
    assert [row[1:4] for row in sheet.values["opinions"]] == [
        ["符合规划条件，同意上报。", "D06", "u.chief.d06"],
        ["同意", "D06", "u.chief.d06"],
    ]


def test_the_announcement_of_a_hearing_names_no_party_and_a_closed_hearing_is_not_announced() -> None:
    assert "hearing_parties" not in heard(*HEARING)["hearing_announcement"].values
    closed = (HEARING[0], papers.answered(task="b", hearing_on="2026-12-10", place="听证室", open="no"), *HEARING[2:])
    assert "hearing_announcement" not in heard(*closed)
