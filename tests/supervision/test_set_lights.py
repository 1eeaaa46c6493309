"""Lights follow the timer events by the rule table (SL-01 to SL-16), in whatever order and however often they come."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.events import Said
from services.contracts.supervision import EscalationClimbed, LightChanged
from services.contracts.words import ClockKind, Light
from services.contracts.workflow import TimerSaid
from services.supervision.lights import CaseLights, ClockLight, dark, follow, hear
from services.supervision.rules import default_table
from tests.supervision import timers
from tests.supervision.timers import CAST, NOW, REDRAWN


def after(*said: TimerSaid) -> tuple[CaseLights, list[Said]]:
    """The case after these events, one sequence number each, and everything supervision said."""
    case, heard = dark(said[0], now=NOW), []
    for sequence, timer in enumerate(said, 1):
        case, events = hear(case, timer, sequence=sequence, table=default_table(), cast=CAST, now=NOW)
        heard += events
    return case, heard


def changes(events: list[Said]) -> list[tuple[Light, str | None]]:
    return [(event.light, event.rule) for event in events if isinstance(event, LightChanged)]


def test_given_a_clock_that_starts_then_the_light_is_green_and_nobody_is_told() -> None:
    case, events = after(timers.started())
    assert case.light is Light.GREEN
    assert case.open
    assert events == []


def test_given_the_warning_point_of_agenda_material_then_its_own_rule_sets_yellow() -> None:
    case, events = after(timers.started(), timers.warned())
    assert case.light is Light.YELLOW
    assert changes(events) == [(Light.YELLOW, "SL-16")]
    assert events[0].recipients == ("u.handler.d06", "u.chief.d06", "u.leader")


def test_given_an_ordinary_step_then_the_special_rule_stays_silent() -> None:
    _, events = after(timers.started(light_rules=()), timers.warned(light_rules=()))
    assert changes(events) == [(Light.YELLOW, "SL-01")]


def test_given_a_window_that_let_the_five_days_pass_then_it_is_red_and_a_matter_though_the_step_is_over() -> None:
    rules = {"light_rules": ("SL-08", "SL-09")}
    case, events = after(timers.started(**rules), timers.stopped(lapsed=True, **rules))
    assert changes(events) == [(Light.RED, "SL-09")]
    assert events[0].recipients == ("u.handler.d06", "u.chief.d06", "u.supervisor")
    assert [event.rung for event in events if isinstance(event, EscalationClimbed)] == ["matter"]
    assert case.light is Light.GREEN  # of what is still to do nothing is late


def test_given_a_step_that_was_done_or_lapsed_without_that_rule_then_no_light_follows() -> None:
    done = {"light_rules": ("SL-08", "SL-09")}
    assert changes(after(timers.started(**done), timers.stopped(**done))[1]) == []
    other = {"light_rules": ()}
    assert changes(after(timers.started(**other), timers.stopped(lapsed=True, **other))[1]) == []


def test_given_a_decision_that_is_not_published_in_time_then_whoever_publishes_and_supervision_are_told() -> None:
    rules = {"light_rules": ("SL-14",)}
    _, events = after(timers.started(**rules), timers.warned(**rules), timers.overdue(0, **rules))
    assert changes(events) == [(Light.YELLOW, "SL-14"), (Light.RED, "SL-14/0")]
    red = next(event for event in events if isinstance(event, LightChanged) and event.light is Light.RED)
    assert red.recipients == ("u.handler.d06", "u.supervisor")


OWN_WORK = [
    # rule named in the diagram, light set, who is told
    ("SL-17", Light.YELLOW, ("u.handler.d06",)),
    ("SL-18", Light.YELLOW, ("u.handler.d06", "u.chief.d06", "u.leader")),
    ("SL-19", Light.RED, ("u.handler.d06", "u.leader", "u.supervisor")),
]


@pytest.mark.parametrize(("rule", "light", "told"), OWN_WORK)
def test_given_the_bureaus_own_work_is_late_then_its_own_rule_says_how_late_and_to_whom(
    rule: str, light: Light, told: tuple[str, ...]
) -> None:
    rules = {"light_rules": (rule,)}
    _, events = after(timers.started(**rules), timers.overdue(0, **rules))
    assert changes(events) == [(light, rule)]
    assert events[0].recipients == told


def test_given_a_supervision_notice_that_nobody_acknowledges_then_yellow_becomes_red_a_day_later() -> None:
    rules = {"light_rules": ("SL-21",)}
    _, events = after(timers.started(**rules), timers.overdue(0, **rules), timers.overdue(1, **rules))
    assert changes(events) == [(Light.YELLOW, "SL-21"), (Light.RED, "SL-21/1")]


def test_given_what_is_to_be_put_right_and_its_days_are_over_then_it_is_red_though_the_step_was_taken_away() -> None:
    """A-38, SL-22."""
    rules = {"light_rules": ("SL-22",)}
    _, events = after(timers.started(**rules), timers.stopped(lapsed=True, **rules))
    assert changes(events) == [(Light.RED, "SL-22")]
    assert events[0].recipients == ("u.handler.d06", "u.leader", "u.supervisor")


def test_given_overdue_by_a_day_then_red_climbs_to_a_matter_and_each_rule_is_met_once() -> None:
    case, events = after(timers.started(), timers.overdue(0), timers.overdue(1), timers.overdue(2))
    assert case.light is Light.RED
    assert changes(events) == [(Light.RED, "SL-16/0"), (Light.RED, "SL-16/1")]
    assert [event.rung for event in events if isinstance(event, EscalationClimbed)] == ["matter"]
    assert case.clocks["step:t1"].overdue_workdays == 2


def test_given_only_the_newest_count_after_a_downtime_then_the_lower_rules_are_met_too() -> None:
    _, events = after(timers.started(), timers.overdue(5))
    assert changes(events) == [(Light.RED, "SL-16/1")]
    assert after(timers.overdue(5))[0].clocks["step:t1"].met == ("SL-16/0", "SL-16/1")


def test_given_statutory_limit_passed_then_the_case_shows_serious_red_to_everyone() -> None:
    case, events = after(timers.started(kind=ClockKind.STATUTORY), timers.overdue(0, kind=ClockKind.STATUTORY))
    assert case.light is Light.RED2
    assert events[0].recipients == ("u.handler.d06", "u.chief.d06", "u.leader", "u.head", "u.supervisor")


def test_given_a_hold_then_the_light_is_grey_and_its_colour_comes_back() -> None:
    case, _ = after(timers.started(), timers.warned(), timers.held())
    assert case.light is Light.GREY
    case, events = after(timers.started(), timers.warned(), timers.held(), timers.resumed())
    assert case.light is Light.YELLOW
    assert [event.light for event in events if isinstance(event, LightChanged)] == ["yellow", "grey", "yellow"]


def test_given_an_extension_then_the_light_goes_back_to_green_and_may_warn_again() -> None:
    case, events = after(
        timers.started(), timers.overdue(0), timers.moved(date(2017, 4, 18)), timers.warned(due_on=date(2017, 4, 18))
    )
    assert case.light is Light.YELLOW
    assert [light for light, _ in changes(events)] == [Light.RED, Light.GREEN, Light.YELLOW]


def test_given_the_step_is_done_then_its_light_is_cleared_and_the_case_shows_the_rest() -> None:
    case, events = after(
        timers.started(),
        timers.overdue(0),
        timers.started(kind=ClockKind.PROMISED),
        timers.warned(kind=ClockKind.PROMISED),
        timers.stopped(3),
    )
    assert case.light is Light.YELLOW
    assert changes(events)[-1] == (Light.GREEN, None)
    assert case.clocks["step:t1"].overdue_workdays == 3


@pytest.mark.parametrize("late", [timers.warned(), timers.overdue(1), timers.started()])
def test_given_an_event_older_than_the_stop_then_nothing_changes(late: TimerSaid) -> None:
    case, _ = after(timers.started(), timers.stopped())
    again, events = hear(case, late, sequence=1, table=default_table(), cast=CAST, now=NOW)
    assert again == case
    assert events == ()


def drawing(light: ClockLight) -> dict[str, str | None]:
    return {"name": light.name, "element": light.element, "post": light.post, "department": light.department}


def test_given_a_case_on_another_version_then_its_lights_bear_the_names_and_desks_drawn_there() -> None:
    before, _ = after(timers.started(person="u.handler.d06"), timers.overdue(0, person="u.handler.d06"))
    case, said = follow(before, timers.migrated(), sequence=3)
    light = case.clocks["step:t1"]
    assert (drawing(light), light.person) == (REDRAWN, None)
    assert (light.shows, light.due_on, light.met, said) == (Light.RED, before.clocks["step:t1"].due_on, light.met, ())
    assert case.departments == ("D06", "D08")
    assert list(case.clocks) == ["step:t1"]
    _, events = hear(case, timers.overdue(1, **REDRAWN), sequence=4, table=default_table(), cast=CAST, now=NOW)
    assert {event.name for event in events if isinstance(event, LightChanged)} == {REDRAWN["name"]}


def test_given_a_timer_event_from_before_the_other_version_then_it_sets_the_light_and_brings_no_old_name_back() -> None:
    case, _ = follow(after(timers.started())[0], timers.migrated(), sequence=3)
    late, _ = hear(case, timers.warned(), sequence=2, table=default_table(), cast=CAST, now=NOW)
    assert (drawing(late.clocks["step:t1"]), late.light) == (REDRAWN, Light.YELLOW)
    again, _ = hear(late, timers.warned(**REDRAWN), sequence=4, table=default_table(), cast=CAST, now=NOW)
    old, _ = follow(again, timers.migrated().model_copy(update={"steps": ()}), sequence=3)
    assert old == again
    stopped, _ = hear(again, timers.stopped(**REDRAWN), sequence=5, table=default_table(), cast=CAST, now=NOW)
    assert follow(stopped, timers.migrated(), sequence=6)[0].clocks == stopped.clocks


_EVENTS = (timers.started(), timers.warned(), timers.due(), timers.overdue(0), timers.overdue(1), timers.held())


@given(st.lists(st.integers(0, len(_EVENTS) - 1), min_size=1, max_size=30))
def test_whatever_order_and_repetition_no_rule_speaks_twice(order: list[int]) -> None:
    case, said = dark(_EVENTS[0], now=NOW), []
    for index in order:
        case, events = hear(case, _EVENTS[index], sequence=index + 1, table=default_table(), cast=CAST, now=NOW)
        said += [event.rule for event in events if isinstance(event, LightChanged) and event.rule]
    assert len(said) == len(set(said))
    assert case.clocks["step:t1"].heard == max(order) + 1
