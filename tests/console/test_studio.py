"""The studio by its pages alone: list, settings, lint, deploying, versions, differences, walks, figures, import."""

import json
import re
from html import unescape
from http import HTTPStatus

from services.console.assets import assets
from services.console.diagrams import permits_of, steps_of
from tests.console.office import Office
from tests.console.studios import HOME, IT, definition, drawn, limit_set, process, put
from tests.support.process import ROOT

CHECK = "Task_TownshipCheck"
REVIEW = "Task_FirstReview"


def test_given_the_templates_of_desktop_editors_then_the_studio_has_the_same() -> None:
    folder = HOME / ".camunda" / "element-templates"
    theirs = [one for file in ("permit.json", "shared.json") for one in json.loads((folder / file).read_text("utf-8"))]
    assert json.loads(assets()["studio.templates.json"].content) == theirs


async def test_given_the_list_then_versions_and_running_cases_are_those_of_the_service(console: Office) -> None:
    key = await process(console)
    figures = await console.api.call("GET", "workflow", f"/analytics/{key}", who=IT)
    known = await console.api.call("GET", "workflow", "/definitions", who=IT)
    async with console.signed_in(IT) as desk:
        page = (await desk.get("/studio")).text
    assert f"共 {len(known)} 个流程" in page
    [row] = [row for row in page.split("<tr>") if f'href="/studio/{key}"' in row]
    assert f'<a href="/studio/{key}/heat">{figures["running"]}</a>' in row
    assert f'<a href="/studio/{key}/versions">1</a>' in row


async def test_given_a_limit_changed_in_the_table_then_the_diagram_has_it_and_all_else_is_as_it_was(
    console: Office,
) -> None:
    key = await process(console)
    async with console.signed_in(IT) as desk:
        before = permits_of(await drawn(desk, key))
        await limit_set(desk, key, CHECK, 15)
        after = permits_of(await drawn(desk, key))
        assert f'name="limit:{CHECK}" value="15"' in (await desk.get(f"/studio/{key}/settings")).text
    assert after.pop(CHECK) == before.pop(CHECK) | {"permit:limit_wd": "15"}
    assert after == before


async def test_given_a_limit_that_is_none_then_the_table_says_what_is_wrong_beside_the_step(console: Office) -> None:
    key = await process(console)
    async with console.signed_in(IT) as desk:
        await desk.post(f"/studio/{key}/settings", **{"path": "diagram.bpmn", f"limit:{CHECK}": "soon"})
        page = (await desk.get(f"/studio/{key}/settings")).text
    [row] = [row for row in page.split("<tr>") if f"limit:{CHECK}" in row]
    assert 'class="error"' in row
    assert 'value="soon"' in row


async def test_given_a_broken_diagram_when_deployed_then_it_is_refused_with_the_reason_and_nothing_is_kept(
    console: Office,
) -> None:
    key = await process(console)
    async with console.signed_in(IT) as desk:
        text = await drawn(desk, key)
        broken = text.replace('camunda:formKey="township-check"', 'camunda:formKey="no-such-form"')
        assert (await put(desk, key, broken)).status_code == HTTPStatus.NO_CONTENT
        listed = await desk.client.post(
            f"/studio/{key}/lint", params={"path": "diagram.bpmn"}, content=broken, headers={"X-CSRF": desk.csrf}
        )
        assert f'data-shows="{CHECK}"' in listed.text
        refused = await desk.post(f"/studio/{key}/deploy")
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'role="alert"' in refused.text
    assert "no-such-form" in refused.text
    assert [one["version"] for one in (await definition(console, key))["versions"]] == [1]


async def test_given_another_limit_when_deployed_then_the_difference_is_told_and_a_walk_blocks_until_it_is_mended(
    console: Office,
) -> None:
    key = await process(console)
    async with console.signed_in(IT) as desk:
        await limit_set(desk, key, REVIEW, 2)
        kept = await desk.post(f"/studio/{key}/deploy")
        assert kept.headers["location"] == f"/studio/{key}/versions/2?new=true"
        page = (await desk.get(f"/studio/{key}/versions/2")).text
        assert "由3个工作日改为2个工作日" in page
        blocked = await desk.post(f"/studio/{key}/versions/2/activate", reason="缩短初审")
        assert blocked.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "walks/village-house.toml" in blocked.text
        assert "应为" in blocked.text
        assert 'value="缩短初审"' in blocked.text
        played = (await desk.post(f"/studio/{key}/walks", version=2)).text
        assert "未通过" in played
        diff = (await desk.get(f"/studio/{key}/diff", **{"from": 1, "to": 2})).text
    assert json.loads(unescape(re.findall(r"data-marks='([^']*)'", diff)[1])) == {REVIEW: "changed"}
    assert (await definition(console, key))["active"] == 1


async def test_given_a_moved_shape_alone_then_the_versions_do_not_differ_and_it_may_be_activated_and_rolled_back(
    console: Office,
) -> None:
    key = await process(console)
    async with console.signed_in(IT) as desk:
        moved = re.sub(
            r'(<dc:Bounds x=")(\d+)"', lambda found: f'{found[1]}{int(found[2]) + 40}"', await drawn(desk, key)
        )
        await put(desk, key, moved)
        assert (await desk.post(f"/studio/{key}/deploy")).headers["location"].endswith("/versions/2?new=true")
        diff = (await desk.get(f"/studio/{key}/diff", **{"from": 1, "to": 2})).text
        assert "没有差别" in diff
        assert re.findall(r"data-marks='([^']*)'", diff) == ["{}", "{}"]
        again = await desk.post(f"/studio/{key}/deploy")
        assert again.headers["location"] == f"/studio/{key}/versions/2?same=true"
        on = await desk.post(f"/studio/{key}/versions/2/activate", reason="只移动图形")
        assert on.headers["location"].endswith("activated=true")
        back = await desk.post(f"/studio/{key}/rollback", version=1, reason="再看看")
        assert back.status_code == HTTPStatus.SEE_OTHER
        record = (await desk.get(f"/studio/{key}/versions")).text
    assert (await definition(console, key))["active"] == 1
    assert "只移动图形" in record
    assert "再看看" in record


async def test_given_a_trial_without_a_reason_then_it_is_refused_and_with_one_it_runs_and_ends(console: Office) -> None:
    key = await process(console)
    async with console.signed_in(IT) as desk:
        await desk.post(f"/studio/{key}/files", path="README.md")
        await put(desk, key, "试行的说明", path="README.md")
        await desk.post(f"/studio/{key}/deploy")
        refused = await desk.post(f"/studio/{key}/canary", version=2, share=10, reason=" ")
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        await desk.post(f"/studio/{key}/canary", version=2, share=10, reason="先试一成", departments="D08，D06")
        canary = (await definition(console, key))["canary"]
        assert (canary["version"], canary["share"], canary["departments"]) == (2, 10, ["D06", "D08"])
        await desk.post(f"/studio/{key}/canary/end", reason="够了")
        await desk.post(f"/studio/{key}/retire", reason="事项取消")
    assert (await definition(console, key))["canary"] is None
    assert (await definition(console, key))["active"] is None


async def test_given_two_windows_then_the_second_does_not_overwrite_the_first_unseen(console: Office) -> None:
    key = await process(console)
    async with console.signed_in(IT) as desk:
        page = (await desk.get(f"/studio/{key}", file="item.toml")).text
        [read] = re.findall(r'data-tag="([0-9a-f]+)"', page)
        text = (await desk.get(f"/studio/{key}/file", path="item.toml")).text
        assert (
            await put(desk, key, text + "# one\n", path="item.toml", read=read)
        ).status_code == HTTPStatus.NO_CONTENT
        late = await put(desk, key, text + "# two\n", path="item.toml", read=read)
        assert late.status_code == HTTPStatus.CONFLICT
        assert (await desk.get(f"/studio/{key}/file", path="item.toml")).text.endswith("# one\n")


async def test_given_a_draft_then_its_states_can_be_come_back_to(console: Office) -> None:
    key = await process(console)
    async with console.signed_in(IT) as desk:
        await limit_set(desk, key, CHECK, 4)
        await limit_set(desk, key, CHECK, 2)
        await desk.post(f"/studio/{key}/history/restore", place=0)
        [step] = [one for one in steps_of(await drawn(desk, key)) if one.id == CHECK]
        assert step.limit == "4"
        await desk.post(f"/studio/{key}/draft/begin", version=1)
        assert "与第 1 版相同" in (await desk.get(f"/studio/{key}")).text


async def test_given_a_chief_then_the_process_is_seen_and_nothing_can_be_changed(console: Office) -> None:
    key = await process(console)
    async with console.signed_in("u.chief.d06") as desk:
        seen = await desk.get(f"/studio/{key}")
        assert (seen.status_code, "data-diagram" in seen.text) == (HTTPStatus.OK, True)
        assert (await desk.get(f"/studio/{key}/settings")).status_code == HTTPStatus.FORBIDDEN
        assert (await put(desk, key, "<a/>")).status_code == HTTPStatus.FORBIDDEN
        assert (await desk.post(f"/studio/{key}/deploy")).status_code == HTTPStatus.FORBIDDEN
    async with console.signed_in("u.window") as desk:
        assert (await desk.get("/studio")).status_code == HTTPStatus.FORBIDDEN


async def test_given_figures_then_table_and_badges_tell_those_of_the_service(console: Office) -> None:
    known = await console.api.call("GET", "workflow", "/analytics/works-planning-permit", who=IT)
    async with console.signed_in(IT) as desk:
        page = (await desk.get("/studio/works-planning-permit/heat")).text
        upside = await desk.get("/studio/works-planning-permit/heat", **{"from": "2026-02-02", "to": "2026-01-01"})
    found = [one for one in known["elements"] if one["running"] or one["finished"] or one["left"]]
    rows = dict(re.findall(r'<tr data-element="([^"]+)">(.*?)</tr>', page, re.DOTALL))
    assert rows.keys() == {one["element"] for one in found}
    badges = re.findall(r"data-badges='([^']*)'", page)
    for one in found:
        assert f">{one['running']}</td>" in rows[one["element"]]
        assert f"在办 {one['running']}" in json.loads(unescape(badges[0]))[one["element"]]["text"]
    assert upside.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


async def test_given_a_foreign_diagram_then_what_becomes_of_it_is_told_and_a_draft_is_made(console: Office) -> None:
    foreign = (ROOT / "tests/workflow/lint/foreign/flowable.bpmn20.xml").read_bytes()
    async with console.signed_in(IT) as desk:
        fields = {"csrf": desk.csrf, "key": "brought-in", "does": "look"}
        upload = {"file": ("flowable.bpmn20.xml", foreign, "application/xml")}
        looked = await desk.client.post("/studio/import", data=fields, files=upload)
        assert "来自其他引擎的设置" in looked.text
        assert "flowable:" in looked.text
        assert "没有办理岗位" not in looked.text
        none = await desk.client.post("/studio/import", data=fields | {"key": "Not Fit"}, files=upload)
        assert none.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        made = await desk.client.post("/studio/import", data=fields | {"does": "draft"}, files=upload)
        assert made.headers["location"] == "/studio/brought-in"
        assert (await desk.get("/studio/brought-in")).status_code == HTTPStatus.OK
        assert 'camunda:candidateGroups="P05"' in await drawn(desk, "brought-in")
        assert "brought-in" in (await desk.get("/studio")).text
