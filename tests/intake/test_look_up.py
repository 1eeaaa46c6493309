"""The public lookup, on the real servers: what is told, what is not, and when it is locked."""

import asyncio
import time
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest

from services.intake.attempts import OF_A_NUMBER, LookupLocked, TooManyLookups
from tests.intake import builders as say
from tests.intake.builders import CLERK, NUMBER, SUPERVISOR
from tests.intake.hall import Hall, hall
from tests.support.office import Office
from tests.support.wait import wait_until

WRONG = "AAAAAAAA"


async def received(window: Hall) -> tuple[str, str]:
    receipt = (await window.receive(CLERK)).json()
    return receipt["case_no"], receipt["query_password"]


def plain(problem: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in problem.items() if name != "instance"}


async def test_number_and_password_tell_how_far_the_case_is(window: Hall) -> None:
    number, password = await received(window)
    answer = await window.look_up(number, password)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert (told["status"], told["light"], told["expected_collection_on"]) == ("received", "green", "2026-12-03")
    assert told["sentence"] == "已收件，待受理，绿灯，预计12月3日取件。"
    assert told["next"]


async def test_the_status_follows_the_process(window: Hall) -> None:
    number, password = await received(window)
    await window.workflow.say(say.started(number), say.accepted(number), say.opened(number), say.held(number))
    await window.supervision.say(say.lit(number))

    async def told() -> dict[str, Any]:
        answer: dict[str, Any] = (await window.look_up(number, password)).json()
        return answer

    async def is_paused_and_yellow() -> bool:
        answer = await told()
        return answer["status"] == "paused" and answer["light"] == "yellow"

    await wait_until(is_paused_and_yellow)
    answer = await told()
    assert answer["sentence"] == "暂停计时（专家评审），科室审核环节，黄灯，预计12月2日取件。"
    assert answer["paused"][0]["basis"] == "行政许可法 §45"


async def test_however_it_is_typed_it_is_found(window: Hall) -> None:
    number, password = await received(window)
    assert (await window.look_up(f" {number.lower()} ", f"{password[:4].lower()} {password[4:]}")).status_code == 200


async def test_an_unknown_number_and_a_wrong_password_get_the_same_answer(window: Hall) -> None:
    number, _ = await received(window)
    wrong, unknown = await window.look_up(number, WRONG), await window.look_up(NUMBER, WRONG)
    assert wrong.status_code == unknown.status_code == 403
    assert plain(wrong.json()) == plain(unknown.json())
    own = {"content-length", "date"}
    assert {k: v for k, v in wrong.headers.items() if k not in own} == {
        k: v for k, v in unknown.headers.items() if k not in own
    }


async def test_an_unknown_number_and_a_wrong_password_take_the_same_time(window: Hall) -> None:
    number, _ = await received(window)
    wrong, unknown = [], []
    for _ in range(4):
        wrong.append(await _seconds(window, number))
        unknown.append(await _seconds(window, NUMBER))
    assert abs(median(wrong) - median(unknown)) < 0.02
    assert min(wrong + unknown) >= 0.15


async def _seconds(window: Hall, number: str) -> float:
    began = time.perf_counter()
    assert (await window.look_up(number, WRONG)).status_code == 403
    return time.perf_counter() - began


@pytest.mark.parametrize("is_known", [True, False])
async def test_five_wrong_passwords_lock_known_and_unknown_numbers_alike(window: Hall, is_known: bool) -> None:
    number, password = await received(window) if is_known else (NUMBER, "7KMQ4XPW")
    answers = [await window.look_up(number, WRONG) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [403] * 5
    locked = await window.look_up(number, password)
    assert (locked.status_code, locked.json()["code"]) == (423, "lookup-locked")
    assert 1700 < int(locked.headers["retry-after"]) <= 1800
    assert locked.headers["cache-control"] == "no-store"


async def test_a_lock_of_one_number_leaves_others_open(window: Hall) -> None:
    number, password = await received(window)
    for _ in range(6):
        await window.look_up(NUMBER, WRONG)
    assert (await window.look_up(number, password)).status_code == 200


async def test_the_right_password_clears_the_count(window: Hall) -> None:
    number, password = await received(window)
    for _ in range(2):
        for _ in range(4):
            await window.look_up(number, WRONG)
        assert (await window.look_up(number, password)).status_code == 200


async def test_many_tries_at_once_get_no_more_than_five_looks(window: Hall) -> None:
    number, _ = await received(window)
    answers = await asyncio.gather(*(window.look_up(number, WRONG) for _ in range(12)))
    looked_at = [answer for answer in answers if answer.status_code == 403]
    assert len(looked_at) <= OF_A_NUMBER.wrong
    assert {answer.status_code for answer in answers} <= {403, 423, 429}
    assert (await window.look_up(number, WRONG)).status_code == (423 if len(looked_at) == 5 else 403)


async def test_a_flood_at_the_gate_lets_five_through(window: Hall) -> None:
    at = window.clock.wall().replace(microsecond=0)

    async def gets_in() -> bool:
        try:
            await window.deps.gate.enter("number:X", OF_A_NUMBER, at=at)
        except (LookupLocked, TooManyLookups):
            return False
        return True

    passed = await asyncio.gather(*(gets_in() for _ in range(60)))
    assert 1 <= sum(passed) <= 5
    await asyncio.gather(*(window.deps.gate.forgive("number:X", OF_A_NUMBER, at=at) for _ in range(20)))


async def test_an_address_may_ask_thirty_times_a_minute(window: Hall) -> None:
    number, password = await received(window)
    answers: list[httpx.Response] = []
    for _ in range(31):
        answers.append(await window.look_up(number, password))  # noqa: PERF401 - one after the other
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert answers[-1].json()["code"] == "too-many-lookups"
    assert await window.office.mongo["guihua_intake"]["audits"].count_documents({}) == 30
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60


async def test_the_telephones_gateway_is_not_limited_by_its_address(office: Office, keys: tuple[Path, Path]) -> None:
    async with hall(office, keys, gateway_addresses=("127.0.0.1",)) as window:
        await window.offers()
        number, password = await received(window)
        for _ in range(32):
            assert (await window.look_up(number, password)).status_code == 200
        for _ in range(5):
            await window.look_up(number, WRONG)
        assert (await window.look_up(number, password)).status_code == 423


async def test_every_lookup_leaves_a_row_for_supervision(window: Hall) -> None:
    number, password = await received(window)
    await window.look_up(number, password)
    for _ in range(6):
        await window.look_up(number, WRONG)
    trail = (await window.ask("GET", f"/cases/{number}/audits", SUPERVISOR)).json()
    assert [row["deed"] for row in trail] == ["lookup_locked", *["lookup_refused"] * 5, "looked_up"]
    assert {row["person"] for row in trail} == {None}


async def test_every_lookup_stands_in_the_audit_of_the_service_newest_first_and_page_by_page(window: Hall) -> None:
    number, password = await received(window)
    await window.look_up(number, password)
    await window.look_up(number, WRONG)
    lines = (await window.ask("GET", f"/audit?about={number}&limit=2", SUPERVISOR)).json()
    assert [(one["act"], one["outcome"], one["person"]) for one in lines] == [
        ("intake.audit.lookup_refused", "refused", None),
        ("intake.audit.looked_up", "done", None),
    ]
    assert lines[0]["address"]
    [refused] = (await window.ask("GET", "/audit?act=intake.audit.lookup_refused", SUPERVISOR)).json()
    assert refused == lines[0]
    later = (await window.ask("GET", f"/audit?about={number}&after={lines[1]['key']}", SUPERVISOR)).json()
    assert [one["act"] for one in later if one["act"].startswith("intake.audit.")] == []
    again = (await window.ask("GET", f"/audit?about={number}&after={lines[0]['key']}", SUPERVISOR)).json()
    assert again[0] == lines[1]
    assert (await window.ask("GET", "/audit?after=nonsense&act=intake.audit.looked_up", SUPERVISOR)).json() == [
        lines[1]
    ]
    assert (await window.ask("GET", "/audit", CLERK)).status_code == 403


@pytest.mark.parametrize(
    "entry",
    [{}, {"case_no": NUMBER}, {"case_no": "", "query_password": "x"}, {"case_no": NUMBER, "query_password": ""}],
)
async def test_an_incomplete_lookup_is_no_try(window: Hall, entry: dict[str, str]) -> None:
    assert (await window.ask("POST", "/public/lookup", json=entry)).status_code == 422
    assert await window.office.mongo["guihua_intake"]["tries"].count_documents({}) == 0
