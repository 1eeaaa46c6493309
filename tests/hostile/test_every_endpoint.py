"""Everything that schemathesis can think of, sent to every operation of every service.

No server error, no undocumented status, no answer that its schema does not describe, and every refusal complete and in
the reader's language. `GUIHUA_HOSTILE_EXAMPLES` raises the number of random requests an operation.
"""

import asyncio
import json
import os
import sys
from datetime import timedelta
from typing import Any, Final

import pytest

from services.kernel.identity import Person
from services.local.layout import SERVICES
from tests.hostile.city import EVERYBODY, NOBODY, City
from tests.hostile.situation import PAPER, Situation
from tests.support.process import ROOT

EXAMPLES: Final = int(os.environ.get("GUIHUA_HOSTILE_EXAMPLES", "5"))
THE_KERNELS: Final = "workflow"
"""The one service whose operations of the kernel (health, dead letters) are attacked: they are the same in all."""

EXPECTED_COMPLAINTS: Final = {"case met an incident", "unreadable message laid down"}
"""What the situation itself brings about."""

_ALLOWED_TIME: Final = 600.0

CALLERS: Final[dict[str, tuple[Person | None, str]]] = {
    "everybody": (EVERYBODY, "en"),
    "nobody": (NOBODY, "zh"),
    "stranger": (None, "zh"),
}
"""Who asks, in which language. Only the first goes through every combination that the schema suggests."""


@pytest.mark.timeout(_ALLOWED_TIME)
async def test_no_request_of_anybody_gets_an_answer_that_is_wrong_or_unforeseen(
    city: City, situation: Situation
) -> None:
    targets = [target(city, name, caller) for caller in CALLERS for name in SERVICES]
    reports = await attacked(targets, keys=keys_of(situation))
    told = [f"{each['name']}: {each['requests']} requests, {each['seconds']} s, {each['statuses']}" for each in reports]
    faults = [f"{each['name']}: {fault}\n    {shown}" for each in reports for fault, shown in each["faults"].items()]
    (city.run.layout.var / "attacks.txt").write_text("\n".join(told), encoding="utf-8")
    assert len(reports) == len(targets)
    assert not faults, "\n".join((*told, *faults))
    assert {line["event"] for line in city.complaints()} <= EXPECTED_COMPLAINTS


def target(city: City, name: str, caller: str) -> dict[str, Any]:
    """One service, attacked as one caller."""
    who, language = CALLERS[caller]
    return {
        "name": f"{name} as {caller}",
        "url": city.run.layout.url(name),
        "without": "operations" if name != THE_KERNELS or caller != "everybody" else "",
        "token": city.tokens.issue(who, timedelta(hours=2)) if who else None,
        "language": language,
        "thorough": caller == "everybody",
    }


def keys_of(situation: Situation) -> dict[str, list[str]]:
    """Keys of things that there are, so that attacks get beyond `not found`."""
    return {
        "case_no": [situation.case_no, situation.decided_case, situation.faulty_case, situation.township_case],
        "task_id": [situation.task_id, situation.leader_task, situation.township_task, situation.closed_task],
        "document_id": [f"{situation.case_no}.receipt"],
        "certificate_id": [situation.case_no],
        "clock_id": ["statutory", "promised", f"step:{situation.task_id}"],
        "incident_id": [situation.incident_id],
        "matter_id": [situation.matter_id],
        "notice_id": [situation.notice_id],
        "bulletin_id": [situation.bulletin_id],
        "alert_id": [situation.alert_id],
        "sheet_id": [situation.sheet_id],
        "message_id": [situation.message_id],
        "letter_id": [situation.letter_id],
        "token": [situation.link],
        "posting_id": [situation.posted.posting_id],
        "objection_no": [situation.posted.objection_no],
        "card_no": [situation.booked.card_no],
        "question_no": [situation.booked.question_no],
        "on": ["2026-11-23"],
        "upload_id": [situation.upload_id],
        "paper": [PAPER],
    }


async def attacked(targets: list[dict[str, Any]], *, keys: dict[str, list[str]]) -> list[dict[str, Any]]:
    """The reports of the attacker."""
    orders = json.dumps({"examples": EXAMPLES, "targets": targets, "keys": keys}).encode()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.hostile.attacker"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, complained = await asyncio.wait_for(child.communicate(orders), _ALLOWED_TIME)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    assert child.returncode == 0, complained.decode(errors="replace")[-5000:]
    return [json.loads(line) for line in said.splitlines()]
