"""Whoever creates something and does not hear the answer asks again, and there is one thing and one answer.

Operations are taken from the OpenAPI documents: a new one that creates must say here how asking twice is harmless.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.hostile.appointing import QUESTION, REPORT
from tests.hostile.city import EVERYBODY, City, Operation
from tests.hostile.day.assessing import MATTER, NOTICE, SILENCE
from tests.hostile.day.projecting import INSPECTION
from tests.hostile.doors import WEBHOOK
from tests.hostile.situation import PROJECT, Situation

KEY: Final = "Idempotency-Key"
CREATED: Final = {201, 202}
ROOT: Final = Path(__file__).parents[2]

BULLETIN: Final = "supervision POST /bulletins"
ASKED_TWICE: Final[Mapping[str, Any]] = {
    "intake POST /consultations": QUESTION,
    "intake POST /contacts": REPORT,
    "supervision POST /matters": MATTER,
    "supervision POST /notices": NOTICE,
    "supervision POST /projects": {**PROJECT, "name": "乙重点项目"},
    BULLETIN: None,
    "supervision POST /inspections": INSPECTION,
    "supervision POST /silences": SILENCE,
    "notify POST /webhooks": WEBHOOK,
}
"""Asked twice here under one key; a bulletin about the matter that there is."""

BY_KEY: Final = {
    "intake POST /cases": "tests/intake/test_receive.py",
    "intake POST /appointments": "tests/intake/test_appointments.py",
    "intake POST /public/appointments": "tests/intake/test_appointments.py",
    "intake POST /public/drafts": "tests/intake/test_apply_online.py",
    "intake POST /public/publicity/{posting_id}/objections": "tests/intake/test_publicity.py",
    "intake POST /publicity/{posting_id}/objections": "tests/intake/test_publicity.py",
    "workflow POST /meetings": "tests/workflow/meetings/test_put_on_the_agenda.py",
    "workflow POST /signals": "tests/workflow/signals/test_served.py",
    "workflow POST /starts": "tests/workflow/starts/test_begin_by_person.py",
}
"""By a key too; what they need is not here, and the test that is named asks them twice."""

BY_ITSELF: Final = {
    "intake POST /cases/{case_no}/papers/{paper}/files": "the same file of a paper is the one that is there",
    "intake POST /public/draft/papers/{paper}/files": "the same file of a paper is the one that is there",
    "intake POST /public/correction/papers/{number}/files": "the same file of a paper is the one that is there",
    "intake POST /public/ratings": "a case is rated once",
    "intake POST /public/ratings/link": "a case is rated once",
    "workflow POST /definitions": "the same files are the same version",
    "workflow POST /definitions/{key}/migrations": "one migration of a process at a time",
    "workflow POST /incidents/groups/{group}/retry": "an incident under way is not tried besides",
    "workflow POST /incidents/retries": "an incident under way is not tried besides",
}
"""What is created has a key of its own, so asking twice cannot make two."""


def creating(city: City) -> dict[str, Operation]:
    """Every operation that makes something."""
    return {str(each): each for each in city.operations() if each.method == "POST" and each.statuses & CREATED}


async def test_every_operation_that_creates_takes_a_key_or_has_one_by_itself(city: City) -> None:
    found = creating(city)
    assert found.keys() == ASKED_TWICE.keys() | BY_KEY.keys() | BY_ITSELF.keys()
    keyed = {
        name for name, each in found.items() if KEY in {one["name"] for one in each.document.get("parameters", ())}
    }
    assert keyed == ASKED_TWICE.keys() | BY_KEY.keys()
    assert [file for file in BY_KEY.values() if not (ROOT / file).is_file()] == []


@pytest.mark.parametrize("name", ASKED_TWICE)
async def test_asked_twice_under_one_key_there_is_one_answer(city: City, situation: Situation, name: str) -> None:
    service, method, path = name.split(" ")
    body = {"matter_ids": [situation.matter_id]} if name == BULLETIN else ASKED_TWICE[name]
    headers = {KEY: "asked-twice-0001"}
    answers = [await city.ask(service, method, path, EVERYBODY, json=body, headers=headers) for _ in (1, 2)]
    assert {each.status_code for each in answers} <= CREATED | {httpx.codes.OK}, answers[0].text
    assert answers[0].json() == answers[1].json()
