"""A month's bulletin drafts itself on the office's day, once, from what is on record; people publish it (A-34)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.contracts.words import ClockKind
from services.supervision.matters import Step
from services.supervision.monthly import month_before, summary, told
from tests.supervision import timers
from tests.supervision.rooms import HEAD, SUPERVISOR, Room, late
from tests.supervision.test_matters_and_bulletins import matter
from tests.support.process import process
from tests.support.wait import wait_until

PROMISED = {
    "kind": ClockKind.PROMISED,
    "clock_id": "promised",
    "name": "承诺时限",
    "case_no": "51200020170306PT0500002",
}


@pytest.mark.parametrize(
    ("day", "since", "until"),
    [
        (date(2017, 5, 5), date(2017, 4, 1), date(2017, 4, 30)),
        (date(2017, 1, 31), date(2016, 12, 1), date(2016, 12, 31)),
        (date(2024, 3, 1), date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_given_a_day_then_the_month_before_it_is_reported_whole(day: date, since: date, until: date) -> None:
    month = month_before(day)
    assert (month.since, month.as_of) == (since, until)


def test_given_open_and_closed_matters_then_each_says_how_far_it_is_and_the_numbers_are_counted() -> None:
    going_on, over = matter(Step.URGE), matter(Step.BULLETIN).model_copy(update={"step": Step.ARCHIVE})
    assert told(going_on).endswith("（督查〔2017〕1号，现在“督办”）")
    assert told(over).endswith("（督查〔2017〕1号，已归档）")
    said = summary(month_before(date(2017, 5, 5)), (going_on, over), ())
    assert said.startswith("2017年4月，督查事项2件，其中已归档1件；")
    assert said.endswith("涉及1个科室。")


async def test_given_the_day_then_one_draft_names_what_the_month_brought_and_a_leader_must_approve_it(
    room: Room, tmp_path: Path
) -> None:
    await late(room)
    await room.workflow.say(timers.overdue(0, **{**PROMISED, "title": "城北水厂"}))
    await wait_until(room.idle)
    assert await _drafts(room) == []
    room.service.child.kill()
    await room.service.ended(within=30)
    for time in ("first", "again"):
        environment = {**room.environment, "GUIHUA_CLOCK": "frozen:2017-05-05T09:00:00+08:00"}
        async with process("services.supervision", environment, tmp_path / f"{time}.log") as service:
            room.service = await service.serving()
            await wait_until(_drafts_of(room), within=60)
            await _reported(room, await _drafts(room), first=time == "first")


async def _reported(room: Room, drafts: list[dict[str, Any]], *, first: bool) -> None:
    """What was drafted; the first time it is published, later nothing comes beside it."""
    [bulletin] = drafts
    assert (bulletin["since"], bulletin["until"]) == ("2017-04-01", "2017-04-30")
    counted, *lines = bulletin["text"].splitlines()
    assert counted == "2017年4月，督查事项2件，其中已归档0件；另有未列入督查事项的红灯0次；涉及1个科室。"
    assert "雁城危房重建" in lines[0]
    assert "城北水厂" in lines[1]
    if first:
        path = f"/bulletins/{bulletin['bulletin_id']}"
        early = await room.ask(SUPERVISOR, "POST", f"{path}/publish")
        assert (early.status_code, early.json()["code"]) == (409, "bulletin-not-ready")
        (await room.ask(HEAD, "POST", f"{path}/approve")).raise_for_status()
        assert (await room.ask(SUPERVISOR, "POST", f"{path}/publish")).raise_for_status().json()["issue"] == 1
    else:
        assert bulletin["issue"] == 1


def _drafts_of(room: Room) -> Any:
    return lambda: _drafts(room)


async def _drafts(room: Room) -> list[dict[str, Any]]:
    """What the month brought; repetition drafts one of its own."""
    found: list[dict[str, Any]] = (await room.have(SUPERVISOR, "/bulletins"))["bulletins"]
    return [each for each in found if each["drafted_by"] == "system:monthly"]
