"""A case that follows another version: who has the step there is told, and links stay right or end."""

from typing import Any

from services.contracts.workflow import CaseMigrated, MigratedStep, TaskOpened
from tests.notify.approvals import decide, look, offered, only_link, token_in
from tests.notify.builders import CASE, NOW, OUT, completed, leader, opened, ordinary, person
from tests.notify.conftest import Messenger
from tests.notify.providers import Postbox


def migrated(*tasks: TaskOpened, desk_moved: bool = False, **changes: Any) -> CaseMigrated:
    """The open steps as the new version draws them."""
    own = {"task_id", "element", "name", "name_en", "kind", "post", "department", "assignee", "opened_at", "due_on"}
    steps = tuple(
        MigratedStep(
            was_element="Task_Old",
            desk_moved=desk_moved,
            quick_approval=each.quick_approval,
            **each.model_dump(include=own),
        )
        for each in tasks
    )
    usual: dict[str, Any] = {
        "case_no": CASE,
        "migration_id": "m1",
        "process_key": "works-planning-permit",
        "from_version": 1,
        "to_version": 2,
        "reverted": False,
        "migrated_at": NOW,
        "migrated_by": "u.it",
        "steps": steps,
        "title": "后西街科技景观",
    }
    return CaseMigrated.model_validate({**usual, **changes})


async def test_given_a_step_called_otherwise_then_its_link_stays_good_and_shows_the_new_name(
    messenger: Messenger, box: Postbox
) -> None:
    token = await offered(messenger, box)
    await messenger.handled(migrated(opened(name="分管领导签发")), by=messenger.workflow)

    seen = await look(messenger, token)
    assert (seen["standing"], seen["step"]) == ("open", "分管领导签发")
    assert len(await messenger.messages()) == 1
    assert (await decide(messenger, token))[0] == 200


async def test_given_a_step_that_goes_to_another_post_then_its_link_ends_and_the_new_post_is_told(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.knows(person("u.leader2", "P11@D00", attendance=OUT), person("u.chief", "P11@D00"))
    token = await offered(messenger, box)
    elsewhere = opened(post="P11")
    await messenger.handled(migrated(elsewhere, desk_moved=True), by=messenger.workflow)

    assert (await look(messenger, token))["standing"] == "moved"
    status, problem = await decide(messenger, token)
    assert (status, problem["code"]) == (409, "link-spent")
    assert await messenger.told("task-opened") == ["u.chief"]
    assert await messenger.told("quick-approval") == ["u.leader", "u.leader2"]

    await messenger.handled(migrated(opened(), desk_moved=True, reverted=True), by=messenger.workflow)
    letters = await box.delivered(2, to="u.leader")
    assert (await look(messenger, token_in(letters[0]["text"])))["standing"] == "open"


async def test_given_a_version_that_wants_the_step_done_at_the_desk_then_nobody_decides_it_by_link_any_more(
    messenger: Messenger, box: Postbox
) -> None:
    token = await offered(messenger, box)
    await messenger.handled(migrated(opened(quick_approval=False)), by=messenger.workflow)

    assert (await look(messenger, token))["standing"] == "moved"
    await messenger.knows(leader())
    await messenger.handled(leader(attendance=OUT), by=messenger.registry)
    assert len(await messenger.told("quick-approval")) == 1
    await messenger.handled(completed(), by=messenger.workflow)
    assert (await look(messenger, token))["standing"] == "moved"


async def test_given_an_ordinary_step_that_may_be_decided_by_link_now_then_the_leader_gets_one_until_it_is_over(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.knows(leader(attendance=OUT))
    await messenger.handled(opened(quick_approval=False), by=messenger.workflow)
    await messenger.handled(migrated(opened()), by=messenger.workflow)

    assert await messenger.told("quick-approval") == ["u.leader"]
    letters = await box.delivered(2, to="u.leader")
    token = next(token_in(each["text"]) for each in letters if "/links/" in each["text"])
    await messenger.handled(completed(), by=messenger.workflow)
    assert (await look(messenger, token))["standing"] == "overtaken"


async def test_given_two_steps_that_go_to_one_desk_then_it_is_told_of_each_once(messenger: Messenger) -> None:
    await messenger.knows(person("u.handler.d06", "P04@D06"))
    first, second = ordinary(post="P05"), ordinary(post="P05", task_id="t-2", name="踏勘")
    await messenger.handled(first, second, by=messenger.workflow)
    there = migrated(*(each.model_copy(update={"post": "P04"}) for each in (first, second)), desk_moved=True)
    await messenger.handled(there, by=messenger.workflow)

    told = [each for each in await messenger.messages() if each.recipient == "u.handler.d06"]
    assert sorted(each.subject for each in told) == ["待办：经办审查", "待办：踏勘"]


async def test_given_a_decision_under_way_when_the_step_moves_then_the_link_waits_for_what_becomes_of_it(
    messenger: Messenger, box: Postbox
) -> None:
    token = await offered(messenger, box)
    await decide(messenger, token)
    signature = (await only_link(messenger)).signature
    await messenger.handled(migrated(opened(post="P11"), desk_moved=True), by=messenger.workflow)

    assert (await look(messenger, token))["standing"] == "decided"
    await messenger.handled(completed(channel="link", signature=signature), by=messenger.workflow)
    assert (await look(messenger, token))["standing"] == "carried_out"
