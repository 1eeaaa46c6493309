"""Handing over and new passwords: who may come, when, and how often."""

from datetime import date

import pytest

from services.contracts.intake import CaseDelivered
from services.intake.cases import (
    AlreadyDelivered,
    Capacity,
    Case,
    DeliveryEntry,
    IdentityUnproven,
    NotEntitled,
    NotReadyForDelivery,
    ReissueEntry,
    Status,
    TooManyReissues,
    TownshipNotYours,
    deliver,
    note,
    refuse_reissue,
    reissue,
)
from services.intake.submissions import Submission
from services.kernel.identity import Person
from services.kernel.requests import KeyTaken
from tests.intake import builders as say
from tests.intake.builders import CLERK, COMPANY, MOMENT, NUMBER, RESIDENT, SEALS, STRANGER, TOWN, received

FIRST = Submission(digest="first", fingerprint="f")
SECOND = Submission(digest="second", fingerprint="f")


def ready(**changes: object) -> Case:
    return note(received(**changes), say.ready(), (1, 0))


def entry(**changes: object) -> DeliveryEntry:
    return DeliveryEntry.model_validate(
        {"receiver_name": "刘某", "receiver_id_no": RESIDENT, "signature": "刘某 签收", **changes}
    )


def handed_over(case: Case, given: DeliveryEntry, *, who: Person = CLERK, request: Submission = FIRST) -> Case:
    return deliver(case, given, who=who, seals=SEALS, request=request, now=MOMENT)[0]


def test_the_agent_on_file_takes_the_result_against_a_signature() -> None:
    case, said = deliver(ready(), entry(), who=CLERK, seals=SEALS, request=FIRST, now=MOMENT)
    assert case.status is Status.DELIVERED
    assert case.delivery
    assert case.delivery.capacity is Capacity.AGENT
    assert case.delivery.receiver.number_masked == "512002**********18"
    assert said == (
        CaseDelivered(
            case_no=NUMBER,
            delivered_at=MOMENT.at,
            delivered_on=date(2026, 11, 23),
            delivered_by="u.window",
            proof_no=f"SD{NUMBER}",
        ),
    )


@pytest.mark.parametrize(
    ("given", "capacity"),
    [
        ({"receiver_name": "示例开发有限公司", "receiver_id_no": COMPANY}, Capacity.APPLICANT),
        ({"receiver_name": " 刘 某 ", "receiver_id_no": "512002 20000101 0018"}, Capacity.AGENT),
        (
            {"receiver_name": "何某", "receiver_id_no": STRANGER, "authorisation": "授权委托书 2026-11-20"},
            Capacity.AUTHORISED,
        ),
        ({"receiver_name": "何某", "receiver_id_no": STRANGER.lower(), "authorisation": "委托书"}, Capacity.AUTHORISED),
    ],
)
def test_the_capacity_of_the_receiver_is_recorded(given: dict[str, str], capacity: Capacity) -> None:
    delivery = handed_over(ready(), entry(**given)).delivery
    assert delivery
    assert delivery.capacity is capacity


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"receiver_id_no": "512002200001010019"}, IdentityUnproven),
        ({"receiver_id_no": "12345"}, IdentityUnproven),
        ({"receiver_name": "何某", "receiver_id_no": STRANGER}, NotEntitled),
        ({"receiver_name": "何某"}, NotEntitled),
        ({"receiver_name": "别的公司", "receiver_id_no": "91512000MADEM0011G", "authorisation": "委托书"}, NotEntitled),
    ],
)
def test_nobody_else_gets_the_result(given: dict[str, str], problem: type[Exception]) -> None:
    with pytest.raises(problem):
        handed_over(ready(), entry(**given))


def test_nothing_is_handed_over_before_it_is_ready() -> None:
    with pytest.raises(NotReadyForDelivery):
        handed_over(received(), entry())


def test_nothing_is_handed_over_after_the_case_was_closed() -> None:
    with pytest.raises(NotReadyForDelivery):
        handed_over(note(ready(), say.ended(), (2, 0)), entry())


def test_a_second_delivery_is_refused_and_names_the_first() -> None:
    with pytest.raises(AlreadyDelivered) as caught:
        handed_over(handed_over(ready(), entry()), entry(), request=SECOND)
    assert caught.value.values["proof_no"] == f"SD{NUMBER}"


def test_the_same_delivery_again_changes_and_says_nothing() -> None:
    once = handed_over(ready(), entry())
    assert deliver(once, entry(), who=CLERK, seals=SEALS, request=FIRST, now=MOMENT) == (once, ())
    with pytest.raises(KeyTaken):
        handed_over(once, entry(), request=Submission(digest="first", fingerprint="other"))


def test_a_township_window_hands_over_only_its_own_cases() -> None:
    assert handed_over(ready(township="T01"), entry(), who=TOWN).status is Status.DELIVERED
    for other in (ready(), ready(township="T02")):
        with pytest.raises(TownshipNotYours):
            handed_over(other, entry(), who=TOWN)


def asked(**changes: object) -> ReissueEntry:
    return ReissueEntry.model_validate({"holder_name": "刘某", "holder_id_no": RESIDENT, **changes})


def reissued(case: Case, given: ReissueEntry, *, request: Submission = FIRST, who: Person = CLERK) -> Case:
    return reissue(case, given, who=who, seals=SEALS, hashed="new hash", request=request, now=MOMENT)


def test_a_new_password_voids_the_old_one_and_records_who_came() -> None:
    case = reissued(received(), asked(identity_document="business_licence"))
    assert (case.password.hashed, case.password.issue) == ("new hash", 2)
    record = case.reissues[0]
    assert (record.issue, record.by, record.capacity) == (2, "u.window", Capacity.AGENT)
    assert (record.identity_document, record.holder.number_masked) == ("business_licence", "512002**********18")
    assert RESIDENT not in case.model_dump_json()


def test_the_same_request_for_a_new_password_changes_nothing() -> None:
    once = reissued(received(), asked())
    assert reissued(once, asked()) == once
    assert len(reissued(once, asked(), request=SECOND).reissues) == 2


@pytest.mark.parametrize(
    ("given", "who", "problem"),
    [
        ({"holder_id_no": "1"}, CLERK, IdentityUnproven),
        ({"holder_name": "何某", "holder_id_no": STRANGER}, CLERK, NotEntitled),
        ({}, TOWN, TownshipNotYours),
    ],
)
def test_a_new_password_is_given_only_to_whom_the_case_belongs(
    given: dict[str, str], who: Person, problem: type[Exception]
) -> None:
    with pytest.raises(problem):
        refuse_reissue(received(), asked(**given), who=who, seals=SEALS, today=MOMENT.on)


def test_fifty_new_passwords_are_enough() -> None:
    case = received()
    for place in range(50):
        case = reissued(case, asked(), request=Submission(digest=str(place), fingerprint="f"))
    with pytest.raises(TooManyReissues):
        reissued(case, asked(), request=Submission(digest="51", fingerprint="f"))
