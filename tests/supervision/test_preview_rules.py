"""What a changed rule table would have done, told from what was heard before it is made (A-29)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.contracts.workflow import TimerSaid
from services.supervision.previews.asking import Replay
from services.supervision.previews.models import Changes, How
from services.supervision.records.heard import Heard
from services.supervision.rules import Effect, RuleTable, default_table
from services.supervision.statistics.periods import Period
from tests.supervision import timers
from tests.supervision.rooms import CHIEF, SUPERVISOR, Room, late, matters_of
from tests.supervision.timers import CASE
from tests.support.wait import wait_until

OPENED = datetime(2017, 3, 31, 1, 0, tzinfo=UTC)
APRIL = Period(date(2017, 4, 1), date(2017, 4, 30), {})
ACROSS = Period(date(2017, 3, 1), date(2017, 4, 30), {})


def heard(day: int, said: TimerSaid) -> Heard:
    """What was heard so many days after the step was warned of."""
    return Heard(
        event_id=f"workflow.cases.{CASE}.{day}.0",
        case_no=CASE,
        sequence=day,
        place=0,
        type=said.TYPE,
        heard_at=OPENED + timedelta(days=day),
        rules=1,
        data=said.model_dump(mode="json"),
    )


HISTORY = (
    heard(0, timers.warned()),
    heard(1, timers.overdue(0)),
    heard(5, timers.overdue(1)),
    heard(6, timers.overdue(2)),
)


def table(**changed: dict[str, object] | None) -> RuleTable:
    """The default table with rules changed by family and line, such as `SL16_1`; those given none left out."""
    known = {rule.id: rule for rule in default_table().rules}
    for name, facts in changed.items():
        key = f"{name[:2]}-{name[2:].replace('_', '/')}"
        rule = known.pop(key)
        if facts is not None:
            known[key] = rule.model_copy(update=facts)
    return default_table().model_copy(update={"rules": tuple(known.values())})


def tried(thought: RuleTable, period: Period = ACROSS) -> dict[str, Changes]:
    """What the table comes to in the history."""
    replay = Replay({1: default_table()}, thought, period)
    replay.go_through(HISTORY)
    return dict(replay.tally.totals())


def told(changes: Changes) -> list[tuple[How, str | None, str | None]]:
    return [(each.how, each.was_rule, each.would_rule) for each in changes.affected]


def test_given_the_table_that_held_then_all_is_as_it_was() -> None:
    found = tried(default_table())
    assert {name: (each.same, each.affected) for name, each in found.items()} == {
        "lights": (2, ()),
        "alerts": (2, ()),
        "matters": (1, ()),
        "notices": (1, ()),
    }


def test_given_a_longer_grace_then_the_matter_comes_later_and_the_light_as_before() -> None:
    found = tried(table(SL16_1={"at": 2}))
    assert told(found["matters"]) == [(How.LATER, "SL-16/1", "SL-16/1")]
    [moved] = found["matters"].affected
    assert (moved.was_at, moved.would_at) == (OPENED + timedelta(days=5), OPENED + timedelta(days=6))
    assert (moved.case_no, moved.clock, moved.department, moved.due_on) == (
        CASE,
        "形成议题材料",
        "D06",
        date(2017, 4, 1),
    )
    assert (found["lights"].same, found["lights"].affected) == (2, ())


def test_given_a_grace_longer_than_anybody_was_late_then_matter_and_notice_are_dropped() -> None:
    found = tried(table(SL16_1={"at": 9}))
    assert told(found["matters"]) == told(found["notices"]) == [(How.DROPPED, "SL-16/1", None)]


def test_given_a_matter_at_once_then_it_comes_earlier_by_the_stricter_rule() -> None:
    found = tried(table(SL16_0={"effects": (Effect.MATTER,)}))
    assert told(found["matters"]) == [(How.EARLIER, "SL-16/1", "SL-16/0")]
    assert found["notices"].same == 1


def test_given_no_warning_rule_then_its_light_and_entry_are_dropped() -> None:
    found = tried(table(SL16=None))
    assert told(found["lights"]) == told(found["alerts"]) == [(How.DROPPED, "SL-16", None)]
    assert (found["lights"].same, found["matters"].same) == (1, 1)


def test_given_another_colour_then_one_light_goes_and_the_other_comes_earlier() -> None:
    found = tried(table(SL16={"light": "red"}))
    assert sorted(told(found["lights"])) == [
        (How.DROPPED, "SL-16", None),
        (How.EARLIER, "SL-16/0", "SL-16"),
    ]


def test_given_what_came_before_the_period_then_it_is_as_it_was() -> None:
    found = tried(table(SL16=None, SL16_1={"at": 2}), APRIL)
    assert (found["lights"].dropped, found["matters"].later) == (0, 1)


async def _preview(room: Room, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await room.ask(SUPERVISOR, "POST", "/rules/preview", body)).raise_for_status().json()
    return found


async def _rules(room: Room) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await room.have(SUPERVISOR, "/rules"))["in_force"]["rules"]
    return found


async def test_given_a_changed_table_then_the_office_sees_rule_by_rule_what_it_would_have_done(room: Room) -> None:
    await late(room)
    rules = await _rules(room)
    for rule in rules:
        rule["effects"] = [] if rule["id"] == "SL-16/1" else rule["effects"]
    found = await _preview(room, rules=[rule for rule in rules if rule["id"] != "SL-03"])
    assert (found["since"], found["until"], found["cases"], found["events"]) == ("2017-01-06", "2017-04-06", 1, 4)
    by_rule = {rule["id"]: rule for rule in found["rules"]}
    assert {by_rule[key]["state"] for key in ("SL-16/1", "SL-03", "SL-02")} == {"changed", "gone", "kept"}
    [gone] = by_rule["SL-16/1"]["matters"]["affected"]
    assert (gone["how"], gone["case_no"], gone["was_rule"], gone["would_at"]) == ("dropped", CASE, "SL-16/1", None)
    assert (found["matters"]["dropped"], found["notices"]["dropped"], found["lights"]["same"]) == (1, 1, 2)


async def test_given_a_preview_then_nothing_is_changed_by_it(room: Room) -> None:
    await late(room)
    before = await matters_of(room), await room.have(SUPERVISOR, f"/lights/{CASE}/records")
    rules = [{**rule, "light": "red2", "effects": ["matter", "notice"]} for rule in await _rules(room)]
    assert (await _preview(room, rules=rules))["notices"]["earlier"] == 0
    await wait_until(room.idle)
    assert (await matters_of(room), await room.have(SUPERVISOR, f"/lights/{CASE}/records")) == before
    assert len(await room.have(SUPERVISOR, "/rules/versions")) == 1


async def test_given_a_period_without_events_then_nothing_is_counted(room: Room) -> None:
    await late(room)
    found = await _preview(room, rules=await _rules(room), since="2017-01-01", until="2017-03-31")
    assert (found["cases"], found["events"], found["lights"]["same"]) == (0, 0, 0)


async def test_given_a_table_that_cannot_be_followed_or_a_chief_then_it_is_refused(room: Room) -> None:
    rules = await _rules(room)
    doubled = await room.ask(SUPERVISOR, "POST", "/rules/preview", {"rules": [*rules, rules[0]]})
    assert (doubled.status_code, doubled.json()["code"]) == (422, "rules-not-lawful")
    days = {"since": "2017-04-06", "until": "2017-04-01"}
    reversed_days = await room.ask(SUPERVISOR, "POST", "/rules/preview", {"rules": rules, **days})
    assert (reversed_days.status_code, reversed_days.json()["code"]) == (422, "period-reversed")
    assert (await room.ask(CHIEF, "POST", "/rules/preview", {"rules": rules})).status_code == 403
