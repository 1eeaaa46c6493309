"""撤回申请: the applicant withdraws before the decision, by password or signed request; the process has the word."""

import asyncio
from typing import Any

import httpx
import pytest

from services.contracts.intake import WithdrawalRequested
from services.contracts.words import Outcome
from services.intake.audits import Deed
from tests.intake import builders as say
from tests.intake import papers_said as papers
from tests.intake.builders import CLERK, HANDLER, NUMBER, RESIDENT, STRANGER, SUPERVISOR, TOWN
from tests.intake.hall import Hall
from tests.intake.test_deliver import ready, received, stands
from tests.intake.test_issue_documents import issued, text_of
from tests.support.wait import wait_until

SIGNED = {"signer_name": "刘某", "signer_id_no": RESIDENT, "signature": "刘某 签名"}


async def withdraw(window: Hall, receipt: dict[str, Any], **changes: object) -> httpx.Response:
    """Ask for it online."""
    entry = {"case_no": receipt["case_no"], "query_password": receipt["query_password"], "confirmed": True}
    return await window.ask("POST", "/public/withdrawals", json=entry | changes)


async def by_paper(window: Hall, number: str, *, key: str | None = None, **changes: str) -> httpx.Response:
    return await window.ask("POST", f"/cases/{number}/withdrawal", CLERK, json=SIGNED | changes, key=key)


async def asked(window: Hall, number: str) -> list[WithdrawalRequested]:
    return [each for each in await window.said(number) if isinstance(each, WithdrawalRequested)]


async def test_given_number_and_password_when_the_applicant_withdraws_then_the_process_is_asked_once(
    window: Hall,
) -> None:
    receipt = await received(window)
    answers = await asyncio.gather(*(withdraw(window, receipt) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["state"] for answer in answers} == {"asked"}
    (said,) = await asked(window, receipt["case_no"])
    assert (said.channel, said.registered_by) == ("online", "applicant")
    told = (await window.look_up(receipt["case_no"], receipt["query_password"])).json()
    assert (told["withdrawal"], told["withdrawable"]) == ("asked", False)
    assert "撤回申请已登记" in told["next"]


async def test_given_the_process_ended_when_it_is_looked_up_then_the_paper_is_there_and_no_certificate_ever(
    window: Hall,
) -> None:
    receipt = await received(window)
    number = receipt["case_no"]
    await window.workflow.say(say.started(number), say.accepted(number), say.opened(number))
    await withdraw(window, receipt)
    await window.workflow.say(
        papers.withdrawn(number), say.cancelled(number), say.ended(number, outcome=Outcome.WITHDRAWN)
    )
    await stands(window, number, "ended")
    told = (await window.look_up(number, receipt["query_password"])).json()
    assert (told["sentence"], told["withdrawal"]) == ("已办结（申请人撤回）。", "withdrawn")
    paper = (await issued(window, number, "application_withdrawal"))["application_withdrawal"]
    assert paper["number"] == "示资规许撤申〔2026〕1号"
    text = await text_of(await window.ask("GET", f"/documents/{paper['document_id']}/pdf", CLERK))
    for words in ("准予撤回申请通知书", "不核发证书", "其办理期限自终结办理之日起不再计算", "示例开发有限公司："):
        assert words in text, words
    assert await window.deps.papers.certificates.count({}) == 0
    assert (await withdraw(window, receipt)).json()["state"] == "withdrawn"
    assert len(await asked(window, number)) == 1


async def test_given_a_decided_case_when_the_applicant_withdraws_then_it_is_refused_with_what_to_do(
    window: Hall,
) -> None:
    receipt = await ready(window)
    for answer in (await withdraw(window, receipt), await by_paper(window, receipt["case_no"])):
        assert (answer.status_code, answer.json()["code"]) == (409, "too-late-to-withdraw")
        assert "注销" in answer.json()["remedy"]
    assert await asked(window, receipt["case_no"]) == []


async def test_given_the_decision_was_faster_then_the_applicant_reads_that_it_had_no_effect(window: Hall) -> None:
    receipt = await received(window)
    number = receipt["case_no"]
    await window.workflow.say(say.started(number), say.accepted(number))
    await withdraw(window, receipt)
    await window.workflow.say(say.decided(number), papers.too_late(number))

    async def is_told() -> bool:
        told = (await window.look_up(number, receipt["query_password"])).json()
        return bool(told["withdrawal"] == "too_late" and "没有生效" in told["next"])

    await wait_until(is_told)
    again = await withdraw(window, receipt)
    assert (again.status_code, again.json()["code"]) == (409, "too-late-to-withdraw")


async def test_given_a_wrong_password_then_it_is_refused_like_a_lookup_and_an_unknown_number_alike(
    window: Hall,
) -> None:
    receipt = await received(window)
    wrong = await withdraw(window, receipt, query_password="AAAA AAAA")
    unknown = await withdraw(window, receipt, case_no=NUMBER[:-1] + "9")
    assert (wrong.status_code, unknown.status_code) == (403, 403)
    assert wrong.json() | {"instance": ""} == unknown.json() | {"instance": ""}
    assert await asked(window, receipt["case_no"]) == []


async def test_given_it_is_not_confirmed_then_nothing_is_asked(window: Hall) -> None:
    receipt = await received(window)
    assert (await withdraw(window, receipt, confirmed=False)).status_code == 422
    assert await asked(window, receipt["case_no"]) == []


async def test_given_a_signed_request_when_the_clerk_registers_it_twice_then_it_is_one_and_on_record(
    window: Hall,
) -> None:
    number = (await received(window))["case_no"]
    first, again = [await by_paper(window, number, key="double-click") for _ in range(2)]
    assert first.json() == again.json()
    assert first.json()["channel"] == "window"
    (said,) = await asked(window, number)
    assert said.registered_by == CLERK.code
    assert RESIDENT not in first.text
    trail = (await window.ask("GET", f"/cases/{number}/audits", SUPERVISOR)).json()
    assert [row["person"] for row in trail if row["deed"] == Deed.WITHDRAWAL_ASKED] == [CLERK.code] * 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signer_id_no": "512002200001010019"}, "identity-unproven"),
        ({"signer_name": "何某", "signer_id_no": STRANGER}, "not-entitled"),
    ],
)
async def test_given_somebody_else_at_the_window_then_nothing_is_withdrawn(
    window: Hall, changes: dict[str, str], code: str
) -> None:
    number = (await received(window))["case_no"]
    answer = await by_paper(window, number, **changes)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert await asked(window, number) == []


async def test_given_no_window_clerk_or_another_township_then_nobody_registers_a_withdrawal(window: Hall) -> None:
    number = (await received(window))["case_no"]
    path = f"/cases/{number}/withdrawal"
    assert (await window.ask("POST", path, HANDLER, json=SIGNED)).status_code == 403
    assert (await window.ask("POST", path, TOWN, json=SIGNED)).status_code == 404


async def test_given_a_terminated_case_then_the_decision_states_ground_reasons_and_remedies(window: Hall) -> None:
    number = (await received(window))["case_no"]
    await window.workflow.say(
        say.started(number), papers.terminated(number), say.ended(number, outcome=Outcome.TERMINATED)
    )
    paper = (await issued(window, number, "termination"))["termination"]
    text = await text_of(await window.ask("GET", f"/documents/{paper['document_id']}/pdf", CLERK))
    for words in ("终止办理决定书", "已经依法终止", "注销登记通知书", "行政复议", "行政诉讼"):
        assert words in text, words
