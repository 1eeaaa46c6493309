"""Two processes of the service share the cases; while one is frozen everything goes on in the other, once."""

import signal
from collections import Counter
from pathlib import Path

from tests.support.office import Office
from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.room import Room, at_review, room_on


async def test_given_two_processes_when_one_is_frozen_then_cases_start_and_clocks_speak_in_the_other_once(
    office: Office, tmp_path: Path
) -> None:
    async with room_on(office, tmp_path, GUIHUA_WORKFLOW_WORKERS="2") as room:
        old, fresh = room.new_case_no(), [room.new_case_no() for _ in range(8)]
        frozen, room.service = room.service, await room.launch.start()
        await at_review(room, old)
        frozen.child.send_signal(signal.SIGSTOP)
        try:
            for case_no in fresh:
                await room.receive(case_no)
            for case_no in fresh:
                await room.step(case_no, "Accept")
            await room.set_clock(at("2026-09-28", "09:00"))
            await wait_until(lambda: has_said(room, old, "timer.due"))
        finally:
            frozen.child.send_signal(signal.SIGCONT)
        await wait_until(lambda: frozen.get("/readyz"))
        await room.settled()

        for case_no in (old, *fresh):
            assert len(await room.heard(case_no, "case.started")) == 1
            opened = Counter(each["element"] for each in await room.heard(case_no, "task.opened"))
            assert set(opened.values()) == {1}
        due = Counter(each["clock_id"] for each in await room.heard(old, "timer.due"))
        assert set(due.values()) == {1}
        assert (await room.service.get("/status")).json()["dead_letters"] == 0


async def has_said(room: Room, case_no: str, kind: str) -> bool:
    return bool(await room.heard(case_no, kind))
