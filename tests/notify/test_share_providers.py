"""Several providers a channel: by weight, away from one in trouble, back little by little; a message by one alone."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.notify.attempts import Attempt
from services.notify.desks import DeskList
from services.notify.messages import Patience, compose, stays_with
from services.notify.providers import LEAST, Provider, Providers
from services.notify.rosters import load_roster
from services.notify.states import State
from services.notify.templates import Channel, Wording
from tests.notify.builders import contact
from tests.notify.conftest import running
from tests.notify.providers import provider
from tests.support.office import Office
from tests.support.wait import wait_until

WALL = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PATIENCE = Patience(pauses=(timedelta(seconds=2),) * 8, fallback_after=3, limit=timedelta(seconds=20))
QUICK = timedelta(milliseconds=50)
KEYS = [f"{number * 42949672 + 21474836:032x}" for number in range(100)]
"""Message ids as even as hashes are."""


def two(a: int = 100, b: int = 100) -> Providers:
    names = (("a", a), ("b", b))
    return Providers([Provider(name, Channel.SMS, DeskList(), weight) for name, weight in names])


def shares(providers: Providers, wall: datetime) -> Counter[str]:
    """How many of a hundred messages each gets."""
    return Counter(providers.choose(Channel.SMS, key=key, wall=wall, stays_with=None).name for key in KEYS)


def test_given_all_are_well_then_each_gets_its_weight() -> None:
    assert shares(two(), WALL) == {"a": 50, "b": 50}
    assert shares(two(a=300), WALL) == {"a": 75, "b": 25}


def test_given_one_fails_for_a_minute_then_traffic_moves_at_once_and_drifts_back_slowly() -> None:
    providers = two()
    a = providers.named(Channel.SMS, "a")
    for second in range(60):
        a.health.note(wall=WALL + timedelta(seconds=second), took=QUICK, failed=True)
    over = WALL + timedelta(seconds=59)

    assert a.health.share(over) == LEAST
    assert shares(providers, over)["a"] == 5
    back = [shares(providers, over + timedelta(minutes=minutes))["a"] for minutes in range(11)]
    assert back == sorted(back)
    assert back[1] < 15
    assert back[5] < 40
    assert back[10] == 50


def test_given_a_few_errors_or_a_slow_answer_among_many_then_nothing_moves() -> None:
    providers = two()
    a = providers.named(Channel.SMS, "a")
    for minute in range(10):
        a.health.note(wall=WALL + timedelta(minutes=2 * minute), took=timedelta(seconds=9), failed=False)
        a.health.note(wall=WALL + timedelta(minutes=2 * minute), took=QUICK, failed=True)

    assert shares(providers, WALL + timedelta(minutes=20)) == {"a": 50, "b": 50}


def test_given_answers_are_slow_again_and_again_then_traffic_moves() -> None:
    providers = two()
    for _ in range(8):
        providers.named(Channel.SMS, "a").health.note(wall=WALL, took=timedelta(seconds=6), failed=False)

    assert shares(providers, WALL)["b"] == 95


def tried(*by: tuple[str, bool]) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(channel=Channel.SMS, to="", began_at=WALL, ended_at=WALL, error="x", provider=name, unsure=unsure)
        for name, unsure in by
    )


@pytest.mark.parametrize(
    ("attempts", "who"),
    [
        ((), None),
        ((("a", True),), "a"),
        ((("a", False),), None),
        ((("a", True), ("a", True)), "a"),
        ((("a", True), ("a", True), ("a", True)), None),
        ((("b", False), ("a", True)), "a"),
        ((("a", True), ("a", False)), "a"),
        ((("a", True), ("b", True)), "b"),
    ],
    ids=["no try", "may have it", "has it not", "still", "long enough", "one of two", "away then", "the last counts"],
)
def test_who_may_have_taken_a_message_gets_it_again_for_they_deliver_it_once(
    attempts: tuple[tuple[str, bool], ...], who: str | None
) -> None:
    wording = Wording(template="t", version=1, channels=(Channel.SMS,), subject="", text="x")
    message = compose(wording, event_id="e", case_no=None, recipient="u.one", wall=WALL)

    assert stays_with(message.model_copy(update={"attempts": tried(*attempts)}), Channel.SMS, PATIENCE) == who


ROSTER = """
[[provider]]
name = "sms-a"
channel = "sms"
kind = "gateway"
url = "{a}/sms"
[[provider]]
name = "sms-b"
channel = "sms"
kind = "gateway"
url = "{b}/sms"
"""


async def test_given_one_gateway_answers_500_then_the_other_gets_the_traffic_and_nobody_is_told_twice(
    office: Office, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    cases = [f"5120002017042{number:02d}PT0500017" for number in range(40)]
    async with provider() as a, provider() as b:
        (tmp_path / "roster.toml").write_text(ROSTER.format(a=a.url, b=b.url))
        a.refuse("sms", 500, times=12)
        pauses = {"GUIHUA_RETRY_PAUSES": f"{[0.05] * 12}", "GUIHUA_FALLBACK_AFTER": "12"}
        async with running(
            office, keys, {"GUIHUA_PROVIDERS_FILE": str(tmp_path / "roster.toml"), **pauses}
        ) as messenger:
            for case in cases:
                await messenger.intake.say(contact(case))

            async def all_sent() -> bool:
                found = await messenger.messages()
                return len(found) == len(cases) and {each.state for each in found} == {State.SENT}

            await wait_until(all_sent, within=60)
            share = next(each for each in messenger.work.deps.providers.all if each.name == "sms-a").health.share(
                messenger.clock.wall()
            )
            by = Counter(each.provider for each in await messenger.messages())

    assert set(a.of("sms")).isdisjoint(b.of("sms")), "whoever may have taken a message keeps it"
    assert len({*a.of("sms"), *b.of("sms")}) == len(cases)
    assert len(b.of("sms")) == len(set(b.of("sms"))) == by["sms-b"]
    assert share == LEAST, "little new comes to who is in trouble"


@pytest.mark.parametrize(
    "spoilt",
    [
        "",
        "[[provider]]\nname = 'x'",
        "[[provider]]\nname='sms'\nchannel='sms'\nkind='gateway'\nurl='http://x/'",
        "[[provider]]\nname='x'\nchannel='sms'\nkind='cmpp'\nurl='http://x/'\nsecret='s'",
        "[[provider]]\nname='x'\nchannel='sms'\nkind='webhook'\nurl='http://x/'",
        "[[provider]]\nname='x'\nchannel='desk'\nkind='gateway'\nurl='http://x/'",
        "[[provider]]\nname='x'\nchannel='sms'\nkind='gateway'\nurl='ftp://x/'",
        "[[provider]]\nname='x'\nchannel='sms'\nkind='gateway'\nurl='http://x/'\nsecret_file='/nowhere'",
        2 * "[[provider]]\nname='x'\nchannel='sms'\nkind='gateway'\nurl='http://x/'\n",
    ],
    ids=["empty", "half", "taken", "no account", "no proof", "no such channel", "no address", "no secret", "twice"],
)
def test_a_file_of_providers_that_cannot_work_is_refused_before_the_start(tmp_path: Path, spoilt: str) -> None:
    file = tmp_path / "roster.toml"
    file.write_text(spoilt)
    with pytest.raises(ValueError, match=r"/ "):
        load_roster(file)


def test_keys_of_receipts_are_long_enough_to_be_no_guess(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("short")
    file = tmp_path / "roster.toml"
    file.write_text(
        "[[provider]]\nname='x'\nchannel='sms'\nkind='gateway'\nurl='http://x/'\n"
        f"receipt_keys_file='{tmp_path / 'keys'}'"
    )
    with pytest.raises(ValueError, match="16"):
        load_roster(file)

    (tmp_path / "keys").write_text("a key that is long enough, another that is as well")
    (entry,) = load_roster(file)
    assert entry.signs_with == (b"a key that is long enough", b"another that is as well")
