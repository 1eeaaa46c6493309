"""Hearing the other services, on the real broker: read copies, progress, and what the health page counts."""

from datetime import timedelta

from services.contracts.registry import CalendarDay, CalendarPublished
from services.contracts.words import DayKind, StepKind
from services.contracts.workflow import DefinitionRetired
from services.intake.queries import OVERLOOKED
from tests.intake import builders as say
from tests.intake.builders import CLERK, NOW, WORKS, activated
from tests.intake.hall import Hall
from tests.support.wait import wait_until


async def backlog(window: Hall) -> dict[str, int]:
    status: dict[str, dict[str, int]] = (await window.ask("GET", "/status")).json()
    return status["backlog"]


async def test_a_new_version_of_an_item_is_asked_for_from_then_on(window: Hall) -> None:
    faster = WORKS.model_copy(
        update={"situations": (WORKS.situations[0].model_copy(update={"promised_workdays": 2}), WORKS.situations[1])}
    )
    await window.workflow.say(activated(faster, version=2))

    async def is_there() -> bool:
        offer = await window.deps.copies.offer("PT-05")
        return offer is not None and offer.version == 2

    await wait_until(is_there)
    assert (await window.receive(CLERK)).json()["expected_collection_on"] == "2026-11-26"


async def test_a_retired_item_is_not_on_offer_until_it_is_activated_again(window: Hall) -> None:
    retired = DefinitionRetired(
        process_key=activated(WORKS).process_key,
        version=1,
        item_code=WORKS.code,
        retired_at=NOW,
        retired_by="u.it",
        reason="事项取消",
    )
    await window.workflow.say(retired)

    async def is_gone() -> bool:
        return await window.deps.copies.offer(WORKS.code) is None

    await wait_until(is_gone)
    assert (await window.receive(CLERK)).status_code == 422
    await window.workflow.say(activated(WORKS))

    async def is_back() -> bool:
        return await window.deps.copies.offer(WORKS.code) is not None

    await wait_until(is_back)
    assert (await window.receive(CLERK)).status_code == 201


async def test_an_item_whose_cases_begin_without_the_window_is_not_on_offer(window: Hall) -> None:
    internal = activated(WORKS, version=2).model_copy(update={"at_window": False})
    await window.workflow.say(internal)

    async def is_gone() -> bool:
        return await window.deps.copies.offer(WORKS.code) is None

    await wait_until(is_gone)
    assert (await window.receive(CLERK)).status_code == 422


async def test_an_imported_year_moves_the_horizon_and_the_dates(window: Hall) -> None:
    window.clock.set(NOW.replace(month=12, day=24))
    new_year = CalendarDay(day=NOW.date().replace(year=2027, month=1, day=1), kind=DayKind.HOLIDAY, name="元旦")
    await window.registry.say(
        CalendarPublished(
            year=2027, version=1, source="test", days=(new_year,), published_at=NOW, published_by="u.registrar"
        )
    )

    async def is_there() -> bool:
        return (await window.deps.copies.calendar()).horizon.year == 2027

    await wait_until(is_there)
    receipt = (await window.receive(CLERK)).json()
    assert (receipt["expected_collection_on"], receipt["expected_provisional"]) == ("2027-01-06", False)


async def test_a_department_that_gets_a_task_may_see_the_case(window: Hall) -> None:
    number = (await window.receive(CLERK)).json()["case_no"]
    assert (await window.ask("GET", f"/cases/{number}", say.FOREIGN)).status_code == 404
    await window.workflow.say(say.opened(number, department="D08"))

    async def is_seen() -> bool:
        return (await window.ask("GET", f"/cases/{number}", say.FOREIGN)).status_code == 200

    await wait_until(is_seen)


async def test_events_of_processes_without_a_case_are_passed_over(window: Hall) -> None:
    number = (await window.receive(CLERK)).json()["case_no"]
    await window.workflow.say(say.started("DC-2026-0001"), say.started(number))

    async def is_started() -> bool:
        case, _ = await window.deps.cases.load(number)
        return case.progress.started

    await wait_until(is_started)
    assert await window.store.dead_letters.find() == []


async def test_the_health_page_counts_cases_that_fell_through(window: Hall) -> None:
    number = (await window.receive(CLERK)).json()["case_no"]
    assert set((await backlog(window)).values()) == {0}
    await age(window, number, "body.recorded_at")
    assert (await backlog(window))["received-not-started"] == 1
    await window.workflow.say(
        say.started(number), say.ready(number), say.opened(number, kind=StepKind.RECEIVE, name="送达")
    )

    async def is_ready() -> bool:
        case, _ = await window.deps.cases.load(number)
        return case.progress.ready_at is not None and bool(case.open_steps)

    await wait_until(is_ready)
    assert (await backlog(window))["received-not-started"] == 0
    entry = {"receiver_name": "刘某", "receiver_id_no": say.RESIDENT, "signature": "签收"}
    await window.ask("POST", f"/cases/{number}/delivery", CLERK, json=entry)
    await age(window, number, "body.delivery.recorded_at")
    assert (await backlog(window))["delivered-not-noticed"] == 1
    await window.workflow.say(say.completed(number))

    async def is_noticed() -> bool:
        return (await backlog(window))["delivered-not-noticed"] == 0

    await wait_until(is_noticed)


async def age(window: Hall, number: str, field: str) -> None:
    """Let so much wall time have passed that the sweeper looks."""
    long_ago = window.clock.wall() - OVERLOOKED - timedelta(seconds=1)
    await window.office.mongo["guihua_intake"]["cases"].update_one({"_id": number}, {"$set": {field: long_ago}})


async def test_the_whole_story_is_heard_whatever_was_repeated(window: Hall) -> None:
    number = (await window.receive(CLERK)).json()["case_no"]
    story = [said.model_copy(update={"case_no": number}) for said in say.story()]
    lights = [said for said in story if said.TYPE.startswith("guihua.supervision")]
    await window.supervision.say(*lights)
    await window.workflow.say(*(said for said in story if said not in lights))

    async def is_over() -> bool:
        case, _ = await window.deps.cases.load(number)
        return case.progress.ended_at is not None and case.progress.light.value == "red"

    await wait_until(is_over)
    case, _ = await window.deps.cases.load(number)
    assert (case.status.value, case.open_steps, case.holds) == ("ended", (), ())
    assert case.expected_collection_on.isoformat() == "2026-12-09"
