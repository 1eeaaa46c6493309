"""One case carried from the window to the end, with how it stood on the way."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from services.kernel.identity.keys import create_keypair, public_key
from tests.support.office import Office
from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.history.drawn import drawn_bundle
from tests.workflow.room import ACCEPT, EXPERTS, HANDLER, HEAD, LEADER, REVIEW, Room, room_on


@dataclass(slots=True)
class Carried:
    """The case, and `(moment, what GET /cases said then)` for each of its steps."""

    room: Room
    case_no: str
    key: Any
    stood: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)

    async def stands(self, moment: datetime) -> None:
        self.stood.append((moment, await self.room.have(HEAD, f"/cases/{self.case_no}")))


@pytest.fixture(scope="module")
async def carried(servers: Office, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Carried]:
    folder = tmp_path_factory.mktemp("history")
    private, public = create_keypair(folder / "signing")
    await servers.empty()
    async with room_on(servers, folder, GUIHUA_CASE_KEY_FILE=str(private)) as room:
        case = Carried(room, room.new_case_no(), public_key(public))
        await _carry(case)
        yield case


async def _carry(case: Carried) -> None:
    room, case_no = case.room, case.case_no
    await room.deploy(drawn_bundle())
    await room.set_clock(at("2026-09-16", "15:00"))
    await room.receive(case_no)
    await room.step(case_no, "Accept")
    await case.stands(at("2026-09-16", "15:00"))
    steps: tuple[tuple[datetime, str, Any, dict[str, Any]], ...] = (
        (at("2026-09-17", "10:00"), "Accept", ACCEPT, {"decision": "accept"}),
        (at("2026-09-21", "11:00"), "Review", HANDLER, {**REVIEW, "notice_no": "规特告〔2026〕5号"}),
        (at("2026-09-24", "16:00"), "Experts", EXPERTS, {"opinion": "原则可行"}),
        (at("2026-10-09", "14:00"), "Lead", LEADER, {"decision": "agree", "opinion": "同意"}),
    )
    for moment, element, who, answers in steps:
        await room.set_clock(moment)
        await room.complete(case_no, element, who, **answers)
        if element == "Lead":  # what follows happens at the same moment
            await room.answer_outside(case_no, {"certificate_no": "512000GG0000001"})
            await room.step(case_no, "Deliver")
        await case.stands(moment)
    await room.set_clock(at("2026-10-12", "10:00"))
    await room.delivered(case_no, at("2026-10-12", "10:00"))
    await wait_until(lambda: room.heard(case_no, "case.ended"))
    await case.stands(at("2026-10-12", "10:00"))
