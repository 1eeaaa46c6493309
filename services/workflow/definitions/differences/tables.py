"""Differences of decision tables: rules added, removed and changed, by their place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from lxml import etree

from services.workflow.definitions.differences.models import Difference, Kind
from services.workflow.definitions.differences.words import Word
from services.workflow.engine.documents import read_xml, text_of
from services.workflow.engine.findings import Report

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    name: str
    head: Row
    rows: tuple[Row, ...]


def table_differences(path: str, old: bytes, new: bytes) -> Iterator[Difference]:
    """What differs between two states of a DMN file."""
    was, now = _tables(path, old), _tables(path, new)
    for name in dict.fromkeys((*now, *was)):
        if name not in was:
            yield _tell(
                Kind.FILE_ADDED, path, name, Word(f"新增决策表“{now[name].name}”", f"new decision “{now[name].name}”")
            )
        elif name not in now:
            gone = was[name].name
            yield _tell(Kind.FILE_REMOVED, path, name, Word(f"删除决策表“{gone}”", f"decision “{gone}” removed"))
        else:
            yield from _of_table(path, name, was[name], now[name])


def _of_table(path: str, name: str, was: _Table, now: _Table) -> Iterator[Difference]:
    if was.head != now.head:
        old, new = " | ".join(was.head), " | ".join(now.head)
        words = Word(f"决策表“{now.name}”的列或命中规则有改动", f"decision “{now.name}”: columns or hit policy changed")
        yield _tell(Kind.FILE_CHANGED, path, name, words, was=old, now=new)
    matcher = SequenceMatcher(None, was.rows, now.rows, autojunk=False)
    for how, left, left_end, right, right_end in matcher.get_opcodes():
        if how == "equal":
            continue
        paired = min(left_end - left, right_end - right)
        for place in range(paired):
            yield _changed(path, name, now, (left + place, was.rows[left + place]), now.rows[right + place])
        for place in range(left + paired, left_end):
            words = Word(
                f"决策表“{now.name}”删除第{place + 1}条规则（{_shown(was.rows[place])}）",
                f"decision “{now.name}”: rule {place + 1} removed ({_shown(was.rows[place])})",
            )
            yield _tell(Kind.RULE_REMOVED, path, name, words, was=_shown(was.rows[place]))
        for place in range(right + paired, right_end):
            words = Word(
                f"决策表“{now.name}”新增第{place + 1}条规则（{_shown(now.rows[place])}）",
                f"decision “{now.name}”: new rule {place + 1} ({_shown(now.rows[place])})",
            )
            yield _tell(Kind.RULE_ADDED, path, name, words, now=_shown(now.rows[place]))


def _changed(path: str, name: str, table: _Table, was: tuple[int, Row], now: Row) -> Difference:
    number, old = was[0] + 1, was[1]
    words = Word(
        f"决策表“{table.name}”第{number}条规则由（{_shown(old)}）改为（{_shown(now)}）",
        f"decision “{table.name}”: rule {number} ({_shown(old)}) → ({_shown(now)})",
    )
    return _tell(Kind.RULE_CHANGED, path, name, words, was=_shown(old), now=_shown(now))


def _tell(kind: Kind, path: str, table: str, words: Word, **more: str) -> Difference:
    return Difference(kind=kind, file=path, element=table, zh=words.zh, en=words.en, **more)


def _shown(row: Row) -> str:
    return ", ".join(cell or "-" for cell in row)


def _tables(path: str, content: bytes) -> Mapping[str, _Table]:
    root = read_xml(Report(path), content)
    found = (
        [] if root is None else [each for each in root.iter("{*}decision") if each.find("{*}decisionTable") is not None]
    )
    return {str(each.get("id")): _table(each) for each in found}


def _table(decision: etree._Element) -> _Table:
    table = decision.find("{*}decisionTable")
    assert table is not None  # noqa: S101 - only such are looked at
    inputs = [text_of(each.find("{*}inputExpression")) for each in table.findall("{*}input")]
    outputs = [str(each.get("name", "")) for each in table.findall("{*}output")]
    rows = tuple(
        tuple(text_of(cell) for kind in ("inputEntry", "outputEntry") for cell in rule.findall(f"{{*}}{kind}"))
        for rule in table.findall("{*}rule")
    )
    return _Table(
        str(decision.get("name") or decision.get("id")), (str(table.get("hitPolicy", "")), *inputs, *outputs), rows
    )
