"""What was said to whom, for those who may know."""

import pytest

from services.kernel.identity import Person
from tests.notify.builders import CASE, HANDLER, LEADER, OPERATOR, SUPERVISOR, ordinary, person, red
from tests.notify.conftest import Messenger

PEOPLE = [person(f"u.handler{n}.d06", "P04@D06") for n in range(5)]


@pytest.mark.parametrize(("who", "status"), [(SUPERVISOR, 200), (OPERATOR, 200), (HANDLER, 403), (LEADER, 403)])
@pytest.mark.parametrize("path", ["/messages", "/templates"])
async def test_messages_are_for_supervision_and_those_who_run_the_system(
    messenger: Messenger, path: str, who: Person, status: int
) -> None:
    assert (await messenger.work.ask("GET", path, who)).status_code == status
    assert (await messenger.work.ask("GET", path)).status_code == 401


async def test_township_staff_see_the_messages_to_themselves_only(messenger: Messenger) -> None:
    await messenger.knows(*PEOPLE)
    await messenger.handled(ordinary(), by=messenger.workflow)
    township = OPERATOR.model_copy(update={"township": True, "code": PEOPLE[0].code})

    for path in ("/messages", f"/messages?recipient={PEOPLE[1].code}"):
        seen = (await messenger.work.ask("GET", path, township)).json()["messages"]
        assert [each["recipient"] for each in seen] == [PEOPLE[0].code]


async def test_township_staff_neither_retry_nor_abandon_the_messages_of_others(messenger: Messenger) -> None:
    await messenger.handled(red("u.unknown"), by=messenger.supervision)
    (waiting,) = await messenger.messages()
    township = OPERATOR.model_copy(update={"township": True, "code": PEOPLE[0].code})

    for act, order in (("retry", None), ("abandon", {"reason": "不再需要"})):
        path = f"/messages/{waiting.message_id}/{act}"
        assert (await messenger.work.ask("POST", path, township, body=order)).status_code == 404
    assert [each.state for each in await messenger.messages()] == [waiting.state]


async def test_messages_are_read_page_by_page_newest_first(messenger: Messenger) -> None:
    await messenger.knows(*PEOPLE)
    await messenger.handled(ordinary(), by=messenger.workflow)
    await messenger.handled(red(*(each.code for each in PEOPLE)), by=messenger.supervision)

    seen, after = [], ""
    while after is not None:
        page = (await messenger.work.ask("GET", f"/messages?limit=3{after and f'&after={after}'}", SUPERVISOR)).json()
        seen += page["messages"]
        after = page["after"]
    moments = [each["created_at"] for each in seen]
    assert len({each["message_id"] for each in seen}) == len(seen) == 10
    assert moments == sorted(moments, reverse=True)


async def test_messages_are_found_by_case_recipient_and_state(messenger: Messenger) -> None:
    await messenger.knows(*PEOPLE)
    await messenger.handled(red(PEOPLE[0].code, "u.unknown"), by=messenger.supervision)

    async def found(query: str) -> list[str]:
        answer = (await messenger.work.ask("GET", f"/messages?{query}", SUPERVISOR)).json()
        return sorted(each["recipient"] for each in answer["messages"])

    assert await found(f"case_no={CASE}") == [PEOPLE[0].code, "u.unknown"]
    assert await found("case_no=other") == []
    assert await found(f"recipient={PEOPLE[0].code}") == [PEOPLE[0].code]
    assert await found("state=waiting") == ["u.unknown"]
    assert await found("state=sent") == [PEOPLE[0].code]


async def test_a_page_behind_nothing_is_refused(messenger: Messenger) -> None:
    answer = await messenger.work.ask("GET", f"/messages?after={'0' * 32}", SUPERVISOR)

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_a_message_that_is_not_there_cannot_be_retried(messenger: Messenger) -> None:
    answer = await messenger.work.ask("POST", f"/messages/{'0' * 32}/retry", OPERATOR)

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
