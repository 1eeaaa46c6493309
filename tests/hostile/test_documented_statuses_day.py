"""Every status that the documents promise is really answered: what a day of the office brings about is seen here.

What any operation refuses in the same way is proven by `test_documented_statuses`, what cannot be had in a day is
listed in `exemptions` with the test that proves it. A new operation, or a new status, fails until the day
(`tests/hostile/day`) brings it about or the list says why not.
"""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
import pytest

from services.local.client import Refusal
from services.local.demo.stage import StoryBroken
from services.local.layout import SERVICES
from services.supervision.rules import default_table
from tests.hostile.appointing import CALLER, QUESTION, REPORT
from tests.hostile.city import EVERYBODY, City, Operation
from tests.hostile.day import PARTS, Part
from tests.hostile.day.assessing import MATTER, NOTICE, SCORES, SILENCE
from tests.hostile.day.books import DEPARTMENT, MEMBER, POST
from tests.hostile.day.messages import signed_receipt, signed_reply
from tests.hostile.day.projecting import INSPECTION
from tests.hostile.doors import BODIES, NEEDED, SESSION, WEBHOOK, questions
from tests.hostile.exemptions import EXEMPT, named
from tests.hostile.ledger import Ledger
from tests.hostile.situation import PROJECT, WORKS, Situation
from tests.hostile.test_documented_statuses import ALIKE, is_asked
from tests.registry.test_import_calendar import year_file
from tests.support.process import ROOT
from tests.support.wait import wait_until
from tests.workflow.bundle_support import bundle

BY_A_MISTAKE_OF_OURS: Final = 500
"""Documented, and never to be seen: tests/kernel/test_app_requests.py shows what is answered then."""

AWAY: Final = 503
WITHIN: Final = 30

NOWHERE: Final = {
    "case_no": "51200020991231PT0500001",
    "task_id": "none",
    "clock_id": "statutory",
    "project_code": "0000-000000-00-00-000000",
    "seat_id": "s1",
    "body_id": "no_body",
    "session_id": "f" * 16,
    "condition_id": f"{'f' * 16}.{'f' * 8}.9",
    "proposal_id": "0" * 20,
    "incident_id": "0" * 20,
    "edit_id": "0" * 16,
    "group": "0" * 16,
    "retry_id": "0" * 16,
    "broadcast_id": "0" * 24,
    "migration_id": "M20260101-00000000",
    "matter_id": "0" * 24,
    "notice_id": "0" * 24,
    "bulletin_id": "0" * 24,
    "project_id": "0" * 24,
    "message_id": "0" * 32,
    "department": "Z99",
    "provider": "sms",
    "token": "x" * 43,
    "check_token": "0" * 32,
    "certificate_id": "51200020991231PT0500001",
    "document_id": "51200020991231PT0500001.receipt",
    "letter_id": "none",
    "item_code": "PT-99",
    "code": "u.none",
    "key": "none",
    "number": "1",
    "alert_id": "0" * 24,
    "sheet_id": "0" * 24,
    "catalogue": "duties",
    "file_format": "docx",
    "path": "x",
    "year": "2099",
    "posting_id": "0" * 16,
    "objection_no": "YY2099123100001",
    "card_no": "JD2099123100001",
    "question_no": "ZX2099123100001",
    "opening_id": "none",
    "on": "2099-12-31",
    "upload_id": "0" * 24,
    "suppression_id": "0" * 32,
    "paper": "none",
    "webhook_id": "f" * 24,
    "delivery_id": "f" * 32,
    "platform": "none",
    "record_no": "X9-R",
}
"""Well-formed keys of nothing."""

CODES: Final = {"/departments/{code}": {"code": "D78"}, "/posts/{code}": {"code": "P78"}}

ENTRIES: Final[dict[tuple[str, str], Any]] = {
    ("POST", "/cases"): {**WORKS, "documents": []},
    ("POST", "/public/lookup"): {"case_no": NOWHERE["case_no"], "query_password": "x"},
    ("POST", "/public/objections/lookup"): {"objection_no": NOWHERE["objection_no"], "query_password": "x"},
    ("POST", "/public/appointments"): {**CALLER, "slot_id": "none@209912311000"},
    ("POST", "/appointments"): {**CALLER, "slot_id": "none@209912311000"},
    ("POST", "/public/appointments/lookup"): {"card_no": NOWHERE["card_no"], "query_password": "x"},
    ("POST", "/public/appointments/cancel"): {"card_no": NOWHERE["card_no"], "query_password": "x"},
    ("POST", "/suppressions"): {
        "recipient": f"applicant:{NOWHERE['case_no']}",
        "channel": "sms",
        "reason": "申请人要求",
    },
    ("POST", "/webhooks"): WEBHOOK,
    ("POST", "/consultations"): QUESTION,
    ("POST", "/contacts"): REPORT,
    ("POST", "/public/ratings"): {"case_no": NOWHERE["case_no"], "query_password": "x", "level": 5},
    ("POST", "/public/ratings/link"): {"token": "none", "level": 5},
    ("POST", "/public/certificate-checks"): {"number": "建字第1号", "check": "222222"},
    ("POST", "/public/drafts"): {"item_code": NOWHERE["item_code"], "situation": "none"},
    ("POST", "/public/drafts/open"): {"draft_no": "WSNONE", "password": "x"},
    ("POST", "/public/corrections"): {"case_no": NOWHERE["case_no"], "query_password": "x"},
    ("POST", "/public/telephone"): {"case_no": NOWHERE["case_no"], "query_password": "x"},
    ("POST", "/public/withdrawals"): {"case_no": NOWHERE["case_no"], "query_password": "x", "confirmed": True},
    ("POST", "/definitions"): {"files": bundle()},
    ("POST", "/lint"): {"files": bundle()},
    ("POST", "/lint/form"): {"text": "{}"},
    ("POST", "/cases/{case_no}/receipt/pdf"): {"query_password": "x"},
    ("POST", "/incidents/retries"): {"incidents": ["0" * 20]},
    ("POST", "/signals"): {"name": "unheard", "reason": "演练"},
    ("POST", "/meetings"): {**SESSION, "body_id": "no_body"},
    ("POST", "/bulletins"): {"matter_ids": ["0" * 24]},
    ("POST", "/notices"): {**NOTICE, "matter_id": "0" * 24},
    ("POST", "/matters"): MATTER,
    ("POST", "/silences"): SILENCE,
    ("PUT", "/assessment-table"): SCORES,
    ("POST", "/projects"): PROJECT,
    ("POST", "/inspections"): INSPECTION,
    ("PUT", "/clock"): {"as_of": "2026-11-27T12:00:00+08:00"},
    ("PUT", "/rules"): {
        "effective_from": "2026-12-01",
        "rules": default_table().model_dump(mode="json")["rules"],
        "note": "修订",
    },
    ("POST", "/rules/preview"): {"rules": default_table().model_dump(mode="json")["rules"]},
    ("PUT", "/departments/{code}"): DEPARTMENT,
    ("PUT", "/posts/{code}"): POST,
    ("PUT", "/people/{code}"): MEMBER,
    ("POST", "/calendar/import"): year_file(2028),
    ("POST", "/calendar/preview"): year_file(2028),
}
"""Bodies that fit, for operations on nothing that is there yet."""

QUERIES: Final = {
    **NEEDED,
    "/meetings/queue": {"body": "no_body"},
    "/messages": {"after": "0" * 32},
    "/inbox": {"after": "0" * 32},
}
"""What is asked beside; a list is asked to begin behind what is not there."""

IN_MEMORY: Final = {"notify POST /templates/{key}/preview": {"key": "light-red"}}
"""Keys of what is there, for operations that need no database to know that."""

BEFORE_THE_DATABASE: Final = {"/exchange/{platform}/answers", "/public/documents/{document_id}/pdf"}
"""Refused here before the database is asked: no platform's signature is known, and the ticket is none."""

_ALLOWED_TIME: Final = 420


@pytest.mark.timeout(_ALLOWED_TIME)
async def test_every_documented_status_of_every_operation_is_answered_in_a_day(
    city: City, situation: Situation
) -> None:
    operations = [each for each in city.operations() if is_asked(each)]
    ledger = Ledger(city)
    for operation in operations:
        await shown(ledger, operation, situation)
    for part in PARTS:
        await lived(ledger, part, situation)
    await asyncio.gather(*(nowhere(ledger, each) for each in operations if 404 in each.statuses))
    await without_database(ledger, operations)
    promised = {(str(each), status) for each in operations for status in each.statuses - ALIKE - {BY_A_MISTAKE_OF_OURS}}
    seen = {(f"{service} {name}", status) for service, name, status in ledger.seen if status not in ALIKE}
    assert not ledger.faults, "\n".join(ledger.faults)
    assert not (missing := promised - seen - EXEMPT.keys()), f"documented, never answered:\n{named(missing)}"
    assert not (unforeseen := seen - promised), f"answered, not documented:\n{named(unforeseen)}"
    assert not (needless := EXEMPT.keys() & seen), f"exempted, and answered:\n{named(needless)}"
    assert not (stale := EXEMPT.keys() - promised), f"exempted, not documented:\n{named(stale)}"


def test_every_exemption_names_the_test_that_proves_the_status_elsewhere() -> None:
    named_tests = {because.rpartition(": ")[2] for because in EXEMPT.values()}
    assert [each for each in sorted(named_tests) if not (ROOT / each).is_file()] == []


async def lived(ledger: Ledger, part: Part, situation: Situation) -> None:
    """One part of the day; what breaks in it hides nothing of the others."""
    try:
        await part(ledger, situation)
    except (AssertionError, LookupError, TimeoutError, Refusal, StoryBroken) as error:
        ledger.faults.append(f"{part.__module__}.{part.__name__} broke off: {error!r}")


async def shown(ledger: Ledger, operation: Operation, situation: Situation) -> None:
    """What there is to see of the office's cases is shown."""
    if operation.method != "GET":
        return
    for asked in questions(operation, situation):
        answer = await ledger.city.ask(operation.service, "GET", asked.path, EVERYBODY, params=asked.query)
        ledger.note(str(operation), answer.status_code)
        if answer.is_success:
            return


async def nowhere(ledger: Ledger, operation: Operation) -> None:
    """What is not there is not found."""
    request: dict[str, Any] = {} if operation.method == "GET" else {"json": entry_of(operation)}
    query = QUERIES.get(operation.path, {})
    await ledger.ask(404, str(operation), names=names_of(operation), params=query, **request)


def names_of(operation: Operation) -> dict[str, str]:
    """What stands for the names in its path: nothing that is there."""
    return NOWHERE | CODES.get(operation.path, {})


def entry_of(operation: Operation) -> Any:
    """A body that fits."""
    place = operation.method, operation.path
    return ENTRIES.get(place) or BODIES.get(place)


async def without_database(ledger: Ledger, operations: list[Operation]) -> None:
    """While the database does not answer, whatever needs it is told to come later: what is still known, a bit later."""

    async def is_told(operation: Operation) -> None:
        name = str(operation)
        request: dict[str, Any] = {} if operation.method == "GET" else {"json": entry_of(operation)}
        if operation.path == "/receipts/{provider}":
            request = signed_receipt(ledger.city)
        if operation.path == "/replies/{provider}":
            request = signed_reply(ledger.city)
        expected = httpx.codes.OK if (name, AWAY) in EXEMPT else AWAY

        async def told() -> bool:
            query = QUERIES.get(operation.path, {})
            answer = await ledger.any(
                name, names=names_of(operation) | IN_MEMORY.get(name, {}), params=query, **request
            )
            return answer.status_code == expected

        try:
            await wait_until(told, within=WITHIN)
        except AssertionError:
            ledger.faults.append(f"{name} is never answered {expected} while the database stands still")

    with database_paused(ledger.city):
        await asyncio.gather(*(is_told(each) for each in operations if each.path not in BEFORE_THE_DATABASE))
    await wait_until(lambda: all_ready(ledger.city), within=WITHIN)


@contextmanager
def database_paused(city: City) -> Iterator[None]:
    """The database stands still, as if its disk did."""
    mongo = city.run.servers.mongo
    assert mongo
    assert mongo.process
    mongo.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        mongo.process.send_signal(signal.SIGCONT)


async def all_ready(city: City) -> bool:
    answers = [await city.ask(name, "GET", "/readyz") for name in SERVICES]
    return all(answer.status_code == 200 for answer in answers)
