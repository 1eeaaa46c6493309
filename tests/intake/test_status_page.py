"""The page behind the receipt's QR code, as a browser uses it (B-34)."""

import re

import httpx
import pytest

from tests.intake.builders import CLERK, NUMBER
from tests.intake.hall import Hall

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def sent(window: Hall, page: str, **fields: str) -> httpx.Response:
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    assert action
    return await window.client.post(action[1], data=fields, headers=FORM)


async def test_the_qr_code_opens_a_form_whose_answer_is_the_sentence(window: Hall) -> None:
    receipt = (await window.receive(CLERK)).json()
    page = await window.client.get("/public/lookup", params={"case_no": receipt["case_no"]})
    assert page.status_code == 200
    assert f'name="case_no" value="{receipt["case_no"]}"' in page.text
    answer = await sent(window, page.text, case_no=receipt["case_no"], query_password=receipt["query_password"])
    assert answer.status_code == 200
    assert "已收件，待受理，绿灯，预计12月3日取件。" in answer.text
    assert receipt["query_password"] not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_wrong_tries_on_the_page_count_and_lock_like_all_others(window: Hall) -> None:
    receipt = (await window.receive(CLERK)).json()
    page = (await window.client.get("/public/lookup")).text
    for _ in range(5):
        refused = await sent(window, page, case_no=receipt["case_no"], query_password="AAAAAAAA")
        assert (refused.status_code, "案件编号或查询密码不正确" in refused.text) == (403, True)
    locked = await sent(window, page, case_no=receipt["case_no"], query_password=receipt["query_password"])
    assert (locked.status_code, "查询已锁定" in locked.text) == (423, True)
    assert (await window.look_up(receipt["case_no"], receipt["query_password"])).status_code == 423


@pytest.mark.parametrize("fields", [{}, {"case_no": NUMBER}, {"case_no": NUMBER, "query_password": "x" * 65}])
async def test_an_incomplete_form_is_asked_for_again(window: Hall, fields: dict[str, str]) -> None:
    answer = await sent(window, (await window.client.get("/public/lookup")).text, **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


async def test_what_is_typed_comes_back_as_text_and_nothing_runs(window: Hall) -> None:
    evil = '"><script>alert(1)</script>'
    page = await window.client.get("/public/lookup", params={"case_no": evil})
    answer = await sent(window, page.text, case_no=evil, query_password="A{style}%s")
    for each in (page, answer):
        assert "<script" not in each.text
        assert "&quot;&gt;&lt;script&gt;" in each.text
        assert each.headers["content-security-policy"].startswith("default-src 'none'")
