"""A migration concerns the cases of the whole bureau: who sees but a township's decides on none."""

import pytest

from tests.workflow.room import HANDLER, IT, Room

TOWN = IT.model_copy(update={"code": "u.it.t01", "department": "T01", "township": True})


@pytest.mark.parametrize(
    "path",
    ["definitions/no-such-permit/migrations", "definitions/no-such-permit/migrations/preview"]
    + [f"migrations/M20260918-00000000/{act}" for act in ("pause", "resume", "revert")],
)
async def test_given_staff_of_a_township_then_they_move_no_case_of_the_bureau(room: Room, path: str) -> None:
    entry = {"to_version": 1, **({} if path.endswith("preview") else {"reason": "修订"})}
    refused = await room.ask(TOWN, "POST", f"/{path}", entry)
    assert (refused.status_code, refused.json()["code"]) == (403, "bureau-wide-only")
    assert (await room.ask(HANDLER, "POST", f"/{path}", entry)).json()["code"] == "not-allowed"
    assert (await room.ask(IT, "POST", f"/{path}", entry)).status_code == 404
