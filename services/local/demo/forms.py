"""Filling a form in: what the story gives, the rest from the form's own example, dates as of today."""

from collections.abc import Mapping
from datetime import date
from typing import Any


def filled(schema: Mapping[str, Any], given: Mapping[str, object], *, today: date) -> dict[str, object]:
    """Answers for a form. Takes the first example that agrees with what is given, else the first one."""
    examples: list[dict[str, object]] = schema.get("examples") or [{}]
    agreeing = (one for one in examples if all(one.get(name, value) == value for name, value in given.items()))
    answers = dict(next(agreeing, examples[0]))
    for name, field in schema.get("properties", {}).items():
        if name in answers and field.get("format") == "date":
            answers[name] = today.isoformat()
    return {**answers, **given}
