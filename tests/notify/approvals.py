"""Approving by link, step by step, for the tests about it."""

import re
from typing import Any

from services.kernel.identity import Person
from services.notify.links import LIFETIME, Link
from tests.notify.builders import LEADER, OUT, leader, opened
from tests.notify.conftest import Messenger
from tests.notify.providers import Postbox

AGREE = {"decision": "agree", "opinion": "同意，按此实施。", "device": "phone"}
AWAY = leader(attendance=OUT)


def token_in(text: str) -> str:
    found = re.search(r"http://notify\.example/links/([\w-]+)", text)
    assert found, text
    return found.group(1)


async def offered(messenger: Messenger, box: Postbox) -> str:
    """A leader out of office got a link; its token."""
    await messenger.knows(AWAY)
    await messenger.handled(opened(), by=messenger.workflow)
    (letter,) = await box.delivered(1, to="u.leader")
    return token_in(letter["text"])


async def look(messenger: Messenger, token: str, who: Person = LEADER) -> dict[str, Any]:
    answer = await messenger.work.ask("GET", f"/links/{token}", who)
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json()
    return seen


async def decide(messenger: Messenger, token: str, who: Person = LEADER, **changes: str) -> tuple[int, dict[str, Any]]:
    answer = await messenger.work.ask("POST", f"/links/{token}", who, body=AGREE | changes)
    return answer.status_code, answer.json()


async def only_link(messenger: Messenger) -> Link:
    (link,) = await messenger.work.deps.links.query({}, sort=[("_id", 1)], limit=10)
    return link


async def let_expire(messenger: Messenger) -> None:
    """Turn the link's expiry back behind the wall clock."""
    link = await only_link(messenger)
    past = messenger.work.deps.clock.wall() - LIFETIME
    await messenger.work.deps.links.change(
        link.link_id, lambda found: (found.model_copy(update={"expires_at": past}), ())
    )
