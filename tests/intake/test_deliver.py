"""The whole story at the window, on the real servers: from receipt to proof of service, and new passwords."""

import asyncio
from io import BytesIO
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate
from pypdf import PdfReader

from services.contracts.intake import CaseDelivered
from services.contracts.words import StepKind
from services.intake.__main__ import SERVICE
from tests.intake import builders as say
from tests.intake.builders import CLERK, COMPANY, HANDLER, NUMBER, RESIDENT, STRANGER, SUPERVISOR, TOWN
from tests.intake.hall import Hall
from tests.support.wait import wait_until

RECEIVER = {"receiver_name": "刘某", "receiver_id_no": RESIDENT, "signature": "刘某 签收"}
HOLDER = {"holder_name": "刘某", "holder_id_no": RESIDENT}


async def received(window: Hall) -> dict[str, Any]:
    receipt: dict[str, Any] = (await window.receive(CLERK)).json()
    return receipt


async def ready(window: Hall) -> dict[str, Any]:
    """A case whose result lies at the collection window."""
    receipt = await received(window)
    number = receipt["case_no"]
    await window.workflow.say(
        say.started(number),
        say.accepted(number),
        say.decided(number),
        say.ready(number),
        say.opened(number, task="collect", name="送达", department="D09", kind=StepKind.RECEIVE),
    )
    await stands(window, number, "ready")
    return receipt


async def stands(window: Hall, number: str, status: str) -> None:
    """Wait until the case stands there."""

    async def is_there() -> bool:
        shown = (await window.ask("GET", f"/cases/{number}", CLERK)).json()
        return bool(shown["status"] == status)

    await wait_until(is_there)


async def deliver(window: Hall, number: str, *, key: str | None = None, **changes: str) -> httpx.Response:
    return await window.ask("POST", f"/cases/{number}/delivery", CLERK, json=RECEIVER | changes, key=key)


async def test_from_receipt_to_proof_of_service(window: Hall) -> None:
    receipt = await ready(window)
    number = receipt["case_no"]
    told = (await window.look_up(number, receipt["query_password"])).json()
    assert (told["status"], told["sentence"]) == ("ready", "可以取件。")
    answer = await deliver(window, number)
    assert answer.status_code == 200
    proof = answer.json()
    assert proof["proof_no"] == f"SD{number}"
    assert (proof["capacity"], proof["receiver"]["number"]) == ("agent", "512002**********18")
    assert RESIDENT not in answer.text

    async def is_said() -> bool:
        return any(isinstance(each, CaseDelivered) for each in await window.said(number))

    await wait_until(is_said)
    await window.workflow.say(say.completed(number, task="collect", name="送达"), say.ended(number))
    await stands(window, number, "ended")
    told = (await window.look_up(number, receipt["query_password"])).json()
    assert (told["sentence"], told["delivered_on"]) == ("已办结（准予许可）。", "2026-11-23")


async def test_nothing_is_handed_over_before_the_process_is_ready(window: Hall) -> None:
    answer = await deliver(window, (await received(window))["case_no"])
    assert (answer.status_code, answer.json()["code"]) == (409, "not-ready-for-delivery")


async def test_a_second_delivery_is_refused_and_a_repeated_request_is_not(window: Hall) -> None:
    number = (await ready(window))["case_no"]
    first, twin = await asyncio.gather(*(deliver(window, number, key="double-click") for _ in range(2)))
    again = await deliver(window, number, key="double-click")
    assert first.status_code == 200
    assert first.json() == twin.json() == again.json()
    other = await deliver(window, number, key="another-key")
    assert (other.status_code, other.json()["code"]) == (409, "already-delivered")
    assert other.json()["proof_no"] == f"SD{number}"
    assert sum(isinstance(each, CaseDelivered) for each in await window.said(number)) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"receiver_id_no": "512002200001010019"}, "identity-unproven"),
        ({"receiver_name": "何某", "receiver_id_no": STRANGER}, "not-entitled"),
    ],
)
async def test_the_receiver_must_be_known(window: Hall, changes: dict[str, str], code: str) -> None:
    answer = await deliver(window, (await ready(window))["case_no"], **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_only_windows_hand_over_and_only_cases_in_their_scope(window: Hall) -> None:
    number = (await ready(window))["case_no"]
    path = f"/cases/{number}/delivery"
    assert (await window.ask("POST", path, HANDLER, json=RECEIVER)).status_code == 403
    assert (await window.ask("POST", path, TOWN, json=RECEIVER)).status_code == 404
    assert (await deliver(window, NUMBER)).status_code == 404


async def test_the_receipt_is_printed_with_the_password_just_given(window: Hall) -> None:
    receipt = await received(window)
    path = f"/cases/{receipt['case_no']}/receipt/pdf"
    answer = await window.ask("POST", path, CLERK, json={"query_password": receipt["query_password"]})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    assert receipt["case_no"] in text
    assert receipt["query_password"] in text.replace(" ", "")
    assert COMPANY not in text
    wrong = await window.ask("POST", path, CLERK, json={"query_password": "AAAAAAAA"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "password-not-in-force")
    assert (await window.ask("POST", path, HANDLER, json={"query_password": "AAAAAAAA"})).status_code == 403


async def test_the_receipt_is_shown_again_without_the_password(window: Hall) -> None:
    receipt = await received(window)
    shown = await window.ask("GET", f"/cases/{receipt['case_no']}/receipt", CLERK)
    assert shown.json() == receipt | {"query_password": None}


async def reissue(window: Hall, number: str, *, key: str | None = None, **changes: str) -> httpx.Response:
    return await window.ask("POST", f"/cases/{number}/receipt/reissue", CLERK, json=HOLDER | changes, key=key)


async def test_a_new_password_voids_the_old_one(window: Hall) -> None:
    receipt = await received(window)
    number, old = receipt["case_no"], receipt["query_password"]
    answer = await reissue(window, number)
    new = answer.json()["query_password"]
    assert (answer.status_code, answer.json()["password_issue"]) == (200, 2)
    assert (await window.look_up(number, old)).status_code == 403
    assert (await window.look_up(number, new)).status_code == 200
    shown = (await window.ask("GET", f"/cases/{number}", CLERK)).json()
    assert shown["reissues"][0]["identity_document"] == "resident_id"
    assert shown["reissues"][0]["holder"] == {"name": "刘某", "number": "512002**********18"}
    trail = (await window.ask("GET", f"/cases/{number}/audits", SUPERVISOR)).json()
    assert "password_reissued" in [row["deed"] for row in trail]


async def test_the_same_request_gives_the_same_new_password(window: Hall) -> None:
    number = (await received(window))["case_no"]
    first, twin = await asyncio.gather(*(reissue(window, number, key="double-click") for _ in range(2)))
    assert first.json() == twin.json()
    assert first.json()["password_issue"] == 2
    await reissue(window, number, key="somebody-else")
    late = await reissue(window, number, key="double-click")
    assert (late.json()["password_issue"], late.json()["query_password"]) == (3, None)


async def test_a_new_password_needs_the_right_person(window: Hall) -> None:
    number = (await received(window))["case_no"]
    wrong = await reissue(window, number, holder_name="何某", holder_id_no=STRANGER, key="wrong-person")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "not-entitled")
    assert (await reissue(window, number, key="wrong-person")).status_code == 200


async def test_no_log_line_carries_personal_data(window: Hall, capsys: pytest.CaptureFixture[str]) -> None:
    receipt = await ready(window)
    number, password = receipt["case_no"], receipt["query_password"]
    await window.ask("POST", f"/cases/{number}/receipt/pdf", CLERK, json={"query_password": password})
    await window.ask("GET", f"/cases/{number}/applicant", CLERK)
    await reissue(window, number)
    await window.look_up(number, "AAAAAAAA")
    await deliver(window, number, receiver_id_no="512002200001010019")
    await deliver(window, number)
    lines = capsys.readouterr().out
    assert "request answered" in lines
    for secret in (COMPANY, RESIDENT, "512002200001010019", "13800000001", "刘某", "示例开发", password, "AAAAAAAA"):
        assert secret not in lines


def test_the_interface_document_is_valid() -> None:
    document = SERVICE.create_app().openapi()
    validate(document)
    assert set(document["paths"]["/public/lookup"]["post"]["responses"]) >= {"200", "403", "423", "429"}
