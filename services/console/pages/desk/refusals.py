"""A refusal on the page where it can be mended: the reasons above the form, and each at its field."""

from collections.abc import Callable
from typing import Any, Final

from services.console.backends import Refused
from services.console.visits import Visit

_SHOWN: Final = frozenset({409, 422})
"""Refusals that the clerk mends on the page; others are shown as pages of their own."""

REMEDIES: Final = {
    "application-incomplete": "请逐项补齐或更正后再登记；您填写的内容都还在。材料以办事指南所列为准，不得另行索要。",
    "invalid-request": "请逐项更正后再提交；您填写的内容都还在。",
    "not-entitled": "请核对姓名与证件号码；由他人代办的，请收取授权委托书并填写其编号或日期。",
}
"""What to do, where the API speaks of its own fields."""


def mendable(refused: Refused) -> Refused:
    """The refusal, if it can be mended on the page; else it goes on up."""
    if refused.status not in _SHOWN:
        raise refused
    return refused


def told(visit: Visit, refused: Refused | None, *, at: Callable[[str], str] = str) -> dict[str, Any]:
    """What a template shows of a refusal: `status`, `refusal`, and `wrong`, the message at each field.

    `at` gives the field of the page for a place that the API names.
    """
    if refused is None:
        return {"status": 200, "refusal": None, "wrong": {}}
    errors = [one | {"where": at(one["where"])} for one in refused.problem.get("errors", [])]
    problem: dict[str, Any] = refused.problem | {"errors": errors}
    if (remedy := REMEDIES.get(refused.code)) is not None:
        problem["remedy"] = visit.say(remedy)
    return {"status": refused.status, "refusal": problem, "wrong": {one["where"]: one["message"] for one in errors}}
