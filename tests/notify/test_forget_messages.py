"""Words and addresses of old messages are deleted, states and counts stay; what is still needed is kept (PIPL §19)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services.contracts.intake import ObjectionAnswered, ObjectionReceived
from services.contracts.supervision import MatterMoved, MatterRegistered
from services.kernel.clock import RealClock
from services.notify.deps import Deps
from services.notify.erasures import count_not_erased, erasable, erase_due
from services.notify.states import State
from tests.notify.builders import CASE, HANDLER, NOW, OPERATOR, accepted, contact, person, ready, red
from tests.notify.conftest import Messenger, running
from tests.notify.providers import Postbox, Provider
from tests.support.office import Office

OTHER = "51200020170421PT0500018"
YEAR = timedelta(days=366)


@pytest.fixture
async def year(office: Office, keys: tuple[Path, Path], box: Postbox) -> AsyncIterator[Messenger]:
    """A messenger that keeps words for a year."""
    async with running(office, keys, box.settings() | {"GUIHUA_MESSAGE_DAYS": "365"}) as opened:
        yield opened


class Later(RealClock):
    """The machine's time, more than a year on."""

    def wall(self) -> datetime:
        return super().wall() + YEAR


def later(messenger: Messenger) -> Deps:
    """The messenger's tools more than a year on: the service itself, and its ticker, stay where they are."""
    return replace(messenger.work.deps, clock=Later())


async def all_of_it(deps: Deps) -> int:
    """Run until nothing is left, as the ticker does."""
    count = 0
    while done := await erase_due(deps):
        count += done
    return count


async def test_given_a_year_has_passed_then_words_and_addresses_go_and_states_and_counts_stay(
    year: Messenger, office: Office
) -> None:
    await year.knows(person("u.handler.d06", "P04@D06"))
    await year.handled(contact(), by=year.intake)
    await year.handled(red("u.handler.d06"), by=year.supervision)
    before = {each.message_id: each for each in await year.messages()}
    assert await all_of_it(year.work.deps) == 0
    assert (await year.work.ask("GET", "/erasures", HANDLER)).status_code == 403
    assert (await year.work.ask("GET", "/erasures", OPERATOR)).json()["would_go"] == 0

    told = await erasable(later(year))
    assert (told.would_go, told.by_template, told.kept, told.erased) == (
        2,
        {"light-red": 1, "receipt-applicant": 1},
        0,
        0,
    )
    assert await count_not_erased(later(year)) == 2
    assert {each.message_id: each for each in await year.messages()} == before, "asking deletes nothing"
    assert await all_of_it(later(year)) == 2
    assert await all_of_it(later(year)) == 0

    stored = str(await office.mongo["guihua_notify"]["messages"].find({}).to_list(None))
    for words in ("您的申请已收件", "139****78", "u.handler.d06@", "红灯"):
        assert words not in stored
    for each in await year.messages():
        was = before[each.message_id]
        assert (each.state, each.on, len(each.attempts)) == (was.state, was.on, len(was.attempts))
        words = f"{was.subject}\n{was.text}"
        assert each.text_mark == year.work.deps.seals.fingerprint(words), "what it said can be shown"
    assert ((await erasable(later(year))).erased, await count_not_erased(later(year))) == (2, 0)
    (item,) = (await year.work.ask("GET", "/inbox", HANDLER)).json()["items"]
    assert (item["subject"], item["text"]) == ("内容已按期删除 / deleted as scheduled", "")


def registered(case_no: str = CASE) -> MatterRegistered:
    return MatterRegistered(
        case_no=case_no,
        matter_no="DC-1",
        title="x",
        department="D06",
        rule=None,
        due_on=None,
        registered_at=NOW,
        recipients=(),
    )


def moved(step: str) -> MatterMoved:
    return MatterMoved(case_no=CASE, matter_no="DC-1", step=step, was="recheck", moved_at=NOW, moved_by="u.supervisor")


async def test_given_a_matter_or_an_objection_is_open_then_the_cases_messages_stay_until_it_is_settled(
    year: Messenger,
) -> None:
    objection = ObjectionReceived(case_no=OTHER, objection_no="Y1", notice_no="N", wants_hearing=False, received_at=NOW)
    await year.handled(contact(), contact(OTHER, "13700000000"), objection, by=year.intake)
    await year.handled(registered(), by=year.supervision)
    assert await all_of_it(later(year)) == 0
    assert ((await erasable(later(year))).would_go, (await erasable(later(year))).kept) == (0, 2)

    await year.handled(moved("publicise"), by=year.supervision)
    assert await all_of_it(later(year)) == 0
    await year.handled(moved("archive"), by=year.supervision)
    assert await all_of_it(later(year)) == 1
    answered = ObjectionAnswered(
        case_no=OTHER, objection_no="Y1", verdict="rejected", answered_by="u.leader", answered_at=NOW
    )
    await year.handled(answered, by=year.intake)
    assert await all_of_it(later(year)) == 1
    assert all(each.erased_at for each in await year.messages())


async def test_given_it_waits_for_somebody_or_for_the_desk_then_it_is_kept_and_a_bare_one_is_not_sent_again(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    gateway.refuse("sms", 400)
    async with running(office, keys, gateway.settings() | {"GUIHUA_MESSAGE_DAYS": "365"}) as messenger:
        await messenger.handled(contact(), by=messenger.intake)
        await messenger.handled(accepted(OTHER), ready(), by=messenger.workflow)
        assert await all_of_it(later(messenger)) == 1

        found = {each.template: each for each in await messenger.messages()}
        assert {name: bool(each.erased_at) for name, each in found.items()} == {
            "accepted-applicant": False,
            "receipt-applicant": True,
            "ready-applicant": False,
        }
        assert (await erasable(later(messenger))).kept == 2
        bare = found["receipt-applicant"]
        assert (bare.because, bare.state) == ("refused", State.FAILED_PERMANENT)
        answer = await messenger.work.ask("POST", f"/messages/{bare.message_id}/retry", OPERATOR)
        assert (answer.status_code, answer.json()["code"]) == (409, "message-erased")


async def test_given_more_than_one_write_takes_and_a_stop_between_then_the_rest_follows_and_nothing_twice(
    year: Messenger,
) -> None:
    codes = [f"u.h{number}" for number in range(250)]
    await year.handled(red(*codes), by=year.supervision)
    deps = year.work.deps
    for each in await year.messages():
        await deps.messages.change(each.message_id, lambda m: (m.model_copy(update={"state": State.CANCELLED}), ()))

    assert await erase_due(later(year)) == 200
    assert sum(each.erased_at is not None for each in await year.messages()) == 200
    assert await all_of_it(later(year)) == 50
    assert len({each.text_mark for each in await year.messages()}) == 1, "one text, one digest"


async def test_given_they_are_kept_for_ever_then_nothing_goes(
    office: Office, keys: tuple[Path, Path], box: Postbox
) -> None:
    async with running(office, keys, box.settings() | {"GUIHUA_MESSAGE_DAYS": "0"}) as messenger:
        await messenger.handled(contact(), by=messenger.intake)
        assert await all_of_it(later(messenger)) == 0
        assert (await erasable(later(messenger))).before is None
