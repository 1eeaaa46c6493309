"""Receiving: what may be received, and what a case then is. Everything wrong is said at once."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.intake import CaseReceived, ContactGiven
from services.contracts.workflow import Item
from services.intake import facts
from services.intake.applications import ApplicationIncomplete, refuse_incomplete
from services.intake.cases import (
    Capacity,
    Registration,
    TownshipNotYours,
    at_window,
    expected_collection_on,
    holders,
    phone,
    receive,
)
from services.intake.numbers import case_no, item_mark, proof_no, serial_of
from services.intake.submissions import RequestKey, Submission
from services.kernel.identity import Person
from services.kernel.requests import KeyTaken
from services.kernel.worktime import Calendar
from tests.intake.builders import (
    CLERK,
    COMPANY,
    HANDLER,
    MOMENT,
    NUMBER,
    RESIDENT,
    RURAL,
    SEALS,
    TODAY,
    TOWN,
    WORKS,
    application,
    received,
)

APPLICANT = {"kind": "person", "name": "李某", "id_no": RESIDENT, "phone": "13800000001"}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"\A[a-z]{1,9}\Z"), inner, max_size=3),
    max_leaves=15,
)


def refusal(item: Item = WORKS, **changes: object) -> ApplicationIncomplete:
    with pytest.raises(ApplicationIncomplete) as caught:
        refuse_incomplete(application(**changes), item, today=TODAY, townships={"T01"})
    return caught.value


def wheres(problem: ApplicationIncomplete) -> list[str]:
    return [error.where for error in problem.errors]


def test_a_complete_application_is_received_for_its_situation() -> None:
    situation = refuse_incomplete(application(), WORKS, today=TODAY, townships=())
    assert situation.promised_workdays == 7


def test_all_missing_documents_are_named_at_once_with_their_basis() -> None:
    problem = refusal(documents=[])
    assert wheres(problem) == ["body.documents.PT05-01", "body.documents.PT05-02"]
    assert "城乡规划法 §40" in problem.errors[0].zh
    assert problem.values["missing"] == [
        {"code": "PT05-01", "name": "申请表", "basis": "城乡规划法 §40"},
        {"code": "PT05-02", "name": "土地使用证明", "basis": "城乡规划法 §40"},
    ]


def test_another_situation_asks_for_other_documents() -> None:
    documents = [{"code": "PT05-01", "originals": 1}, {"code": "PT05-03", "originals": 1}]
    assert refuse_incomplete(
        application(situation="dilapidated", documents=documents), WORKS, today=TODAY, townships=()
    ).code == "dilapidated"  # fmt: skip
    assert wheres(refusal(situation="building", documents=documents)) == ["body.documents.PT05-02", "body.documents.1"]


def test_everything_wrong_is_said_in_one_answer() -> None:
    problem = refusal(
        situation="tower",
        documents=[{"code": "PT05-01"}, {"code": "PT05-01", "copies": 1}, {"code": "X-1", "copies": 1}],
        applicant={
            "kind": "organisation",
            "name": "某公司",
            "id_no": RESIDENT,
            "phone": "123",
            "agent": {"name": "刘某", "id_no": "1"},
        },
        facts={"floor area": 1},
        township="T99",
    )
    assert wheres(problem) == [
        "body.situation",
        "body.documents.0",
        "body.documents.1",
        "body.documents.2",
        "body.applicant.id_no",
        "body.applicant.phone",
        "body.applicant.agent.id_no",
        "body.township",
        "body.facts",
    ]
    assert problem.values["count"] == 9


@pytest.mark.parametrize(
    ("applicant", "where"),
    [
        ({**APPLICANT}, None),
        ({**APPLICANT, "id_no": COMPANY}, "body.applicant.id_no"),
        ({**APPLICANT, "id_no": "512002200001010019"}, "body.applicant.id_no"),
        ({**APPLICANT, "kind": "organisation", "id_no": COMPANY}, None),
        ({**APPLICANT, "kind": "organisation"}, "body.applicant.id_no"),
        ({**APPLICANT, "phone": "02800000001"}, "body.applicant.phone"),
        ({**APPLICANT, "agent": {"name": "刘某", "id_no": RESIDENT}}, None),
        ({**APPLICANT, "agent": {"name": "刘某", "id_no": COMPANY}}, "body.applicant.agent.id_no"),
    ],
)
def test_the_applicants_numbers_are_checked_by_kind(applicant: dict[str, Any], where: str | None) -> None:
    if where is None:
        refuse_incomplete(application(applicant=applicant), WORKS, today=TODAY, townships=())
    else:
        assert wheres(refusal(applicant=applicant)) == [where]


@pytest.mark.parametrize(
    ("item", "township", "where"),
    [
        (WORKS, None, None),
        (WORKS, "T01", None),
        (RURAL, "T01", None),
        (RURAL, None, "body.township"),
        (RURAL, "T02", "body.township"),
    ],
)
def test_a_township_first_item_names_a_township_that_there_is(
    item: Item, township: str | None, where: str | None
) -> None:
    if where is None:
        refuse_incomplete(application(township=township), item, today=TODAY, townships={"T01"})
    else:
        assert wheres(refusal(item, township=township)) == [where]


def test_without_any_township_on_file_the_answer_says_so() -> None:
    with pytest.raises(ApplicationIncomplete) as caught:
        refuse_incomplete(application(township="T01"), RURAL, today=TODAY, townships=())
    assert "尚未登记任何乡镇" in caught.value.errors[0].zh


def test_a_township_window_receives_for_its_own_township() -> None:
    assert at_window(application(), TOWN).township == "T01"
    assert at_window(application(township="T01"), TOWN).township == "T01"
    with pytest.raises(TownshipNotYours):
        at_window(application(township="T02"), TOWN)


def test_the_bureaus_window_receives_for_every_township() -> None:
    assert at_window(application(township="T02"), CLERK).township == "T02"
    assert at_window(application(), CLERK).township is None


@given(value=ANY_JSON)
def test_ordinary_facts_are_kept(value: object) -> None:
    assert facts.faults({"value": value}) == ()


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a.b": 1}, "body.facts"),
        ({"$where": 1}, "body.facts"),
        ({"": 1}, "body.facts"),
        ({"中文": 1}, "body.facts"),
        ({"a": {"b c": 1}}, "body.facts.a"),
        ({"a": [{"1": 1}]}, "body.facts.a.0"),
        ({"a": "x" * 4_001}, "body.facts.a"),
        ({"a": 2**53 + 1}, "body.facts.a"),
        ({"a": [[[[[[[1]]]]]]]}, "body.facts.a.0.0.0.0.0.0"),
    ],
)
def test_facts_that_a_reader_could_not_rely_on_are_refused(value: dict[str, Any], where: str) -> None:
    assert [fault.where for fault in facts.faults(value)] == [where]


def test_too_many_facts_are_refused_without_reading_them_all() -> None:
    assert "4000" in facts.faults({"a": list(range(10_000))})[0].zh


def test_a_case_number_says_city_day_item_and_serial() -> None:
    assert case_no(city="512000", item_code="PT-05", on=TODAY, serial=17) == NUMBER
    assert serial_of("PT-05", TODAY) == "case.PT05.2026"
    assert proof_no(NUMBER) == f"SD{NUMBER}"


@pytest.mark.parametrize(
    ("code", "mark"),
    [("PT05", "PT05"), ("PT-05", "PT05"), ("pt_05.a", "PT05A"), ("11370800MB28559184337011505600001", "011505600001")],
)
def test_an_item_is_marked_by_letters_and_digits(code: str, mark: str) -> None:
    assert item_mark(code) == mark


def test_items_with_the_same_mark_draw_from_the_same_series() -> None:
    assert serial_of("PT-05", TODAY) == serial_of("PT05", TODAY)


@pytest.mark.parametrize(
    ("on", "promised", "expected"),
    [
        (date(2026, 9, 17), 9, date(2026, 10, 8)),  # over National Day, with two worked weekend days
        (date(2026, 11, 23), 7, date(2026, 12, 3)),
    ],
)
def test_the_expected_date_counts_the_promise_from_the_acceptance_aimed_at(
    on: date, promised: int, expected: date
) -> None:
    assert expected_collection_on(on, promised, target=1, calendar=Calendar.builtin()) == expected


def test_receiving_says_case_and_contact_and_keeps_numbers_sealed() -> None:
    at = Registration(
        case_no=NUMBER,
        submission=Submission(digest="d", fingerprint="f"),
        password_hash="hash",
        township_name="示例镇",
        received_on=TODAY,
        expected_collection_on=date(2026, 12, 3),
        now=MOMENT,
    )
    case, said = receive(application(township="T01"), WORKS, WORKS.situations[0], who=CLERK, at=at, seals=SEALS)
    assert [type(each) for each in said] == [CaseReceived, ContactGiven]
    assert COMPANY not in case.model_dump_json()
    assert RESIDENT not in case.model_dump_json()
    assert "13800000001" not in case.model_dump_json()
    assert "13800000001" not in said[0].model_dump_json()
    assert holders(case, seals=SEALS) == (
        (Capacity.APPLICANT, "示例开发有限公司", COMPANY),
        (Capacity.AGENT, "刘某", RESIDENT),
    )
    assert phone(case, seals=SEALS) == "13800000001"
    assert case.departments == ("D06", "T01")


def test_the_received_documents_bear_their_names() -> None:
    assert [(paper.name, paper.originals, paper.copies) for paper in received().documents] == [
        ("申请表", 1, 0),
        ("土地使用证明", 0, 2),
    ]


def _request(key: str | None, *, content: str = "c", who: Person = CLERK, action: str = "receive") -> RequestKey:
    return RequestKey(key, who=who, action=action, content=content, seals=SEALS)


@pytest.mark.parametrize(
    ("again", "is_same"),
    [
        (lambda: _request("key-00001"), True),
        (lambda: _request("key-00002"), False),
        (lambda: _request("key-00001", who=HANDLER), False),
        (lambda: _request("key-00001", action="deliver"), False),
        (lambda: _request(None), False),
    ],
)
def test_a_request_is_the_same_by_key_person_and_purpose(again: Callable[[], RequestKey], is_same: bool) -> None:
    assert _request("key-00001").submission.answers(again().submission) is is_same


def test_the_same_key_with_other_content_is_refused() -> None:
    with pytest.raises(KeyTaken):
        _request("key-00001").submission.answers(_request("key-00001", content="other").submission)


def test_requests_without_a_key_are_never_the_same() -> None:
    assert not _request(None).submission.answers(_request(None).submission)
