"""The window's pages: today's work, receiving, receipts, handing over (C1 to C4)."""

import re
from http import HTTPStatus
from io import BytesIO
from typing import Any, Final

import httpx
import pytest
from pypdf import PdfReader

from services.console.languages import english
from services.console.pages.desk.entries import FACTS
from services.console.pages.desk.refusals import REMEDIES
from services.intake.cases import Status
from tests.console.office import Desk, Office
from tests.console.playing import APPLICATION, ready_for_delivery, received

WHERE: Final = "/desk/new/PT05/landscape"
COMPANY: Final = {
    "kind": "organisation",
    "name": "前后科技有限公司",
    "id_no": "91512000MADEM0011G",
    "phone": "13800000002",
    "title": "前后科技景观规划",
}
PAPERS: Final = {"got.application": "1", "originals.application": "1", "copies.landscape-scheme": "2"}
_ON_FILE: Final = APPLICATION["applicant"]["agent"]
AGENT: Final = {"receiver_name": _ON_FILE["name"], "receiver_id_no": _ON_FILE["id_no"], "signature": "已签名"}
_PASSWORD: Final = re.compile(r'id="query-password">([^<]+)<')


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


async def registered(desk: Desk, **fields: str) -> httpx.Response:
    """A complete application, sent from its page."""
    key = hidden((await desk.get(WHERE)).text, "key")
    return await desk.post(WHERE, key=key, **(COMPANY | PAPERS | fields))


async def papers_of(console: Office) -> list[dict[str, Any]]:
    item = (await console.api.call("GET", "intake", "/public/items/PT05"))["item"]
    return [paper for paper in item["documents"] if "landscape" in paper["situations"]]


async def test_given_papers_missing_when_registering_then_exactly_these_are_listed_and_all_that_was_typed_is_kept(
    console: Office,
) -> None:
    async with console.signed_in("u.window") as desk:
        page = await desk.post(WHERE, key="k" * 20, **COMPANY, **{"facts.location": "娇子大道"})
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    slip = re.findall(r"<li>([^<]+) <span", page.text.partition('id="slip"')[2].partition("</section>")[0])
    assert slip == [paper["name"] for paper in await papers_of(console) if paper["mandatory"]]
    assert 'href="#body.documents.application"' in page.text
    assert 'id="body.documents.application"' in page.text
    for typed in ("前后科技有限公司", "91512000MADEM0011G", "前后科技景观规划", "娇子大道"):
        assert f'value="{typed}"' in page.text, typed


async def test_given_wrong_numbers_then_each_is_named_at_its_field(console: Office) -> None:
    async with console.signed_in("u.window") as desk:
        page = await registered(desk, id_no="91512000MA6200000X", phone="1380", **{"copies.application": "no"})
        assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'id="body.documents.application-error"' in page.text
        page = await registered(desk, id_no="91512000MA6200000X", phone="1380")
        assert 'id="body.applicant.id_no-error"' in page.text
        assert 'id="body.applicant.phone-error"' in page.text


async def test_given_a_complete_application_then_the_receipt_shows_the_password_this_once(console: Office) -> None:
    async with console.signed_in("u.window") as desk:
        answer = await registered(desk)
        assert answer.status_code == HTTPStatus.SEE_OTHER
        address = answer.headers["location"]
        shown_once = await desk.get(address)
        case_no = address.split("/")[3]
        shown = _PASSWORD.search(shown_once.text)
        assert shown
        assert case_no in shown_once.text
        assert hidden(shown_once.text, "query_password") not in str(answer.headers)
        assert shown_once.headers["cache-control"] == "no-store"
        for paper, width in (("a5", 148), ("80mm", 80)):
            pdf = await desk.post(f"{address}/pdf", query_password=shown[1], paper=paper)
            assert pdf.headers["content-type"] == "application/pdf"
            page = PdfReader(BytesIO(pdf.content)).pages[0]
            assert round(page.mediabox.width / 72 * 25.4) == width
            assert case_no in page.extract_text().replace(" ", "")
        assert not _PASSWORD.search((await desk.get(address)).text)
    async with console.visitor() as anybody:
        status = await anybody.post("/q", data={"case_no": case_no, "query_password": shown[1]})
        assert "前后科技景观规划" not in status.text
        assert case_no in status.text


async def test_given_the_same_form_sent_twice_then_it_is_one_case(console: Office) -> None:
    async with console.signed_in("u.window") as desk:
        key = hidden((await desk.get(WHERE)).text, "key")
        fields = COMPANY | PAPERS | {"title": "按了两次"}
        first, second = [await desk.post(WHERE, key=key, **fields) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]


async def test_given_a_receipt_printed_again_then_the_password_is_another_and_strangers_get_none(
    console: Office,
) -> None:
    case_no = (await received(console.api))["case_no"]
    address = f"/desk/cases/{case_no}/receipt"
    async with console.signed_in("u.window") as desk:
        key = hidden((await desk.get(address)).text, "key")
        stranger = {"holder_name": "路人", "holder_id_no": AGENT["receiver_id_no"], "key": key}
        refused = await desk.post(f"{address}/reissue", **stranger)
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'value="路人"' in refused.text
        fields = {"holder_name": "刘某", "identity_document": "resident_id"}
        given = await desk.post(f"{address}/reissue", **(stranger | fields))
        assert given.headers["location"] == address
        assert _PASSWORD.search((await desk.get(address)).text)


@pytest.mark.parametrize(
    "typed",
    [
        "51200020261123PT0500017",
        " 51200020261123pt0500017 ",
        "https://planning.example/q?case_no=51200020261123PT0500017",
    ],
)
async def test_given_a_number_typed_or_scanned_then_its_case_opens(console: Office, typed: str) -> None:
    async with console.signed_in("u.window") as desk:
        answer = await desk.get("/cases/find", no=typed)
        assert answer.headers["location"] == "/cases/51200020261123PT0500017"


async def test_given_something_else_typed_then_it_is_told_as_text_and_can_be_mended(console: Office) -> None:
    async with console.signed_in("u.window") as desk:
        answer = await desk.get("/cases/find", no="<script>")
        assert answer.status_code == HTTPStatus.NOT_FOUND
        assert "&lt;script&gt;" in answer.text


async def test_given_a_case_without_a_decision_then_nothing_can_be_handed_over(console: Office) -> None:
    case_no = (await received(console.api))["case_no"]
    async with console.signed_in("u.window") as desk:
        page = await desk.get(f"/desk/deliver/{case_no}")
        assert "现在不能送达" in page.text
        assert 'name="receiver_name"' not in page.text
        forced = await desk.post(f"/desk/deliver/{case_no}", **AGENT)
        assert forced.status_code == HTTPStatus.CONFLICT


async def test_given_a_result_that_is_ready_then_only_who_is_entitled_gets_it_against_a_proof_of_service(
    console: Office,
) -> None:
    case_no = await ready_for_delivery(console.api, title="可以取件的一件")
    address = f"/desk/deliver/{case_no}"
    async with console.signed_in("u.window") as desk:
        assert "可以取件的一件" in (await desk.get("/desk/deliver")).text
        assert "可以取件的一件" in (await desk.get("/desk")).text
        assert (await desk.get("/desk/deliver", no=case_no)).headers["location"] == address
        refused = await desk.post(address, **(AGENT | {"receiver_name": "路人"}))
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'value="路人"' in refused.text
        assert (await desk.post(address, **AGENT)).headers["location"] == address
        proof = await desk.get(address)
        assert f"SD{case_no}" in proof.text
        assert AGENT["receiver_id_no"] not in proof.text
        assert (await desk.post(address, **AGENT)).status_code == HTTPStatus.CONFLICT


async def test_given_the_desk_then_todays_cases_stand_there_and_officers_have_none(console: Office) -> None:
    receipt = await received(console.api, title="今天收到的一件")
    async with console.signed_in("u.window") as desk:
        page = await desk.get("/desk")
        assert f"/cases/{receipt['case_no']}" in page.text
        part = await desk.client.get("/desk", headers={"HX-Request": "true"})
        assert "<html" not in part.text
        assert "今天收到的一件" in part.text
    async with console.signed_in("u.handler.d06") as desk:
        assert (await desk.get("/desk")).status_code == HTTPStatus.FORBIDDEN


async def test_given_a_keyboard_alone_then_an_application_goes_from_the_list_of_items_to_its_receipt(
    console: Office,
) -> None:
    async with console.page("u.window") as page:
        keys = page.keyboard
        await page.goto("/desk/new")
        await page.locator("[name=find]:focus").wait_for()
        await keys.type("PT05 景观")
        await keys.press("Enter")
        await page.wait_for_url(f"**{WHERE}")
        await page.locator("[name=kind]:focus").wait_for()
        for text in ("前后科技有限公司", COMPANY["id_no"], COMPANY["phone"], "", "", "键盘录入的一件"):
            await keys.press("Tab")
            await keys.type(text)
        await keys.press("Enter")
        await page.locator("[role=alert]:focus").wait_for()
        assert (await page.title()).startswith("错误：")
        await page.reload()
        assert await page.get_by_label("项目名称").input_value() == "键盘录入的一件"
        for paper in await papers_of(console):
            await page.get_by_role("checkbox", name=paper["name"]).focus()
            await keys.press("Space")
        await page.get_by_role("button", name="登记收件").press("Enter")
        await page.wait_for_url("**/receipt")
        assert await page.locator("#query-password").is_visible()
        assert await page.evaluate("Object.keys(sessionStorage).filter(key => key.startsWith('typed:')).length") == 0


async def test_given_a_sign_out_then_nothing_typed_is_left_for_the_next_person(console: Office) -> None:
    async with console.page("u.window") as page:
        await page.goto(WHERE)
        await page.get_by_label("统一社会信用代码或身份证号").fill(AGENT["receiver_id_no"])
        assert AGENT["receiver_id_no"] in await page.evaluate("JSON.stringify(sessionStorage)")
        await page.get_by_role("button", name="退出").click()
        await page.wait_for_url("**/")
        assert AGENT["receiver_id_no"] not in await page.evaluate("JSON.stringify(sessionStorage)")


def test_given_what_is_shown_from_lists_then_it_has_english() -> None:
    shown = {label for _, label in FACTS} | set(REMEDIES.values()) | {status.zh for status in Status}
    assert shown <= english().keys()
