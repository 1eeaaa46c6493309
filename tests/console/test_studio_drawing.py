"""The editor in a real browser: what is drawn is what is saved, checked, and shown."""

import re
from typing import Any

from lxml import etree
from playwright.async_api import Page, expect

from services.console.diagrams import permits_of, steps_of
from tests.console.office import Desk, Office
from tests.console.studios import HOME, IT, drawn, limit_set, process, put
from tests.support.wait import wait_until

CHECK = "Task_TownshipCheck"
REVIEW = "Task_FirstReview"
_WAIT = 60_000

_SAVED = """async (texts) => {
  const modeler = document.getElementById('canvas').modeler, saved = {};
  for (const [path, text] of Object.entries(texts)) {
    const { warnings } = await modeler.importXML(text);
    saved[path] = { xml: (await modeler.saveXML({ format: true })).xml, warnings: warnings.map((one) => one.message) };
  }
  return saved;
}"""

_TABLES_SAVED = """async (texts) => {
  const modeler = document.getElementById('drawing').modeler, saved = {};
  for (const [path, text] of Object.entries(texts)) {
    await modeler.importXML(text);
    saved[path] = (await modeler.saveXML({ format: true })).xml;
  }
  return saved;
}"""

_PASTED = """async (id) => {
  const modeler = document.getElementById('canvas').modeler, elements = modeler.get('elementRegistry');
  const task = elements.get(id);
  modeler.get('copyPaste').copy(task);
  modeler.get('copyPaste').paste({ element: task.parent, point: { x: task.x + 400, y: task.y + 300 } });
  const name = (one) => one.businessObject.name;
  const copies = elements.filter((one) => one.type === task.type && one.id !== id && name(one) === name(task));
  return { ids: copies.map((one) => one.id), xml: (await modeler.saveXML({ format: true })).xml };
}"""

_UNCOVERED = """() => {
  const logo = document.querySelector('.bjs-powered-by'), box = logo.getBoundingClientRect();
  const parts = [0.1, 0.5, 0.9], shown = getComputedStyle(logo);
  const inside = parts.flatMap((x) => parts.map((y) => [box.x + box.width * x, box.y + box.height * y]));
  return box.width > 40 && box.height > 15 && shown.visibility === 'visible' && shown.opacity === '1'
    && inside.every(([x, y]) => logo.contains(document.elementFromPoint(x, y)));
}"""


async def opened(page: Page, address: str) -> None:
    """The editor with everything in it, and the first findings."""
    await page.goto(address)
    await page.locator("#studio[data-ready]").wait_for(timeout=_WAIT)
    await page.locator("#findings[data-round]").wait_for(timeout=_WAIT)


async def test_given_every_diagram_there_is_when_opened_and_saved_then_no_setting_is_lost(console: Office) -> None:
    key = await process(console)
    files = sorted(HOME.glob("*/*.bpmn"))
    texts = {path.relative_to(HOME).as_posix(): path.read_text(encoding="utf-8") for path in files}
    async with console.page(IT) as page:
        await opened(page, f"/studio/{key}")
        saved: dict[str, Any] = await page.evaluate(_SAVED, texts)
    assert len(saved) > 20
    for path, text in texts.items():
        assert saved[path]["warnings"] == [], path
        assert permits_of(saved[path]["xml"]) == permits_of(text), path


async def test_given_every_decision_table_there_is_when_opened_and_saved_then_nothing_is_lost_and_a_cell_can_be_changed(
    console: Office,
) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(HOME.glob("*/*.dmn"))}
    async with console.page(IT) as page:
        await opened(page, "/studio/works-planning-permit?file=meeting_route.dmn")
        await page.locator("td.input-cell").nth(4).click()
        await page.keyboard.type("true")
        await page.locator("#saved[data-state=open]").wait_for(timeout=_WAIT)
        await page.keyboard.press("Control+s")
        await page.locator("#saved[data-state=kept]").wait_for(timeout=_WAIT)
        saved: dict[str, str] = await page.evaluate(_TABLES_SAVED, texts)
        assert await page.evaluate("[...document.getElementById('studio').untranslated]") == []
    assert len(saved) > 5
    for name, text in texts.items():
        assert _facts(saved[name]) == _facts(text), name
    async with console.signed_in(IT) as desk:
        kept = (await desk.get("/studio/works-planning-permit/file", path="meeting_route.dmn")).text
        await desk.post("/studio/works-planning-permit/draft/begin", version=1)
    was = _facts(texts["meeting_route.dmn"])
    assert [new for old, new in zip(was, _facts(kept), strict=True) if old != new] == [("text", [], "true")]


async def test_given_a_task_when_copied_and_pasted_then_the_copy_has_all_its_settings(console: Office) -> None:
    key = await process(console)
    async with console.page(IT) as page:
        await opened(page, f"/studio/{key}")
        pasted: dict[str, Any] = await page.evaluate(_PASTED, CHECK)
    [copy] = pasted["ids"]
    settings = permits_of(pasted["xml"])
    assert len(settings[CHECK]) >= 6
    assert settings[copy] == settings[CHECK]


async def test_given_a_finding_when_chosen_then_its_element_is_selected_and_the_logo_is_never_covered(
    console: Office,
) -> None:
    key = await process(console)
    async with console.signed_in(IT) as desk:
        await put(
            desk, key, (await drawn(desk, key)).replace('camunda:formKey="first-review"', 'camunda:formKey="none"')
        )
    async with console.page(IT) as page:
        await opened(page, f"/studio/{key}")
        assert await page.evaluate(_UNCOVERED)
        await page.locator(f'#findings a[data-shows="{REVIEW}"]').first.click()
        chosen = "() => document.getElementById('canvas').modeler.get('selection').get().map((one) => one.id)"
        assert await page.evaluate(chosen) == [REVIEW]
        assert await page.locator(f'[data-container-id="{REVIEW}"] .gh-badge-bad').is_visible()
        assert await page.locator("#panel").get_by_text("时限（工作日）").count() > 0
        assert await page.evaluate(_UNCOVERED)
        assert await page.evaluate("[...document.getElementById('studio').untranslated]") == []


async def test_given_a_limit_changed_on_the_canvas_then_leaving_asks_and_once_saved_the_table_has_it(
    console: Office,
) -> None:
    key = await process(console)
    async with console.page(IT) as page:
        await opened(page, f"/studio/{key}?element={REVIEW}")
        field = page.get_by_label("时限（工作日）")
        if not await field.is_visible():
            await page.locator("#panel").get_by_text("时限与红黄灯").click()
        await field.fill("2")
        await page.locator("#saved[data-state=open]").wait_for(timeout=_WAIT)
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss())[1])
        await page.evaluate("setTimeout(() => location.assign('/studio'))")
        await page.wait_for_event("dialog") if not asked else None
        assert asked == ["beforeunload"]
        await page.keyboard.press("Control+s")
        async with console.signed_in(IT) as desk:
            await wait_until(lambda: _is_limit(desk, key, "2"), within=60)
        await page.locator("#saved[data-state=kept]").wait_for(timeout=_WAIT)
        await page.get_by_role("link", name="环节设置").click()
        await expect(page.locator(f'input[name="limit:{REVIEW}"]')).to_have_value("2")


async def test_given_two_versions_then_both_diagrams_show_what_differs_and_a_sentence_leads_there(
    console: Office,
) -> None:
    key = await process(console)
    async with console.signed_in(IT) as desk:
        await limit_set(desk, key, REVIEW, 2)
        await desk.post(f"/studio/{key}/deploy")
    async with console.page(IT) as page:
        await page.goto(f"/studio/{key}/diff?from=1&to=2")
        for place in ("old", "new"):
            await page.locator(f"#{place}[data-drawn=done]").wait_for(timeout=_WAIT)
            marked = page.locator(f"#{place} .gh-changed")
            assert [await one.get_attribute("data-element-id") for one in await marked.all()] == [REVIEW]
        await page.locator("#differences a").first.click()
        assert await page.locator(f'.gh-shown[data-element-id="{REVIEW}"]').count() == 2


async def test_given_a_start_event_when_clicked_then_a_token_moves_over_the_diagram(console: Office) -> None:
    key = await process(console)
    async with console.page(IT) as page:
        await page.goto(f"/studio/{key}/simulate")
        await page.locator("#simulation[data-ready]").wait_for(timeout=_WAIT)
        await page.get_by_title("触发").first.click()
        await page.locator(".bts-token").first.wait_for(timeout=_WAIT)
        await page.get_by_text("乡镇受理审查").first.wait_for(timeout=_WAIT)
        titles: list[str] = await page.evaluate(
            "[...document.querySelectorAll('#simulation [title]')].map((one) => one.title)"
        )
        assert await page.evaluate(_UNCOVERED)
    assert {title for title in titles if re.match(r"[A-Za-z]", title)} == {"Powered by bpmn.io"}


async def test_given_scripts_switched_off_then_a_file_is_changed_by_its_form(console: Office) -> None:
    key = await process(console)
    async with console.page(IT, scripts=False) as page:
        await page.goto(f"/studio/{key}?file=item.toml")
        text = await page.locator("#source").input_value()
        await page.locator("#source").fill(text.replace("acceptance_workdays = 5", "acceptance_workdays = 4"))
        await page.get_by_role("button", name="保存草稿").click()
        assert "acceptance_workdays = 4" in await page.locator("#source").input_value()


def _facts(text: str) -> list[tuple[str, list[tuple[str, str]], str]]:
    """What a decision file says, without how its diagram is laid out."""
    elements = [one for one in etree.fromstring(text.encode()).iter("*") if "DMNDI" not in str(one.tag)]
    return [
        (
            etree.QName(one).localname,
            sorted((str(key), str(one.attrib[key])) for key in one.attrib),
            (one.text or "").strip(),
        )
        for one in elements
    ]


async def _is_limit(desk: Desk, key: str, days: str) -> bool:
    return await _limit(desk, key) == days


async def _limit(desk: Desk, key: str) -> str:
    [step] = [one for one in steps_of(await drawn(desk, key)) if one.id == REVIEW]
    return step.limit
