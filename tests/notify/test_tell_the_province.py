"""The reference adapter against a platform with rules of its own: nothing lost, nothing doubled, every day compared."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.contracts.intake import CaseReceived
from services.contracts.words import Outcome, Role
from services.contracts.workflow import CaseDecided
from services.kernel.identity import Person
from services.notify.exchange.exchange import Exchange
from services.notify.exchange.facts import CHINA
from services.notify.exchange.pushing import compared
from services.notify.exchange.reports import DayReport
from tests.notify.builders import CASE, HANDLER, NOW, accepted, completed
from tests.notify.conftest import Messenger, running
from tests.notify.platform import ANSWER_KEY, APP, KEY, SECRET, Province, province, signed_answer
from tests.notify.providers import Postbox
from tests.support.office import Office
from tests.support.wait import wait_until

IT = Person(code="u.it", name="信某", roles=frozenset({Role.IT_STAFF}), department="D11")
LONG = 60
TASK = "6f0e8f0a5a3c4a0e9d516b1f"


def received(case_no: str = CASE, *, item: str = "PT05", project: str = "2611-512000-04-01-100017") -> CaseReceived:
    return CaseReceived(
        case_no=case_no,
        item_code=item,
        situation="landscape",
        title="后西街科技景观",
        received_at=NOW,
        received_on=NOW.date(),
        expected_collection_on=NOW.date(),
        department="D06",
        township=None,
        facts={"project_code": project, "applicant": "张某"},
        documents=(),
        received_by="u.window",
    )


def decided(case_no: str = CASE) -> CaseDecided:
    return CaseDecided(
        case_no=case_no,
        outcome=Outcome.GRANTED,
        decided_on=NOW.date(),
        decided_by="u.leader",
        promised_overdue_workdays=0,
        statutory_overdue_workdays=0,
    )


@pytest.fixture
def there() -> Iterator[Province]:
    with province() as found:
        yield found


@pytest.fixture
async def messenger(
    office: Office, keys: tuple[Path, Path], box: Postbox, there: Province, tmp_path: Path
) -> AsyncIterator[Messenger]:
    file = tmp_path / "exchange.toml"
    file.write_text(
        f"""
        platform = {{ name = "province", kind = "reference", url = "{there.url}", app = "{APP}", secret = "{SECRET}",
                      keys = "{KEY}", answer_keys = "{ANSWER_KEY}" }}
        office = {{ organ = "11512000MBD0000127", region = "512000" }}
        [items.PT05]
        implement = "11512000MBD00001273000115056000"
        business = "11512000MBD0000127300011505600001"
        """.replace("\n                      ", " "),
        encoding="utf-8",
    )
    async with running(office, keys, {**box.settings(), "GUIHUA_EXCHANGE_FILE": str(file)}) as opened:
        yield opened


def exchange(messenger: Messenger) -> Exchange:
    return messenger.work.deps.exchange


async def compare(messenger: Messenger, on: date) -> DayReport:
    desk = exchange(messenger).desk
    assert desk is not None
    return await compared(exchange(messenger), desk.platform, on)


async def facts_of(messenger: Messenger, case_no: str = CASE) -> list[dict[str, Any]]:
    answer = await messenger.work.ask("GET", f"/exchange/cases/{case_no}", IT)
    found: list[dict[str, Any]] = answer.json()["facts"] if answer.is_success else []
    return found


async def stand(messenger: Messenger, *states: str, case_no: str = CASE) -> list[dict[str, Any]]:
    """Wait until the records of a case stand so, in their order."""

    async def do_they() -> list[dict[str, Any]]:
        found = await facts_of(messenger, case_no)
        return found if [each["state"] for each in found] == list(states) else []

    return await wait_until(do_they, within=LONG)


async def said(messenger: Messenger) -> None:
    """A case from receipt to decision, as its services say it: the process before the window, as it may come."""
    await messenger.workflow.say(accepted(), completed(), decided())
    await messenger.intake.say(received())


async def verdicts(messenger: Messenger, *told: dict[str, Any], key: str = ANSWER_KEY) -> httpx.Response:
    body = json.dumps({"verdicts": told}).encode()
    headers = signed_answer(body, key=key)
    return await messenger.work.client.post("/exchange/province/answers", content=body, headers=headers)


async def test_a_case_is_told_in_its_order_with_national_codes(messenger: Messenger, there: Province) -> None:
    await said(messenger)
    await stand(messenger, "sent", "sent", "sent", "sent")
    assert there.kinds() == ["SJ", "SL", "GC", "BJ"]
    assert [each["seq"] for each in there.records] == [1, 2, 3, 4]
    first, last = there.records[0], there.records[-1]
    assert (first["orgCode"], first["itemCode"], first["businessCode"], first["projectCode"], first["projid"]) == (
        "11512000MBD0000127",
        "11512000MBD00001273000115056000",
        "11512000MBD0000127300011505600001",
        "2611-512000-04-01-100017",
        CASE,
    )
    assert (last["runState"], last["itemState"], last["data"]["finish_code"]) == ("1", "11", "0")
    assert "张某" not in json.dumps([{**each, "at": ""} for each in there.records], ensure_ascii=False)


async def test_when_the_platform_fails_at_times_nothing_is_lost_and_nothing_doubled(
    messenger: Messenger, there: Province
) -> None:
    exchange_pauses(messenger)
    there.trouble = ["down", "answer lost", "busy", "answer lost", "down", "", "answer lost"]
    await said(messenger)
    await stand(messenger, "sent", "sent", "sent", "sent")
    assert there.kinds() == ["SJ", "SL", "GC", "BJ"]
    assert len(there.numbers()) == len(set(there.numbers()))
    assert "E-DUPLICATE" in {code for _, code in there.pushes}
    assert "E-ORDER" not in {code for _, code in there.pushes}


def exchange_pauses(messenger: Messenger) -> None:
    """Try again at once, so that the test need not wait."""
    object.__setattr__(exchange(messenger), "pauses", (timedelta(milliseconds=20),))


async def test_a_token_that_ran_out_is_renewed(messenger: Messenger, there: Province) -> None:
    await messenger.intake.say(received())
    await stand(messenger, "sent")
    there.expire()
    await messenger.workflow.say(accepted())
    await stand(messenger, "sent", "sent")
    assert there.issued == 2


async def test_killed_after_telling_it_is_told_again_and_known_there(messenger: Messenger, there: Province) -> None:
    """As a process leaves it that died between the platform's answer and its own note: taken, the lease over."""
    await messenger.intake.say(received())
    await stand(messenger, "sent")
    lost = {"state": "sending", "due_at": datetime(2001, 1, 1, tzinfo=CHINA), "sent_at": None, "sent_on": None}

    def as_before(found: Any) -> Any:
        fact = type(found.facts[0]).model_validate(found.facts[0].model_dump() | lost)
        return found.model_copy(update={"facts": (fact,)}), ()

    await exchange(messenger).cases.change(CASE, as_before)
    exchange(messenger).bell.set()
    await wait_until(lambda: len(there.pushes) == 2, within=LONG)
    await stand(messenger, "sent")
    assert [code for _, code in there.pushes] == ["0", "E-DUPLICATE"]
    assert there.kinds() == ["SJ"]


async def test_a_refusal_waits_for_a_person_and_then_goes_on(messenger: Messenger, there: Province) -> None:
    there.refuse["SJ"] = "事项编码未发布"
    await said(messenger)
    found = await stand(messenger, "refused", "waiting", "waiting", "waiting")
    assert found[0]["reason"] == "E-DATA: 事项编码未发布"
    assert await messenger.work.backlog("exchange-refused") == 1
    there.refuse.clear()
    path = f"/exchange/records/{found[0]['record_no']}/again"
    answer = await messenger.work.ask("POST", path, IT, body={"reason": "事项已发布"})
    assert answer.status_code == 200, answer.text
    await stand(messenger, "sent", "sent", "sent", "sent")
    refused = await messenger.work.ask("POST", path, IT, body={"reason": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "exchange-record-not-refused")


async def test_verdicts_come_signed_any_number_of_times(messenger: Messenger, there: Province) -> None:
    await messenger.intake.say(received())
    number = (await stand(messenger, "sent"))[0]["record_no"]
    yes, unknown = {"record_no": number, "accepted": True}, {"record_no": "X1-R", "accepted": True}
    assert (await verdicts(messenger, yes, key="another key, as long")).status_code == 401
    for _ in range(2):
        answer = await verdicts(messenger, yes, unknown)
        assert (answer.status_code, answer.json()) == (200, {"taken": 1, "unknown": ["X1-R"]})
    await stand(messenger, "accepted")
    await verdicts(messenger, {"record_no": number, "accepted": False, "reason": "材料不符"})
    assert (await stand(messenger, "refused"))[0]["reason"] == "材料不符"
    assert there.kinds() == ["SJ"]


async def test_an_item_without_codes_is_refused_by_ourselves(messenger: Messenger, there: Province) -> None:
    await messenger.intake.say(received(item="PT06", project="not a code"))
    assert "PT06" in (await stand(messenger, "refused"))[0]["reason"]
    assert there.pushes == []


async def test_a_day_is_compared_and_what_is_missing_there_is_told_again(messenger: Messenger, there: Province) -> None:
    await messenger.intake.say(received())
    await messenger.workflow.say(accepted())
    lost = (await stand(messenger, "sent", "sent"))[1]["record_no"]
    there.forget(lost)
    today = datetime.fromisoformat((await facts_of(messenger))[0]["sent_on"]).date()
    there.records.append({**there.records[0], "recordNo": "X9-R"})
    report = await compare(messenger, today)
    assert (report.compared, report.missing, report.strange) == (True, 1, ("X9-R",))
    await wait_until(lambda: there.kinds().count("SL") == 1, within=LONG)
    await stand(messenger, "sent", "sent")
    again = await compare(messenger, today)
    assert (again.sent, again.missing) == (2, 0)


async def test_the_report_of_a_day_can_be_read_and_taken_away_by_those_who_keep_the_exchange(
    messenger: Messenger, there: Province
) -> None:
    await said(messenger)
    sent = await stand(messenger, "sent", "sent", "sent", "sent")
    day = sent[0]["sent_on"]
    report = (await messenger.work.ask("GET", f"/exchange/reports/{day}", IT)).json()
    assert (report["sent"], report["compared"], len(report["lines"])) == (4, False, 4)
    table = await messenger.work.ask("GET", f"/exchange/reports/{day}/csv", IT)
    assert table.headers["content-type"].startswith("text/csv")
    assert all(each["record_no"] in table.text for each in sent)
    assert (await messenger.work.ask("GET", f"/exchange/reports/{day}", HANDLER)).status_code == 403
    assert len(there.records) == 4
