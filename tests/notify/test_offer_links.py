"""Who gets an approval link, and when: leaders out of office, once for each task, until it is over (A-18)."""

from services.contracts.events import Envelope
from services.contracts.workflow import TaskOpened
from services.kernel.bus import Event
from services.notify.consumers import open_task
from services.notify.offers import offer_link
from tests.notify.approvals import AWAY, let_expire, look, offered, only_link, token_in
from tests.notify.builders import CASE, LEADER, NOW, OUT, cancelled, completed, leader, opened, person
from tests.notify.conftest import Messenger
from tests.notify.providers import Postbox


async def test_given_a_leader_goes_out_after_the_task_opened_then_they_get_the_link_then(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.knows(leader())
    await messenger.handled(opened(), by=messenger.workflow)
    assert await messenger.told() == ["u.leader"]
    assert await messenger.told("quick-approval") == []

    await messenger.knows(AWAY)
    letters = await box.delivered(2, to="u.leader")
    assert (await look(messenger, token_in(letters[0]["text"])))["standing"] == "open"


async def test_given_the_task_is_over_when_the_leader_goes_out_then_there_is_no_link(messenger: Messenger) -> None:
    await messenger.knows(leader())
    await messenger.handled(opened(), opened(task_id="t-2"), completed(), by=messenger.workflow)
    await messenger.handled(cancelled("t-2"), by=messenger.workflow)
    await messenger.handled(AWAY, by=messenger.registry)

    assert await messenger.told("quick-approval") == []


async def test_given_the_opening_is_heard_only_after_the_end_then_nobody_is_told(messenger: Messenger) -> None:
    await messenger.knows(AWAY, person("u.leader2", "P09@D00"))
    await messenger.handled(completed(), by=messenger.workflow)
    late = Envelope(
        id="workflow.instances.c.0.0",
        source="urn:guihua:workflow",
        type=TaskOpened.TYPE,
        subject=CASE,
        time=NOW,
        sequence=0,
        data={},
    )
    await open_task(messenger.work.deps, Event(late, opened()))

    assert await messenger.messages() == []


async def test_given_the_task_ends_while_its_link_is_being_offered_then_the_link_decides_nothing(
    messenger: Messenger,
) -> None:
    await messenger.handled(completed(), by=messenger.workflow)
    await offer_link(messenger.work.deps, opened(), AWAY, cause="registry.people.u.leader.2.0")

    assert (await only_link(messenger)).ended is not None
    assert await messenger.messages() == []


async def test_given_changes_that_change_nothing_then_no_second_link_is_sent(
    messenger: Messenger, box: Postbox
) -> None:
    await offered(messenger, box)
    await messenger.handled(AWAY.model_copy(update={"phone": "13700000000"}), by=messenger.registry)
    await messenger.handled(leader(), AWAY, by=messenger.registry)

    assert len(await box.letters(to="u.leader")) == 1
    assert (await only_link(messenger)).offers == 1


async def test_given_the_link_expired_when_the_leader_goes_out_again_then_a_new_one_replaces_it(
    messenger: Messenger, box: Postbox
) -> None:
    old = await offered(messenger, box)
    await let_expire(messenger)
    await messenger.handled(leader(), AWAY, by=messenger.registry)

    letters = await box.delivered(2, to="u.leader")
    new = token_in(letters[0]["text"])
    assert new != old
    assert (await look(messenger, new))["standing"] == "open"
    assert (await messenger.work.ask("GET", f"/links/{old}", LEADER)).status_code == 404


async def test_given_a_claimed_task_then_only_the_assignee_gets_the_link(messenger: Messenger) -> None:
    await messenger.knows(AWAY, person("u.leader2", "P09@D00", attendance=OUT))
    await messenger.handled(opened(assignee="u.leader2"), by=messenger.workflow)

    assert await messenger.told("quick-approval") == ["u.leader2"]


async def test_given_a_leader_at_the_desk_then_no_link_is_offered(messenger: Messenger) -> None:
    await messenger.knows(leader())
    await messenger.handled(opened(), by=messenger.workflow)

    assert await messenger.told() == ["u.leader"]
    assert await messenger.work.deps.links.count({}) == 0


async def test_given_a_deputy_then_they_get_the_task_and_the_leader_the_link(messenger: Messenger) -> None:
    await messenger.knows(leader(attendance=OUT, deputy="u.leader2"), person("u.leader2"))
    await messenger.handled(opened(), by=messenger.workflow)

    assert await messenger.told("task-opened") == ["u.leader2"]
    assert await messenger.told("quick-approval") == ["u.leader"]


async def test_given_a_holder_who_may_not_decide_by_link_then_they_are_told_of_the_task_instead(
    messenger: Messenger,
) -> None:
    await messenger.knows(person("u.handler.d06", "P04@D06", attendance=OUT))
    await messenger.handled(opened(post="P04", department="D06"), by=messenger.workflow)

    assert await messenger.told("task-opened") == ["u.handler.d06"]
    assert await messenger.told("quick-approval") == []
