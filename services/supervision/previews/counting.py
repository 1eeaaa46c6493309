"""The differences of many cases added up: for each rule and register, and for each register."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from services.supervision.previews.models import Affected, Changes, Register, RuleEffects, RuleState
from services.supervision.rules import Rule, RuleTable

_SHOWN: Final = 100
_EVERY_RULE: Final = ""


class Tally:
    """Counts while cases are gone through; keeps of the affected ones no more than are shown."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, Register], Counter[str]] = defaultdict(Counter)
        self._affected: dict[tuple[str, Register], list[Affected]] = defaultdict(list)

    def add(self, differences: Iterable[tuple[Register, str, Affected | None]]) -> None:
        """Count what one case came to."""
        for register, rule, affected in differences:
            for place in ((rule, register), (_EVERY_RULE, register)):
                self._counts[place][affected.how if affected else "same"] += 1
                if affected:
                    self._affected[place] = sorted([*self._affected[place], affected], key=_order)[:_SHOWN]

    def totals(self) -> Mapping[str, Changes]:
        """What it comes to, by register."""
        return self.of(_EVERY_RULE)

    def of(self, rule: str) -> Mapping[str, Changes]:
        """What one rule comes to, by register."""
        return {
            register.value: Changes(**self._counts[rule, register], affected=tuple(self._affected[rule, register]))
            for register in Register
        }


def effects(tally: Tally, thought: Iterable[Rule], latest: RuleTable) -> tuple[RuleEffects, ...]:
    """Each rule of either table, those of the new one first and in its order."""
    new = {rule.id: rule for rule in thought}
    old = {rule.id: rule for rule in latest.rules}
    return tuple(
        RuleEffects(
            id=rule.id, reason=rule.reason, light=rule.light, state=_state(rule.id, new, old), **tally.of(rule.id)
        )
        for rule in {**new, **{key: old[key] for key in old if key not in new}}.values()
    )


def _state(key: str, new: Mapping[str, Rule], old: Mapping[str, Rule]) -> RuleState:
    if key not in old:
        return RuleState.NEW
    if key not in new:
        return RuleState.GONE
    return RuleState.KEPT if new[key] == old[key] else RuleState.CHANGED


def _order(affected: Affected) -> tuple[str, str, str]:
    at = affected.was_at or affected.would_at
    return (at.isoformat() if at else "", affected.case_no, affected.clock_id)
