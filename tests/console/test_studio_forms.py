"""A form is shown as the officer will see it while it is drawn (S8), and sample answers are tried on it."""

import json

from playwright.async_api import expect

from tests.console.office import Desk, Office
from tests.console.studios import IT, process

FORM = "forms/site-note.json"
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "title": "现场记录",
    "x-title-en": "Site note",
    "properties": {
        "opinion": {"type": "string", "title": "意见", "x-title-en": "Opinion", "minLength": 2},
        "fit": {"type": "boolean", "title": "是否相符", "x-title-en": "Does it fit"},
        "why": {
            "type": "string",
            "title": "不符原因",
            "x-title-en": "Why not",
            "x-show": {"field": "fit", "equals": False},
        },
    },
    "required": ["opinion", "fit"],
}


async def _looked(desk: Desk, key: str, **fields: object) -> str:
    answer = await desk.client.post(f"/studio/{key}/form", params={"path": FORM}, data={"csrf": desk.csrf} | fields)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_given_a_form_that_is_drawn_then_it_shows_as_on_the_task_page_and_says_what_an_officer_would_read(
    console: Office,
) -> None:
    key, text = await process(console), json.dumps(SCHEMA, ensure_ascii=False)
    async with console.signed_in(IT) as desk:
        shown = await _looked(desk, key, text=text)
        assert "现场记录" in shown
        assert 'name="a.opinion"' in shown
        assert "Opinion" in await _looked(desk, key, text=text, lang="en")
        wrong = await _looked(desk, key, text=text, check="1", **{"a.opinion": "好"})
        assert "意见：至少 2 / Opinion: at least 2" in wrong
        assert "是否相符：必须填写 / Does it fit: must be filled in" in wrong
        assert 'href="#f-opinion"' in wrong
        fits = await _looked(desk, key, text=text, check="1", **{"a.opinion": "属实", "a.fit": "true"})
        assert "样例填写符合要求" in fits
        broken = await _looked(desk, key, text=text[:-1])
        assert "GH-E718" in broken
        assert 'name="a.opinion"' not in broken
        hints = json.dumps(SCHEMA | {"x-sections": 5})
        assert "x- 开头的显示提示写法有误" in await _looked(desk, key, text=hints)
    async with console.signed_in("u.chief.d06") as desk:
        refused = await desk.post(f"/studio/{key}/form?path={FORM}", text=text)
        assert refused.status_code == 403


async def test_given_the_source_is_typed_then_the_form_follows_and_can_be_looked_at_as_on_a_phone(
    console: Office,
) -> None:
    key = await process(console)
    async with console.signed_in(IT) as desk:
        await desk.post(f"/studio/{key}/files", path=FORM)
    async with console.page(IT) as page:
        await page.goto(f"/studio/{key}?file={FORM}")
        preview = page.locator("#preview")
        await expect(preview.get_by_text("表单还没有字段")).to_be_visible(timeout=30_000)
        await page.locator("#source").fill(json.dumps(SCHEMA, ensure_ascii=False))
        await expect(preview.get_by_label("意见")).to_be_visible(timeout=30_000)
        await expect(preview.get_by_label("不符原因")).to_be_hidden()
        await preview.get_by_label("否", exact=True).check()
        await expect(preview.get_by_label("不符原因")).to_be_visible()
        await preview.get_by_role("button", name="提交").click()
        await expect(preview.get_by_role("alert")).to_contain_text("意见：必须填写 / Opinion: must be filled in")
        await expect(preview.get_by_label("否", exact=True)).to_be_checked()
        await page.locator("label[for=width-phone]").click()
        await expect(preview).to_have_css("max-width", "375px")
        await page.locator("label[for=lang-en]").click()
        await expect(preview.get_by_label("Opinion")).to_be_visible(timeout=30_000)
