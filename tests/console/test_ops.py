"""The pages of those who run the system and keep its books (X1 to X6)."""

import json
import re
from html import unescape
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from playwright.async_api import expect

from services.console import ruletables
from services.console.languages import english
from services.console.pages.board import bulletins, matters, notices
from services.console.pages.ops import calendars, health, incidents, letters, messages, people, retries
from services.console.yearviews import differences, months
from tests.console import playing, troubles
from tests.console.office import Office
from tests.support.wait import wait_until

_GROUP = re.compile(r'href="(/ops/incidents/groups/[0-9a-f]{16})"')


def test_given_the_words_for_codes_then_each_has_english() -> None:
    tables: list[dict[str, str]] = [matters.STEPS, notices.STATES, bulletins.STATES, ruletables.FIELDS]
    tables += [dict(words) for words in ruletables.WORDS.values()]
    tables += [health.SERVICES, letters.STATES, messages.STATES, messages.CHANNELS, retries.STAGES, retries.OUTCOMES]
    tables += [incidents.EDITS, calendars.KINDS, people.ROLES, people.ATTENDANCE]
    words = {word for table in tables for word in table.values()} | {line[0] for line in health.LINES.values()}
    assert words <= english().keys()


def test_given_special_days_then_the_months_show_and_count_them_and_differences_name_what_changes() -> None:
    old = [{"day": "2026-10-01", "kind": "holiday", "name": "国庆节"}]
    new = [*old, {"day": "2026-10-10", "kind": "shifted_workday", "name": "国庆节"}]
    before, after = (months(2026, days)[9] for days in (old, new))
    assert (before.workdays, after.workdays) == (21, 22)
    assert [len(week) for week in after.weeks] == [7] * len(after.weeks)
    shown = [day for week in after.weeks for day in week if day]
    assert [day.day.day for day in shown] == list(range(1, 32))
    assert [day.day.day for day in shown if day.name] == [1, 10]
    [change] = differences(old, new)
    assert (change.day.isoformat(), change.was.kind, change.becomes.kind) == (
        "2026-10-10",
        "weekend",
        "shifted_workday",
    )
    assert months(2028, [])[1].weeks[-1][1] is not None  # 29 February 2028 is a Tuesday


async def test_given_every_line_that_services_count_then_the_health_page_has_words_for_it(console: Office) -> None:
    for service in ("intake", "workflow", "supervision", "notify", "registry"):
        status = await console.api.call("GET", service, "/status")
        assert status["backlog"].keys() <= health.LINES.keys(), service
    async with console.signed_in("u.ops") as desk:
        page = (await desk.get("/ops")).text
    assert page.count(">就绪<") == len(health.SERVICES)


async def test_given_a_dead_letter_then_it_is_counted_explained_and_discarded_for_a_reason_only(
    console: Office,
) -> None:
    letter = await troubles.unreadable(console)
    order = {"service": "workflow", "letter": letter}
    async with console.signed_in("u.ops") as desk:
        counted = (await desk.get("/ops")).text
        assert "/ops/dead-letters?service=workflow" in counted
        assert letter in (await desk.get("/ops/dead-letters", service="workflow")).text
        vain = await desk.post("/ops/dead-letters/replay", **order)
        assert vain.status_code == HTTPStatus.CONFLICT
        assert "仍然失败" in vain.text
        silent = await desk.post("/ops/dead-letters/discard", **order, reason="  ")
        assert silent.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        done = await desk.post("/ops/dead-letters/discard", **order, reason="测试报文")
        shown = (await desk.get(done.headers["location"])).text
        assert letter in shown
        assert "测试报文" in shown
        assert (
            await desk.post("/ops/dead-letters/discard", **order, reason="再来")
        ).status_code == HTTPStatus.NOT_FOUND
        for own, status in (({"reason": ""}, 422), ({"reason": "x"}, 404)):  # letters of the screens themselves
            answer = await desk.post("/ops/dead-letters/discard", service="console", letter="nothing", **own)
            assert answer.status_code == status
    async with console.signed_in("u.registrar") as desk:
        assert (await desk.get("/ops/dead-letters")).status_code == HTTPStatus.FORBIDDEN


async def test_given_an_incident_then_a_retry_is_green_only_once_its_cause_is_gone_and_data_need_four_eyes(
    console: Office,
) -> None:
    case = await troubles.faulty(console)
    async with console.signed_in("u.ops") as desk:
        groups = {one: (await desk.get(one)).text for one in _GROUP.findall((await desk.get("/ops/incidents")).text)}
        [(group, listed)] = [(one, page) for one, page in groups.items() if case in page]
        [incident] = set(re.findall(r'href="(/ops/incidents/[0-9a-f]{20})"', listed))
        proposal = {"kind0": "answer", "name0": "notice_no", "value0": "乙号", "reason": "文号写错"}
        assert (await desk.post(f"{incident}/edits", **proposal)).status_code == HTTPStatus.SEE_OTHER
        again = await desk.post(f"{incident}/edits", **proposal)
        assert again.status_code == HTTPStatus.CONFLICT
        assert 'value="乙号"' in again.text
        [edit] = await _edits(console, incident)
        own = await desk.post(f"{incident}/edits/{edit}", verb="approve", remark="自己同意")
        assert own.status_code == HTTPStatus.FORBIDDEN
    async with console.signed_in("u.chief.d08") as desk:
        assert "乙号" in (await desk.get(incident)).text
        approved = await desk.post(f"{incident}/edits/{edit}", verb="approve", remark="核对无误")
        assert approved.status_code == HTTPStatus.SEE_OTHER
    async with console.page("u.ops") as page:
        await page.goto(group)
        await page.get_by_role("button", name="重试整组").click()
        await expect(page.locator(".bad", has_text="又失败")).to_be_visible(timeout=60_000)
        assert await page.locator(".said").count() == 0
        await _give_the_post(console)
        await page.goto(group)
        await page.get_by_role("button", name="重试整组").click()
        await expect(page.get_by_text("全部 1 个已确实办成")).to_be_visible(timeout=60_000)


async def test_given_messages_then_they_are_found_by_case_and_one_that_was_sent_is_not_sent_again(
    console: Office,
) -> None:
    case = await troubles.late(console, ("promised", 0))
    query = {"case_no": case, "state": "sent"}

    async def sent() -> list[dict[str, Any]]:
        page = await console.api.call("GET", "notify", "/messages", who="u.ops", query=query)
        found: list[dict[str, Any]] = page["messages"]
        return found

    one = (await wait_until(sent, within=60))[0]
    async with console.signed_in("u.ops") as desk:
        shown = (await desk.get("/ops/messages", case_no=case)).text
        assert unescape(shown).count(one["subject"]) >= 1
        assert "已发送" in shown
        refused = await desk.post(f"/ops/messages/{one['message_id']}/retry")
        assert refused.status_code == HTTPStatus.CONFLICT
        assert "不需要重发" in refused.text
    async with console.signed_in("u.supervisor") as desk:
        assert (await desk.post(f"/ops/messages/{one['message_id']}/retry")).status_code == HTTPStatus.FORBIDDEN


async def test_given_a_year_file_then_its_changes_are_shown_before_it_is_imported(console: Office) -> None:
    stands = await console.api.call("GET", "registry", "/calendar/2015", who="u.registrar")
    days = [
        {"name": one["name"], "date": one["day"], "isOffDay": one["kind"] == "holiday"} for one in stands["days"]
    ] + [{"name": "建市纪念", "date": "2015-07-15", "isOffDay": True}]
    content = json.dumps({"year": 2015, "papers": ["https://www.gov.example/2015"], "days": days}, ensure_ascii=False)
    async with console.signed_in("u.registrar") as desk:
        broken = await desk.post("/ops/calendar/preview", content=content.replace("2015-07-15", "2014-07-15"))
        assert broken.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "2014-07-15" in broken.text
        previewed = (await desk.post("/ops/calendar/preview", content=content)).text
        assert "改变 1 天" in previewed
        assert "建市纪念" in previewed
        assert "建市纪念" not in (await desk.get("/ops/calendar", year=2015)).text  # not yet
        imported = await desk.post("/ops/calendar/import", content=content)
        assert "建市纪念" in (await desk.get(imported.headers["location"])).text
    async with console.signed_in("u.ops") as desk:
        assert (await desk.post("/ops/calendar/import", content=content)).status_code == HTTPStatus.FORBIDDEN


async def test_given_a_year_file_then_the_due_dates_that_would_move_are_shown_and_none_has_moved(
    console: Office,
) -> None:
    case = str((await playing.received(console.api))["case_no"])
    task = await wait_until(lambda: _first_task(console, case), within=60)
    stands = await console.api.call("GET", "registry", f"/calendar/{task['due_on'][:4]}", who="u.registrar")
    days = {one["day"]: (one["name"], one["kind"] == "holiday") for one in stands["days"]}
    days[task["due_on"]] = ("停电", True)
    rows = [{"name": name, "date": day, "isOffDay": off} for day, (name, off) in sorted(days.items())]
    file = {"year": stands["year"], "papers": ["https://www.gov.example"], "days": rows}
    async with console.signed_in("u.registrar") as desk:
        shown = (await desk.post("/ops/calendar/preview", content=json.dumps(file))).text
    told = await console.api.call("POST", "workflow", "/calendar/preview", who="u.registrar", body=file)
    assert told["moved"] >= 1
    assert re.search(r"个到期日将变动", shown)
    for move in told["first"]:
        assert move["case_no"] in shown
        assert f"<strong>{move['due_on']}</strong> 推后" in shown
    assert (await _first_task(console, case) or {})["due_on"] == task["due_on"]


async def _first_task(console: Office, case: str) -> dict[str, Any] | None:
    page = await console.api.call("GET", "workflow", "/tasks", who="u.head", query={"everyone": "true", "limit": 200})
    return next((one for one in page["tasks"] if one["case_no"] == case and one["due_on"]), None)


async def test_given_the_registrar_then_people_are_entered_and_changed_but_nobody_promotes_themselves(
    console: Office,
) -> None:
    code = f"u.test-{uuid4().hex[:8]}"
    entry = {"name": "钱某", "department": "D06", "phone": "13800000777", "mail": "qian@guihua.example", "active": "1"}
    async with console.signed_in("u.registrar") as desk:
        wrong = await desk.post("/ops/people", **entry | {"code": code, "phone": "12"})
        assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'value="qian@guihua.example"' in wrong.text
        entered = await desk.post("/ops/people", **entry, code=code, roles=["officer"])
        assert "已保存" in (await desk.get(entered.headers["location"])).text
        both = await desk.post(f"/ops/people/{code}", **entry, roles=["officer", "supervisor"])
        assert both.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        await desk.post(f"/ops/people/{code}/attendance", attendance="out_of_office")
        assert "外出" in (await desk.get(f"/ops/people/{code}")).text
        short = await desk.post(f"/ops/people/{code}/password", password="short")
        assert short.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        await desk.post(f"/ops/people/{code}/password", password="a long first password")
        own = entry | {"name": "魏某", "department": "D12"}
        promoted = await desk.post("/ops/people/u.registrar", **own, roles=["registrar", "it_staff"])
        assert promoted.status_code == HTTPStatus.FORBIDDEN
        assert "不能修改自己的岗位和角色" in promoted.text
    async with console.visitor() as client:
        await client.post("/login", data={"code": code, "password": "a long first password"})
        assert (await client.get("/ops/people")).headers["location"].startswith("/password")
    async with console.signed_in("u.it") as desk:
        assert (await desk.get(f"/ops/people/{code}")).is_success
        refused = await desk.post(f"/ops/people/{code}", **entry, roles=["bureau_head"])
        assert refused.status_code == HTTPStatus.FORBIDDEN


async def _edits(console: Office, incident: str) -> list[str]:
    found = await console.api.call("GET", "workflow", incident.removeprefix("/ops"), who="u.ops")
    return [edit["edit_id"] for edit in found["edits"]]


async def _give_the_post(console: Office) -> None:
    """D08 gets the post that the process asks for, and somebody who holds it."""
    posts = await console.api.call("GET", "registry", "/posts", who="u.registrar")
    [post] = [one for one in posts if one["code"] == "P16"]
    body = {name: value for name, value in post.items() if name != "code"} | {
        "departments": [*post["departments"], "D08"]
    }
    await console.api.call("PUT", "registry", "/posts/P16", who="u.registrar", body=body)
    await wait_until(lambda: _workflow_is_idle(console))


async def _workflow_is_idle(console: Office) -> bool:
    status = await console.api.call("GET", "workflow", "/status")
    return status["lag"] is not None and not any(status["lag"].values())
