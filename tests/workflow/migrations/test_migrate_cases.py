"""Running cases move to another version over HTTP: what is foretold happens, nothing is lost, there is a way back."""

import asyncio
import re
from collections import Counter
from typing import Any

import pytest

from tests.support.wait import wait_until
from tests.workflow.bundle_support import bundle, diagram, flow, form, item, user_task
from tests.workflow.clock_support import at
from tests.workflow.room import ACCEPT, EXPERTS, HANDLER, HEAD, IT, LEADER, REVIEW, Room

NUMBERS = iter(range(10, 90))
SECOND = user_task("Second", "复核", "P04", "lead", limit_wd="2", warn="80%", result="second")


def drawn(key: str, **changes: str) -> str:
    return diagram(**changes).replace('id="small-permit"', f'id="{key}"')


def with_second(text: str) -> str:
    """A step between the review and the leader."""
    text = text.replace(flow("Experts_", "Lead"), flow("Experts_", "Second") + SECOND + flow("Second", "Lead"))
    return text.replace("Flow_Experts__Lead", "Flow_Experts__Second")


def without_experts(text: str) -> str:
    """No review by experts any more."""
    text = re.sub(r'<bpmn:userTask id="Experts".*?</bpmn:userTask>', "", text)
    text = text.replace(flow("Experts_", "Experts", "review.notice_no != None"), "")
    return text.replace(flow("Experts", "Lead"), "")


class Moving:
    """A process of its own for a test, with cases at its steps."""

    def __init__(self, room: Room) -> None:
        number = next(NUMBERS)
        self.room, self.key, self.code = room, f"moving-{number}", f"PT-{number}"
        self.files = bundle(item_toml=item(key=self.key, code=self.code)) | {"diagram.bpmn": drawn(self.key)}

    async def deploy(self, text: str | None = None, **files: str) -> int:
        own = self.files | ({"diagram.bpmn": text} if text else {}) | files
        version: int = (await self.room.deploy(own))["version"]
        return version

    async def case(self, element: str) -> str:
        """A new case that stands at an element."""
        room, case_no = self.room, self.room.new_case_no()
        await room.set_clock(at("2026-09-16", "15:00"))
        await room.receive(case_no, item_code=self.code)
        await room.step(case_no, "Accept")
        if element == "Accept":
            return case_no
        await room.set_clock(at("2026-09-17", "10:00"))
        await room.complete(case_no, "Accept", ACCEPT, decision="accept")
        if element == "Review":
            return case_no
        notice = {"notice_no": "规特告〔2026〕5号"} if element == "Experts" else {}
        await room.complete(case_no, "Review", HANDLER, **REVIEW, **notice)
        if element in ("Lead", "Experts"):
            return case_no
        await room.complete(case_no, "Lead", LEADER, decision="agree", opinion="同意")
        if element == "Number":
            return case_no
        await room.answer_outside(case_no, {"certificate_no": "512000GG0000001"})
        await room.step(case_no, "Deliver")
        return case_no

    async def foretold(self, to: int, **plan: object) -> dict[str, tuple[str, list[str]]]:
        """Verdict and codes of the reasons for every case."""
        answer = await self.room.ask(
            IT, "POST", f"/definitions/{self.key}/migrations/preview/cases", {"to_version": to, **plan}
        )
        assert answer.is_success, answer.text
        found = answer.json()["cases"]
        return {each["case_no"]: (each["verdict"], [why["code"] for why in each["reasons"]]) for each in found}

    async def start(self, to: int, **plan: object) -> str:
        entry = {"to_version": to, "reason": "规则更新", **plan}
        answer = await self.room.ask(IT, "POST", f"/definitions/{self.key}/migrations", entry)
        assert answer.status_code == 201, answer.text
        migration_id: str = answer.json()["migration_id"]
        return migration_id

    async def ended(self, migration_id: str, status: str = "done") -> dict[str, Any]:
        async def there() -> dict[str, Any] | None:
            found: dict[str, Any] = await self.room.have(IT, f"/migrations/{migration_id}")
            return found if found["status"] == status else None

        found = await wait_until(there)
        assert found is not None
        return found

    async def came_to(self, migration_id: str) -> dict[str, tuple[str, list[str]]]:
        found = (await self.room.have(IT, f"/migrations/{migration_id}/cases"))["cases"]
        return {each["case_no"]: (each["outcome"], [why["code"] for why in each["reasons"]]) for each in found}


ELEMENTS = ("Accept", "Review", "Experts", "Lead", "Number", "Deliver")


async def _cases(moving: Moving) -> dict[str, str]:
    return {element: await moving.case(element) for element in ELEMENTS}


async def test_given_cases_at_every_step_when_one_is_inserted_then_the_preview_is_what_happens(room: Room) -> None:
    moving = Moving(room)
    await moving.deploy()
    cases = await _cases(moving)
    two = await moving.deploy(with_second(drawn(moving.key)))
    foretold = await moving.foretold(two)
    affected = {"Accept": "moves", "Review": "moves", "Experts": "unaffected", "Lead": "unaffected"}
    assert {element: foretold[case][0] for element, case in cases.items()} == affected | {
        "Number": "unaffected",
        "Deliver": "unaffected",
    }
    before = {case: await room.have(HEAD, f"/cases/{case}") for case in cases.values()}
    report = await moving.ended(await moving.start(two))
    came = await moving.came_to(report["migration_id"])
    assert {case: {"moved": "moves"}.get(each[0], each[0]) for case, each in came.items()} == {
        case: each[0] for case, each in foretold.items()
    }
    assert (report["total"], report["outcomes"]["moved"], report["outcomes"]["unaffected"]) == (6, 2, 4)
    town = IT.model_copy(update={"code": "u.it.t01", "department": "T01", "township": True})
    assert (await room.have(town, f"/migrations/{report['migration_id']}/cases"))["cases"] == []
    for case in cases.values():
        after = await room.have(HEAD, f"/cases/{case}")
        kept = ("steps", "clocks", "status", "next_due_at")
        assert {name: after[name] for name in kept} == {name: before[case][name] for name in kept}
    await room.complete(cases["Accept"], "Accept", ACCEPT, decision="accept")
    for case in (cases["Accept"], cases["Review"]):
        await room.complete(case, "Review", HANDLER, **REVIEW)
        await room.complete(case, "Second", HANDLER, decision="agree", opinion="复核无误")
        await room.step(case, "Lead")
    [said] = await room.heard(cases["Review"], "case.migrated")
    assert (said["from_version"], said["to_version"], said["reverted"], said["migrated_by"]) == (1, 2, False, "u.it")


async def test_given_a_removed_step_then_its_cases_need_a_mapping_and_move_with_one(room: Room) -> None:
    moving = Moving(room)
    await moving.deploy()
    cases = await _cases(moving)
    two = await moving.deploy(without_experts(drawn(moving.key)))
    foretold = await moving.foretold(two)
    assert foretold[cases["Experts"]] == ("needs-mapping", ["gone"])
    assert foretold[cases["Lead"]] == ("unaffected", [])
    mapped = await moving.foretold(two, mapping={"Experts": "Lead"})
    assert mapped[cases["Experts"]] == ("moves", [])
    wrong = {"to_version": two, "mapping": {"Experts": "Nowhere", "Never": "Lead"}}
    refused = await room.ask(IT, "POST", f"/definitions/{moving.key}/migrations/preview", wrong)
    assert (refused.status_code, refused.json()["code"]) == (422, "mapping-invalid")
    assert [error["where"] for error in refused.json()["errors"]] == ["body.mapping.Experts", "body.mapping.Never"]
    first = await moving.ended(await moving.start(two))
    assert first["outcomes"]["needs-mapping"] == 1
    was = await room.step(cases["Experts"], "Experts")
    await moving.ended(await moving.start(two, mapping={"Experts": "Lead"}))
    now = await room.step(cases["Experts"], "Lead")
    assert (now["task_id"], now["post"]) == (was["task_id"], "P09")
    assert (await room.ask(EXPERTS, "POST", f"/tasks/{now['task_id']}/complete", {"answers": {}})).status_code in (
        403,
        404,
    )
    await room.complete(cases["Experts"], "Lead", LEADER, decision="agree", opinion="同意")
    preview = await room.ask(IT, "POST", f"/definitions/{moving.key}/migrations/preview", {"to_version": two})
    assert preview.json()["verdicts"] == {"unaffected": 3, "moves": 0, "needs-mapping": 0, "blocked": 0}


async def test_given_more_cases_than_one_preview_looks_at_then_it_tells_where_to_read_on_and_nothing_is_counted_twice(
    room: Room,
) -> None:
    moving = Moving(room)
    await moving.deploy()
    for element in ("Accept", "Review", "Review", "Experts", "Lead"):
        await moving.case(element)
    two = await moving.deploy(without_experts(drawn(moving.key)))
    path, entry = f"/definitions/{moving.key}/migrations/preview", {"to_version": two}
    whole = (await room.ask(IT, "POST", path, entry)).json()
    assert (whole["total"], whole["running"], whole["next"]) == (5, 5, None)

    counted: Counter[str] = Counter()
    pages, after = 0, ""
    while after is not None:
        page = (await room.ask(IT, "POST", f"{path}?limit=2{after}", entry)).json()
        counted.update(page["verdicts"])
        assert (page["total"], page["running"]) == (min(2, 5 - 2 * pages), 5)
        pages, after = pages + 1, page["next"] and f"&after={page['next']}"
    assert (pages, counted) == (3, whole["verdicts"])


async def test_given_claims_and_drafts_and_running_timers_then_they_survive_and_a_new_timer_is_armed(
    room: Room,
) -> None:
    moving = Moving(room)
    await moving.deploy()
    case = await moving.case("Accept")
    step = await room.step(case, "Accept")
    assert (await room.ask(ACCEPT, "POST", f"/tasks/{step['task_id']}/claim")).is_success
    draft = await room.ask(
        ACCEPT, "PUT", f"/tasks/{step['task_id']}/draft", {"version": 0, "answers": {"decision": "accept"}}
    )
    assert draft.is_success, draft.text
    other = form(("decision",), decision={"type": "string", "enum": ["accept", "refuse"], "title": "受理决定"})
    two = await moving.deploy(
        drawn(moving.key).replace("5)\n</bpmn:timeDate>", "9)\n</bpmn:timeDate>"), **{"forms/acceptance.json": other}
    )
    await moving.ended(await moving.start(two))
    after = await room.step(case, "Accept")
    assert (after["task_id"], after["assignee"]) == (step["task_id"], "u.accept")
    kept = await room.have(ACCEPT, f"/tasks/{step['task_id']}")
    assert kept["form"]["properties"]["decision"]["title"] == "受理决定"
    draft = await room.have(ACCEPT, f"/tasks/{step['task_id']}/draft")
    assert draft["answers"] == {"decision": "accept"}
    await room.set_clock(at("2026-09-24", "09:00"))
    await wait_until(lambda: room.heard(case, "case.accepted"))
    assert [said["element"] for said in await room.heard(case, "timer.fired")] == ["Silent"]


async def test_given_a_migration_taken_back_then_cases_that_stand_still_return_and_the_others_stay(room: Room) -> None:
    moving = Moving(room)
    await moving.deploy()
    still, gone = await moving.case("Review"), await moving.case("Review")
    step = await room.step(still, "Review")
    two = await moving.deploy(with_second(drawn(moving.key)).replace("承办审查", "承办复审"))
    migration = await moving.start(two)
    await moving.ended(migration)
    assert (await room.step(still, "Review"))["name"] == "承办复审"
    assert (await room.ask(HANDLER, "POST", f"/tasks/{step['task_id']}/claim")).is_success
    await room.complete(gone, "Review", HANDLER, **REVIEW)
    answer = await room.ask(IT, "POST", f"/migrations/{migration}/revert")
    assert answer.is_success, answer.text
    back = await moving.ended(migration, "reverted")
    assert (back["outcomes"]["reverted"], back["outcomes"]["moved-on"]) == (1, 1)
    now = await room.step(still, "Review")
    assert (now["name"], now["task_id"], now["assignee"]) == ("承办审查", step["task_id"], "u.handler.d06")
    await room.complete(still, "Review", HANDLER, **REVIEW)
    await room.step(still, "Lead")
    await room.step(gone, "Second")
    assert [said["reverted"] for said in await room.heard(still, "case.migrated")] == [False, True]
    again = await room.ask(IT, "POST", f"/migrations/{migration}/pause")
    assert (again.status_code, again.json()["code"]) == (409, "migration-status")


async def test_given_an_open_incident_then_the_case_is_blocked_and_stays_as_it_is(room: Room) -> None:
    moving = Moving(room)
    await moving.deploy()
    case = await moving.case("Review")
    step = await room.step(case, "Review")
    bad = {**REVIEW, "notice_no": ""}
    refused = await room.ask(HANDLER, "POST", f"/tasks/{step['task_id']}/complete", {"answers": bad})
    assert refused.status_code in (409, 422)
    lost = without_experts(drawn(moving.key)).replace('camunda:candidateGroups="P04"', 'camunda:candidateGroups="P08"')
    two = await moving.deploy(lost)
    foretold = await moving.foretold(two)
    came = await moving.ended(await moving.start(two))
    verdict = foretold[case][0]
    assert came["outcomes"]["moved" if verdict == "moves" else verdict] == 1
    after = await room.step(case, "Review")
    assert (after["post"], after["department"]) == ("P08", "D04")
    [step] = (await room.heard(case, "case.migrated"))[0]["steps"]
    assert (step["desk_moved"], step["post"], step["kind"], step["quick_approval"]) == (True, "P08", "human", False)


async def test_given_a_completion_and_a_migration_at_once_then_both_take_effect_in_turn_or_one_is_told(
    room: Room,
) -> None:
    moving = Moving(room)
    await moving.deploy()
    cases = [await moving.case("Review") for _ in range(6)]
    steps = [await room.step(case, "Review") for case in cases]
    two = await moving.deploy(with_second(drawn(moving.key)))

    async def complete(task_id: str) -> int:
        answer = await room.ask(HANDLER, "POST", f"/tasks/{task_id}/complete", {"answers": REVIEW})
        return answer.status_code

    migration, *codes = await asyncio.gather(moving.start(two), *(complete(step["task_id"]) for step in steps))
    await moving.ended(migration)
    came = await moving.came_to(migration)
    for case, code in zip(cases, codes, strict=True):
        shown = await room.have(HEAD, f"/cases/{case}")
        [now] = [step["element"] for step in shown["steps"]]
        outcome = came.get(case, ("unaffected", []))[0]
        assert (code, outcome, now) in {
            (200, "moved", "Second"),  # moved first, then completed under the new version
            (200, "unaffected", "Lead"),  # completed first: nothing that differs lies ahead
            (409, "moved", "Review"),  # told that somebody was faster
        }, (code, outcome, now)


async def test_given_a_paused_migration_then_no_case_moves_until_it_is_resumed(room: Room) -> None:
    moving = Moving(room)
    await moving.deploy()
    await moving.case("Review")
    two = await moving.deploy(with_second(drawn(moving.key)))
    first = await moving.start(two)
    paused = await room.ask(IT, "POST", f"/migrations/{first}/pause")
    assert paused.status_code in (200, 409)
    if paused.status_code == 200:
        second = await room.ask(
            IT, "POST", f"/definitions/{moving.key}/migrations", {"to_version": two, "reason": "再来一次"}
        )
        assert (second.status_code, second.json()["code"]) in {(409, "migration-under-way"), (201, None)}
        await room.ask(IT, "POST", f"/migrations/{first}/resume")
    report = await moving.ended(first)
    assert report["outcomes"]["moved"] == 1


@pytest.mark.parametrize("path", ["", "/preview", "/preview/cases"])
async def test_given_no_it_staff_or_an_unknown_version_then_nothing_is_told(room: Room, path: str) -> None:
    moving = Moving(room)
    await moving.deploy()
    entry = {"to_version": 7, **({} if path else {"reason": "x"})}
    address = f"/definitions/{moving.key}/migrations{path}"
    assert (await room.ask(HANDLER, "POST", address, entry)).status_code == 403
    assert (await room.ask(IT, "POST", address, entry)).status_code == 404
    assert (await room.ask(IT, "GET", "/migrations/M20260101-00000000")).status_code == 404


async def test_given_a_power_cut_in_the_middle_then_the_migration_goes_on_and_each_case_has_moved_once(
    room: Room,
) -> None:
    moving = Moving(room)
    await moving.deploy()
    await room.set_clock(at("2026-09-16", "15:00"))
    cases = [room.new_case_no() for _ in range(30)]
    for case in cases:
        await room.receive(case, item_code=moving.code)
    for case in cases:
        await room.step(case, "Accept")
    two = await moving.deploy(with_second(drawn(moving.key)))
    migration = await moving.start(two)
    await room.kill()
    await room.start_again()
    report = await moving.ended(migration)
    assert (report["outcomes"]["moved"], report["outcomes"]["planned"], report["total"]) == (30, 0, 30)
    for case in cases:
        assert len(await room.heard(case, "case.migrated")) == 1
    await room.complete(cases[0], "Accept", ACCEPT, decision="accept")
    await room.complete(cases[0], "Review", HANDLER, **REVIEW)
    await room.step(cases[0], "Second")
