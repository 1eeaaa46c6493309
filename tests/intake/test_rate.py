"""Ratings, on the real servers: once a case, by password or link; a bad one is said and followed by a call."""

import asyncio
from typing import Any

import httpx
import pytest

from services.contracts.intake import CaseRated, RatingContacted
from services.intake.ratings.links import RatingLinkUnknown, case_no_of, token_of
from services.intake.ratings.ratings import ContactEntry, RatingEntry, Reason, ReasonsUnfit, Way, contact, rate
from tests.intake import builders as say
from tests.intake.builders import CLERK, FOREIGN, HANDLER, MOMENT, SEALS, TOWN
from tests.intake.hall import Hall
from tests.support.wait import wait_until

BAD = {"level": 2, "reasons": ["late"], "comment": "李四说等了三次。"}
GOOD = {"level": 5, "reasons": ["quick", "friendly"]}


async def closed(window: Hall) -> dict[str, Any]:
    """A case that ended: its receipt."""
    receipt: dict[str, Any] = (await window.receive(CLERK)).json()
    number = receipt["case_no"]
    await window.workflow.say(say.started(number), say.decided(number), say.ended(number))

    async def is_over() -> bool:
        return bool((await window.ask("GET", f"/cases/{number}", CLERK)).json()["status"] == "ended")

    await wait_until(is_over)
    return receipt


async def rated(window: Hall, receipt: dict[str, Any], **entry: object) -> httpx.Response:
    known = {name: receipt[name] for name in ("case_no", "query_password")}
    return await window.ask("POST", "/public/ratings", json=known | entry)


async def test_a_case_is_rated_once_and_not_before_it_is_over(window: Hall) -> None:
    early = (await window.receive(CLERK)).json()
    answer = await rated(window, early, **GOOD)
    assert (answer.status_code, answer.json()["code"]) == (409, "not-yet-ratable")
    receipt = await closed(window)
    twins = await asyncio.gather(*(rated(window, receipt, **GOOD) for _ in range(3)))
    assert [each.status_code for each in twins] == [201] * 3
    other = await rated(window, receipt, **BAD)
    assert (other.status_code, other.json()["code"]) == (409, "already-rated")
    wrong = await rated(window, receipt | {"query_password": "AAAAAAAA"}, **GOOD)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "lookup-refused")
    figures = (await window.ask("GET", "/public/ratings")).json()
    assert (figures["ratings"], figures["satisfied_percent"], figures["bad"]) == (1, 100.0, 0)


async def test_a_bad_rating_is_said_without_its_words_and_followed_by_one_call(window: Hall) -> None:
    receipt = await closed(window)
    number = receipt["case_no"]
    answer = await rated(window, receipt, **BAD)
    assert answer.json()["followed_up"] is True
    [seen] = (await window.ask("GET", "/ratings?is_open=true", CLERK)).json()
    assert (seen["case_no"], seen["comment"], seen["way"]) == (number, BAD["comment"], "password")
    note = {"note": "已电话致歉，说明延误原因。"}
    assert (await window.ask("POST", f"/ratings/{number}/contact", HANDLER, json=note)).status_code == 403
    assert (await window.ask("POST", f"/ratings/{number}/contact", TOWN, json=note)).status_code == 404
    for _ in range(2):
        assert (await window.ask("POST", f"/ratings/{number}/contact", CLERK, json=note)).status_code == 200
    again = await window.ask("POST", f"/ratings/{number}/contact", CLERK, json={"note": "又打了一次电话。"})
    assert (again.status_code, again.json()["code"]) == (409, "already-contacted")
    assert (await window.ask("GET", "/ratings?is_open=true", CLERK)).json() == []
    said = await wait_until(lambda: told(window, number))
    assert [type(each) for each in said] == [CaseRated, RatingContacted]
    assert "李四" not in "".join(each.model_dump_json() for each in said)
    assert (await window.ask("GET", "/public/ratings")).json()["bad_contacted"] == 1


async def told(window: Hall, number: str) -> list[Any]:
    """What was said of the rating, as soon as both was."""
    said = [each for each in await window.said(number) if isinstance(each, CaseRated | RatingContacted)]
    return said if len(said) == 2 else []


async def test_the_link_of_a_delivery_rates_the_case_and_nobody_makes_one_up(window: Hall) -> None:
    receipt = await closed(window)
    number = receipt["case_no"]
    assert (await window.ask("POST", f"/cases/{number}/rating-link", TOWN)).status_code == 404
    token = (await window.ask("POST", f"/cases/{number}/rating-link", CLERK)).json()["token"]
    assert number not in token
    answer = await window.ask("POST", "/public/ratings/link", json={"token": token, **GOOD})
    assert answer.status_code == 201
    again = await window.ask("POST", f"/cases/{number}/rating-link", CLERK)
    assert (again.status_code, again.json()["code"]) == (409, "already-rated")
    made_up = await window.ask("POST", "/public/ratings/link", json={"token": token[:-4] + "AAAA", **GOOD})
    assert (made_up.status_code, made_up.json()["code"]) == (404, "rating-link-unknown")
    guesses = [await window.ask("POST", "/public/ratings/link", json={"token": "guess", **GOOD}) for _ in range(6)]
    assert (guesses[-1].status_code, guesses[-1].json()["code"]) == (429, "too-many-sent")


async def test_of_another_department_nobody_reads_a_rating(window: Hall) -> None:
    await rated(window, await closed(window), **BAD)
    assert len((await window.ask("GET", "/ratings", HANDLER)).json()) == 1
    assert (await window.ask("GET", "/ratings", FOREIGN)).json() == []
    assert (await window.ask("GET", "/ratings", TOWN)).json() == []


async def test_the_database_holds_no_words_of_a_rating(window: Hall) -> None:
    receipt = await closed(window)
    await rated(window, receipt, **BAD)
    kept, _ = await window.deps.ratings.load(receipt["case_no"])
    assert "李四" not in kept.model_dump_json()


@pytest.mark.parametrize(
    ("level", "reason", "fits"),
    [
        (1, Reason.RUDE, True),
        (1, Reason.QUICK, False),
        (3, Reason.LATE, True),
        (3, Reason.CLEAR, True),
        (5, Reason.EASY, True),
        (5, Reason.MANY_TRIPS, False),
        (4, Reason.OTHER, True),
        (2, Reason.OTHER, True),
    ],
)
def test_reasons_fit_the_level(level: int, reason: Reason, fits: bool) -> None:
    case = say.received()
    case = case.model_copy(update={"progress": case.progress.model_copy(update={"ended_at": MOMENT.at})})
    entry = RatingEntry(level=level, reasons=(reason,))
    if not fits:
        with pytest.raises(ReasonsUnfit):
            rate(case, entry, way=Way.PASSWORD, seals=SEALS, now=MOMENT)
        return
    rating, [said] = rate(case, entry, way=Way.PASSWORD, seals=SEALS, now=MOMENT)
    assert isinstance(said, CaseRated)
    assert said.is_bad is rating.is_bad is (level <= 2)
    called, [again] = contact(rating, ContactEntry(note="已电话回访致歉"), who=CLERK, now=MOMENT)
    assert isinstance(again, RatingContacted)
    assert called.contacted


@pytest.mark.parametrize("token", ["", "x", "!!!!", "AAAA", "a" * 300, "中文"])
def test_what_is_no_link_opens_nothing(token: str) -> None:
    with pytest.raises(RatingLinkUnknown):
        case_no_of(token, seals=SEALS)
    assert case_no_of(token_of("X1", seals=SEALS), seals=SEALS) == "X1"
