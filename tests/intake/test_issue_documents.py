"""Documents on the real servers: made when the process says the fact, numbered without gaps, kept."""

import asyncio
import hashlib
import io
from datetime import timedelta
from typing import Any

import docx
import httpx
from pypdf import PdfReader

from services.contracts.intake import DocumentIssued
from services.intake.documents.hearing import make_owed
from services.intake.documents.own import opens
from tests.intake import builders as say
from tests.intake import papers_said as papers
from tests.intake.builders import CLERK, FOREIGN, HANDLER, SUPERVISOR, TODAY
from tests.intake.hall import Hall
from tests.intake.test_document_rules import HEARING
from tests.support.wait import wait_until
from tests.workflow.case_support import person as somebody

LETTER = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


async def received(window: Hall, **changes: object) -> tuple[str, str]:
    """Number and password of a new case."""
    receipt = (await window.receive(CLERK, **changes)).json()
    return receipt["case_no"], receipt["query_password"]


async def listed(window: Hall, number: str) -> dict[str, dict[str, Any]]:
    """The issued documents of a case by kind, after everything owed was made."""
    await make_owed(window.deps)
    answer = await window.ask("GET", f"/cases/{number}/documents", CLERK)
    return {each["kind"]: each for each in answer.json()["documents"]}


async def issued(window: Hall, number: str, *kinds: str) -> dict[str, dict[str, Any]]:
    """Wait until these are issued."""
    found: dict[str, dict[str, Any]] = {}

    async def are_there() -> bool:
        found.update(await listed(window, number))
        return found.keys() >= set(kinds)

    await wait_until(are_there)
    return found


async def text_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages).split())


async def test_a_case_has_its_papers_from_receipt_to_decision(window: Hall) -> None:
    number, _ = await received(window)
    await window.workflow.say(say.started(number), say.accepted(number), papers.extended(number), say.decided(number))
    found = await issued(window, number, "receipt", "acceptance", "extension", "approval")
    assert found["acceptance"]["number"] == "示资规许受〔2026〕1号"
    assert found["acceptance"]["issued_on"] == TODAY.isoformat()
    answer = await window.ask("GET", f"/documents/{found['acceptance']['document_id']}/pdf", HANDLER)
    assert answer.headers["content-type"] == "application/pdf"
    assert hashlib.sha256(answer.content).hexdigest() == found["acceptance"]["sha256"]
    text = await text_of(answer)
    for said in ("行政许可申请受理通知书", number, "示例开发有限公司：", "2026年12月2日", "行政许可专用章"):
        assert said in text, said


async def test_the_docx_says_the_same_as_the_pdf(window: Hall) -> None:
    number, _ = await received(window)
    await window.workflow.say(say.started(number))
    document = (await issued(window, number, "receipt"))["receipt"]["document_id"]
    answer = await window.ask("GET", f"/documents/{document}/docx", CLERK)
    assert answer.headers["content-type"] == LETTER
    file = docx.Document(io.BytesIO(answer.content))
    assert any("示资规许收〔2026〕1号" in line.text for line in file.paragraphs)
    assert file.tables[0].rows[1].cells[1].text == "申请表"


async def test_numbers_have_no_gaps_however_many_are_made_at_once(window: Hall) -> None:
    numbers = [(await received(window, title=f"第{place}项"))[0] for place in range(6)]
    await window.workflow.say(*(say.started(number) for number in numbers))

    async def all_owed() -> bool:
        return await window.deps.papers.dossiers.count({}) == len(numbers)

    await wait_until(all_owed)
    await asyncio.gather(*(make_owed(window.deps) for _ in range(4)))
    found = [(await issued(window, number, "receipt"))["receipt"]["number"] for number in numbers]
    assert sorted(found) == [f"示资规许收〔2026〕{place}号" for place in range(1, 7)]


async def test_the_same_fact_said_again_makes_no_second_document(window: Hall) -> None:
    number, _ = await received(window)
    await window.workflow.say(say.accepted(number))
    first = await issued(window, number, "acceptance")
    await window.workflow.say(say.accepted(number), say.accepted(number, due=TODAY + timedelta(days=30)))
    await window.workflow.say(say.started(number))
    again = await issued(window, number, "receipt")
    assert again["acceptance"] == first["acceptance"]
    assert await window.deps.papers.documents.count({"body.case_no": number}) == 2


async def test_a_refusal_waits_for_its_reasons_and_then_says_the_remedies(window: Hall) -> None:
    number, _ = await received(window)
    await window.workflow.say(say.accepted(number), papers.outcome(number))

    async def waits() -> bool:
        await make_owed(window.deps)
        shown = (await window.ask("GET", f"/cases/{number}/documents", CLERK)).json()
        return [each["lacks"] for each in shown["waiting"]] == ["reasons"]

    await wait_until(waits)
    await window.workflow.say(papers.refused(number))
    found = await issued(window, number, "refusal")
    text = await text_of(await window.ask("GET", f"/documents/{found['refusal']['document_id']}/pdf", CLERK))
    for said in ("退让距离不足", "超出限高", "六十日内", "行政复议", "六个月内", "行政诉讼"):
        assert said in text, said
    assert (await window.ask("GET", f"/cases/{number}/documents", CLERK)).json()["waiting"] == []


async def test_who_may_not_see_the_case_sees_no_document(window: Hall) -> None:
    number, _ = await received(window)
    await window.workflow.say(say.started(number))
    document = (await issued(window, number, "receipt"))["receipt"]["document_id"]
    assert (await window.ask("GET", f"/cases/{number}/documents", FOREIGN)).status_code == 404
    for form in ("pdf", "docx"):
        refused = await window.ask("GET", f"/documents/{document}/{form}", FOREIGN)
        missing = await window.ask("GET", f"/documents/{number}.nothing/{form}", CLERK)
        assert (refused.status_code, refused.json()["code"]) == (404, "document-not-found")
        assert missing.json()["code"] == "document-not-found"


async def test_applicants_take_their_own_and_nothing_else(window: Hall) -> None:
    number, password = await received(window)
    other, _ = await received(window, title="另一项目")
    published = papers.answered(number, task="z", published="yes", published_on="2026-12-01", place="网站")
    await window.workflow.say(say.started(number), published, say.started(other))
    found = await issued(window, number, "receipt", "publication")
    foreign = (await issued(window, other, "receipt"))["receipt"]["document_id"]
    own = (await window.look_up(number, password)).json()["documents"]
    assert [each["name"] for each in own] == ["申请材料接收凭证"]
    mine, ticket = own[0]["document_id"], own[0]["ticket"]
    taken = await window.ask("GET", f"/public/documents/{mine}/pdf?ticket={ticket}")
    assert hashlib.sha256(taken.content).hexdigest() == found["receipt"]["sha256"]
    for document in (foreign, found["publication"]["document_id"], f"{number}.nothing"):
        refused = await window.ask("GET", f"/public/documents/{document}/pdf?ticket={ticket}")
        assert refused.status_code == 404, document
    forged = ticket[:-1] + ("0" if ticket[-1] != "0" else "1")
    assert (await window.ask("GET", f"/public/documents/{mine}/pdf?ticket={forged}")).status_code == 404
    now = window.deps.clock.wall()
    assert opens(ticket, mine, seals=window.deps.seals, now=now)
    assert not opens(ticket, mine, seals=window.deps.seals, now=now + timedelta(hours=1))
    trail = (await window.ask("GET", f"/cases/{number}/audits", SUPERVISOR)).json()
    assert [row["what"] for row in trail if row["deed"] == "document_taken"] == [mine]


async def test_the_proof_of_service_is_there_as_soon_as_the_result_was_handed_over(window: Hall) -> None:
    number, _ = await received(window)
    await window.workflow.say(say.started(number), say.accepted(number), say.decided(number), papers.made(number))
    await issued(window, number, "approval")
    await window.workflow.say(say.ready(number))
    receiver = {"receiver_name": "刘某", "receiver_id_no": say.RESIDENT, "signature": "data:image/png;base64,AAAA"}

    async def is_delivered() -> bool:
        answer = await window.ask("POST", f"/cases/{number}/delivery", CLERK, json=receiver, key="deliver-1")
        return answer.status_code == 200

    await wait_until(is_delivered)
    found = await listed(window, number)
    assert found["proof_of_service"]["number"] == f"SD{number}"
    text = await text_of(await window.ask("GET", f"/documents/{found['proof_of_service']['document_id']}/pdf", CLERK))
    for said in ("准予行政许可决定书", "示资规许准〔2026〕1号", papers.PERMIT, "代理人", "手写签名", "周某"):
        assert said in text, said
    assert say.RESIDENT not in text


async def test_what_applicants_are_called_is_never_taken_for_a_command(window: Hall) -> None:
    nasty = "{applicant}#panic(1)<w:p/>$x$*a*"
    applicant = {"kind": "organisation", "name": nasty, "id_no": say.COMPANY, "phone": "13800000001"}
    number, _ = await received(window, applicant=applicant)
    await window.workflow.say(say.started(number))
    document = (await issued(window, number, "receipt"))["receipt"]["document_id"]
    text = await text_of(await window.ask("GET", f"/documents/{document}/pdf", CLERK))
    assert nasty in text


async def test_each_paper_is_said_once_with_what_it_takes_to_know_its_pdf_again(window: Hall) -> None:
    number, _ = await received(window)
    await window.workflow.say(say.started(number), say.accepted(number), say.accepted(number))
    found = await issued(window, number, "receipt", "acceptance")

    async def heard() -> list[DocumentIssued]:
        told = [each for each in await window.said(number) if isinstance(each, DocumentIssued)]
        return told if len(told) >= len(found) else []

    said = await wait_until(heard)
    assert sorted(each.kind for each in said) == ["acceptance", "receipt"]
    for each in said:
        answer = await window.ask("GET", each.file, HANDLER)
        assert hashlib.sha256(answer.content).hexdigest() == each.sha256
        assert (len(answer.content), each.number) == (each.size, found[each.kind]["number"])


async def test_given_a_decision_then_the_approval_sheet_names_who_said_what_and_the_applicant_never_gets_it(
    window: Hall,
) -> None:
    number, password = await received(window)
    await window.registry.say(somebody("u.chief.d06").model_copy(update={"name": "章某"}))
    opinion = papers.answered(number, task="c", decision="agree", opinion="符合规划条件，同意上报。")
    await window.workflow.say(say.accepted(number), opinion, say.decided(number))
    found = await issued(window, number, "approval_sheet", "approval")
    text = await text_of(await window.ask("GET", f"/documents/{found['approval_sheet']['document_id']}/pdf", HANDLER))
    for said in ("审批表", "符合规划条件，同意上报。", "章某", "各环节意见"):
        assert said in text, said
    own = (await window.look_up(number, password)).json()["documents"]
    assert {each["name"] for each in own}.isdisjoint({"行政许可审批表", "听证笔录", "听证公告"})


async def test_given_a_hearing_then_its_announcement_and_its_record_are_official_papers(window: Hall) -> None:
    number, _ = await received(window)
    await window.workflow.say(*(each.model_copy(update={"case_no": number}) for each in HEARING))
    await window.workflow.say(papers.hearing_held(number))
    found = await issued(window, number, "hearing_announcement", "hearing_record")
    assert found["hearing_announcement"]["number"] == "示资规许听公〔2026〕1号"
    assert found["hearing_record"]["number"] == "规听笔〔2026〕3号"
    record = await text_of(await window.ask("GET", f"/documents/{found['hearing_record']['document_id']}/pdf", HANDLER))
    for said in ("听证笔录", "相邻业主委员会", "争议集中于日照间距", "听证主持人签名", "根据听证笔录作出"):
        assert said in record, said
