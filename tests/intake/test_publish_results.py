"""Granted licences are public (行政许可法 §40, B-50); persons are not."""

import pytest

from services.contracts.words import Outcome
from services.intake.cases import note
from services.intake.queries import RESULTS
from tests.intake import builders as say
from tests.intake.builders import CLERK, NUMBER, RESIDENT, TODAY, WORKS, activated, received
from tests.intake.hall import Hall
from tests.support.wait import wait_until

PERSON = {"kind": "person", "name": "欧阳某", "id_no": RESIDENT, "phone": "13800000001"}


def decided(outcome: Outcome, **changes: object) -> object:
    said = say.decided().model_copy(update={"outcome": outcome})
    return note(received(**changes), said, (1, 0)).published


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_what_is_granted_is_published(outcome: Outcome) -> None:
    is_public = outcome in {Outcome.GRANTED, Outcome.GRANTED_CONDITIONAL}
    assert (decided(outcome) is not None) == is_public


def test_what_is_no_licence_is_never_shown_as_one() -> None:
    case = received().model_copy(update={"is_licence": False})
    assert note(case, say.decided(), (1, 0)).published is None


def test_of_a_person_only_the_surname_and_the_kind_of_project_is_told() -> None:
    case = received(applicant=PERSON, title="欧阳某某住宅")
    line = note(case, say.decided(), (1, 0)).published
    assert line is not None
    assert (line.project, line.applicant) == ("建筑工程", "欧某某")
    assert "住宅" not in "".join(line.words)


async def granted(window: Hall, *titles: str, **changes: object) -> None:
    for title in titles:
        number = (await window.receive(CLERK, title=title, **changes)).json()["case_no"]
        await window.workflow.say(say.started(number), say.accepted(number), say.decided(number))

        async def is_decided(number: str = number) -> bool:
            shown = (await window.ask("GET", f"/cases/{number}", CLERK)).json()
            return bool(shown["status"] == "decided")

        await wait_until(is_decided)


async def listed(window: Hall, **query: object) -> str:
    page = await window.client.get("/public/results", params=query)
    assert page.status_code == 200
    assert NUMBER[:8] not in page.text  # no case number: it is half of what opens the status
    return page.text


async def test_results_are_listed_newest_first_and_found_by_any_two_characters(window: Hall) -> None:
    assert "没有符合的结果" in await listed(window)
    await granted(window, "后西街科技景观", "雁城科技产业园 二期", "天台山ＡＢ公园")
    page = await listed(window)
    places = [page.index(title) for title in ("天台山", "雁城科技", "后西街")]
    assert places == sorted(places)
    assert TODAY.isoformat() in page
    assert "示例开发有限公司" in page

    assert "天台山" in await listed(window, q="ab公园")
    for search in ("科技", "产业园二期", "示例开发"):
        assert "雁城科技产业园" in await listed(window, q=search)
    assert "没有符合的结果" in await listed(window, q="西街技景")
    assert "两个字" in await listed(window, q="西")


async def test_a_private_person_is_not_found_by_name(window: Hall) -> None:
    await granted(window, "欧阳某某住宅", applicant=PERSON)
    assert "欧某某" in await listed(window)
    assert "没有符合的结果" in await listed(window, q="欧阳")
    assert "没有符合的结果" in await listed(window, q="住宅")


async def test_what_is_typed_comes_back_as_text_and_pages_end(window: Hall) -> None:
    await window.workflow.say(activated(WORKS, version=2))
    page = await window.client.get("/public/results", params={"q": '"><script>alert(1)</script>'})
    assert "<script" not in page.text
    assert "上一页" in await listed(window, page=2)
    for wrong in ({"page": 0}, {"page": 201}, {"page": "x"}, {"q": "x" * (RESULTS + 1)}):
        assert (await window.client.get("/public/results", params=wrong)).status_code == 422
