"""Guides and granted licences as data, for whoever shows them (行政许可法 §30, §40)."""

import pytest

from services.contracts.words import Outcome
from tests.intake.builders import CLERK, TODAY
from tests.intake.hall import Hall
from tests.intake.test_publish_results import PERSON, granted


async def test_given_nobody_signed_in_then_the_guides_are_those_that_the_window_works_by(window: Hall) -> None:
    public = (await window.client.get("/public/items")).json()
    assert public == (await window.ask("GET", "/items", CLERK)).json()
    guide = (await window.client.get("/public/items/PT-05")).json()
    assert guide["item"] in [each["item"] for each in public]
    assert (guide["hall_address"], guide["inquiry_phone"]) == ("示例市政务服务中心一楼报建大厅", "0000-12345")
    assert (await window.client.get("/public/items/PT-99")).status_code == 404


async def test_given_granted_licences_then_they_are_listed_and_found_without_what_is_private(window: Hall) -> None:
    await granted(window, "雁城科技产业园")
    await granted(window, "欧阳某某住宅", applicant=PERSON)
    everything = (await window.client.get("/public/licences")).json()
    assert [line["applicant"] for line in everything["licences"]] == ["欧某某", "示例开发有限公司"]
    assert everything["more"] is False
    found = (await window.client.get("/public/licences", params={"q": "科技"})).json()["licences"]
    assert [(line["project"], line["decision"]) for line in found] == [("雁城科技产业园", Outcome.GRANTED)]
    assert found[0]["decided_on"] == TODAY.isoformat()
    assert "words" not in found[0]


@pytest.mark.parametrize(("query", "code"), [({"q": " 西 "}, "search-too-short"), ({"page": 201}, "invalid-request")])
async def test_given_a_search_that_cannot_be_done_then_the_reason_is_told(
    window: Hall, query: dict[str, str | int], code: str
) -> None:
    refused = await window.client.get("/public/licences", params=query)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
