"""Pydantic's findings as `FieldError`s: where, and what is wrong, in both languages. Never the value itself."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.kernel.problem.refusal import FieldError

_CHINESE: Final[Mapping[str, str]] = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这一项,请检查名称",
    "json_invalid": "不是有效的 JSON",
    "string_type": "应为文字",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符({pattern})",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "decimal_parsing": "应为数字",
    "finite_number": "应为有限的数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "enum": "应为以下之一:{expected}",
    "literal_error": "应为以下之一:{expected}",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象(Content-Type 应为 application/json)",
    "date_type": "应为日期,如 2026-09-16",
    "date_parsing": "应为日期,如 2026-09-16",
    "date_from_datetime_parsing": "应为日期,如 2026-09-16",
    "date_from_datetime_inexact": "应为日期,如 2026-09-16",
    "datetime_type": "应为时刻,如 2026-09-16T09:00:00+08:00",
    "datetime_parsing": "应为时刻,如 2026-09-16T09:00:00+08:00",
    "datetime_from_date_parsing": "应为时刻,如 2026-09-16T09:00:00+08:00",
    "timezone_aware": "应带时区,如 +08:00",
    "uuid_parsing": "应为 UUID",
    "value_error": "不符合要求:{error}",
}


def field_errors(findings: Sequence[Mapping[str, Any]]) -> tuple[FieldError, ...]:
    """What pydantic found, as `FieldError`s in its order."""
    return tuple(_field_error(finding) for finding in findings)


def _field_error(finding: Mapping[str, Any]) -> FieldError:
    where = ".".join(str(part) for part in finding["loc"])
    english = str(finding["msg"])
    return FieldError(where=where, zh=_chinese(finding, otherwise=english), en=english)


def _chinese(finding: Mapping[str, Any], *, otherwise: str) -> str:
    text = _CHINESE.get(str(finding["type"]))
    if text is None:
        return f"不符合要求:{otherwise}"
    try:
        return text.format_map(finding.get("ctx", {}))
    except KeyError:  # pydantic gave less context than we ask for: the English says it all
        return f"不符合要求:{otherwise}"
