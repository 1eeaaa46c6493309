"""Public notices and objections, on the real servers: posted by the process, objected to by anybody, answered once."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import httpx
import pytest

from services.contracts.events import Said
from services.contracts.intake import ObjectionAnswered, ObjectionReceived
from services.contracts.words import HoldGround
from services.intake.cases import Case, note
from services.intake.publicity.postings import Standing, standing_of
from tests.intake import builders as say
from tests.intake.builders import CLERK, FOREIGN, HANDLER, NOW, NUMBER
from tests.intake.hall import Hall
from tests.support.wait import wait_until

UNTIL = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
ENTRY = {
    "name": "李四",
    "phone": "13900000002",
    "text": "担心三号楼遮挡我家日照，请复核日照分析。",
    "wants_hearing": True,
}
NOTICE = {
    "notice_no": "规公示〔2026〕8号",
    "posted_from": "2026-11-23",
    "places": ["市政府网站", "项目现场"],
    "basis": "《山东省城乡规划条例》第三十六条",
    "hearing_told": True,
}
ANSWER = {"verdict": "rejected", "text": "日照分析满足大寒日两小时标准。"}


def posted(no: str) -> tuple[Said, Said]:
    """A notice is written, and the step that waits with it opens."""
    wrote = say.completed(no, task="notice", name="发布公示").model_copy(update={"answers": NOTICE})
    runs = say.opened(no, task="runs", name="公示期间", after=1)
    return wrote, runs.model_copy(update={"hold": HoldGround.PUBLICITY, "timer_at": UNTIL})


async def posting(window: Hall, **changes: object) -> tuple[str, dict[str, Any]]:
    """A case whose notice is posted: its number, and the notice as the public reads it."""
    number = (await window.receive(CLERK, **changes)).json()["case_no"]
    await window.workflow.say(say.started(number), *posted(number))
    return number, await shown(window, "running")


async def shown(window: Hall, standing: str) -> dict[str, Any]:
    async def newest() -> dict[str, Any]:
        page = (await window.ask("GET", "/public/publicity")).json()
        return next((one for one in page["postings"] if one["standing"] == standing), {})

    return await wait_until(newest)


async def objected(window: Hall, posting_id: str, *, key: str | None = None, **changes: object) -> httpx.Response:
    return await window.ask("POST", f"/public/publicity/{posting_id}/objections", json=ENTRY | changes, key=key)


async def told_of(window: Hall, number: str, many: int) -> list[Said]:
    """What was said of objections, as soon as there is so much of it."""
    kinds = (ObjectionReceived, ObjectionAnswered)
    said = [each for each in await window.said(number) if isinstance(each, kinds)]
    return said if len(said) == many else []


async def test_what_is_posted_is_public_with_its_period_and_without_people(window: Hall) -> None:
    number, one = await posting(window)
    assert (one["notice_no"], one["places"]) == (NOTICE["notice_no"], NOTICE["places"])
    assert (one["first_on"], one["last_on"], one["days"], one["unit"]) == ("2026-11-23", "2026-12-01", 7, "workdays")
    assert one["project"] == "雁城科技产业园二期标准厂房"
    text = (await window.ask("GET", f"/public/publicity/{one['posting_id']}")).text
    assert not [each for each in (number, "刘某", "u.handler", "u.chief", "D06", "u.window") if each in text]


async def test_a_private_persons_notice_tells_neither_name_nor_house(window: Hall) -> None:
    person = {"kind": "person", "name": "刘大山", "id_no": say.RESIDENT, "phone": "13800000001"}
    _, one = await posting(window, applicant=person, title="刘大山住宅", facts={"location": "柳树巷17号"})
    assert (one["project"], one["applicant"], one["location"]) == ("建筑工程", "刘某某", "")


async def test_an_objection_is_numbered_answered_once_and_read_by_who_made_it(window: Hall) -> None:
    number, one = await posting(window)
    answer = await objected(window, one["posting_id"])
    assert answer.status_code == 201
    receipt = answer.json()
    listed = await window.ask("GET", f"/cases/{number}/objections", HANDLER)
    [seen] = listed.json()
    assert (seen["name"], seen["phone"], seen["text"]) == ("李某某", "139****0002", ENTRY["text"])
    assert "13900000002" not in listed.text
    path = f"/objections/{receipt['objection_no']}/answer"
    told = await window.ask("POST", path, HANDLER, json=ANSWER)
    assert (told.status_code, told.json()["verdict"]) == (200, "rejected")
    assert (await window.ask("POST", path, HANDLER, json=ANSWER)).status_code == 200
    other = await window.ask("POST", path, HANDLER, json={**ANSWER, "verdict": "upheld"})
    assert (other.status_code, other.json()["code"]) == (409, "objection-already-answered")
    asked = {name: receipt[name] for name in ("objection_no", "query_password")}
    status = await window.ask("POST", "/public/objections/lookup", json=asked)
    assert (status.json()["verdict"], status.json()["answer"]) == ("rejected", ANSWER["text"])
    assert HANDLER.code not in status.text
    wrong = await window.ask("POST", "/public/objections/lookup", json=asked | {"query_password": "AAAA AAAA"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "lookup-refused")
    said = await wait_until(lambda: told_of(window, number, 2))
    assert {type(each) for each in said} == {ObjectionReceived, ObjectionAnswered}
    assert not [each for each in said if "李" in each.model_dump_json() or "日照" in each.model_dump_json()]


async def test_the_database_holds_no_words_and_no_contact_of_an_objection(window: Hall) -> None:
    _, one = await posting(window)
    receipt = (await objected(window, one["posting_id"])).json()
    found = await window.deps.objections.find(receipt["objection_no"])
    assert found
    kept = found[0].model_dump_json()
    assert not [each for each in ("李四", "13900000002", "日照", receipt["query_password"]) if each in kept]


async def test_who_objected_is_shown_to_the_window_alone_and_each_look_is_recorded(window: Hall) -> None:
    number, one = await posting(window)
    no = (await objected(window, one["posting_id"])).json()["objection_no"]
    assert (await window.ask("GET", f"/objections/{no}/contact", HANDLER)).status_code == 403
    contact = (await window.ask("GET", f"/objections/{no}/contact", CLERK)).json()
    assert (contact["name"], contact["phone"]) == ("李四", "13900000002")
    trail = (await window.ask("GET", f"/cases/{number}/audits", say.SUPERVISOR)).json()
    assert [(row["deed"], row["person"]) for row in trail] == [("objector_shown", CLERK.code)]


async def test_of_another_department_nobody_sees_or_answers_an_objection(window: Hall) -> None:
    number, one = await posting(window)
    no = (await objected(window, one["posting_id"])).json()["objection_no"]
    assert (await window.ask("GET", f"/cases/{number}/objections", FOREIGN)).status_code == 404
    assert (await window.ask("POST", f"/objections/{no}/answer", FOREIGN, json=ANSWER)).status_code == 404


async def test_the_same_request_is_one_objection_and_its_answer_the_same(window: Hall) -> None:
    number, one = await posting(window)
    twins = await asyncio.gather(*(objected(window, one["posting_id"], key="a-double-click") for _ in range(3)))
    assert len({each.text for each in twins}) == 1
    assert len((await window.ask("GET", f"/cases/{number}/objections", HANDLER)).json()) == 1
    other = await objected(window, one["posting_id"], key="a-double-click", text="另外的意见，与前一件不同。")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-taken")


async def test_the_window_writes_objections_down(window: Hall) -> None:
    number, one = await posting(window)
    path = f"/publicity/{one['posting_id']}/objections"
    assert (await window.ask("POST", path, HANDLER, json=ENTRY)).status_code == 403
    assert (await window.ask("POST", path, CLERK, json=ENTRY)).status_code == 201
    [seen] = (await window.ask("GET", f"/cases/{number}/objections", CLERK)).json()
    assert seen["at_window"]


async def test_a_closed_notice_refuses_an_objection(window: Hall) -> None:
    number, one = await posting(window)
    await window.workflow.say(say.cancelled(number, task="runs"))
    assert (await shown(window, "over"))["posting_id"] == one["posting_id"]
    answer = await objected(window, one["posting_id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "posting-over")


async def test_nobody_objects_without_end(window: Hall) -> None:
    _, one = await posting(window)
    for turn in range(6):
        assert (await objected(window, one["posting_id"], text=f"第{turn}件异议的内容")).status_code == 201
    answer = await objected(window, one["posting_id"])
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-sent")
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "changes", [{"phone": "12"}, {"text": "短"}, {"name": ""}, {"text": "有\x1b字符的内容"}, {"extra": 1}]
)
async def test_an_objection_that_cannot_be_taken_says_why(window: Hall, changes: dict[str, Any]) -> None:
    _, one = await posting(window)
    answer = await objected(window, one["posting_id"], **changes)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_an_unknown_notice_is_not_found(window: Hall) -> None:
    assert (await window.ask("GET", f"/public/publicity/{'0' * 16}")).status_code == 404
    assert (await objected(window, "0" * 16)).status_code == 404


def heard(*said: tuple[Said, int]) -> Case:
    """A case after these, each with its place in the story."""
    case = say.received()
    for each, place in said:
        case = note(case, each, (place, 0))
    return case


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_any_order_the_notice_is_the_same(order: tuple[int, ...]) -> None:
    told = [*posted(NUMBER), say.cancelled(task="runs")]
    case = heard(*((told[place], place + 1) for place in order))
    [step] = case.postings
    assert (standing_of(case, step), len(case.progress.wordings)) == (Standing.OVER, 1)
    assert case.posted_at == NOW + timedelta(minutes=1)


def test_completed_before_its_timer_a_notice_was_broken_off() -> None:
    case = heard((posted(NUMBER)[0], 1), (posted(NUMBER)[1], 2), (say.completed(task="runs"), 3))
    assert standing_of(case, case.postings[0]) is Standing.BROKEN_OFF


def test_a_form_with_the_same_names_for_other_things_is_no_notice() -> None:
    wrote = posted(NUMBER)[0].model_copy(update={"answers": {**NOTICE, "posted_from": "明天"}})
    assert heard((wrote, 1)).progress.wordings == ()


def test_a_case_that_ended_has_nothing_posted() -> None:
    case = heard((posted(NUMBER)[0], 1), (posted(NUMBER)[1], 2), (say.ended(), 3))
    assert standing_of(case, case.postings[0]) is Standing.OVER
