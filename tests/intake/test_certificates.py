"""The certificate register and the public check: what a grant gives, what becomes of it, what everybody may know."""

import hashlib
import io
from datetime import date, timedelta
from typing import Any

import httpx
import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from services.contracts.intake import DocumentIssued
from services.contracts.words import Role
from services.intake.certificates.records import Certificate, CertificateStands, Change, Deed, State, entered
from services.intake.documents.hearing import make_owed
from services.kernel.identity import Person
from tests.intake import builders as say
from tests.intake import papers_said as papers
from tests.intake.builders import CLERK, FOREIGN, HANDLER, NOW, SUPERVISOR, TODAY
from tests.intake.hall import Hall
from tests.support.wait import wait_until

LEADER = Person(code="u.leader", name="冯某", roles=frozenset({Role.LEADER}), department="D01")


async def granted(window: Hall, *, permit: str = papers.PERMIT, **changes: object) -> str:
    """A case whose certificate bears its number."""
    number = str((await window.receive(CLERK, **changes)).json()["case_no"])
    await window.workflow.say(say.accepted(number), say.decided(number), papers.made(number, number=permit))
    await stands(window, number, "valid")
    return number


async def stands(window: Hall, number: str, state: str) -> dict[str, Any]:
    shown: dict[str, Any] = {}

    async def is_so() -> bool:
        await make_owed(window.deps)
        answer = await window.ask("GET", f"/certificates/{number}", CLERK)
        shown.update(answer.json())
        return shown.get("state") == state

    await wait_until(is_so)
    return shown


async def by_number(window: Hall, number: str, check: str) -> httpx.Response:
    return await window.ask("POST", "/public/certificate-checks", json={"number": number, "check": check})


async def kept(window: Hall, number: str) -> Certificate:
    return (await window.deps.papers.certificates.load(number))[0]


async def test_a_granted_case_is_in_the_register_first_without_then_with_its_number(window: Hall) -> None:
    number = (await window.receive(CLERK)).json()["case_no"]
    await window.workflow.say(say.decided(number), say.asked_outside(number))
    pending = await stands(window, number, "pending")
    assert pending["number"] == ""
    assert (await window.ask("GET", f"/certificates/{number}/pdf", CLERK)).status_code == 404
    await window.workflow.say(papers.numbered_outside(number))
    valid = await stands(window, number, "valid")
    assert (valid["number"], valid["name"]) == (papers.PERMIT, "建设工程规划许可证")
    assert [each["deed"] for each in valid["history"]] == ["granted", "numbered"]


async def test_the_certificate_is_a_paper_whose_code_leads_to_the_check(window: Hall) -> None:
    number = await granted(window)
    answer = await window.ask("GET", f"/certificates/{number}/pdf", HANDLER)
    certificate = await kept(window, number)
    assert hashlib.sha256(answer.content).hexdigest() == certificate.pdf_sha256
    said = [each for each in await window.said(number) if isinstance(each, DocumentIssued)]
    papers_of_it = [(each.number, each.sha256, each.file) for each in said if each.kind == "certificate"]
    assert papers_of_it == [(papers.PERMIT, certificate.pdf_sha256, f"/certificates/{number}/pdf")]
    text = "".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
    for said in ("建设工程规划许可证", "5120002026GG0000001", "示例开发有限公司", "12000平方米", certificate.check):
        assert said in text, said
    drawn = pypdfium2.PdfDocument(answer.content)[0].render(scale=3, grayscale=True)
    image = memoryview(bytes(drawn.buffer)).cast("B", shape=(drawn.height, drawn.stride))
    code = zxingcpp.read_barcodes(image)[0].text
    assert code == f"{window.deps.settings.verify_url}/{certificate.token}"
    shown = (await window.ask("GET", f"/public/certificates/{certificate.token}")).json()
    assert (shown["state"], shown["number"], shown["same_file"]) == ("valid", papers.PERMIT, False)


async def test_applicants_take_the_certificate_home_once_it_was_handed_over_and_while_it_is_in_force(
    window: Hall,
) -> None:
    receipt = (await window.receive(CLERK)).json()
    number, password = receipt["case_no"], receipt["query_password"]
    await window.workflow.say(say.accepted(number), say.decided(number), papers.made(number, number=papers.PERMIT))
    await stands(window, number, "valid")
    assert await _own_certificate(window, number, password) is None
    await window.workflow.say(say.ready(number))
    receiver = {"receiver_name": "刘某", "receiver_id_no": say.RESIDENT, "signature": "刘某"}

    async def is_delivered() -> bool:
        return (await window.ask("POST", f"/cases/{number}/delivery", CLERK, json=receiver, key="deliver-c")).is_success

    await wait_until(is_delivered)
    own = await _own_certificate(window, number, password)
    assert own is not None
    address = f"/public/documents/{own['document_id']}/pdf"
    taken = await window.ask("GET", f"{address}?ticket={own['ticket']}")
    assert hashlib.sha256(taken.content).hexdigest() == (await kept(window, number)).pdf_sha256
    receipts = f"/public/documents/{number}.receipt/pdf"
    assert (await window.ask("GET", f"{receipts}?ticket={own['ticket']}")).status_code == 404
    trail = (await window.ask("GET", f"/cases/{number}/audits", SUPERVISOR)).json()
    assert [row["what"] for row in trail if row["deed"] == "document_taken"] == [own["document_id"]]
    suspended = await window.ask("POST", f"/certificates/{number}/suspension", LEADER, json={"reason": "核查中"})
    assert suspended.is_success
    assert await _own_certificate(window, number, password) is None


async def _own_certificate(window: Hall, number: str, password: str) -> dict[str, Any] | None:
    documents = (await window.look_up(number, password)).json()["documents"]
    return next((each for each in documents if each["document_id"] == f"{number}.certificate"), None)


async def test_the_number_needs_its_check_characters_and_a_file_is_ours_or_it_is_not(window: Hall) -> None:
    number = await granted(window)
    certificate = await kept(window, number)
    assert (await by_number(window, papers.PERMIT, certificate.check.lower())).json()["state"] == "valid"
    wrong = "2" * 6 if certificate.check != "2" * 6 else "3" * 6
    for named, check in ((papers.PERMIT, wrong), ("建字第0000000000000000001号", certificate.check)):
        refused = await by_number(window, named, check)
        assert (refused.status_code, refused.json()["code"]) == (404, "not-in-register")
    paper = (await window.ask("GET", f"/certificates/{number}/pdf", CLERK)).content
    ours = await window.ask("POST", "/public/certificate-checks", json={"sha256": hashlib.sha256(paper).hexdigest()})
    assert (ours.json()["same_file"], ours.json()["number"]) == (True, papers.PERMIT)
    forged = hashlib.sha256(paper.replace(b"2026", b"2036", 1)).hexdigest()
    refused = await window.ask("POST", "/public/certificate-checks", json={"sha256": forged})
    assert refused.json()["code"] == "not-in-register"
    document = (await window.deps.papers.documents.load(f"{number}.approval"))[0]
    shown = (await window.ask("GET", f"/public/certificates/{document.token}")).json()
    assert (shown["what"], shown["name"], shown["number"]) == ("document", "准予行政许可决定书", document.number)
    assert shown["holder"] == ""
    assert number not in str(shown)


async def test_the_public_learns_no_private_name(window: Hall) -> None:
    person = {"kind": "person", "name": "刘某甲", "id_no": say.RESIDENT, "phone": "13800000001"}
    number = await granted(window, applicant=person, title="刘某甲住宅")
    token = (await kept(window, number)).token
    answer = await window.ask("GET", f"/public/certificates/{token}")
    assert answer.json()["holder"] == "刘某某"
    assert "刘某甲" not in answer.text


FATES = {
    "PT-10A": ("permit_amended", "changed", "已变更"),
    "PT-10E": ("permit_revoked", "revoked", "已撤销"),
}


async def test_what_became_of_a_certificate_shows_at_the_check(window: Hall) -> None:
    await window.workflow.say(*(say.activated(say.WORKS.model_copy(update={"code": item})) for item in FATES))
    await window.offers(count=2 + len(FATES))
    new = "建字第5120002026GG0000009号"
    for place, (item, (milestone, state, words)) in enumerate(FATES.items()):
        permit = f"建字第5120002026GG000010{place}号"
        first = await granted(window, permit=permit)
        later = (await window.receive(CLERK, item_code=item)).json()["case_no"]
        await window.workflow.say(*papers.about(later, milestone=milestone, number=permit, new_no=new))
        shown = await stands(window, first, state)
        assert shown["history"][-1]["case_no"] == later
        assert shown["history"][-1]["document_no"] == "示资规许决〔2026〕3号"
        public = (await window.ask("GET", f"/public/certificates/{(await kept(window, first)).token}")).json()
        assert (public["state"], public["state_text"]) == (state, words)
        assert public["replaced_by"] == (new if state == "changed" else "")


async def test_a_leader_suspends_and_resumes_and_only_who_may_see_the_case_sees_it(window: Hall) -> None:
    number = await granted(window)
    entry = {"reason": "现场与许可不符，核查期间暂停使用"}
    assert (await window.ask("POST", f"/certificates/{number}/suspension", CLERK, json=entry)).status_code == 403
    held = await window.ask("POST", f"/certificates/{number}/suspension", LEADER, json=entry)
    assert held.json()["state"] == "suspended"
    again = await window.ask("POST", f"/certificates/{number}/suspension", LEADER, json=entry)
    assert again.json()["code"] == "certificate-stands"
    back = await window.ask("POST", f"/certificates/{number}/resumption", LEADER, json=entry)
    assert back.json()["state"] == "valid"
    assert [each["by"] for each in back.json()["history"][-2:]] == ["u.leader", "u.leader"]
    assert [each["certificate_id"] for each in (await window.ask("GET", "/certificates", HANDLER)).json()] == [number]
    found = await window.ask("GET", f"/certificates?number={papers.PERMIT}", CLERK)
    assert [each["certificate_id"] for each in found.json()] == [number]
    assert (await window.ask("GET", "/certificates", FOREIGN)).json() == []
    assert (await window.ask("GET", f"/certificates/{number}", FOREIGN)).status_code == 404
    assert (await window.ask("GET", f"/certificates/{number}/pdf", FOREIGN)).status_code == 404


async def test_every_check_is_written_down_and_nobody_checks_without_end(window: Hall) -> None:
    number = await granted(window)
    token = (await kept(window, number)).token
    await window.ask("GET", f"/public/certificates/{token}")
    trail = (await window.ask("GET", f"/cases/{number}/audits", SUPERVISOR)).json()
    assert [row["deed"] for row in trail].count("certificate_checked") == 1
    asked = [(await window.ask("GET", f"/public/certificates/{token}")).status_code for _ in range(35)]
    assert asked[0] == 200
    assert asked[-1] == 429


async def test_who_guesses_is_locked_out(window: Hall) -> None:
    tries = [(await window.ask("GET", f"/public/certificates/{place:032x}")).status_code for place in range(25)]
    assert tries[0] == 404
    assert tries[-1] == 423


def certificate(**changes: object) -> Certificate:
    made = Certificate(
        certificate_id="1",
        kind="works",
        name="证",
        name_en="permit",
        number="建字第1号",
        token="t",
        state=State.VALID,
        holder="甲",
        holder_public="甲",
        project="乙",
        project_public="乙",
        place="丙",
        scale="丁",
        issued_on=TODAY,
    )
    return made.model_copy(update=changes)


def change(deed: Deed, *, entry: str = "e") -> Change:
    return Change(entry=entry, deed=deed, on=TODAY, at=NOW, case_no="2")


def test_what_is_over_its_time_has_expired_and_an_extension_makes_it_valid_again() -> None:
    over = certificate(valid_until=TODAY - timedelta(days=1))
    assert over.state_on(TODAY) is State.EXPIRED
    assert over.state_on(TODAY - timedelta(days=1)) is State.VALID
    longer = entered(over, change(Deed.EXTENDED), valid_until=date(2028, 1, 1))
    assert longer.state_on(TODAY) is State.VALID
    assert over.model_copy(update={"state": State.REVOKED}).state_on(TODAY) is State.REVOKED


def test_an_entry_is_made_once() -> None:
    once = entered(certificate(), change(Deed.WITHDRAWN))
    assert entered(once, change(Deed.WITHDRAWN)) == once


@pytest.mark.parametrize(
    ("state", "deed"),
    [
        (State.REVOKED, Deed.EXTENDED),
        (State.CANCELLED, Deed.REVOKED),
        (State.WITHDRAWN, Deed.AMENDED),
        (State.PENDING, Deed.CANCELLED),
        (State.VALID, Deed.RESUMED),
        (State.SUSPENDED, Deed.SUSPENDED),
        (State.EXPIRED, Deed.SUSPENDED),
    ],
)
def test_what_a_certificate_is_no_more_cannot_be_done_to_it(state: State, deed: Deed) -> None:
    with pytest.raises(CertificateStands):
        entered(certificate(state=state), change(deed))
