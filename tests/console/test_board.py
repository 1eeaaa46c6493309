"""The pages of supervision: board, matters, notices, bulletins, rules (V1 to V4)."""

import hashlib
import json
import re
from html import unescape
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import expect

from services.console import ruletables
from services.console.charts import WIDTH, bars
from services.console.pages.board import matters
from services.contracts.words import ClockKind
from services.local.demo.stage import Stage
from services.supervision import rules
from services.supervision.matters import Step
from tests.console import troubles
from tests.console.office import Desk, Office
from tests.support.wait import wait_until

_NUMBER = re.compile(
    r'<a href="(/board/(?:lights|cases)\?[^"]+)">(?:<span class="what">[^<]*</span> )?(?:<span class="big">)?(\d+)<'
)
_ROW = re.compile(r"<tr>\s*<td data-label")
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def hidden(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of a page's forms; of several with one name the last."""
    return {name: unescape(value) for name, value in _HIDDEN.findall(page.text) if name != "csrf"}


async def followed(console: Office, kind: str, case_no: str) -> dict[str, Any]:
    """The matter or notice that a late clock of a case brought."""

    async def found() -> list[dict[str, Any]]:
        page = await console.api.call("GET", "supervision", f"/{kind}", who="u.supervisor", query={"case_no": case_no})
        papers: list[dict[str, Any]] = page[kind]
        return papers

    return (await wait_until(found, within=60))[0]


def test_given_the_codes_of_the_rules_then_the_page_has_words_for_each() -> None:
    assert ruletables.ON.keys() == set(rules.Trigger)
    assert ruletables.TO.keys() == set(rules.Audience)
    assert ruletables.RUNG.keys() == set(rules.Rung)
    assert ruletables.EFFECTS.keys() == set(rules.Effect)
    assert ruletables.KINDS.keys() == set(ClockKind)
    assert ruletables.FIELDS.keys() | {"id"} == rules.Rule.model_fields.keys()
    assert matters.STEPS.keys() == set(Step)


def test_given_counts_then_bars_lie_end_to_end_by_one_measure() -> None:
    rows = [
        {"department": "D06", "name": "甲", "yellow": 1, "red": 3, "red2": 0},
        {"department": "D07", "name": "乙", "yellow": 2, "red": 0, "red2": 0},
    ]
    long, short = bars(rows, ("yellow", "red", "red2")).rows
    first, second = long.pieces
    assert (first.kind, second.kind) == ("yellow", "red")
    assert second.width == pytest.approx(3 * first.width)
    assert second.x == pytest.approx(first.x + first.width)
    assert long.end <= WIDTH
    assert short.pieces[0].width == pytest.approx(2 * first.width)
    assert (long.total, short.total) == (4, 2)
    assert bars([], ("red",)).rows == ()


async def test_given_late_cases_then_every_number_of_the_board_opens_a_list_of_that_length(console: Office) -> None:
    await troubles.late(console, ("step", None), ("promised", 1), department="D07")
    await troubles.late(console, ("statutory", 2), ("step", 0), department="D08")
    async with console.signed_in("u.supervisor") as desk:
        board = await desk.get("/board")
        numbers = _NUMBER.findall(board.text)
        assert len(numbers) >= 9  # five lights of cases, two departments with two numbers or more each
        for address, number in numbers:
            listed = await desk.get(unescape(address))
            assert len(_ROW.findall(listed.text)) == int(number), address


async def test_given_the_chart_then_its_table_has_the_same_numbers(console: Office) -> None:
    await troubles.late(console, ("step", 0), department="D07")
    async with console.signed_in("u.supervisor") as desk:
        board = (await desk.get("/board")).text
    drawn = re.findall(r'<text class="total"[^>]*>(\d+)<', board)
    written = re.findall(r'data-label="合计"><a[^>]*>(\d+)<', board)
    assert drawn
    assert drawn == written


async def test_given_the_wall_when_another_case_becomes_late_then_it_appears_by_itself_and_nothing_scrolls(
    console: Office,
) -> None:
    title = f"墙{uuid4().hex[:6]}"
    async with console.page("u.leader", width=1920, height=1080) as page:
        await page.goto("/board?wall=1")
        await expect(page.get_by_role("heading", name="最紧急")).to_be_visible()
        await troubles.late(console, ("statutory", 900), title=title)
        await expect(page.get_by_role("link", name=title)).to_be_visible(timeout=60_000)
        tall = "Math.max(document.documentElement.scrollHeight, document.querySelector('main').scrollHeight)"
        assert await page.evaluate(tall) <= 1080
        assert await page.evaluate("document.documentElement.scrollWidth") <= 1920


async def test_given_a_matter_when_a_step_is_skipped_then_the_reason_is_shown_and_the_note_is_kept(
    console: Office,
) -> None:
    matter = await followed(console, "matters", await troubles.late(console, ("promised", 1)))
    path = f"/board/matters/{matter['matter_id']}"
    async with console.signed_in("u.supervisor") as desk:
        refused = await desk.post(f"{path}/move", to="archive", note="直接归档试试")
        assert refused.status_code == HTTPStatus.CONFLICT
        assert "在“登记”，不能直接到“归档”" in refused.text
        assert "下一步只能是：承办" in refused.text
        assert "直接归档试试" in refused.text
        assert (await desk.post(f"{path}/move", to="undertake", note="已交科室")).status_code == HTTPStatus.SEE_OTHER
        shown = (await desk.get(path)).text
        assert re.search(r'aria-current="step">承办<', shown)
        assert "已交科室" in shown
        assert "进入“督办”" in shown
    async with console.signed_in("u.chief.d06") as desk:
        assert "进入“督办”" not in (await desk.get(path)).text
        assert (await desk.post(f"{path}/move", to="urge", note="x")).status_code == HTTPStatus.FORBIDDEN


async def issued_notice(console: Office) -> str:
    """A notice that a late clock brought: filled in, signed by the head, issued. Gives the address of its page."""
    case = await troubles.late(console, ("statutory", 1))
    path = f"/board/notices/{(await followed(console, 'notices', case))['notice_id']}"
    async with console.signed_in("u.supervisor") as desk:
        await desk.post(path, text="请立即办理并书面反馈原因。", rectify_by="2026-12-20")
        async with console.signed_in("u.head") as head:
            assert (await head.post(f"{path}/approve")).status_code == HTTPStatus.SEE_OTHER
        assert (await desk.post(f"{path}/issue")).status_code == HTTPStatus.SEE_OTHER
    return path


async def test_given_a_drafted_notice_then_it_is_filled_in_approved_by_another_numbered_once_and_then_read_only(
    console: Office,
) -> None:
    case = await troubles.late(console, ("statutory", 1))
    path = f"/board/notices/{(await followed(console, 'notices', case))['notice_id']}"
    words = {"text": "请立即办理并书面反馈原因。", "rectify_by": "2026-12-20"}
    async with console.signed_in("u.supervisor") as desk, console.signed_in("u.head") as head:
        assert path in (await desk.get("/board/notices", state="draft")).text
        short = await desk.post(path, text="太短", rectify_by="2026-12-20")
        assert short.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "太短</textarea>" in short.text
        early = await head.post(f"{path}/approve")
        assert "尚未填写完整：整改期限" in early.text
        assert (await desk.post(path, **words)).status_code == HTTPStatus.SEE_OTHER
        assert (await desk.post(f"{path}/issue")).status_code == HTTPStatus.CONFLICT
        assert (await head.post(f"{path}/approve")).status_code == HTTPStatus.SEE_OTHER
        assert (await desk.post(f"{path}/issue")).status_code == HTTPStatus.SEE_OTHER
        issued = (await desk.get(path)).text
        assert re.search(r"资规督办〔\d{4}〕\d+号", issued)
        assert 'name="text"' not in issued
        assert (await desk.post(path, **words)).status_code == HTTPStatus.CONFLICT


async def test_given_an_issued_notice_then_it_is_received_reported_on_and_rechecked_by_another(console: Office) -> None:
    path = await issued_notice(console)
    async with console.signed_in("u.chief.d06") as desk:
        assert "确认签收" in (await desk.get(path)).text
        assert (await desk.post(f"{path}/acknowledge")).status_code == HTTPStatus.SEE_OTHER
        assert "已签收 1 人" in (await desk.get(path)).text
        assert (await desk.post(f"{path}/report", report="已补齐材料并送达。")).status_code == HTTPStatus.SEE_OTHER
    async with console.signed_in("u.supervisor") as desk:
        assert "已补齐材料并送达。" in (await desk.get(path)).text
        done = await desk.post(f"{path}/recheck", accepted="true", opinion="属实")
        assert done.status_code == HTTPStatus.SEE_OTHER
        assert "整改完成" in (await desk.get(path)).text


async def test_given_an_issued_notice_then_its_files_are_those_whose_digests_are_shown(console: Office) -> None:
    path = await issued_notice(console)
    async with console.signed_in("u.chief.d06") as desk:
        shown = (await desk.get(path)).text
        digests = re.findall(r'<code class="hash">([0-9a-f]{64})</code>', shown)
        files = [await desk.get(f"{path}/{kind}") for kind in ("pdf", "docx")]
    assert [hashlib.sha256(file.content).hexdigest() for file in files] == digests
    assert files[0].content.startswith(b"%PDF")
    assert files[1].content.startswith(b"PK")


async def test_given_a_red_light_then_it_is_in_the_register_and_is_explained_and_settled(console: Office) -> None:
    title = f"灯{uuid4().hex[:6]}"
    await troubles.late(console, ("promised", 1), title=title)

    async def listed() -> str:
        async with console.signed_in("u.chief.d06") as desk:
            found = re.search(rf'<a href="(/board/alerts/[0-9a-f]+)">{title}<', (await desk.get("/board/alerts")).text)
        return found[1] if found else ""

    path = await wait_until(listed, within=60)
    async with console.signed_in("u.chief.d06") as desk:
        short = await desk.post(f"{path}/explain", text="短")
        assert short.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert (await desk.post(f"{path}/explain", text="比选方案未完成，已补报")).status_code == HTTPStatus.SEE_OTHER
    async with console.signed_in("u.supervisor") as desk:
        settled = await desk.post(f"{path}/settle", accepted="true", opinion="情况属实")
        assert settled.status_code == HTTPStatus.SEE_OTHER
        assert "说明已采纳" in (await desk.get(path)).text


async def test_given_a_red_light_then_the_years_sheets_have_it_at_three_levels_and_an_appeal_freezes_it(
    console: Office,
) -> None:
    title = f"考{uuid4().hex[:6]}"
    await troubles.late(console, ("promised", 1), title=title)

    async def sheet() -> str:
        async with console.signed_in("u.chief.d06") as desk:
            page = (await desk.get("/board/assessment")).text
            found = re.findall(r'href="(/board/assessment/[0-9a-f]{24})">([^<]*)<', page)
            texts = [(address, (await desk.get(address)).text) for address, _ in found]
        return next((address for address, text in texts if title in text and "科室：" in text), "")

    address = await wait_until(sheet, within=60)
    async with console.signed_in("u.chief.d06") as desk:
        rows = (await desk.get(address)).text.split('<tr id="e')[1:]
        number = next(row.partition('"')[0] for row in rows if title in row)
        appealed = await desk.post(f"{address}/{number}/appeal", reason="等待申请人补正")
        assert appealed.status_code == HTTPStatus.SEE_OTHER
        assert "申诉中，暂不计分" in (await desk.get(address)).text
    async with console.signed_in("u.head") as desk:
        assert "下载年度考核表" in (await desk.get("/board/assessment")).text
        book = await desk.get("/board/assessment/workbook")
        assert book.content.startswith(b"PK")
        ruled = await desk.post(f"{address}/{number}/decide", upheld="true", reason="理由成立")
        assert ruled.status_code == HTTPStatus.SEE_OTHER
        assert "申诉成立，不计分" in (await desk.get(address)).text


async def test_given_a_period_then_a_bulletin_is_drafted_edited_approved_and_published_once_and_then_read_only(
    console: Office,
) -> None:
    matter = await followed(console, "matters", await troubles.late(console, ("promised", 2), title="城北水厂"))
    async with console.signed_in("u.supervisor") as desk:
        day = Stage.local(matter["registered_at"]).date().isoformat()
        form = await desk.get("/board/bulletins/new", since=day, until=day)
        assert f'value="{matter["matter_id"]}"' in form.text
        fields = hidden(form) | {"matter": matter["matter_id"]}
        first, again = [await desk.post("/board/bulletins", **fields) for _ in range(2)]
        path = first.headers["location"]
        assert again.headers["location"] == path  # a double click is one bulletin
        assert "城北水厂" in (await desk.get(path)).text
        text = "城北水厂一案超过承诺时限，予以通报。"
        await desk.post(path, heading="督查通报", text=text)
        assert text in (await desk.get(path)).text
        assert (await desk.post(f"{path}/publish")).status_code == HTTPStatus.CONFLICT
    async with console.signed_in("u.head") as desk:
        assert (await desk.post(f"{path}/approve")).status_code == HTTPStatus.SEE_OTHER
    async with console.signed_in("u.supervisor") as desk:
        assert (await desk.post(f"{path}/publish")).status_code == HTTPStatus.SEE_OTHER
        published = (await desk.get(path)).text
        assert re.search(r"督查通报（\d{4}年第\d+期）", published)
        assert "<textarea" not in published
        late_edit = await desk.post(path, heading="督查通报", text="改动已发布的通报内容")
        assert late_edit.status_code == HTTPStatus.CONFLICT
    async with console.signed_in("u.handler.d07") as desk:
        assert text in (await desk.get(path)).text


async def test_given_another_rule_table_then_its_changes_are_shown_before_and_after_it_is_published(
    console: Office,
) -> None:
    async with console.signed_in("u.supervisor") as desk:
        fields = await _rules_form(desk)
        previewed = await desk.post("/board/rules/preview", **fields, note="从严", effective_from="2099-01-01")
        assert "改动 1 条规则" in previewed.text
        assert "过去一季度的试算" in previewed.text
        assert re.search(r"<del>\s*黄灯\s*</del>", previewed.text)
        assert re.search(r"<ins>\s*红灯\s*</ins>", previewed.text)
        entry = hidden(previewed)
        back = await desk.post("/board/rules/edit", **entry)
        assert 'value="从严"' in back.text
        published = await desk.post("/board/rules", **entry)
        assert published.status_code == HTTPStatus.SEE_OTHER
        shown = (await desk.get(published.headers["location"])).text
        assert "这一版改了什么" in shown
        assert "2099-01-01 起生效" in shown
        overtaken = await desk.post("/board/rules", **entry)
        assert overtaken.status_code == HTTPStatus.CONFLICT
        assert "修订期间已有他人发布了新版本" in overtaken.text
        assert 'value="从严"' in overtaken.text


async def test_given_a_rule_table_that_cannot_be_followed_then_each_place_is_named_and_nothing_typed_is_lost(
    console: Office,
) -> None:
    async with console.signed_in("u.supervisor") as desk:
        fields = await _rules_form(desk)
        wrong = fields | {"0.to": [], "1.at": "几天", "0.reason": "改过的事由"}
        refused = await desk.post("/board/rules/preview", **wrong, note="试", effective_from="2099-01-01")
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'href="#body.rules.0.to"' in refused.text
        assert 'id="body.rules.0.to"' in refused.text
        assert 'href="#body.rules.1.at"' in refused.text
        assert "改过的事由" in refused.text
        assert 'value="几天"' in refused.text
    async with console.signed_in("u.chief.d06") as desk:
        assert (await desk.get("/board/rules")).is_success
        assert (await desk.get("/board/rules/edit")).status_code == HTTPStatus.FORBIDDEN


async def _rules_form(desk: Desk) -> dict[str, Any]:
    """The form as a browser would send it, with the first rule's light made red."""
    page = (await desk.get("/board/rules/edit")).text
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input (?!type="checkbox")[^>]*name="(\d+\.\w+)" value="([^"]*)"', page):
        fields[name] = unescape(value)
    for name, value in re.findall(r'<input type="checkbox" name="(\d+\.\w+)" value="([^"]*)" checked>', page):
        fields[name] = [*fields[name], value] if isinstance(fields.get(name), list) else [value]
    for name, options in re.findall(r'<select [^>]*name="(\d+\.\w+)">(.*?)</select>', page):
        fields[name] = re.findall(r'value="(\w+)" selected', options)[0]
    return fields | {"base": hidden_base(page), "0.light": "red"}


def hidden_base(page: str) -> str:
    """The version that the form begins with."""
    found = re.search(r'name="base" value="(\d+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"effective_from": "x", "rules": "x", "note": ""}',
        '{"effective_from": "x", "rules": [{"id": 1}], "note": ""}',
    ],
)
async def test_given_a_form_that_carries_no_table_then_it_is_refused_in_words(console: Office, entry: str) -> None:
    async with console.signed_in("u.supervisor") as desk:
        for path in ("/board/rules", "/board/rules/edit"):
            answer = await desk.post(path, entry=entry, base="1")
            assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
            assert "<h1>" in answer.text


async def test_given_a_table_of_two_hundred_rules_then_its_form_is_read_whole(console: Office) -> None:
    async with console.signed_in("u.supervisor") as desk:
        fields = await _rules_form(desk)
        one = {name.partition(".")[2]: value for name, value in fields.items() if name.startswith("2.")}
        there = sum(name.endswith(".id") and bool(value) for name, value in fields.items())
        for number in range(100, 300 - there):
            fields |= {f"{number}.{name}": value for name, value in one.items()}
            fields |= {f"{number}.id": f"SL-{number % 80 + 20}/{number % 99}"}
        previewed = await desk.post("/board/rules/preview", **fields, note="很多", effective_from="2099-01-01")
    assert previewed.is_success
    assert len(json.loads(hidden(previewed)["entry"])["rules"]) == 200
