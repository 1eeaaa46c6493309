"""From a consultation, or a case that ended, a new application is made with nothing typed twice (A-05, A-07)."""

import re
from http import HTTPStatus

from tests.console.office import Office
from tests.console.playing import APPLICATION, received, work
from tests.support.wait import wait_until

_FIELD = re.compile(r'name="([^"]+)" type="[^"]+" value="([^"]*)"')
_CHECKED = re.compile(r'name="got\.([^"]+)" value="1" checked')
WHERE = "/desk/new/PT05/landscape"


async def test_given_a_case_that_ended_then_a_new_application_holds_what_was_typed_and_one_click_registers_it(
    console: Office,
) -> None:
    facts = {"location": "后西街"}
    number = (await received(console.api, title="后西街咨询过的方案", facts=facts))["case_no"]
    await work(console.api, number, "Task_AcceptanceCheck", "u.accept", decision="not_accepted")

    async def is_over() -> bool:
        case = await console.api.call("GET", "intake", f"/cases/{number}", who="u.window")
        return bool(case["status"] == "ended")

    await wait_until(is_over, within=60)
    async with console.signed_in("u.window") as desk:
        assert f'href="/desk/new?from={number}"' in (await desk.get(f"/cases/{number}")).text
        assert f"{WHERE}?from={number}" in (await desk.get("/desk/new", **{"from": number})).text
        page = (await desk.get(WHERE, **{"from": number})).text
        fields = {name: value for name, value in _FIELD.findall(page) if value}
        applicant = APPLICATION["applicant"]
        told = (fields["name"], fields["id_no"], fields["phone"], fields["agent_id_no"])
        assert told == (applicant["name"], applicant["id_no"], applicant["phone"], applicant["agent"]["id_no"])
        assert (fields["title"], fields["facts.location"]) == ("后西街咨询过的方案", "后西街")
        ticked = {f"originals.{code}": "1" for code in _CHECKED.findall(page)}
        assert ticked
        key = re.search(r'name="key" value="([^"]+)"', page)
        assert key
        receipt = await desk.post(WHERE, key=key[1], kind=applicant["kind"], **(fields | ticked))
        assert receipt.status_code == HTTPStatus.SEE_OTHER, receipt.text
        new = re.search(r"\d{14}PT05\d{5}", receipt.headers["location"])
        assert new
        case = await console.api.call("GET", "intake", f"/cases/{new[0]}", who="u.window")
        assert (case["facts"]["earlier_case"], new[0] != number) == (number, True)
    async with console.signed_in("u.handler.d06") as desk:
        assert (await desk.get(WHERE, **{"from": number})).status_code == HTTPStatus.FORBIDDEN
