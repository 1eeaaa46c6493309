"""The table of light rules as people read and edit it: words for its codes, rows of a form, what a version changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData

Rule = dict[str, Any]

ON: Final = {"warned": "预警点", "due": "到期日当天", "overdue": "逾期", "lapsed": "到期未办、自动流转"}
KINDS: Final = {"step": "环节时限", "promised": "承诺时限", "statutory": "法定时限"}
LIGHT: Final = {"yellow": "黄灯", "red": "红灯", "red2": "红灯（严重逾期）"}
RUNG: Final = {
    "reminder": "提醒",
    "yellow": "黄灯",
    "red": "红灯",
    "matter": "督查事项",
    "notice": "督办通知",
    "bulletin": "督查通报",
}
TO: Final = {"handler": "经办人", "chief": "科长", "leader": "分管领导", "head": "局长", "supervision": "督查室"}
EFFECTS: Final = {"explain": "说明原因", "matter": "登记督查事项", "notice": "起草督办通知", "bulletin": "建议通报"}

FIELDS: Final = {
    "on": "何时",
    "at": "逾期工作日数",
    "kinds": "哪种时限",
    "special": "专用规则",
    "light": "亮灯",
    "rung": "督办阶梯",
    "to": "通知谁",
    "effects": "同时",
    "reason": "事由",
    "basis": "依据",
}
"""The fields of a rule, named for people, in the order of the page."""

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "on": ON,
    "kinds": KINDS,
    "light": LIGHT,
    "rung": RUNG,
    "to": TO,
    "effects": EFFECTS,
}
"""What each code of a field is called."""

_MANY: Final = frozenset({"kinds", "to", "effects"})
BLANK: Final[Rule] = {
    "id": "",
    "on": "overdue",
    "kinds": ["step"],
    "at": 0,
    "special": False,
    "light": "red",
    "rung": "red",
    "to": ["handler", "chief", "supervision"],
    "effects": [],
    "reason": "",
    "basis": "",
}
"""What the form offers for one more rule."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one rule: `new`, `gone` or `changed`; `fields` names each field with its old and new value."""

    id: str
    what: str
    fields: tuple[tuple[str, Any, Any], ...]


def changes(old: Sequence[Rule], new: Sequence[Rule]) -> list[Change]:
    """What another table changes, by rule."""
    before, after = ({rule["id"]: rule for rule in rules} for rules in (old, new))
    found = []
    for key in dict.fromkeys((*before, *after)):
        was, becomes = before.get(key), after.get(key)
        fields = tuple(
            (name, was and was[name], becomes and becomes[name])
            for name in FIELDS
            if (was and was[name]) != (becomes and becomes[name])
        )
        if fields:
            what = "new" if was is None else "gone" if becomes is None else "changed"
            found.append(Change(key, what, fields))
    return found


def is_table(found: object) -> bool:
    """Whether something that a form carried along can be shown as a table again; the service says if it is lawful."""
    if not isinstance(found, dict) or found.keys() != {"effective_from", "rules", "note"}:
        return False
    rules = found["rules"]
    return isinstance(rules, list) and all(_is_rule(rule) for rule in rules)


def rules_of(form: FormData) -> list[Rule]:
    """The rules as the form has them, but for those taken away and an empty last one."""
    numbers = sorted({int(name.partition(".")[0]) for name in form if name.partition(".")[0].isdigit()})
    rows = [_rule(form, number) for number in numbers if f"{number}.gone" not in form]
    return [row for row in rows if row["id"]]


def _is_rule(found: object) -> bool:
    if not isinstance(found, dict) or found.keys() != {"id", *FIELDS}:
        return False
    several = [found[name] for name in _MANY]
    single = [value for name, value in found.items() if name not in _MANY]
    words = [one for value in several if isinstance(value, list) for one in value]
    return (
        all(isinstance(value, list) for value in several)
        and all(isinstance(one, str) for one in words)
        and all(isinstance(value, str | int) for value in single)
    )


def _rule(form: FormData, number: int) -> Rule:
    def one(name: str) -> str:
        value = form.get(f"{number}.{name}", "")
        return value.strip() if isinstance(value, str) else ""

    rule: Rule = {name: one(name) for name in ("id", *FIELDS)}
    rule |= {name: form.getlist(f"{number}.{name}") for name in _MANY}
    rule["at"] = int(rule["at"]) if rule["at"].isdecimal() else rule["at"] or 0
    rule["special"] = f"{number}.special" in form
    return rule
