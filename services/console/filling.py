"""What a form of a step that was sent holds, and how its refusal is told: shared by the pages on which one fills in."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.console.backends import Refused
from services.console.naming import Names
from services.console.visits import Visit

Json = Mapping[str, Any]
Typed = Mapping[str, Sequence[str]]


async def typed_of(visit: Visit) -> dict[str, list[str]]:
    """Everything in the form that was sent."""
    form = await visit.request.form()
    return {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}


def first(typed: Typed, name: str) -> str | None:
    """The value of a field that stands once in the form."""
    return next(iter(typed.get(name, ())), None)


def refusal_of(visit: Visit, refused: Refused | None, errors: Sequence[Json], names: Names) -> Json | None:
    """The box above the form: what is wrong, with people's names, and where."""
    if refused is None:
        return None
    remedy = visit.say("请逐项更正后重新提交；点击某一条可以跳到那一项。") if errors else refused.problem["remedy"]
    return {"detail": names.within(refused.problem["detail"]), "remedy": remedy, "errors": errors}


def by_field(errors: Sequence[Mapping[str, str]]) -> dict[str, list[str]]:
    """The errors' words by the field they are about."""
    found: dict[str, list[str]] = {}
    for error in errors:
        found.setdefault(error["field"], []).append(error["message"])
    return found
