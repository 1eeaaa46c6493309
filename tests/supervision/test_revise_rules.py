"""The rule table is data of the office: versions with effective dates, never changed (A-29)."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from services.contracts.words import ClockKind, Light
from services.supervision.rules import (
    Audience,
    Rule,
    RulesNotLawful,
    RuleTable,
    RuleTableEntry,
    Rung,
    Trigger,
    default_table,
    in_force,
    matching,
    new_version,
)
from services.supervision.tables import Tables
from tests.supervision import timers
from tests.supervision.timers import NOW
from tests.support.desk import store_of
from tests.support.office import Office


def rule(**changed: object) -> Rule:
    facts: dict[str, object] = {
        "id": "SL-02",
        "on": Trigger.OVERDUE,
        "kinds": (ClockKind.STEP,),
        "light": Light.RED,
        "rung": Rung.RED,
        "to": (Audience.HANDLER,),
        "reason": "环节超时",
        "basis": "本局规定",
    }
    return Rule.model_validate(facts | changed)


def entry(*rules: Rule, on: date = date(2017, 5, 1)) -> RuleTableEntry:
    return RuleTableEntry(effective_from=on, rules=rules, note="试行")


def test_given_a_new_version_then_it_holds_from_its_day_and_not_before() -> None:
    second = new_version(entry(rule()), latest=default_table(), by="u.supervisor", now=NOW)
    tables = (default_table(), second)
    assert in_force(tables, date(2017, 4, 30)).number == 1
    assert in_force(tables, date(2017, 5, 1)).number == 2


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ((rule(), rule()), "body.rules.1.id"),
        ((rule(light=Light.GREEN),), "body.rules.0.light"),
    ],
)
def test_given_a_table_that_cannot_be_followed_then_every_place_is_named(rules: tuple[Rule, ...], where: str) -> None:
    with pytest.raises(RulesNotLawful) as refused:
        new_version(entry(*rules), latest=default_table(), by="u.supervisor", now=NOW)
    assert [error.where for error in refused.value.errors] == [where]


def test_given_an_earlier_day_than_the_latest_version_then_it_is_refused() -> None:
    second = new_version(entry(rule()), latest=default_table(), by="u.supervisor", now=NOW)
    with pytest.raises(RulesNotLawful):
        new_version(entry(rule(), on=date(2017, 4, 1)), latest=second, by="u.supervisor", now=NOW)


def test_given_the_default_table_then_each_trigger_meets_what_it_should() -> None:
    table = default_table()
    met = {
        "step overdue": matching(table, timers.overdue(0, light_rules=())),
        "promise due": matching(table, timers.due(kind=ClockKind.PROMISED)),
        "promise late": matching(table, timers.overdue(0, kind=ClockKind.PROMISED)),
        "law late": matching(table, timers.overdue(0, kind=ClockKind.STATUTORY)),
        "started": matching(table, timers.started()),
    }
    assert {name: [one.id for one in rules] for name, rules in met.items()} == {
        "step overdue": ["SL-02"],
        "promise due": ["SL-04"],
        "promise late": ["SL-05"],
        "law late": ["SL-07"],
        "started": [],
    }


@dataclass(slots=True)
class Watch:
    """A clock whose hands are moved by the test."""

    at: datetime = NOW
    revision: int = 0

    def now(self) -> datetime:
        return self.at

    def wall(self) -> datetime:
        return self.at

    async def changed(self, timeout: float) -> None:  # noqa: ASYNC109 - as the clock has it
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=timeout)


async def test_given_a_version_made_elsewhere_then_it_is_seen_within_five_seconds_and_ones_own_at_once(
    office: Office,
) -> None:
    watch, store = Watch(), store_of(office, "supervision")
    versions = store.aggregates("rule_tables", RuleTable, key="version")
    here, elsewhere = Tables(versions, watch), Tables(versions, watch)
    assert [table.number for table in await here.known()] == [1]

    second = new_version(entry(rule()), latest=default_table(), by="u.supervisor", now=NOW)
    await elsewhere.add(second)
    assert [table.number for table in await elsewhere.known()] == [1, 2]
    watch.at += timedelta(seconds=5)
    assert [table.number for table in await here.known()] == [1, 2]
    await store.close()
