"""How a retry goes on. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.kernel.problem import Problem
from services.workflow.retries.models import Item, Outcome, Retry, Stage

_BATCH: Final = 20
_LETS_THE_REST_GO: Final = frozenset({Outcome.DONE})


class RetryOver(Problem):
    """The retry has come to its end; there is nothing to stop."""

    status = 409
    code = "retry-over"
    zh = "批量重试 {retry_id} 已经结束"
    en = "the retry {retry_id} is over"
    remedy_zh = "请查看结果；可另行发起重试"
    remedy_en = "look at its report; start another if need be"


def next_items(retry: Retry) -> tuple[Item, ...]:
    """What is to be tried now: the canary alone, then some of the rest."""
    if retry.stage in (Stage.DONE, Stage.STOPPED):
        return ()
    return retry.waiting[: 1 if retry.stage is Stage.CANARY else _BATCH]


def tried(retry: Retry, results: Mapping[str, Item], *, at: datetime) -> Retry:
    """The retry with what came of some of its items, by incident id.

    While nobody has gone through yet, one that is gone or was overtaken proves nothing: the next is the canary. One
    that fails stops the retry before the rest is touched.
    """
    items = tuple(results.get(item.incident_id, item) for item in retry.items)
    after = retry.model_copy(update={"items": items})
    if retry.stage is Stage.CANARY:
        outcomes = {item.outcome for item in results.values()}
        if Outcome.FAILED in outcomes:
            return after.model_copy(update={"stage": Stage.STOPPED, "finished_at": at})
        if outcomes & _LETS_THE_REST_GO:
            after = after.model_copy(update={"stage": Stage.REST})
    if not after.waiting:
        return after.model_copy(update={"stage": Stage.DONE, "finished_at": at})
    return after


def stopped(retry: Retry, *, by: str, at: datetime) -> Retry:
    """The retry is called off; what was done stays done. Raises `RetryOver`."""
    if retry.finished_at is not None:
        raise RetryOver(retry_id=retry.retry_id)
    return retry.model_copy(update={"stage": Stage.STOPPED, "finished_at": at, "stopped_by": by})
