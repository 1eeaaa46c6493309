"""申请人和经办人相对分离 (B-35, F8): nothing that the public can reach names who works on a case."""

import io
from typing import Any, Final

from pypdf import PdfReader

from services.contracts.words import HoldGround
from tests.intake import builders as say
from tests.intake import papers_said as papers
from tests.intake.builders import CLERK
from tests.intake.hall import Hall
from tests.intake.test_deliver import received, stands
from tests.intake.test_issue_documents import issued
from tests.workflow.case_support import person

MARKS: Final = ("u.chief.d06", "u.head", "u.handler.d06", "章某签", "首长某", "P06", "D06")
"""Codes and names of handlers, and their desks."""

SHOWS_NO_CASE: Final = {
    "/public/drafts",
    "/public/drafts/open",
    "/public/draft",
    "/public/draft/applicant",
    "/public/draft/project",
    "/public/draft/papers/{paper}/files",
    "/public/draft/files/{upload_id}",
    "/public/draft/filing",
    "/public/correction/papers/{number}/files",
    "/public/appointments",
    "/public/appointments/slots",
    "/public/appointments/lookup",
    "/public/appointments/cancel",
    "/public/consultants",
    "/public/objections/lookup",
    "/public/publicity/{posting_id}/objections",
    "/public/ratings/link",
    "/public/items",
    "/public/items/{item_code}",
    "/public/guides",
    "/public/guides/{code}",
}
"""What the public does that reads no case: drafts of their own, appointments, guides. Consultants stand there by name:
they are the ones whom the public is to speak to (B-38)."""


async def worked_on(window: Hall) -> dict[str, Any]:
    """A granted case on which people with names worked."""
    receipt = await received(window)
    number = receipt["case_no"]
    await window.registry.say(
        person("u.chief.d06").model_copy(update={"name": "章某签"}),
        person("u.head").model_copy(update={"name": "首长某"}),
    )
    posted = papers.answered(
        number,
        task="p",
        notice_no="公示1号",
        posted_from="2026-11-25",
        places=["现场"],
        basis="条例",
        hearing_told=True,
    )
    await window.workflow.say(
        say.started(number),
        papers.answered(number, task="a", decision="accept", opinion="同意受理", document_no=""),
        say.accepted(number),
        posted,
        say.opened(number, task="w", name="公示期间").model_copy(update={"hold": HoldGround.PUBLICITY}),
        papers.answered(number, task="c", decision="agree", opinion="章某签意见：同意"),
        papers.answered(number, task="l", decision="grant", opinion="同意", conditions="按图施工"),
        say.decided(number),
        papers.extended(number),
        say.ready(number),
    )
    await stands(window, number, "ready")
    await issued(window, number, "receipt", "acceptance", "approval", "approval_sheet", "extension")
    return receipt


async def test_given_a_case_that_people_worked_on_then_no_public_answer_and_no_paper_names_one_of_them(
    window: Hall,
) -> None:
    receipt = await worked_on(window)
    known = {"case_no": receipt["case_no"], "query_password": receipt["query_password"]}
    told = (await window.ask("POST", "/public/lookup", json=known)).json()
    postings = (await window.ask("GET", "/public/publicity")).json()
    posting = postings["postings"][0]["posting_id"] if "postings" in postings else ""
    answers = {
        "/public/lookup": await window.ask("POST", "/public/lookup", json=known),
        "/public/telephone": await window.ask("POST", "/public/telephone", json=known),
        "/public/withdrawals": await window.ask("POST", "/public/withdrawals", json=known | {"confirmed": True}),
        "/public/corrections": await window.ask("POST", "/public/corrections", json=known),
        "/public/correction": await window.ask("GET", "/public/correction"),
        "/public/ratings": await window.ask("GET", "/public/ratings"),
        "/public/publicity": await window.ask("GET", "/public/publicity"),
        "/public/publicity/{posting_id}": await window.ask("GET", f"/public/publicity/{posting}"),
        "/public/results": await window.ask("GET", "/public/results"),
        "/public/licences": await window.ask("GET", "/public/licences"),
        "/public/certificates/{token}": await window.ask("GET", f"/public/certificates/{'0' * 32}"),
        "/public/certificates/{check_token}": await window.ask("GET", f"/public/certificates/{'0' * 32}"),
        "/public/certificate-checks": await window.ask(
            "POST", "/public/certificate-checks", json={"number": "建字第1号", "check": "222222"}
        ),
    }
    for path, answer in answers.items():
        assert [mark for mark in MARKS if mark in answer.text] == [], path
    assert told["documents"]
    for document in told["documents"]:
        path = f"/public/documents/{document['document_id']}/pdf?ticket={document['ticket']}"
        pages = PdfReader(io.BytesIO((await window.ask("GET", path)).content)).pages
        text = "".join(page.extract_text() for page in pages).replace(" ", "")
        assert [mark for mark in MARKS if mark in text] == [], document["name"]
    document_of = (await window.ask("GET", "/openapi.json")).json()["paths"]
    public = {path for path in document_of if path.startswith("/public/")}
    asked = answers.keys() | {"/public/documents/{document_id}/pdf"}
    assert public - asked - SHOWS_NO_CASE == set(), "a new public operation: does it name anybody?"


async def test_given_a_wrong_hand_at_the_window_then_no_handler_receives_or_delivers(window: Hall) -> None:
    """B-30: one way in and one way out; a handler's account opens nothing and hands nothing over."""
    number = (await received(window))["case_no"]
    handler = say.HANDLER
    assert (await window.receive(handler)).status_code == 403
    for path, body in (("delivery", {}), ("withdrawal", {}), ("receipt/reissue", {})):
        assert (await window.ask("POST", f"/cases/{number}/{path}", handler, json=body)).status_code == 403
    assert (await window.ask("GET", f"/cases/{number}", CLERK)).status_code == 200
