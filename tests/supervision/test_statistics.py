"""Statistics are counted from records as of a day (docs/domain.md §5.7): rates, days, pauses, stages, inspections."""

import csv
import io
import random
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from services.contracts.events import Said
from services.contracts.words import HoldGround, Role
from services.kernel.identity import Person, Tokens, create_keypair
from services.kernel.worktime import Calendar
from services.supervision.statistics.facts import CaseFact, note
from services.supervision.statistics.figures import efficiency, percentile
from services.supervision.statistics.models import Statistics
from services.supervision.statistics.periods import Period, PeriodReversed
from services.supervision.statistics.sheets import rows, sheet
from tests.supervision import counting as said
from tests.supervision.projecting import ONES, PLAN
from tests.support.office import Office
from tests.support.process import process
from tests.support.voice import voice
from tests.support.wait import wait_until

SUPERVISOR = Person(code="u.supervisor", name="孔某", roles=frozenset({Role.SUPERVISOR}), department="D02")
CHIEF = Person(code="u.chief.d07", name="某", roles=frozenset({Role.SECTION_CHIEF}), department="D07")
HEAD = Person(code="u.head", name="张某", roles=frozenset({Role.BUREAU_HEAD}), department="D00")
STRANGER = Person(code="u.chief.d10", name="某", roles=frozenset({Role.SECTION_CHIEF}), department="D10")
CASE = "51200020170306PT05000{:02}"
AS_OF = "2017-05-09"


@pytest.mark.parametrize(
    ("counts", "median", "ninety"),
    [({}, None, None), ({3: 1}, 3, 3), ({1: 5, 2: 4, 9: 1}, 1, 2), ({1: 1, 2: 1, 3: 1, 4: 1}, 2, 4)],
)
def test_given_counted_days_then_the_percentile_is_the_smallest_value_not_exceeded(
    counts: dict[int, int], median: int | None, ninety: int | None
) -> None:
    assert (percentile(counts, 50), percentile(counts, 90)) == (median, ninety)


def test_given_cases_then_days_are_working_days_without_those_held() -> None:
    """Accepted on 2017-03-31, decided on 04-06: 04-01 was a worked Saturday, 04-02 to 04-04 a holiday."""
    row = {"_id": {"start": "2017-03-31", "end": "2017-04-06", "held": 1, "late": False}, "count": 2}
    late = {"_id": {"start": "2017-03-31", "end": "2017-04-07", "held": 0, "late": True}, "count": 1}
    line = efficiency("PT05", "建设工程", [row, late], Calendar.builtin())
    assert (line.finished, line.on_time, line.overdue, line.on_time_rate) == (3, 2, 1, 0.6667)
    assert (line.average_workdays, line.median_workdays, line.p90_workdays) == (2.67, 2, 4)


def test_given_nothing_then_rates_are_unknown_and_not_nought() -> None:
    line = efficiency("all", "全部", [], Calendar.builtin())
    assert (line.finished, line.on_time_rate, line.average_workdays, line.median_workdays) == (0, None, None, None)


def test_given_the_events_of_a_case_in_any_order_and_twice_then_the_facts_are_the_same() -> None:
    case, day = CASE.format(1), date(2017, 3, 6)
    events: list[Said] = [
        said.received(case, day),
        said.accepted(case, day),
        said.stopped(case, day, date(2017, 3, 8)),
        said.completed(case, date(2017, 3, 8), saved_workdays=1, channel="link", answers={"fee": 1}),
        said.held(case, date(2017, 3, 9)),
        said.resumed(case, date(2017, 3, 14), 3),
        said.decided(case, date(2017, 3, 16), overdue=1),
    ]
    facts = set()
    for seed in range(20):
        told = [(f"e{number}", event) for number, event in enumerate([*events, *events])]
        told = [
            (name if number < len(events) else f"e{number - len(events)}", event)
            for number, (name, event) in enumerate(told)
        ]
        random.Random(seed).shuffle(told)  # noqa: S311 - an order to try
        fact = CaseFact(case_no=case)
        for name, event in told:
            fact = note(fact, event, name)
        facts.add(fact.model_dump_json())
    assert len(facts) == 1
    [fact] = [CaseFact.model_validate_json(each) for each in facts]
    assert (fact.received_on, fact.decided_on, fact.promised_overdue, fact.held_workdays, fact.fees) == (
        day,
        date(2017, 3, 16),
        1,
        3,
        1,
    )
    assert [(step.started_on, step.completed_on) for step in fact.steps] == [(day, date(2017, 3, 8))]
    assert {hold.ground for hold in fact.holds} == {HoldGround.EXPERT_REVIEW}


def test_given_a_period_backwards_then_it_is_refused_and_by_default_it_is_the_year() -> None:
    today = date(2017, 5, 9)
    assert Period.of(None, None, today=today, scope={}) == Period(date(2017, 1, 1), today, {})
    with pytest.raises(PeriodReversed):
        Period.of(today, today - timedelta(days=1), today=today, scope={})
    longest = Period.of(date.min, date.max, today=today, scope={})
    assert longest.end.year == 9000, "a computer's calendar has an end"


class Room:
    """The running service, and what the other services say to it."""

    def __init__(self, url: str, tokens: Tokens) -> None:
        self._url, self._tokens = url, tokens

    async def ask(
        self, who: Person, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._tokens.issue(who)}"} | (headers or {})
        async with httpx.AsyncClient(base_url=self._url, timeout=30) as client:
            return await client.request(method, path, json=body, headers=headers)

    async def do(self, who: Person, path: str, body: object) -> Any:
        answer = await self.ask(who, "POST", path, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def statistics(self, who: Person = SUPERVISOR, **query: str) -> Any:
        asked = "&".join(f"{name}={value}" for name, value in ({"as_of": AS_OF} | query).items())
        return (await self.ask(who, "GET", f"/statistics?{asked}")).raise_for_status().json()


@pytest.fixture(scope="module")
async def room(servers: Office, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Room]:
    """One running service for the tests of this file, which only add records of their own."""
    await servers.empty()
    folder = tmp_path_factory.mktemp("statistics")
    private, public = create_keypair(folder)
    environment = servers.settings_of("supervision") | {
        "GUIHUA_HTTP_PORT": "0",
        "GUIHUA_JWT_PUBLIC_KEY_FILE": str(public),
        "GUIHUA_CLOCK": "frozen:2017-05-09T16:00:00+08:00",
    }
    async with (
        voice(servers, "workflow") as workflow,
        voice(servers, "intake") as intake,
        process("services.supervision", environment, folder / "supervision.log") as service,
    ):
        here = Room((await service.serving()).url, Tokens(private))
        town = said.received(CASE.format(3), date(2017, 4, 5), item="PT06", township="T01", department="D08")
        others = [said.received(CASE.format(number), date(2017, 3, 6)) for number in (1, 2, 4)]
        await intake.say(*others, town)
        await workflow.say(*said.cases(CASE))

        async def heard() -> bool:
            status = (await service.get("/status")).json()
            return not any((status["lag"] or {"": 1}).values())

        await wait_until(heard, within=60)
        yield here


async def test_given_decided_cases_then_rates_and_days_are_those_of_the_records(room: Room) -> None:
    found = await room.statistics()
    assert (found["cases"]["finished"], found["cases"]["on_time"], found["cases"]["on_time_rate"]) == (3, 2, 0.6667)
    [item] = [line for line in found["items"] if line["key"] == "PT05"]
    assert (item["finished"], item["average_workdays"], item["p90_workdays"]) == (2, 7.5, 10)
    assert [(line["key"], line["finished"]) for line in found["departments"]] == [("D06", 2), ("D08", 1)]
    [step] = [line for line in found["steps"] if line["name"].startswith("经办审查")]
    assert (step["finished"], step["overdue"], step["median_workdays"]) == (2, 1, 2)
    assert [(line["key"], line["finished"]) for line in found["trend"]] == [
        ("2017-03", 1),
        ("2017-04", 1),
        ("2017-05", 1),
    ]
    assert [(one["case_no"], one["overdue_workdays"]) for one in found["worst"]] == [(CASE.format(2), 2)]
    assert (found["saved_workdays"], found["correction_rounds"], found["corrected_cases"]) == (1, 1, 1)
    assert [(one["key"], one["count"], one["workdays"]) for one in found["pauses"]] == [("expert_review", 1, 3)]
    assert [(one["key"], one["rural_permit"], one["total"]) for one in found["townships"]] == [("T01", 1, 1)]
    assert found["six_zeros"]["obstacles_overdue_steps"] == 1
    assert found["six_zeros"]["distance_remote_decisions"] == 1


async def test_given_an_earlier_day_then_what_happened_later_does_not_count(room: Room) -> None:
    early = await room.statistics(as_of="2017-04-01")
    assert (early["cases"]["finished"], early["correction_rounds"], early["worst"]) == (1, 0, [])
    later = await room.statistics(as_of="2017-05-10")
    assert later["cases"]["finished"] == 4
    assert (await room.statistics(since="2017-04-01", as_of="2017-04-30"))["cases"]["finished"] == 1
    reversed_days = await room.ask(SUPERVISOR, "GET", "/statistics?since=2017-05-09&as_of=2017-05-01")
    assert (reversed_days.status_code, reversed_days.json()["code"]) == (422, "period-reversed")


async def test_given_another_department_then_its_chief_counts_its_own_cases_alone(room: Room) -> None:
    found = await room.statistics(STRANGER)
    assert (found["cases"]["finished"], found["steps"], found["worst"]) == (0, [], [])


async def test_given_the_file_then_it_holds_the_same_numbers_as_the_answer(room: Room) -> None:
    found = Statistics.model_validate(await room.statistics())
    answer = await room.ask(SUPERVISOR, "GET", f"/statistics.csv?as_of={AS_OF}")
    assert answer.headers["content-type"].startswith("text/csv")
    [header, *lines] = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert header == ["section", "key", "name", "measure", "value"]
    told = [["" if cell is None else str(cell) for cell in row] for row in rows(found)]
    assert [line for line in lines if line[0] != "counted_at"] == [row for row in told if row[0] != "counted_at"]


def test_given_a_title_that_a_spreadsheet_would_take_for_a_formula_then_it_stays_a_text() -> None:
    assert "'=cmd" in sheet(said.statistics(title="=cmd|' /C calc'!A0"))


def inspection(on: str, *departments: str, campaign: str | None = None, findings: int = 0) -> dict[str, Any]:
    return {
        "on": on,
        "method": "special",
        "domain": "efficiency",
        "duty": "D7",
        "campaign": campaign,
        "departments": departments,
        "note": "专题学习讨论期间督查",
        "findings": [
            {"department": departments[0], "matter": f"事项{number}", "due_on": "2017-05-31"}
            for number in range(findings)
        ],
    }


async def test_given_inspections_of_a_campaign_then_what_they_led_to_is_counted_and_nothing_else(room: Room) -> None:
    before = (await room.statistics())["supervision"]
    campaign = "转作风专题"
    for body in (
        inspection("2017-04-20", "D06", campaign=campaign, findings=2),
        inspection("2017-04-25", "D08", campaign=campaign, findings=1),
        inspection("2017-05-02", "D05"),
    ):
        await room.do(SUPERVISOR, "/inspections", body)
    ours = (await room.statistics(campaign=campaign))["supervision"]
    assert ours == {"inspections": 2, "notices": 0, "bulletins": 0, "departments": 2, "matters": 3}
    after = (await room.statistics())["supervision"]
    assert (after["inspections"] - before["inspections"], after["matters"] - before["matters"]) == (3, 3)
    tomorrow = await room.ask(SUPERVISOR, "POST", "/inspections", inspection("2017-05-10", "D06"))
    assert (tomorrow.status_code, tomorrow.json()["code"]) == (422, "day-not-past")


async def test_given_matters_of_several_domains_then_each_of_the_five_is_counted_also_with_none(room: Room) -> None:
    def by_key(found: dict[str, Any]) -> dict[str, int]:
        return {each["key"]: each["count"] for each in found["domains"]}

    before = by_key(await room.statistics())
    await room.do(SUPERVISOR, "/inspections", {**inspection("2017-05-04", "D06", findings=2), "domain": "integrity"})
    await room.do(SUPERVISOR, "/inspections", {**inspection("2017-05-04", "D06", findings=1), "domain": "conduct"})
    after = await room.statistics()
    assert len(before) == 5
    assert {key: count - before[key] for key, count in by_key(after).items() if count != before[key]} == {
        "integrity": 2,
        "conduct": 1,
    }
    assert sum(by_key(after).values()) == after["supervision"]["matters"]


async def test_given_the_same_inspection_twice_then_it_is_one_with_its_matters_once(room: Room) -> None:
    body = inspection("2017-05-03", "D07", campaign="重复提交", findings=1)
    headers = {"Idempotency-Key": "inspection-twice"}
    made = [await room.ask(SUPERVISOR, "POST", "/inspections", body, headers) for _ in range(2)]
    assert made[0].json() == made[1].json()
    found = (await room.statistics(campaign="重复提交"))["supervision"]
    assert (found["inspections"], found["matters"]) == (1, 1)


async def activated(room: Room, name: str, stage: str, on: str) -> str:
    entry = {"name": name, "owner": "某业主", "stage": stage, "stage_on": on}
    project = (await room.do(CHIEF, "/projects", entry))["project_id"]
    for body in (ONES, PLAN, {"act": "publish_plan"}):
        await room.do(CHIEF, f"/projects/{project}/work", body)
    await room.do(HEAD, f"/projects/{project}/lead", {"act": "activate"})
    return str(project)


async def test_given_projects_in_four_stages_then_the_equation_holds_as_of_each_day(room: Room) -> None:
    before, day_before = [(await room.statistics(as_of=day))["projects"] for day in (AS_OF, "2017-05-08")]
    park = await activated(room, "天台山公园", "early_intervention", "2017-03-01")
    await activated(room, "康乐公园", "in_progress", "2017-03-01")
    moved = {"act": "move_stage", "stage": "completed", "on": "2017-05-09", "note": "手续办结"}
    await room.do(CHIEF, f"/projects/{park}/work", moved)
    await room.do(CHIEF, "/projects", {"name": "未启动", "owner": "某业主", "stage": "in_progress", "stage_on": AS_OF})
    found = (await room.statistics())["projects"]
    names = ("completed", "in_progress", "completed_followup", "early_intervention")
    assert [found[name] - before[name] for name in (*names, "total", "proposed")] == [1, 1, 0, 0, 2, 1]
    assert found["equation"] == f"{found['total']} = {' + '.join(str(found[name]) for name in names)}"
    assert found["adds_up"]
    assert (await room.statistics(as_of="2017-05-08"))["projects"]["total"] == day_before["total"], "activated later"
    listed = (await room.ask(SUPERVISOR, "GET", "/projects?stage=completed")).json()
    own = [one for one in listed["projects"] if one["project_id"] == park]
    assert [(one["name"], one["tasks"], one["next_due_on"]) for one in own] == [("天台山公园", 2, "2017-05-31")]
    assert (await room.ask(STRANGER, "GET", f"/projects/{park}")).status_code == 404


async def test_given_an_instruction_then_one_click_makes_it_a_supervision_matter_once(room: Room) -> None:
    project = await activated(room, "批示项目", "in_progress", "2017-05-01")
    order = {
        "act": "instruct",
        "text": "月底前定址",
        "department": "D05",
        "person": "u.handler.d05",
        "due_on": "2017-05-31",
    }
    await room.do(HEAD, f"/projects/{project}/lead", order)
    click = {"act": "supervise", "no": 1}
    first = await room.do(HEAD, f"/projects/{project}/lead", click)
    again = await room.do(HEAD, f"/projects/{project}/lead", click)
    matter_id = first["instructions"][0]["matter_id"]
    assert again["instructions"][0]["matter_id"] == matter_id
    matter = (await room.ask(SUPERVISOR, "GET", f"/matters/{matter_id}")).json()
    assert (matter["step"], matter["department"], matter["due_on"]) == ("register", "D05", "2017-05-31")
    assert (await room.ask(CHIEF, "POST", f"/projects/{project}/lead", click)).status_code == 403
