"""People are spared: nobody is woken, several about one case are one, and each chooses how to be told."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.contracts.registry import CalendarDay, CalendarPublished
from services.contracts.words import DayKind, Light
from services.notify.hours import Hours, QuietHours
from services.notify.messages import Message
from services.notify.states import State
from tests.notify.builders import CASE, HANDLER, NOW, bulletin, person, red
from tests.notify.conftest import Messenger, running
from tests.notify.providers import Postbox, Provider
from tests.support.desk import store_of
from tests.support.office import Office
from tests.support.wait import wait_until

ZONE = ZoneInfo("Asia/Shanghai")
MINE = person("u.handler.d06", "P04@D06")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("hours", "said_at", "leaves_at"),
    [
        (Hours.WAKING, "2026-11-23T21:59", None),
        (Hours.WAKING, "2026-11-23T22:00", "2026-11-24T07:00"),
        (Hours.WAKING, "2026-11-24T03:00", "2026-11-24T07:00"),
        (Hours.WAKING, "2026-11-24T07:00", None),
        (Hours.ANY, "2026-11-24T03:00", None),
        (Hours.WORKING, "2026-11-23T10:00", None),
        (Hours.WORKING, "2026-11-23T08:00", "2026-11-23T09:00"),
        (Hours.WORKING, "2026-11-23T17:00", "2026-11-24T09:00"),
        (Hours.WORKING, "2026-11-27T18:00", "2026-11-30T09:00"),
        (Hours.WORKING, "2026-11-28T10:00", "2026-11-30T09:00"),
    ],
)
def test_a_message_is_held_until_people_are_up_or_the_office_is_open(
    hours: Hours, said_at: str, leaves_at: str | None
) -> None:
    until = QuietHours.of("22:00-07:00").held_until(hours, at(said_at))

    assert until == (at(leaves_at) if leaves_at else None)


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    assert QuietHours.of("12:00-13:30").held_until(Hours.WAKING, at("2026-11-23T12:10")) == at("2026-11-23T13:30")
    assert QuietHours.of("12:00-13:30").held_until(Hours.WAKING, at("2026-11-23T23:10")) is None
    assert QuietHours.of("").held_until(Hours.WORKING, at("2026-11-28T03:00")) is None


def test_a_day_that_the_registry_publishes_as_off_is_no_working_day() -> None:
    quiet = QuietHours.of("22:00-07:00")
    monday = at("2026-11-30T10:00")
    off = CalendarDay(day=monday.date(), kind=DayKind.HOLIDAY, name="临时放假")
    quiet.learn(
        CalendarPublished(year=2026, version=99, source="x", days=(off,), published_at=NOW, published_by="u.registrar")
    )

    assert quiet.held_until(Hours.WORKING, monday) == at("2026-12-01T09:00")


async def test_given_the_whole_day_is_quiet_then_only_what_may_go_at_any_hour_leaves(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    now = datetime.now(ZONE)
    begins, ends = now - timedelta(hours=1), now + timedelta(hours=6)
    quiet = {"GUIHUA_QUIET_HOURS": f"{begins:%H:%M}-{ends:%H:%M}"}
    async with running(office, keys, gateway.settings() | quiet) as messenger:
        await messenger.knows(MINE)
        urgent = red(MINE.code).model_copy(update={"light": Light.RED2})
        await messenger.handled(red(MINE.code), urgent, by=messenger.supervision)
        await wait_until(lambda: gateway.taken, within=30)

        found = {each.template: each for each in await messenger.messages()}
        assert found["light-red2"].state is State.SENT
        held = found["light-red"]
        assert (held.state, held.attempts) == (State.QUEUED, ())
        assert held.due_at is not None
        assert held.due_at.astimezone(ZONE).strftime("%H:%M") == f"{ends:%H:%M}"
        assert (await messenger.work.ask("GET", "/inbox", HANDLER)).json()["unread"] == 2, "the inbox wakes nobody"
    assert len(gateway.taken) == 1


def test_given_own_quiet_hours_then_they_stand_in_place_of_the_bureaus() -> None:
    quiet, noon = QuietHours.of("22:00-07:00"), at("2026-11-23T12:10")

    assert quiet.held_until(Hours.WAKING, noon, own="12:00-14:00") == at("2026-11-23T14:00")
    assert quiet.held_until(Hours.WAKING, at("2026-11-23T23:00"), own="12:00-14:00") is None
    assert quiet.held_until(Hours.ANY, noon, own="12:00-14:00") is None
    assert QuietHours.of("").held_until(Hours.WAKING, noon, own="12:00-14:00") == at("2026-11-23T14:00")
    assert (str(quiet), str(QuietHours.of("")), str(QuietHours.of("00:00-06:00"))) == ("22:00-07:00", "", "00:00-06:00")


async def test_given_own_quiet_hours_and_no_summaries_then_both_are_kept_for_that_person_only(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    now = datetime.now(ZONE)
    begins, ends = now - timedelta(hours=1), now + timedelta(hours=6)
    other = person("u.handler2.d06", "P04@D06")
    async with running(office, keys, gateway.settings() | {"GUIHUA_DIGEST_MINUTES": "10"}) as messenger:
        await messenger.knows(MINE, other)
        choice = {"quiet": f"{begins:%H:%M}-{ends:%H:%M}", "digest_minutes": 0}
        assert (await messenger.work.ask("PUT", "/preferences", HANDLER, body=choice)).status_code == 200
        seen = (await messenger.work.ask("GET", "/preferences", HANDLER)).json()
        assert (seen["choice"]["quiet"], seen["quiet"], seen["digest_minutes"]) == (choice["quiet"], "", 10)
        for wrong in ({"quiet": "25:00-07:00"}, {"quiet": "22:00"}, {"digest_minutes": 121}):
            assert (await messenger.work.ask("PUT", "/preferences", HANDLER, body=wrong)).status_code == 422

        for _ in range(2):
            await messenger.handled(red(MINE.code, other.code), by=messenger.supervision)
        found = await messenger.messages()
        mine = [each for each in found if each.recipient == MINE.code]
        assert [(each.state, each.digest) for each in mine] == [(State.QUEUED, "")] * 2
        assert {f"{each.due_at.astimezone(ZONE):%H:%M}" for each in mine if each.due_at} == {f"{ends:%H:%M}"}
        theirs = sorted((each for each in found if each.recipient == other.code), key=lambda each: each.digest)
        assert [(each.state, bool(each.digest)) for each in theirs] == [(State.SENT, False), (State.QUEUED, True)]


async def sent_by(messenger: Messenger) -> list[Message]:
    return [each for each in await messenger.messages() if each.state is State.SENT]


async def test_given_several_about_one_case_within_the_window_then_the_first_leaves_at_once_and_the_rest_as_one(
    office: Office, keys: tuple[Path, Path], gateway: Provider
) -> None:
    other_case = "51200020170421PT0500018"
    async with running(office, keys, gateway.settings() | {"GUIHUA_DIGEST_MINUTES": "10"}) as messenger:
        await messenger.knows(MINE)
        steps = [red(MINE.code).model_copy(update={"clock_id": f"step:{n}", "name": f"环节{n}"}) for n in range(4)]
        for said in (*steps, red(MINE.code, case_no=other_case)):
            await messenger.handled(said, by=messenger.supervision)
        assert len(await sent_by(messenger)) == 2, "the first of each case"

        await end_windows(messenger, office)

        async def over() -> bool:
            return all(each.due_at is None for each in await messenger.messages())

        await wait_until(over, within=30)
        found = await messenger.messages()
        (summary,) = [each for each in found if each.covers]
        assert (summary.state, len(summary.covers)) == (State.SENT, 2)
        assert [f"环节{n}" in summary.text for n in range(4)] == [False, True, True, True]
        dropped = [each for each in found if each.state is State.SUPPRESSED]
        assert {each.message_id for each in dropped} == set(summary.covers)
        assert all(summary.message_id in each.because for each in dropped)
        inbox = (await messenger.work.ask("GET", "/inbox", HANDLER)).json()
        assert (len(inbox["items"]), inbox["unread"]) == (3, 3)
    assert len(gateway.taken) == 3, "two at once, one summary"


async def end_windows(messenger: Messenger, office: Office) -> None:
    """As if ten minutes had passed: all that wait for their summary are due at one moment, as they are in an office."""
    store = store_of(office, "notify")
    try:
        due = {"$set": {"body.due_at": messenger.clock.wall()}}
        await store.database["messages"].update_many({"body.digest": {"$gt": ""}}, due)
    finally:
        await store.close()
    messenger.work.deps.wake.set()


async def test_a_person_is_told_by_the_channel_they_chose_and_not_of_what_they_may_do_without(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.knows(MINE)
    offered = (await messenger.work.ask("GET", "/preferences", HANDLER)).json()
    assert (offered["choice"]["channels"], offered["channels"]) == ([], ["chat", "sms", "smtp"])
    assert "bulletin" in {each["id"] for each in offered["optional"]}
    choice = {"channels": ["smtp"], "muted": ["bulletin", "light-red"], "language": "zh"}
    assert (await messenger.work.ask("PUT", "/preferences", HANDLER, body=choice)).status_code == 200

    await messenger.handled(red(MINE.code), bulletin(MINE.code), by=messenger.supervision)
    (letter,) = await box.delivered(1)
    assert letter["channel"] == "smtp"
    found = {each.template: each for each in await messenger.messages()}
    assert found["light-red"].channels == ("smtp", "chat", "sms"), "a duty to hear: muting it does nothing"
    assert (found["bulletin"].state, found["bulletin"].unread_by) == (State.SUPPRESSED, None)
    assert CASE in letter["text"]


async def test_choices_outlive_a_restart_and_are_ones_own(
    office: Office, keys: tuple[Path, Path], box: Postbox
) -> None:
    async with running(office, keys, box.settings()) as messenger:
        await messenger.work.ask("PUT", "/preferences", HANDLER, body={"channels": ["sms"]})
    async with running(office, keys, box.settings()) as messenger:
        assert messenger.work.deps.preferences.of(HANDLER.code).channels == ("sms",)
        assert messenger.work.deps.preferences.of("u.leader").channels == ()
        refused = await messenger.work.ask("PUT", "/preferences", HANDLER, body={"channels": ["smoke"]})
        assert refused.status_code == 422
