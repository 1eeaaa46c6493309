"""The application guides, as anybody reads them (B-37; 行政许可法 §30)."""

import re

import pytest

from tests.intake.builders import CLERK, WORKS, activated
from tests.intake.hall import Hall


def cells(page: str) -> list[list[str]]:
    """The rows of all tables, as text."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, flags=re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", row, flags=re.DOTALL)] for row in rows
    ]


async def test_the_list_names_every_item_on_offer_and_leads_to_its_guide(window: Hall) -> None:
    offers = (await window.ask("GET", "/items", CLERK)).json()
    page = await window.client.get("/public/guides")
    assert page.status_code == 200
    assert [each["item"]["code"] for each in offers] == re.findall(r'href="/public/guides/([^"]+)"', page.text)
    for each in offers:
        guide = await window.client.get(f"/public/guides/{each['item']['code']}")
        assert guide.status_code == 200
        assert each["item"]["name"] in guide.text


async def test_a_guide_says_all_that_must_be_public(window: Hall) -> None:
    page = (await window.client.get("/public/guides/PT-05")).text
    for said in (
        *("城乡规划法 §40", "申请表", "土地使用证明", "危房鉴定报告", "效果图"),
        *("20 个工作日", "7 个工作日", "10 个工作日", "5 个工作日内决定是否受理", "不收费", "60 日内申请行政复议"),
        *("示例市政务服务中心一楼报建大厅", "0000-12345", "第 1 版，自 2026-11-23 起施行", "/public/lookup"),
    ):
        assert said in page, said


async def test_a_township_item_says_that_the_township_comes_first(window: Hall) -> None:
    assert "乡镇（街道）受理并出具初审意见" in (await window.client.get("/public/guides/PT-06")).text
    assert "乡镇（街道）受理" not in (await window.client.get("/public/guides/PT-05")).text


@pytest.mark.parametrize("situation", ["building", "dilapidated"])
async def test_for_a_situation_the_papers_are_those_the_window_asks_for(window: Hall, situation: str) -> None:
    page = (await window.client.get("/public/guides/PT-05", params={"situation": situation})).text
    told = {row[0].split(" ")[0] for row in cells(page) if row[1:2] == ["是 yes"]}
    refused = await window.receive(CLERK, situation=situation, documents=[])
    assert refused.status_code == 422
    assert told == {each["name"] for each in refused.json()["missing"]}
    assert 'aria-current="page"' in page


@pytest.mark.parametrize(
    "path",
    ["/public/guides/PT-99", "/public/guides/PT-05?situation=none", "/public/guides/%3Cscript%3E"],
)
async def test_an_unknown_item_or_situation_leads_back_to_the_list(window: Hall, path: str) -> None:
    page = await window.client.get(path)
    assert page.status_code == 404
    assert 'href="/public/guides"' in page.text
    assert "<script" not in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_what_a_process_says_of_itself_is_shown_as_text_and_nothing_runs(window: Hall) -> None:
    evil = WORKS.model_copy(update={"code": "PT-66", "name": "<script>alert(1)</script>", "conditions": ("<b>x</b>",)})
    await window.workflow.say(activated(evil))
    await window.offers(3)
    page = await window.client.get("/public/guides/PT-66")
    assert "<script" not in page.text
    assert "&lt;b&gt;x&lt;/b&gt;" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["cache-control"] == "public, max-age=300"
