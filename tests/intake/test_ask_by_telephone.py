"""电话查询 (B-34): keys in, one sentence out; a wrong password and an unknown case cannot be told apart."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.keypads import keys_of, text_of
from services.intake.passwords import ALPHABET
from tests.intake import builders as say
from tests.intake.builders import CLERK, NUMBER, SUPERVISOR
from tests.intake.hall import Hall, hall
from tests.intake.test_deliver import received, stands
from tests.support.office import Office

WRONG = "*21*21*21*21*21*21*21*21"


async def called(window: Hall, case_no: str, password: str, *, line: str = "") -> httpx.Response:
    entry = {"case_no": case_no, "query_password": password, "line": line}
    return await window.ask("POST", "/public/telephone", json=entry)


async def heard(window: Hall, case_no: str, password: str, *, line: str = "") -> dict[str, Any]:
    answer = await called(window, case_no, password, line=line)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@given(st.text(alphabet=ALPHABET, min_size=8, max_size=8), st.text(alphabet=ALPHABET, min_size=8, max_size=8))
def test_given_two_passwords_then_their_keys_tell_them_apart_and_lead_back(one: str, other: str) -> None:
    assert text_of(keys_of(one) + "#") == one
    assert (keys_of(one) == keys_of(other)) == (one == other)


def test_given_a_case_number_then_its_keys_are_those_of_the_receipt() -> None:
    assert keys_of("51200020261123PT0500017") == "51200020261123*71*810500017"


async def test_given_number_and_password_by_keys_then_the_sentence_tells_where_the_case_stands(window: Hall) -> None:
    receipt = await received(window)
    number = receipt["case_no"]
    await window.workflow.say(say.started(number), say.accepted(number), say.opened(number))
    await stands(window, number, "in_review")
    told = await heard(window, keys_of(number), keys_of(receipt["query_password"]) + "#")
    assert (told["heard"], told["sentence"]) == ("status", "审查中，科室审核环节，绿灯，预计12月2日取件。")
    assert told.keys() == {"heard", "sentence", "sentence_en"}
    for personal in ("刘某", "示例开发有限公司", "u.chief.d06", CLERK.name, number):
        assert personal not in json.dumps(told, ensure_ascii=False), personal


async def test_given_a_wrong_password_and_an_unknown_case_then_sentence_and_beat_are_the_same(window: Hall) -> None:
    number = keys_of((await received(window))["case_no"])
    unknown = keys_of(NUMBER)
    seconds: dict[str, list[float]] = {number: [], unknown: []}
    told = set()
    for _ in range(3):
        for asked, taken in seconds.items():
            began = time.perf_counter()
            answer = await called(window, asked, WRONG)
            taken.append(time.perf_counter() - began)
            told.add(answer.text)
    assert len(told) == 1
    assert json.loads(told.pop())["heard"] == "refused"
    assert min(seconds[number] + seconds[unknown]) >= 0.15


async def test_given_five_wrong_passwords_then_the_number_is_locked_for_telephone_and_web_alike(window: Hall) -> None:
    receipt = await received(window)
    number = receipt["case_no"]
    for _ in range(5):
        await heard(window, number, WRONG)
    told = await heard(window, number, receipt["query_password"])
    assert (told["heard"], "分钟" in told["sentence"]) == ("locked", True)
    assert (await window.look_up(number, receipt["query_password"])).status_code == 423


async def test_given_one_line_that_keys_wrongly_again_and_again_then_it_alone_is_shut(
    office: Office, keys: tuple[Path, Path]
) -> None:
    """The gateway has one address for all: its callers are told apart by their lines."""
    async with hall(office, keys, gateway_addresses=("127.0.0.1",)) as window:
        await window.offers()
        receipt = await received(window)
        for place in range(20):
            await heard(window, f"5120002026112300{place:05}", WRONG, line="line-1")
        right = receipt["case_no"], receipt["query_password"]
        assert (await heard(window, *right, line="line-1"))["heard"] == "locked"
        assert (await heard(window, *right, line="line-2"))["heard"] == "status"
        rows = await window.office.mongo["guihua_intake"]["tries"].find({}).to_list(None)
        assert "line-1" not in str(rows)


async def test_given_calls_then_each_stands_in_the_trail(window: Hall) -> None:
    receipt = await received(window)
    number = receipt["case_no"]
    await heard(window, number, WRONG)
    await heard(window, number, receipt["query_password"])
    trail = (await window.ask("GET", f"/cases/{number}/audits", SUPERVISOR)).json()
    assert sorted(row["deed"] for row in trail) == ["looked_up", "lookup_refused"]


@pytest.mark.parametrize("keyed", ["#", "*99#", "***", "0", "*71" * 33])
async def test_given_keys_that_say_nothing_then_it_is_refused_like_any_other(window: Hall, keyed: str) -> None:
    assert (await heard(window, keyed, keyed))["heard"] == "refused"
