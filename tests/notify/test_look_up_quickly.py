"""No look-up reads a whole collection: messages are kept for ever, so it would grow slower by the day."""

from collections.abc import AsyncIterator

import pytest

from tests.notify.approvals import AWAY, decide, offered
from tests.notify.builders import CASE, OPERATOR, SUPERVISOR, accepted, completed, contact, ended, ordinary, person, red
from tests.notify.conftest import Messenger
from tests.notify.providers import Postbox
from tests.support.office import Office
from tests.support.wait import wait_until


@pytest.fixture
async def strict_office(office: Office) -> AsyncIterator[Office]:
    """The database refuses whatever would read a whole collection."""
    await office.mongo.admin.command("setParameter", 1, notablescan=True)
    yield office
    await office.mongo.admin.command("setParameter", 1, notablescan=False)


async def test_given_a_database_that_refuses_to_scan_then_everything_works(
    strict_office: Office, messenger: Messenger, box: Postbox
) -> None:
    del strict_office
    token = await offered(messenger, box)
    assert (await decide(messenger, token))[0] == 200
    await messenger.knows(person("u.handler.d06", "P04@D06"), AWAY.model_copy(update={"phone": "13700000000"}))
    await messenger.handled(accepted(), ordinary(task_id="t-2"), completed(), ended(), by=messenger.workflow)
    await messenger.handled(contact(), by=messenger.intake)
    await messenger.handled(red("u.handler.d06", "u.unknown"), by=messenger.supervision)

    queries = ("", f"?case_no={CASE}", "?recipient=u.leader", "?state=sent", f"?case_no={CASE}&state=sent")
    seen = [await messenger.work.ask("GET", f"/messages{query}", SUPERVISOR) for query in queries]
    assert {answer.status_code for answer in seen} == {200}
    assert (await messenger.work.ask("GET", "/dead-letters", OPERATOR)).json() == []
    status = (await messenger.work.client.get("/status")).json()
    assert None not in status["backlog"].values()
    await wait_until(lambda: messenger.told("light-red"))
