"""Checks what an officer wrote against the step's form (JSON Schema 2020-12 with `x-` hints)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry

from services.kernel.problem import FieldError, Problem

OFFICERS_FIELD: Final = "officers"
"""The field of a form with `permit:two_officers` that names who was there (行政许可法 §34)."""

MOST_TEXT: Final = 4_000
"""Characters in one text of the answers, as in the facts of a case."""

MOST_VALUES: Final = 4_000
"""Values in the answers of one form, at whatever depth."""

_LEAST_OFFICERS: Final = 2


_NO_SUCH_FIELD: Final = ("表单中没有这一项", "the form has no such field")
_DISAGREES: Final = ("与其他字段不一致", "does not agree with the other fields")
_AT_LEAST: Final = ("至少 {}", "at least {}")
_AT_MOST: Final = ("最多 {}", "at most {}")
_ONE_OF: Final = ("应为以下之一：{}", "must be one of: {}")
_FORMAT: Final = ("格式不符（{}）", "is not of the form {}")

_SAID: Final[Mapping[str, tuple[str, str]]] = {
    "required": ("必须填写", "must be filled in"),
    "additionalProperties": _NO_SUCH_FIELD,
    "unevaluatedProperties": _NO_SUCH_FIELD,
    "enum": _ONE_OF,
    "const": _ONE_OF,
    "type": ("类型应为 {}", "must be of type {}"),
    "minLength": _AT_LEAST,
    "minItems": _AT_LEAST,
    "maxLength": _AT_MOST,
    "maxItems": _AT_MOST,
    "minimum": ("不能小于 {}", "must not be less than {}"),
    "exclusiveMinimum": ("应大于 {}", "must be more than {}"),
    "maximum": ("不能大于 {}", "must not be more than {}"),
    "exclusiveMaximum": ("应小于 {}", "must be less than {}"),
    "pattern": _FORMAT,
    "format": _FORMAT,
    "uniqueItems": ("不能重复", "must not repeat"),
    "anyOf": _DISAGREES,
    "oneOf": _DISAGREES,
    "not": _DISAGREES,
    "dependentRequired": _DISAGREES,
}


class AnswersInvalid(Problem):
    """The form is not filled in as its schema asks; every field is named at once."""

    status = 422
    code = "answers-invalid"
    zh = "“{task}”的表单有 {count} 处不符合要求"
    en = "the form of {task!r} has {count} fields that do not fit"
    remedy_zh = "请按 errors 中列出的字段逐项更正后重新提交"
    remedy_en = "correct each field listed in errors and send it again"


def check(answers: Mapping[str, Any], schema: Mapping[str, Any], *, task: str, two_officers: bool = False) -> None:
    """Raise `AnswersInvalid`, naming every field that is wrong, unless the answers fit the form."""
    errors = list(size_errors(answers))
    errors = errors or [*schema_errors(answers, schema), *(officer_errors(answers) if two_officers else ())]
    if errors:
        raise AnswersInvalid(task=task, count=len(errors), errors=errors)


def check_size(answers: Mapping[str, Any], *, task: str) -> None:
    """Raise `AnswersInvalid` for what is too much for any form; a draft may be wrong otherwise."""
    if errors := list(size_errors(answers)):
        raise AnswersInvalid(task=task, count=len(errors), errors=errors)


def size_errors(answers: Mapping[str, Any]) -> Iterator[FieldError]:
    """What is too much for any form: every event about the case repeats it, and a pattern reads all of a text."""
    values, level = 0, [(str(name), value) for name, value in answers.items()]
    while level and values <= MOST_VALUES:
        values += len(level)
        for field, value in level:
            if isinstance(value, str) and len(value) > MOST_TEXT:
                yield FieldError(_where([field]), zh=f"文字最多 {MOST_TEXT} 字", en=f"at most {MOST_TEXT} characters")
        level = [(field, inner) for field, value in level for inner in _inside(value)]
    if values > MOST_VALUES:
        yield FieldError(_where([]), zh=f"最多 {MOST_VALUES} 个值", en=f"at most {MOST_VALUES} values")


def _inside(value: object) -> Iterable[object]:
    match value:
        case dict():
            return (*value.keys(), *value.values())
        case list() | tuple():
            return value
        case _:
            return ()


def schema_errors(answers: Mapping[str, Any], schema: Mapping[str, Any]) -> list[FieldError]:
    """What does not fit the schema, in the order of its fields. Fields that the form does not have are refused."""
    closed = {"additionalProperties": False, **schema} if "unevaluatedProperties" not in schema else dict(schema)
    validator = Draft202012Validator(
        closed,
        format_checker=Draft202012Validator.FORMAT_CHECKER,
        registry=Registry(),  # nothing is fetched from anywhere
    )
    found = [error for raw in validator.iter_errors(answers) for error in _field_errors(raw, schema)]
    order = {name: place for place, name in enumerate(schema.get("properties", {}))}
    return sorted(dict.fromkeys(found), key=lambda error: order.get(_field_of(error), len(order)))


def officer_errors(answers: Mapping[str, Any]) -> list[FieldError]:
    """Substantive verification is done by at least two officers (行政许可法 §34)."""
    named = answers.get(OFFICERS_FIELD)
    people = {str(name).strip() for name in named} - {""} if isinstance(named, list | tuple) else set()
    if len(people) >= _LEAST_OFFICERS:
        return []
    return [
        FieldError(
            where=_where([OFFICERS_FIELD]),
            zh="实质内容核查应有两名以上工作人员（行政许可法第三十四条），请填写两名不同人员",
            en="verification needs at least two different officers (Administrative Licensing Law, art. 34)",
        ),
    ]


def _field_errors(error: ValidationError, schema: Mapping[str, Any]) -> Iterator[FieldError]:
    """One finding of the validator as errors of fields; a missing or unknown field is told by its own name."""
    path = list(error.absolute_path)
    match error.validator:
        case "required":
            asked: list[str] = list(error.schema.get("required", ())) if isinstance(error.schema, Mapping) else []
            missing = [name for name in asked if isinstance(error.instance, Mapping) and name not in error.instance]
            yield from (_told(error, [*path, name], schema) for name in missing)
        case "additionalProperties" | "unevaluatedProperties" if isinstance(error.instance, Mapping):
            known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
            yield from (_told(error, [*path, name], schema) for name in error.instance if name not in known)
        case _:
            yield _told(error, path, schema)


def _told(error: ValidationError, path: Sequence[str | int], schema: Mapping[str, Any]) -> FieldError:
    field = _schema_at(schema, path)
    own = _both(field.get("x-error"), field.get("x-error-en"))
    if own:
        return FieldError(where=_where(path), zh=own[0], en=own[1])
    zh, en = _words(error)
    return FieldError(where=_where(path), zh=f"{_title(field, path)}：{zh}", en=f"{_title_en(field, path)}: {en}")


def _words(error: ValidationError) -> tuple[str, str]:
    """Say in both languages what one keyword of the schema asks for."""
    value = error.validator_value
    listed = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    zh, en = _SAID.get(str(error.validator), ("不符合要求", "does not fit"))
    return zh.format("、".join(listed)), en.format(", ".join(listed))


def _schema_at(schema: Mapping[str, Any], path: Sequence[str | int]) -> Mapping[str, Any]:
    """The part of the schema that describes a field; empty where the form says nothing of it."""
    found: Mapping[str, Any] = schema
    for part in path:
        inner = found.get("items", {}) if isinstance(part, int) else found.get("properties", {}).get(part, {})
        if not isinstance(inner, Mapping):
            return {}
        found = inner
    return found


def _both(value: object, english: object) -> tuple[str, str] | None:
    """A hint that stands in the form in Chinese, and beside it in English (`x-error`, `x-error-en`)."""
    if not isinstance(value, str):
        return None
    return value, english if isinstance(english, str) else value


def _title(field: Mapping[str, Any], path: Sequence[str | int]) -> str:
    return str(field.get("title", _name(path)))


def _title_en(field: Mapping[str, Any], path: Sequence[str | int]) -> str:
    return str(field.get("x-title-en", _name(path)))


def _name(path: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in path) or "answers"


def _where(path: Sequence[str | int]) -> str:
    return ".".join(["body", "answers", *(str(part) for part in path)])


def _field_of(error: FieldError) -> str:
    parts = error.where.split(".")
    return parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - body.answers.<field>
