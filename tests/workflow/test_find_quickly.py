"""No look-up reads a whole collection: cases are kept for ever, so time would pass slower by the day."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from tests.support.office import Office
from tests.support.wait import wait_until
from tests.workflow.bundle_support import bundle
from tests.workflow.clock_support import at
from tests.workflow.room import HANDLER, HEAD, IT, LEADER, REVIEW, Room, at_review

_ROOM: Final = 64_000_000
"""Bytes for what was asked: of one megabyte, as it is by itself, the first would be gone before the last."""

_WORKFLOW: Final = "guihua_workflow"
_BY_INDEX: Final = ("IDHACK", "IXSCAN", "COUNT_SCAN", "EXPRESS")


@pytest.fixture
async def strict(servers: Office) -> AsyncIterator[None]:
    """The database refuses whatever would read a whole collection."""
    await servers.mongo.admin.command("setParameter", 1, notablescan=True)
    yield
    await servers.mongo.admin.command("setParameter", 1, notablescan=False)


async def test_given_a_database_that_refuses_to_scan_then_time_still_passes(
    room: Room, case_no: str, strict: None
) -> None:
    del strict
    await at_review(room, case_no)
    await room.set_clock(at("2026-10-09", "12:00"))
    await wait_until(lambda: _overdue(room, case_no))
    status = (await room.service.get("/status")).json()
    assert status["backlog"]["timers-due"] == 0
    assert None not in status["backlog"].values()


async def _overdue(room: Room, case_no: str) -> bool:
    await room.settled()
    return any(each["type"] == "guihua.workflow.timer.overdue.v1" for each in await room.history(case_no))


@pytest.fixture
async def watched(servers: Office) -> AsyncIterator[None]:
    """The database notes how it answers each question of the service."""
    await servers.mongo[_WORKFLOW].create_collection("system.profile", capped=True, size=_ROOM)
    await servers.mongo[_WORKFLOW].command("profile", 2)
    yield
    await servers.mongo[_WORKFLOW].command("profile", 0)
    await servers.mongo[_WORKFLOW].drop_collection("system.profile")


async def _plans(servers: Office) -> list[dict[str, Any]]:
    """How questions about cases were answered so far."""
    asked = {"ns": f"{_WORKFLOW}.instances", "planSummary": {"$exists": True}}
    found: list[dict[str, Any]] = await servers.mongo[_WORKFLOW]["system.profile"].find(asked).to_list(None)
    return found


@pytest.mark.parametrize(
    ("who", "path"),
    [(HANDLER, "/tasks"), (HANDLER, "/tasks?everyone=true"), (HEAD, "/tasks?everyone=true"), (LEADER, "/tasks")],
    ids=["own", "of the department", "of everybody", "of a leader"],
)
async def test_given_a_list_of_tasks_then_it_is_read_off_an_index_in_its_order(
    room: Room, servers: Office, case_no: str, watched: None, who: Any, path: str
) -> None:
    del watched
    await at_review(room, case_no)
    asked_before = len(await _plans(servers))
    shown = (await room.have(who, path))["tasks"]
    assert (case_no in [task["case_no"] for task in shown]) == (who is not LEADER)
    [plan] = [
        each for each in (await _plans(servers))[asked_before:] if "body.urgent_on" in each["command"].get("sort", {})
    ]
    assert plan["planSummary"].startswith("IXSCAN"), plan
    assert not plan.get("hasSortStage"), plan


async def test_given_what_one_has_done_then_it_is_listed_for_oneself_alone_and_read_off_an_index(
    room: Room, servers: Office, case_no: str, watched: None
) -> None:
    del watched
    await at_review(room, case_no)
    await room.complete(case_no, "Review", HANDLER, **REVIEW)
    asked_before = len(await _plans(servers))
    done = (await room.have(HANDLER, "/tasks/done"))["tasks"]
    plans = [each for each in (await _plans(servers))[asked_before:] if "body.closed.person" in str(each["command"])]
    assert [(each["planSummary"][:6], bool(each.get("hasSortStage"))) for each in plans] == [("IXSCAN", False)]
    [review] = [task for task in done if task["case_no"] == case_no]
    assert (review["element"], review["undone"], review["overdue_workdays"]) == ("Review", False, 0)
    others = await room.have(LEADER, "/tasks/done")
    assert case_no not in [task["case_no"] for task in others["tasks"]]


async def test_given_a_list_in_pages_when_cases_leave_it_meanwhile_then_no_other_is_missed_or_shown_twice(
    room: Room, servers: Office, watched: None
) -> None:
    del watched
    for _ in range(6):
        await at_review(room, room.new_case_no())
    everything = await _pages(room, limit=200)
    whole = everything[0]
    assert (len(everything), len(whole) >= 6) == (1, True)
    asked_before = len(await _plans(servers))
    assert [case for page in await _pages(room, limit=2) for case in page] == whole
    plans = [each for each in (await _plans(servers))[asked_before:] if "sort" in each["command"]]
    assert len(plans) > len(whole) // 2
    assert [each for each in plans if not each["planSummary"].startswith("IXSCAN") or each.get("hasSortStage")] == []
    first = await room.have(HANDLER, "/tasks?limit=2")
    await room.complete(whole[0], "Review", HANDLER, **REVIEW)
    assert [case for page in await _pages(room, limit=2, after=first["next"]) for case in page] == whole[2:]
    by_count = await room.have(HANDLER, "/tasks?limit=2&after=1")  # as earlier releases gave it
    assert [task["case_no"] for task in by_count["tasks"]] == whole[2:4]
    assert (await room.ask(HANDLER, "GET", "/tasks?after=2026-09-21")).json()["code"] == "cursor-unreadable"


async def _pages(room: Room, *, limit: int, after: str | None = None) -> list[list[str]]:
    """The cases of the officer's list, page by page."""
    pages: list[list[str]] = []
    while True:
        page = await room.have(HANDLER, f"/tasks?limit={limit}" + (f"&after={after}" if after else ""))
        pages.append([task["case_no"] for task in page["tasks"]])
        if (after := page["next"]) is None:
            return pages


async def test_given_a_task_when_it_is_shown_and_completed_then_no_question_reads_more_than_it_needs(
    room: Room, servers: Office, case_no: str, watched: None
) -> None:
    del watched
    await at_review(room, case_no)
    step = await room.step(case_no, "Review")
    await room.have(HANDLER, f"/tasks/{step['task_id']}")
    await room.complete(case_no, "Review", HANDLER, opinion="同意", officers=["u.a", "u.b"])
    await room.settled()
    plans = await _plans(servers)
    assert plans
    assert [each for each in plans if not each["planSummary"].startswith(_BY_INDEX)] == []
    about_one = [each for each in plans if each["op"] == "query" and case_no in str(each["command"])]
    assert all(each["docsExamined"] <= 1 for each in about_one)


async def test_given_figures_and_a_preview_of_a_migration_then_they_read_the_cases_of_the_process_by_index(
    room: Room, servers: Office, case_no: str, watched: None
) -> None:
    del watched
    await at_review(room, case_no)
    changed = await room.deploy(bundle() | {"forms/lead.json": bundle()["forms/lead.json"] + " "}, activate=False)
    asked_before = len(await _plans(servers))
    assert (await room.have(LEADER, "/analytics/small-permit"))["cases"] > 0
    path = "/definitions/small-permit/migrations/preview"
    assert (await room.ask(IT, "POST", path, {"to_version": changed["version"]})).is_success
    plans = (await _plans(servers))[asked_before:]
    commands = {next(iter(each["command"])) for each in plans}
    assert commands >= {"aggregate", "find"}
    assert [each for each in plans if not each["planSummary"].startswith(_BY_INDEX)] == []
    assert not any(each.get("hasSortStage") for each in plans if "find" in each["command"])


async def test_given_cases_stored_before_lists_were_indexed_then_they_are_on_the_lists_after_a_start(
    room: Room, servers: Office, case_no: str
) -> None:
    await at_review(room, case_no)
    await room.kill()
    stored = servers.mongo[_WORKFLOW].instances
    await stored.update_many({}, {"$unset": {"body.desks": "", "body.urgent_on": ""}})
    await room.start_again()
    assert case_no in [task["case_no"] for task in (await room.have(HANDLER, "/tasks?limit=200"))["tasks"]]
    assert await stored.count_documents({"body.desks": None}) == 0
