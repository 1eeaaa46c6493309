"""Differences of forms: fields added, removed, asked for otherwise."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from services.workflow.definitions.differences.models import Difference, Kind
from services.workflow.definitions.differences.words import Word

_TOLD: Final = {
    "title": Word("名称", "title"),
    "type": Word("类型", "type"),
    "format": Word("格式", "format"),
    "pattern": Word("格式", "pattern"),
    "minLength": Word("最短长度", "least length"),
    "maxLength": Word("最大长度", "greatest length"),
    "minimum": Word("最小值", "minimum"),
    "maximum": Word("最大值", "maximum"),
    "minItems": Word("最少项数", "fewest items"),
    "maxItems": Word("最多项数", "most items"),
    "enum": Word("选项", "choices"),
    "oneOf": Word("选项", "choices"),
}
_REQUIRED: Final = "required"


def form_differences(path: str, old: bytes, new: bytes) -> Iterator[Difference]:
    """What differs between two states of a form."""
    was, now = _read(old), _read(new)
    title = str(now.get("title") or path)
    before, after = _fields(was), _fields(now)
    for name in dict.fromkeys((*after, *before)):
        if name not in before:
            asked = Word("（必填）", " (required)") if name in _required(now) else Word("", "")
            words = Word(
                f"表单“{title}”新增字段“{_title(after[name], name)}”{asked.zh}",
                f"form “{title}”: new field “{_title(after[name], name)}”{asked.en}",
            )
            yield _tell(Kind.FIELD_ADDED, path, name, words)
        elif name not in after:
            field = _title(before[name], name)
            words = Word(f"表单“{title}”删除字段“{field}”", f"form “{title}”: field “{field}” removed")
            yield _tell(Kind.FIELD_REMOVED, path, name, words)
        else:
            yield from _of_field(path, title, name, (was, now))
    if _rest(was) != _rest(now):
        words = Word(f"表单“{title}”的联动校验或版面有改动", f"form “{title}”: rules between fields or layout changed")
        yield _tell(Kind.FILE_CHANGED, path, "", words)


def _of_field(path: str, form: str, name: str, both: tuple[dict[str, Any], dict[str, Any]]) -> Iterator[Difference]:
    was, now = (_fields(each)[name] for each in both)
    field = _title(now, name)
    old, new = (name in _required(each) for each in both)
    if old != new:
        asked = Word("必填", "required") if new else Word("选填", "optional")
        words = Word(f"表单“{form}”字段“{field}”改为{asked.zh}", f"form “{form}”: field “{field}” is {asked.en} now")
        yield _tell(Kind.FIELD_CHANGED, path, name, words, what=_REQUIRED, was=str(old), now=str(new))
    for key, word in _TOLD.items():
        if was.get(key) != now.get(key):
            before, after = _shown(was.get(key)), _shown(now.get(key))
            words = Word(
                f"表单“{form}”字段“{field}”{word.zh}由{before.zh}改为{after.zh}",
                f"form “{form}”: {word.en} of “{field}” {before.en} → {after.en}",
            )
            yield _tell(Kind.FIELD_CHANGED, path, name, words, what=key, was=before.en, now=after.en)
    others = {key for key in was.keys() | now.keys() if key not in _TOLD and was.get(key) != now.get(key)}
    if others:
        listed = ", ".join(sorted(others))
        words = Word(
            f"表单“{form}”字段“{field}”的其他设置有改动（{listed}）",
            f"form “{form}”: other settings of “{field}” changed ({listed})",
        )
        yield _tell(Kind.FIELD_CHANGED, path, name, words, what=listed)


def _tell(kind: Kind, path: str, field: str, words: Word, **more: str) -> Difference:
    return Difference(kind=kind, file=path, element=field, zh=words.zh, en=words.en, **more)


def _read(content: bytes) -> dict[str, Any]:
    found = json.loads(content)
    return found if isinstance(found, dict) else {}


def _fields(form: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    fields = form.get("properties")
    return (
        {name: field for name, field in fields.items() if isinstance(field, dict)} if isinstance(fields, dict) else {}
    )


def _required(form: Mapping[str, Any]) -> list[str]:
    return list(form.get(_REQUIRED, ()))


def _rest(form: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in form.items() if key not in ("properties", _REQUIRED)}


def _title(field: Mapping[str, Any], name: str) -> str:
    return str(field.get("title") or name)


def _shown(value: object) -> Word:
    if value is None:
        return Word("不限", "none")
    if isinstance(value, list):
        told = [str(each.get("title", each.get("const"))) if isinstance(each, dict) else str(each) for each in value]
        return Word("“" + "、".join(told) + "”", ", ".join(told))
    return Word(f"“{value}”", str(value))
