"""Papers at the screens: who works on a case takes its documents, applicants theirs, and everybody checks (P6, C4)."""

import re
from http import HTTPStatus
from typing import Any, Final

import httpx
import pypdfium2
import pytest
import zxingcpp
from playwright.async_api import expect

from tests.console.office import Office
from tests.console.playing import received, work
from tests.support.wait import wait_until

_BUILDING: Final = (
    ("Task_AcceptanceCheck", "u.accept", {"decision": "accept"}),
    (
        "Task_HandlerReview",
        "u.handler.d06",
        {"project_kind": "other", "place": "ordinary", "floor_area_m2": 800, "key_project": False},
    ),
    ("Task_ChiefReview", "u.chief.d06", {"decision": "agree"}),
    ("Task_LeaderReview", "u.leader", {"decision": "agree"}),
    ("Task_SignDecision", "u.head", {"decision": "grant"}),
    ("Task_MakeCertificate", "u.certificate", {}),
)
_HELD: Final = re.compile(r"/verify/([0-9a-f]{32})")


@pytest.fixture(scope="module")
async def granted(console: Office) -> dict[str, Any]:
    """A case whose certificate has its number, and its receipt."""
    receipt = await received(console.api, situation="building", title="核验用的一栋楼")
    for element, who, given in _BUILDING:
        await work(console.api, receipt["case_no"], element, who, **given)
    await wait_until(lambda: _is_numbered(console, receipt["case_no"]), within=60)
    return receipt


async def _is_numbered(console: Office, case_no: str) -> bool:
    answer = await console.api.send_any("GET", "intake", f"/certificates/{case_no}", who="u.window")
    return bool(answer.is_success and answer.json()["state"] == "valid")


def code_on(pdf: bytes) -> str:
    """The token of the QR code on a paper."""
    drawn = pypdfium2.PdfDocument(pdf)[0].render(scale=3, grayscale=True)
    image = memoryview(bytes(drawn.buffer)).cast("B", shape=(drawn.height, drawn.stride))
    found = _HELD.search(zxingcpp.read_barcodes(image)[0].text)
    assert found
    return found[1]


async def uploaded(client: httpx.AsyncClient, content: bytes, name: str = "证书.pdf") -> httpx.Response:
    return await client.post("/verify", files={"file": (name, content, "application/pdf")})


async def test_given_a_certificate_then_its_code_its_number_and_its_file_all_say_that_it_is_valid(
    console: Office, granted: dict[str, Any]
) -> None:
    async with console.signed_in("u.window") as desk:
        paper = (await desk.get(f"/certificates/{granted['case_no']}/pdf")).content
    held = await console.api.call("GET", "intake", f"/certificates/{granted['case_no']}", who="u.window")
    async with console.visitor() as client:
        page = await client.get(f"/verify/{code_on(paper)}")
        for said in ("建设工程规划许可证", "有效", held["number"], "核验用的一栋楼", "逐项对照"):
            assert said in page.text, said
        assert granted["case_no"] not in page.text
        assert page.headers["referrer-policy"] == "no-referrer"
        ours = await uploaded(client, paper)
        assert "内容没有被改动" in ours.text
        forged = await uploaded(client, paper.replace(b"/Title", b"/Titel", 1))
        assert (forged.status_code, "未查到" in forged.text) == (HTTPStatus.NOT_FOUND, True)


async def test_given_what_is_no_paper_of_ours_then_the_page_says_so_and_keeps_what_was_typed(console: Office) -> None:
    async with console.visitor() as client:
        wrong = await client.post("/verify", data={"number": "建字第1号", "check": "222222"})
        assert wrong.status_code == HTTPStatus.NOT_FOUND
        assert 'value="建字第1号"' in wrong.text
        assert (await client.get(f"/verify/{'0' * 32}")).status_code == HTTPStatus.NOT_FOUND
        assert (await client.post("/verify", data={"number": "x"})).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "不是 PDF" in (await uploaded(client, b"MZ nonsense", "x.pdf")).text
        large = await uploaded(client, b"%PDF-" + b"0" * 2_000_000)
        assert large.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


async def test_given_a_case_then_its_page_lists_the_documents_to_take_away(
    console: Office, granted: dict[str, Any]
) -> None:
    case_no = granted["case_no"]
    async with console.page("u.handler.d06") as page:
        await page.goto(f"/cases/{case_no}")
        part = page.get_by_role("region", name="发出的文书")
        await expect(part.get_by_text("准予行政许可决定书", exact=False)).to_be_visible()
        await expect(part.get_by_text("建设工程规划许可证：有效")).to_be_visible()
        async with page.expect_download() as taken:
            await part.get_by_role("link", name="受理通知书的 PDF").click()
        assert (await taken.value).suggested_filename.startswith("受理通知书")
    async with console.signed_in("u.handler.d06") as desk:
        whole = await desk.get(f"/cases/{case_no}/documents")
        assert "申请材料接收凭证" in whole.text
        letter = await desk.get(f"/documents/{case_no}.acceptance/docx")
        assert letter.content.startswith(b"PK")
        assert (await desk.get(f"/documents/{case_no}.nothing/pdf")).status_code == HTTPStatus.NOT_FOUND


async def test_given_number_and_password_then_the_applicant_takes_the_papers_home(
    console: Office, granted: dict[str, Any]
) -> None:
    async with console.visitor() as client:
        entry = {"case_no": granted["case_no"], "query_password": granted["query_password"]}
        page = (await client.post("/q", data=entry)).text
        assert "发给您的文书" in page
        links = re.findall(r'href="(/q/documents/[^"]+)"', page)
        taken = await client.get(links[0].replace("&amp;", "&"))
        assert taken.content.startswith(b"%PDF-")
        assert taken.headers["cache-control"] == "private, no-store"
        forged = await client.get(links[0].replace("&amp;", "&")[:-1] + "x")
        assert not forged.is_success


async def test_given_a_delivery_then_the_desk_prints_the_proof_and_the_decision(
    console: Office, granted: dict[str, Any]
) -> None:
    address = f"/desk/deliver/{granted['case_no']}"
    entry = {"receiver_name": "刘某", "receiver_id_no": "512002200001010018", "signature": "刘某"}
    async with console.signed_in("u.window") as desk:
        await wait_until(lambda: _is_ready(console, granted["case_no"]), within=60)
        done = await desk.post(address, key="deliver-verify-1", **entry)
        assert done.status_code == HTTPStatus.SEE_OTHER, done.text
        page = (await desk.get(address)).text
        for name in ("打印送达回证", "打印准予行政许可决定书", "打印建设工程规划许可证"):
            assert name in page, name
        proof = await desk.get(f"/documents/{granted['case_no']}.proof_of_service/pdf")
        assert proof.content.startswith(b"%PDF-")


async def _is_ready(console: Office, case_no: str) -> bool:
    case = await console.api.call("GET", "intake", f"/cases/{case_no}", who="u.window")
    return bool(case["status"] == "ready")
