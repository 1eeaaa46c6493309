"""How a retry of many goes on, by itself."""

import pytest

from services.workflow.instances.incidents import cause_of
from services.workflow.retries.models import Item, Outcome, Retry, Stage
from services.workflow.retries.stages import RetryOver, next_items, stopped, tried
from tests.workflow.clock_support import at

NOW = at("2026-09-16", "15:00")


def _retry(count: int = 30) -> Retry:
    items = tuple(Item(case_no=f"C{place}", incident_id=f"{place:020x}") for place in range(count))
    return Retry(retry_id="r", group=None, started_by="u.it", started_at=NOW, items=items)


def _came(retry: Retry, *outcomes: Outcome) -> Retry:
    items = next_items(retry)
    assert len(items) >= len(outcomes)
    results = {
        item.incident_id: item.model_copy(update={"outcome": outcome})
        for item, outcome in zip(items, outcomes, strict=False)
    }
    return tried(retry, results, at=NOW)


def test_given_a_new_retry_then_the_canary_goes_alone() -> None:
    assert [item.case_no for item in next_items(_retry())] == ["C0"]


def test_given_the_canary_is_done_then_the_rest_follows_in_batches_to_the_end() -> None:
    retry = _came(_retry(), Outcome.DONE)
    assert (retry.stage, len(next_items(retry))) == (Stage.REST, 20)
    retry = _came(retry, *[Outcome.DONE] * 19, Outcome.FAILED)
    assert (retry.stage, len(next_items(retry))) == (Stage.REST, 9)
    retry = _came(retry, *[Outcome.DONE] * 9)
    assert (retry.stage, retry.count(Outcome.DONE), retry.count(Outcome.FAILED), retry.finished_at) == (
        Stage.DONE,
        29,
        1,
        NOW,
    )
    assert next_items(retry) == ()


def test_given_the_canary_fails_then_nothing_else_is_touched() -> None:
    retry = _came(_retry(), Outcome.FAILED)
    assert (retry.stage, len(retry.waiting), next_items(retry)) == (Stage.STOPPED, 29, ())


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.OVERTAKEN])
def test_given_the_canary_proves_nothing_then_the_next_is_the_canary(outcome: Outcome) -> None:
    retry = _came(_retry(3), outcome)
    assert (retry.stage, [item.case_no for item in next_items(retry)]) == (Stage.CANARY, ["C1"])
    retry = _came(_came(retry, outcome), outcome)
    assert (retry.stage, retry.count(Outcome.DONE)) == (Stage.DONE, 0)


def test_given_it_is_stopped_then_nothing_more_is_tried_and_it_cannot_be_stopped_again() -> None:
    retry = stopped(_came(_retry(), Outcome.DONE), by="u.ops", at=NOW)
    assert (retry.stage, retry.stopped_by, next_items(retry)) == (Stage.STOPPED, "u.ops", ())
    with pytest.raises(RetryOver):
        stopped(retry, by="u.ops", at=NOW)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12 is not a date", "977 is not a date", True),
        ("the variable 'a' is missing", "the variable 'b.c' is missing", True),
        ("task 5d9ca955-62c7-59d3-8706-30cc67da9e93 failed", "task 0e1f2a3b-62c7-59d3-8706-30cc67da9e94 failed", True),
        ("post P09 is in no department", "post P11 is in no department", True),
        ("a text is no number", "a date is no number", False),
    ],
)
def test_given_reasons_then_those_that_differ_in_values_only_are_one_cause(one: str, other: str, same: bool) -> None:
    assert (cause_of(one) == cause_of(other)) is same
