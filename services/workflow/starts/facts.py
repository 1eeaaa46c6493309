"""Whether what begins a case fits the form of the start event; without a form a case takes what comes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from services.kernel.problem import FieldError, Problem
from services.workflow.answers import schema_errors, size_errors
from services.workflow.deps import Deps
from services.workflow.starts.beginning import Entrance

_ASKED: Final = "body.answers"
_GIVEN: Final = "body.facts"


class FactsUnfit(Problem):
    """What is to begin the case is not filled in as the form of its start event asks; every field is named."""

    status = 422
    code = "facts-unfit"
    zh = "启动“{name}”（{process}）的表单有 {count} 处不符合要求"
    en = "the form that begins {process!r} has {count} fields that do not fit"
    remedy_zh = "请按 errors 中列出的字段逐项更正后重新提交；表单见 GET /starts"
    remedy_en = "correct each field listed in errors and send it again; GET /starts shows the form"


async def check_facts(deps: Deps, entrance: Entrance, facts: Mapping[str, Any]) -> None:
    """Raise `FactsUnfit`, naming every field that is wrong, unless the facts fit the form, if there is one."""
    if entrance.event.form:
        check_filled(entrance, facts, await deps.shelf.form(entrance.version.sha256, entrance.event.form))


def check_filled(entrance: Entrance, facts: Mapping[str, Any], form: Mapping[str, Any]) -> None:
    """Raise `FactsUnfit` unless the facts fit a form."""
    if errors := [*(size_errors(facts))] or schema_errors(facts, form):
        named = [_named(error) for error in errors]
        process, name = entrance.definition.process_key, entrance.version.item.name
        raise FactsUnfit(process=process, name=name, count=len(named), errors=named)


def _named(error: FieldError) -> FieldError:
    return replace(error, where=error.where.replace(_ASKED, _GIVEN, 1))
