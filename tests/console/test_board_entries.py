"""What the supervision office enters by hand, and the catalogues, silences and amounts by which it works."""

import re
from http import HTTPStatus
from typing import Any

from tests.console.office import Desk, Office

_ID = re.compile(r"[0-9a-f]{24}$")
MATTER = {
    "source": "complaint",
    "source_no": "投诉〔2026〕3号",
    "title": "窗口排队过长",
    "matter": "周一上午排队超过一小时",
    "duty": "D9",
    "method": "spot_check",
    "domain": "integrity",
    "campaign": "窗口作风专项",
    "department": "D06",
    "due_on": "2099-12-01",
    "requirement": "增开窗口并书面反馈",
    "key": "matter-by-hand-1",
}


async def _registered(desk: Desk, **changes: str) -> str:
    answer = await desk.post("/board/matters", **(MATTER | changes))
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    return str(answer.headers["location"])


async def test_given_a_complaint_then_it_is_registered_once_and_found_by_its_source_and_campaign(
    console: Office,
) -> None:
    async with console.signed_in("u.supervisor") as desk:
        assert "落实上级决策部署督查" in (await desk.get("/board/matters/new")).text
        vain = await desk.post("/board/matters", **(MATTER | {"requirement": "", "duty": "D99"}))
        assert vain.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'href="#requirement"' in vain.text
        assert 'value="窗口排队过长"' in vain.text
        address = await _registered(desk)
        assert await _registered(desk) == address
        shown = (await desk.get(address)).text
        for words in ("投诉 · 投诉〔2026〕3号", "窗口作风专项", "增开窗口并书面反馈"):
            assert words in shown
        listed = await desk.get("/board/matters", source="complaint", campaign="窗口作风专项")
        assert listed.text.count(address) == 1
        assert address not in (await desk.get("/board/matters", source="patrol")).text
    async with console.signed_in("u.chief.d06") as desk:
        assert (await desk.get("/board/matters/new")).status_code == HTTPStatus.FORBIDDEN


async def test_given_an_objection_then_a_leader_who_had_no_part_decides_it(console: Office) -> None:
    async with console.signed_in("u.supervisor") as desk:
        address = await _registered(desk, key="matter-by-hand-2", title="材料重复提交")
    async with console.signed_in("u.chief.d06") as desk:
        assert "提出异议" in (await desk.get(address)).text
        done = await desk.post(f"{address}/objection", reason="已按一次性告知办理")
        assert done.status_code == HTTPStatus.SEE_OTHER
        shown = (await desk.get(address)).text
        assert "待复核" in shown
        assert f"{address}/objection/decide" not in shown
        again = await desk.post(f"{address}/objection", reason="再说一次")
        assert again.status_code == HTTPStatus.CONFLICT
    async with console.signed_in("u.leader") as desk:
        assert f"{address}/objection/decide" in (await desk.get(address)).text
        ruled = await desk.post(f"{address}/objection/decide", upheld="false", opinion="事实清楚，异议不成立")
        assert ruled.status_code == HTTPStatus.SEE_OTHER
        shown = (await desk.get(address)).text
        assert "事实清楚，异议不成立" in shown
        assert f"{address}/objection/decide" not in shown


async def test_given_a_matter_then_a_notice_on_it_is_drafted_by_hand(console: Office) -> None:
    async with console.signed_in("u.supervisor") as desk:
        address = await _registered(desk, key="matter-by-hand-3", title="整改不力")
        matter = address.rpartition("/")[2]
        form = (await desk.get("/board/notices/new", matter=matter)).text
        assert 'value="关于周一上午排队超过一小时的督查督办通知"' in form
        fields = {"title": "关于窗口排队的督查督办通知", "department": "D06", "rectify_by": "2099-12-01"}
        fields |= {"matter_id": matter, "key": "notice-by-hand-1"}
        vain = await desk.post("/board/notices", **fields, text="")
        assert vain.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'href="#text"' in vain.text
        made = await desk.post("/board/notices", **fields, text="请于期限内整改并书面报告。")
        assert _ID.search(made.headers["location"])
        assert "请于期限内整改并书面报告。" in (await desk.get(made.headers["location"])).text
        assert made.headers["location"] in (await desk.get(address)).text


async def test_given_the_catalogues_then_they_are_marked_as_shipped_until_the_office_edits_them(
    console: Office,
) -> None:
    async with console.signed_in("u.supervisor") as desk:
        shown = (await desk.get("/board/catalogues")).text
        assert [shown.count(f"{n} 项") for n in (11, 4)] == [1, 1]
        assert "系统默认，可修改" in shown
        kept = await _rows(console, "domains")
        rows = {f"{n}.{name}": row[name] for n, row in enumerate(kept) for name in ("code", "name", "name_en")}
        new = {f"{len(kept)}.code": "safety", f"{len(kept)}.name": "安全生产", f"{len(kept)}.name_en": "safety"}
        twice = await desk.post("/board/catalogues/domains", **rows, **(new | {f"{len(kept)}.code": "conduct"}))
        assert twice.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'value="安全生产"' in twice.text
        done = await desk.post("/board/catalogues/domains", **rows, **new)
        assert done.status_code == HTTPStatus.SEE_OTHER
        assert "安全生产" in (await desk.get("/board/matters/new")).text
        assert [row["code"] for row in await _rows(console, "domains")][-1] == "safety"
    async with console.signed_in("u.chief.d06") as desk:
        assert (await desk.get("/board/catalogues/domains")).status_code == HTTPStatus.FORBIDDEN


async def test_given_a_window_of_silence_then_it_is_listed_with_its_reason_and_one_that_ends_first_is_refused(
    console: Office,
) -> None:
    window = {"since": "2098-07-01", "until": "2098-07-02", "departments": ["D06"], "reason": "台风停电"}
    async with console.signed_in("u.supervisor") as desk:
        vain = await desk.post("/board/silences", **(window | {"until": "2098-06-01"}))
        assert vain.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "台风停电" in vain.text
        done = await desk.post("/board/silences", **window)
        assert done.status_code == HTTPStatus.SEE_OTHER
        assert "台风停电" in (await desk.get("/board/silences")).text
    async with console.signed_in("u.chief.d06") as desk:
        shown = (await desk.get("/board/silences")).text
        assert "台风停电" in shown
        assert "登记静默窗口" not in shown
        assert (await desk.post("/board/silences", **window)).status_code == HTTPStatus.FORBIDDEN


async def test_given_the_amounts_then_a_revision_is_a_version_of_its_own_with_its_day(console: Office) -> None:
    async with console.signed_in("u.supervisor") as desk:
        latest = (await console.api.call("GET", "supervision", "/assessment-table", who="u.supervisor"))["latest"]
        fields = _amounts(latest) | {"yellow.person": "-0.4", "effective_from": "2099-01-01", "note": "从严"}
        vain = await desk.post("/board/amounts", **(fields | {"yellow.person": "很多"}))
        assert vain.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'value="很多"' in vain.text
        done = await desk.post("/board/amounts", **fields)
        assert done.status_code == HTTPStatus.SEE_OTHER
        shown = (await desk.get("/board/amounts")).text
        assert f"第 {int(latest['version']) + 1} 版自 2099-01-01 起生效" in shown
        assert 'value="-0.4"' in shown
    async with console.signed_in("u.chief.d06") as desk:
        assert (await desk.get("/board/amounts")).status_code == HTTPStatus.OK
        assert (await desk.post("/board/amounts", **fields)).status_code == HTTPStatus.FORBIDDEN


def _amounts(table: dict[str, Any]) -> dict[str, str]:
    levels = ("person", "department", "leader")
    found = {f"{line['cause']}.{level}": str(line[level]) for line in table["lines"] for level in levels}
    found |= {f"cap.{level}": str(table["caps"][level]) for level in levels}
    return found | {name: str(table[name]) for name in ("yellows_for_red", "reds_for_bulletin")}


async def _rows(console: Office, kind: str) -> list[dict[str, Any]]:
    found = await console.api.call("GET", "supervision", "/catalogues", who="u.supervisor")
    rows: list[dict[str, Any]] = found[kind]["rows"]
    return rows
