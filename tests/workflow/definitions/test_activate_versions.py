"""Versions over HTTP: walks before activation, canaries, rolling back, retiring; all of it stays in the history."""

from typing import Any

from tests.workflow.bundle_support import bundle, diagram, form, item
from tests.workflow.clock_support import at
from tests.workflow.room import HANDLER, HEAD, IT, Room

WALK = """
title = "受理审查五日未告知，视为受理"

[case]
situation = "ordinary"
received_on = 2026-09-16
department = "D06"

[[step]]
complete = "Accept"
at = 2026-09-17T10:00:00+08:00
answers = {{ decision = "refuse" }}

[expect]
end = "{end}"
outcome = "not_accepted"
passed = ["Accept", "Refused"]

[[expect.step]]
element = "Accept"
due_on = 2026-09-22
"""


def files(key: str, code: str, *, end: str = "Refused", **replaced: str) -> dict[str, str]:
    drawn = replaced.pop("drawn", diagram()).replace('id="small-permit"', f'id="{key}"')
    own = bundle(diagram_bpmn=drawn, item_toml=replaced.pop("item", item(key=key, code=code)))
    return own | {"walks/refused.toml": WALK.format(end=end)} | replaced


async def _ask(room: Room, method: str, path: str, body: object = None) -> Any:
    answer = await room.ask(IT, method, path, body)
    assert answer.is_success, answer.text
    return answer.json()


async def _version_of(room: Room, case_no: str) -> int:
    await room.step(case_no, "Accept")
    [started] = await room.heard(case_no, "case.started")
    version: int = started["version"]
    return version


async def test_given_a_walk_that_ends_elsewhere_then_activation_is_refused_naming_walk_step_expected_and_got(
    room: Room,
) -> None:
    good = await room.deploy(files("walked", "PT-01"))
    assert (good["version"], good["active"]) == (1, True)
    wrong = files("walked", "PT-01", end="Granted")
    refused = await room.ask(IT, "POST", "/definitions?activate=true", {"files": wrong})
    assert (refused.status_code, refused.json()["code"]) == (422, "walks-failed")
    [error] = refused.json()["errors"]
    assert error["where"] == "walks/refused.toml#expect"
    assert "end = Granted" in error["message"]
    assert "Refused" in error["message"]
    kept = await room.have(IT, "/definitions/walked")
    assert ([each["version"] for each in kept["versions"]], kept["active"]) == ([2, 1], 1)
    again = await room.ask(IT, "POST", "/definitions/walked/versions/2/activate")
    assert again.status_code == 422
    dry = await _ask(room, "POST", "/definitions/walked/versions/2/walks")
    assert dry["failures"] == [
        {"walk": "walks/refused.toml", "step": "expect", "expected": "end = Granted", "got": "Refused"}
    ]


async def test_given_a_diagram_where_a_walk_cannot_go_on_then_the_step_is_named(room: Room) -> None:
    stricter = form(("decision", "opinion"), decision={"enum": ["accept", "refuse"]}, opinion={"type": "string"})
    drawn = diagram().replace('id="Accept" name="受理审查"', 'id="Accept" name="受理初审"')
    sent = files("stricter", "PT-02", drawn=drawn, **{"forms/acceptance.json": stricter})
    refused = await room.ask(IT, "POST", "/definitions?activate=true", {"files": sent})
    [error] = refused.json()["errors"]
    assert error["where"] == "walks/refused.toml#step 1 Accept"
    assert "opinion" in error["message"]
    unreadable = sent | {"walks/refused.toml": "[case]\nsituation = 1\n"}
    refused = await room.ask(IT, "POST", "/definitions?activate=true", {"files": unreadable})
    assert [error["where"] for error in refused.json()["errors"]] == ["walks/refused.toml#case.situation"]


async def test_given_a_rollback_then_new_cases_follow_the_older_version_and_the_reason_is_kept(
    room: Room, case_no: str
) -> None:
    await room.deploy(files("rolled", "PT-03"))
    newer = files(
        "rolled", "PT-03", drawn=diagram(handler_limit="4"), item=item(key="rolled", code="PT-03", promised=8)
    )
    await room.deploy(newer)
    third = await room.deploy(newer | {"notes.md": "not active yet"}, activate=False)
    assert third["version"] == 3
    never = await room.ask(IT, "POST", "/definitions/rolled/rollback", {"version": 3, "reason": "试试"})
    assert (never.status_code, never.json()["code"]) == (409, "version-never-active")
    back = await _ask(room, "POST", "/definitions/rolled/rollback", {"version": 1, "reason": "时限写错"})
    assert (back["active"], back["item"]["situations"][0]["promised_workdays"]) == (1, 7)
    await room.set_clock(at("2026-09-16", "15:00"))
    await room.receive(case_no, item_code="PT-03")
    assert await _version_of(room, case_no) == 1
    changes = await room.have(HEAD, "/definitions/rolled/changes")
    told = [(each["kind"], each["version"], each["was"], each["reason"], each["by"]) for each in changes]
    assert told == [
        ("rolled-back", 1, 2, "时限写错", "u.it"),
        ("activated", 2, 1, "", "u.it"),
        ("activated", 1, None, "", "u.it"),
    ]
    no_reason = await room.ask(IT, "POST", "/definitions/rolled/rollback", {"version": 2, "reason": " "})
    assert no_reason.status_code == 422
    assert (
        await room.ask(HANDLER, "POST", "/definitions/rolled/rollback", {"version": 2, "reason": "x"})
    ).status_code == 403


async def test_given_a_note_when_a_version_is_activated_then_it_stands_in_the_record_of_changes(room: Room) -> None:
    await room.deploy(files("noted", "PT-09"))
    await room.deploy(files("noted", "PT-09") | {"notes.md": "second"}, activate=False)
    await _ask(room, "POST", "/definitions/noted/versions/2/activate", {"reason": "补正时限改为三日"})
    [newest, *_] = await room.have(HEAD, "/definitions/noted/changes")
    assert (newest["kind"], newest["version"], newest["reason"]) == ("activated", 2, "补正时限改为三日")
    blank = await room.ask(IT, "POST", "/definitions/noted/versions/1/activate", {"reason": " "})
    assert blank.status_code == 422


async def test_given_a_retired_process_then_running_cases_go_on_and_new_ones_wait_until_it_is_active_again(
    room: Room, case_no: str
) -> None:
    await room.deploy(files("retiring", "PT-04"))
    await room.set_clock(at("2026-09-16", "15:00"))
    running, late = case_no, room.new_case_no()
    await room.receive(running, item_code="PT-04")
    await room.step(running, "Accept")
    gone = await _ask(room, "POST", "/definitions/retiring/retire", {"reason": "事项取消"})
    assert gone["active"] is None
    await room.receive(late, item_code="PT-04")
    await room.settled()
    assert (await room.have(HEAD, f"/cases/{late}"))["status"] == "waiting"
    assert (await room.have(HEAD, f"/cases/{running}"))["status"] == "running"
    await _ask(room, "POST", "/definitions/retiring/rollback", {"version": 1, "reason": "恢复办理"})
    assert await _version_of(room, late) == 1


async def test_given_a_canary_then_its_share_of_new_cases_follows_it_and_widening_keeps_them(room: Room) -> None:
    await room.deploy(files("tried", "PT-05"))
    await room.deploy(files("tried", "PT-05", drawn=diagram(handler_limit="2")), activate=False)
    await room.set_clock(at("2026-09-16", "15:00"))
    none = await room.ask(IT, "POST", "/definitions/tried/canary/end", {"reason": "没有"})
    assert (none.status_code, none.json()["code"]) == (409, "no-canary")
    started = await _ask(room, "PUT", "/definitions/tried/canary", {"version": 2, "share": 50, "reason": "先试一半"})
    assert (started["active"], started["canary"]["version"], started["canary"]["share"]) == (1, 2, 50)
    cases = [room.new_case_no() for _ in range(24)]
    for case in cases:
        await room.receive(case, item_code="PT-05")
    followed = [await _version_of(room, case) for case in cases]
    assert set(followed) == {1, 2}
    everyone = await _ask(room, "PUT", "/definitions/tried/canary", {"version": 2, "share": 100, "reason": "全部"})
    assert everyone["canary"]["share"] == 100
    one_more = room.new_case_no()
    await room.receive(one_more, item_code="PT-05")
    assert await _version_of(room, one_more) == 2
    elsewhere = {"version": 2, "share": 100, "departments": ["D08"], "reason": "只在一个科室"}
    await _ask(room, "PUT", "/definitions/tried/canary", elsewhere)
    other = room.new_case_no()
    await room.receive(other, item_code="PT-05")
    assert await _version_of(room, other) == 1
    over = await _ask(room, "POST", "/definitions/tried/canary/end", {"reason": "试办结束"})
    assert over["canary"] is None
    kinds = [each["kind"] for each in await room.have(HEAD, "/definitions/tried/changes")]
    assert kinds == ["canary-ended", "canary-set", "canary-set", "canary-set", "activated"]


async def test_given_a_canary_with_other_promises_or_the_active_version_then_it_is_refused(room: Room) -> None:
    await room.deploy(files("promised", "PT-06"))
    other = files("promised", "PT-06", item=item(key="promised", code="PT-06", promised=9))
    await room.deploy(other, activate=False)
    entry = {"version": 2, "share": 10, "reason": "试"}
    refused = await room.ask(IT, "PUT", "/definitions/promised/canary", entry)
    assert (refused.status_code, refused.json()["code"]) == (409, "canary-item-differs")
    refused = await room.ask(IT, "PUT", "/definitions/promised/canary", entry | {"version": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "canary-is-active")
    refused = await room.ask(IT, "PUT", "/definitions/promised/canary", entry | {"share": 101})
    assert refused.status_code == 422
