"""撤回申请, 终止办理 on the pages: online, at the window, and by a leader; the case ends and its paper is there."""

import re
from http import HTTPStatus
from typing import Any, Final

from tests.console.office import Office
from tests.console.playing import APPLICATION, received, work
from tests.console.test_desk import hidden
from tests.support.wait import wait_until

_ON_FILE: Final = APPLICATION["applicant"]["agent"]
SIGNED: Final = {"signer_name": _ON_FILE["name"], "signer_id_no": _ON_FILE["id_no"], "signature": "刘某 签名"}
RULED: Final = {
    "ground": "applicant_dissolved",
    "basis": "《某省行政许可实施办法》第三十条",
    "evidence": "注销登记通知书",
    "reason": "申请单位已于本月注销登记。",
}


async def accepted(console: Office) -> dict[str, Any]:
    receipt = await received(console.api)
    await work(console.api, receipt["case_no"], "Task_AcceptanceCheck", "u.accept", decision="accept")
    return receipt


async def papers_of(console: Office, case_no: str, kind: str) -> list[dict[str, Any]]:
    """The documents of a kind of a case that is over."""

    async def there() -> list[dict[str, Any]]:
        found = await console.api.call("GET", "intake", f"/cases/{case_no}/documents", who="u.window")
        return [each for each in found["documents"] if each["kind"] == kind]

    found = await wait_until(there, within=60)
    assert found is not None
    return found


async def open_tasks(console: Office, case_no: str) -> list[str]:
    case = await console.api.call("GET", "workflow", f"/cases/{case_no}", who="u.head")
    return [step["element"] for step in case["steps"]]


async def test_given_number_and_password_when_the_applicant_withdraws_online_then_the_case_ends_with_its_notice(
    console: Office,
) -> None:
    receipt = await accepted(console)
    known = {"case_no": receipt["case_no"], "query_password": receipt["query_password"]}
    async with console.visitor() as client:
        assert f'value="{known["case_no"]}"' in (await client.get("/withdraw", params=known)).text
        unsure = await client.post("/withdraw", data=known)
        assert unsure.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "勾选确认" in unsure.text
        answer = await client.post("/withdraw", data=known | {"confirmed": "yes"})
        assert answer.status_code == HTTPStatus.OK
        assert re.search("撤回申请已登记|申请已经撤回", answer.text)
        (paper,) = await papers_of(console, known["case_no"], "application_withdrawal")
        status = (await client.post("/q", data=known)).text
        assert "申请人撤回" in status
        assert paper["number"] in status
    assert await open_tasks(console, known["case_no"]) == []
    async with console.signed_in("u.handler.d06") as desk:
        page = (await desk.get(f"/cases/{known['case_no']}")).text
        assert "申请人撤回申请，案件终结办理" in page
        assert "/desk/withdraw/" not in page


async def test_given_a_wrong_password_then_the_withdrawal_page_tells_no_more_than_the_lookup(console: Office) -> None:
    known = (await received(console.api))["case_no"]
    unknown = f"{known[:-5]}99998"
    async with console.visitor() as client:
        wrong, nobody = [
            await client.post("/withdraw", data={"case_no": no, "query_password": "AAAAAAAA", "confirmed": "yes"})
            for no in (known, unknown)
        ]
    assert wrong.status_code == nobody.status_code == HTTPStatus.FORBIDDEN
    assert wrong.text.replace(known, "") == nobody.text.replace(unknown, "")


async def test_given_a_signed_request_when_the_clerk_registers_it_then_the_page_says_so_and_keeps_what_was_wrong(
    console: Office,
) -> None:
    case_no = (await accepted(console))["case_no"]
    where = f"/desk/withdraw/{case_no}"
    async with console.signed_in("u.window") as desk:
        assert where in (await desk.get(f"/cases/{case_no}")).text
        key = hidden((await desk.get(where)).text, "key")
        stranger = await desk.post(where, key=key, **(SIGNED | {"signer_name": "何某"}))
        assert stranger.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'value="何某"' in stranger.text
        done = await desk.post(where, key=key, **SIGNED)
        assert done.headers["location"] == f"{where}?said=asked"
        await papers_of(console, case_no, "application_withdrawal")
        assert "申请已经撤回" in (await desk.get(where)).text


async def test_given_a_dissolved_applicant_when_a_leader_terminates_then_the_decision_with_remedies_is_there(
    console: Office,
) -> None:
    case_no = (await accepted(console))["case_no"]
    where = f"/cases/{case_no}/terminate"
    async with console.signed_in("u.handler.d06") as desk:
        assert (await desk.get(where)).status_code == HTTPStatus.FORBIDDEN
    async with console.signed_in("u.leader") as desk:
        assert where in (await desk.get(f"/cases/{case_no}")).text
        key = hidden((await desk.get(where)).text, "key")
        unfounded = await desk.post(where, key=key, **(RULED | {"basis": ""}))
        assert unfounded.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "注销登记通知书" in unfounded.text
        assert (await desk.post(where, key=key, **RULED)).headers["location"] == f"/cases/{case_no}"
        await papers_of(console, case_no, "termination")
        assert "现在不能终止" in (await desk.get(where)).text
    assert await open_tasks(console, case_no) == []
