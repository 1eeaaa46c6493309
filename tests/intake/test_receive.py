"""Receiving at the window, on the real servers."""

import asyncio

import pytest

from services.contracts.intake import CaseReceived, ContactGiven
from services.kernel.identity import Person
from tests.intake.builders import (
    CLERK,
    COMPANY,
    FOREIGN,
    HANDLER,
    NUMBER,
    RESIDENT,
    SUPERVISOR,
    TOWN,
    application_json,
)
from tests.intake.hall import Hall
from tests.support.wait import wait_until

VILLAGER = {"kind": "person", "name": "李某", "id_no": RESIDENT, "phone": "13800000002"}


async def test_a_complete_application_gets_a_receipt_and_is_announced(window: Hall) -> None:
    answer = await window.receive(CLERK)
    receipt = answer.json()
    assert answer.status_code == 201, receipt
    assert receipt["case_no"] == "51200020261123PT0500001"
    assert receipt["expected_collection_on"] == "2026-12-03"
    assert receipt["expected_provisional"] is False
    assert len(receipt["query_password"]) == 8
    assert receipt["status_url"].endswith("?case_no=51200020261123PT0500001")
    assert answer.headers["cache-control"] == "no-store"
    await wait_until(lambda: window.said(receipt["case_no"]))
    said = await window.said(receipt["case_no"])
    assert [type(each) for each in said] == [CaseReceived, ContactGiven]
    assert isinstance(said[0], CaseReceived)
    assert said[0].facts == {"floor_area_m2": 12000, "is_key_project": False}
    assert said[0].received_by == "u.window"


async def test_missing_papers_are_listed_all_at_once_with_basis(window: Hall) -> None:
    answer = await window.receive(CLERK, documents=[])
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "application-incomplete")
    assert [error["where"] for error in problem["errors"]] == ["body.documents.PT05-01", "body.documents.PT05-02"]
    assert [paper["basis"] for paper in problem["missing"]] == ["城乡规划法 §40", "城乡规划法 §40"]
    assert "城乡规划法 §40" in problem["errors"][0]["message"]


async def test_the_refusal_speaks_english_when_asked(window: Hall) -> None:
    entry = application_json(documents=[])
    answer = await window.ask("POST", "/cases", CLERK, json=entry, **{"Accept-Language": "en"})
    assert "mandatory document missing" in answer.json()["errors"][0]["message"]


async def test_a_refused_application_draws_no_number(window: Hall) -> None:
    await window.receive(CLERK, documents=[], key="key-refused")
    receipt = (await window.receive(CLERK, key="key-refused")).json()
    assert receipt["case_no"].endswith("00001")


@pytest.mark.parametrize("who", [HANDLER, SUPERVISOR])
async def test_only_windows_create_cases(window: Hall, who: Person) -> None:
    answer = await window.receive(who)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")


async def test_nobody_creates_cases_without_signing_in(window: Hall) -> None:
    assert (await window.ask("POST", "/cases", json=application_json())).status_code == 401


async def test_an_item_that_is_not_on_offer_is_refused(window: Hall) -> None:
    answer = await window.receive(CLERK, item_code="PT-99")
    assert (answer.status_code, answer.json()["code"]) == (422, "item-not-offered")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"color": "red"}, "body.color"),
        ({"title": ""}, "body.title"),
        ({"title": "a\nb"}, "body.title"),
        ({"facts": [1]}, "body.facts"),
        ({"applicant": {**VILLAGER, "kind": "ghost"}}, "body.applicant.kind"),
        ({"documents": [{"code": "PT05-01", "originals": -1}]}, "body.documents.0.originals"),
    ],
)
async def test_what_the_interface_does_not_know_is_refused(
    window: Hall, changes: dict[str, object], where: str
) -> None:
    answer = await window.receive(CLERK, **changes)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == where


async def test_numbers_count_up_by_item_and_never_repeat(window: Hall) -> None:
    answers = await asyncio.gather(*(window.receive(CLERK) for _ in range(6)))
    assert sorted(answer.json()["case_no"][-5:] for answer in answers) == [f"0000{n}" for n in range(1, 7)]
    rural = await window.receive(CLERK, item_code="PT-06", township="T01", applicant=VILLAGER)
    assert rural.json()["case_no"] == "51200020261123PT0600001"


async def test_the_same_request_twice_makes_one_case_and_gives_one_answer(window: Hall) -> None:
    first, second = await asyncio.gather(*(window.receive(CLERK, key="double-click") for _ in range(2)))
    third = await window.receive(CLERK, key="double-click")
    assert first.status_code == second.status_code == third.status_code == 201
    assert first.json() == second.json() == third.json()
    assert len((await window.ask("GET", "/cases", CLERK)).json()) == 1
    assert (await window.look_up(first.json()["case_no"], first.json()["query_password"])).status_code == 200


async def test_the_same_key_for_another_application_is_refused(window: Hall) -> None:
    await window.receive(CLERK, key="the-same-key")
    answer = await window.receive(CLERK, key="the-same-key", title="另一个项目")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-key-taken")


async def test_the_same_key_of_another_clerk_is_another_request(window: Hall) -> None:
    other = CLERK.model_copy(update={"code": "u.window2"})
    first, second = await window.receive(CLERK, key="the-same-key"), await window.receive(other, key="the-same-key")
    assert first.json()["case_no"] != second.json()["case_no"]


async def test_a_late_repeat_gives_the_receipt_without_the_password(window: Hall) -> None:
    first = await window.receive(CLERK, key="much-later")
    await window.office.mongo["guihua_intake"]["handouts"].delete_many({})  # as MongoDB does after a quarter of an hour
    again = await window.receive(CLERK, key="much-later")
    assert again.json() == first.json() | {"query_password": None}


async def test_a_township_window_receives_for_its_own_township_only(window: Hall) -> None:
    own = await window.receive(TOWN, item_code="PT-06", applicant=VILLAGER)
    assert (own.json()["township"], own.json()["township_name"]) == ("T01", "示例镇")
    foreign = await window.receive(TOWN, item_code="PT-06", township="T02", applicant=VILLAGER)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "township-not-yours")


async def test_after_closing_it_counts_as_received_on_the_next_working_day(window: Hall) -> None:
    window.clock.set(window.clock.now().replace(day=27, hour=9, minute=30))  # Friday, half past five
    receipt = (await window.receive(CLERK)).json()
    assert receipt["received_on"] == "2026-11-30"
    assert receipt["case_no"].startswith("51200020261127")


async def test_a_date_beyond_the_official_calendar_is_provisional(window: Hall) -> None:
    window.clock.set(window.clock.now().replace(month=12, day=24))
    assert (await window.receive(CLERK)).json()["expected_provisional"] is True


async def test_staff_see_cases_within_their_scope_and_numbers_masked(window: Hall) -> None:
    number = (await window.receive(CLERK)).json()["case_no"]
    for who in (CLERK, HANDLER, SUPERVISOR):
        shown = await window.ask("GET", f"/cases/{number}", who)
        assert shown.status_code == 200
        assert shown.json()["applicant_view"]["number"] == "915120**********63"
        assert COMPANY not in shown.text
        assert RESIDENT not in shown.text
        assert "13800000001" not in shown.text
    for who in (FOREIGN, TOWN):
        refused = await window.ask("GET", f"/cases/{number}", who)
        assert (refused.status_code, refused.json()["code"]) == (404, "case-not-found")
        assert (await window.ask("GET", "/cases", who)).json() == []


async def test_a_case_that_does_not_exist_looks_like_a_foreign_one(window: Hall) -> None:
    number = (await window.receive(CLERK)).json()["case_no"]
    foreign, absent = (
        await window.ask("GET", f"/cases/{number}", FOREIGN),
        await window.ask("GET", f"/cases/{NUMBER}", FOREIGN),
    )
    assert foreign.json()["detail"].replace(number, NUMBER) == absent.json()["detail"]
    assert foreign.status_code == absent.status_code


async def test_lists_are_filtered_and_paged(window: Hall) -> None:
    numbers = [(await window.receive(CLERK)).json()["case_no"] for _ in range(3)]
    await window.receive(CLERK, item_code="PT-06", township="T01", applicant=VILLAGER)
    first = (await window.ask("GET", "/cases?item_code=PT-05&limit=2", CLERK)).json()
    assert [case["case_no"] for case in first] == [numbers[2], numbers[1]]
    rest = (await window.ask("GET", f"/cases?item_code=PT-05&after={numbers[1]}", CLERK)).json()
    assert [case["case_no"] for case in rest] == [numbers[0]]
    assert len((await window.ask("GET", "/cases?township=T01&status=received", CLERK)).json()) == 1
    assert (await window.ask("GET", "/cases?status=ended", CLERK)).json() == []


async def test_lists_are_searched_by_text_and_by_day_of_receipt(window: Hall) -> None:
    number = (await window.receive(CLERK, title="滨江中学（东区）")).json()["case_no"]
    other = (await window.receive(CLERK)).json()["case_no"]

    async def found(query: str) -> list[str]:
        return [case["case_no"] for case in (await window.ask("GET", f"/cases?{query}", CLERK)).json()]

    assert await found("text=中学（东") == [number]
    assert await found(f"text={other[-6:].lower()}") == [other]
    assert await found("text=.*") == []
    day = (await window.ask("GET", f"/cases/{number}", CLERK)).json()["received_on"]
    assert await found(f"received_from={day}&received_to={day}") == [other, number]
    assert await found(f"received_from={int(day[:4]) + 1}{day[4:]}") == []
    for wrong in ("received_from=1", "text=%01", "text="):
        assert (await window.ask("GET", f"/cases?{wrong}", CLERK)).status_code == 422


async def test_the_clerk_opens_personal_data_and_it_is_recorded(window: Hall) -> None:
    number = (await window.receive(CLERK)).json()["case_no"]
    opened = await window.ask("GET", f"/cases/{number}/applicant", CLERK)
    assert opened.json()["persons"][0]["number"] == COMPANY
    assert opened.json()["phone"] == "13800000001"
    assert (await window.ask("GET", f"/cases/{number}/applicant", HANDLER)).status_code == 403
    trail = (await window.ask("GET", f"/cases/{number}/audits", SUPERVISOR)).json()
    assert [(row["deed"], row["person"], row["address"]) for row in trail] == [
        ("applicant_shown", "u.window", "127.0.0.1")
    ]
    assert (await window.ask("GET", f"/cases/{number}/audits", CLERK)).status_code == 403


async def test_no_personal_number_lies_open_in_the_case_files(window: Hall) -> None:
    await window.receive(CLERK)
    database = window.office.mongo["guihua_intake"]
    for collection in ("cases", "handouts", "audits", "tries"):
        async for row in database[collection].find({}, {"outbox": 0}):
            for secret in (COMPANY, RESIDENT, "13800000001"):
                assert secret not in str(row), collection


async def test_the_items_on_offer_are_listed(window: Hall) -> None:
    offers = (await window.ask("GET", "/items", HANDLER)).json()
    assert [offer["item"]["code"] for offer in offers] == ["PT-05", "PT-06"]
    assert (await window.ask("GET", "/items/PT-06", HANDLER)).json()["item"]["township_first"] is True
    assert (await window.ask("GET", "/items/PT-99", HANDLER)).status_code == 404
