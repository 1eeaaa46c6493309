"""Differences of `item.toml`: limits, papers, situations, legal basis."""

from collections.abc import Iterator
from typing import Any, Final

from services.workflow.definitions.differences.models import Difference, Kind
from services.workflow.definitions.differences.words import Word
from services.workflow.definitions.items import ITEM_FILE, ItemFile

_WORDS: Final = {
    "name": Word("事项名称", "name of the item"),
    "department": Word("承办科室", "responsible department"),
    "township_first": Word("乡镇初审", "township first"),
    "statutory_workdays": Word("法定时限（工作日）", "statutory limit (working days)"),
    "acceptance_workdays": Word("受理时限（工作日）", "limit for acceptance (working days)"),
    "promised_workdays": Word("承诺时限（工作日）", "promised limit (working days)"),
    "mandatory": Word("必要材料", "mandatory"),
    "basis": Word("依据", "basis"),
    "situations": Word("适用情形", "situations"),
    "legal_basis": Word("法律依据", "legal basis"),
    "conditions": Word("申请条件", "conditions"),
    "warn": Word("案件预警点", "warning point of the case clocks"),
}
_LISTS: Final = {"situations": Word("情形", "situation"), "documents": Word("材料", "paper")}


def item_differences(old: ItemFile, new: ItemFile) -> Iterator[Difference]:
    """What differs between two states of an item."""
    was, now = old.model_dump(mode="json"), new.model_dump(mode="json")
    for name in now:
        if name in _LISTS:
            yield from _of_list(name, was[name], now[name])
        elif was[name] != now[name]:
            yield _changed("", name, was[name], now[name])


def _of_list(name: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Difference]:
    was, now = ({each["code"]: each for each in rows} for rows in (old, new))
    word = _LISTS[name]
    for code in dict.fromkeys((*now, *was)):
        told = str((now.get(code) or was[code])["name"])
        if code not in was:
            yield _tell(f"{name}.{code}", Word(f"新增{word.zh}“{told}”", f"new {word.en} “{told}”"))
        elif code not in now:
            yield _tell(f"{name}.{code}", Word(f"删除{word.zh}“{told}”", f"{word.en} “{told}” removed"))
        else:
            for field in now[code]:
                if was[code][field] != now[code][field]:
                    yield _changed(f"{word.zh}“{told}”", field, was[code][field], now[code][field])


def _changed(subject: str, name: str, was: object, now: object) -> Difference:
    word, old, new = _WORDS.get(name, Word(name, name)), _shown(was), _shown(now)
    spaced = f"{subject}: " if subject else ""
    words = Word(f"{subject}{word.zh}由{old}改为{new}", f"{spaced}{word.en} {old} → {new}")
    return _tell(name, words, was=old, now=new)


def _tell(what: str, words: Word, **more: str) -> Difference:
    return Difference(
        kind=Kind.ITEM_CHANGED,
        file=ITEM_FILE,
        what=what,
        zh=words.zh,
        en=words.en,
        **more,
    )


def _shown(value: object) -> str:
    match value:
        case bool():
            return "是 / yes" if value else "否 / no"
        case list():
            return "、".join(map(str, value)) or "—"
        case dict():
            return "、".join(map(str, value.values()))
        case _:
            return str(value)
