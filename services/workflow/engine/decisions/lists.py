"""The functions of FEEL on lists and contexts."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal, DecimalException, localcontext
from functools import cmp_to_key, reduce
from typing import Final

from services.workflow.engine.decisions.comparing import Value, compare, same, weighed
from services.workflow.engine.decisions.functions import Builtin, Function
from services.workflow.engine.decisions.moments import Months, add
from services.workflow.engine.decisions.numbers import PRECISION
from services.workflow.engine.language.errors import Miscalculated
from services.workflow.engine.language.office import Office

MAX_ITEMS: Final = 10_000
_MANY: Final = 200
_DEEPEST: Final = 40


def _given(values: tuple[Value, ...]) -> list[Value] | None:
    """Give the items of a function that takes a list, or its items one by one."""
    found = values[0] if len(values) == 1 and isinstance(values[0], list) else list(values)
    return None if found == [None] else found


def _of(compute: Callable[[list[Value]], Value]) -> Callable[..., Value]:
    def run(_: Office, *values: Value) -> Value:
        found = _given(values)
        return None if found is None else compute(found)

    return run


def _numbers(compute: Callable[[list[Decimal]], Value]) -> Callable[..., Value]:
    """Make a function of numbers give nothing for anything else."""

    def run(items: list[Value]) -> Value:
        if not all(isinstance(item, Decimal) for item in items):
            return None
        try:
            with localcontext(PRECISION):
                return compute(items)
        except DecimalException:
            return None

    return _of(run)


def _extreme(word: str) -> Callable[[list[Value]], Value]:
    def run(items: list[Value]) -> Value:
        if not items or any(item is None for item in items):
            return None
        best = items[0]
        for item in items[1:]:
            better = compare(word, item, best)
            if better is None:
                return None
            best = item if better else best
        return best if compare("=", best, best) else None

    return run


def _sum(items: list[Value]) -> Value:
    if not items:
        return None
    if all(isinstance(item, timedelta) for item in items) or all(isinstance(item, Months) for item in items):
        return reduce(add, items)
    with localcontext(PRECISION):
        return sum(items, Decimal(0)) if all(isinstance(item, Decimal) for item in items) else None


def _mean(items: list[Decimal]) -> Value:
    return sum(items, Decimal(0)) / len(items) if items else None


def _median(items: list[Decimal]) -> Value:
    if not items:
        return None
    ordered, middle = sorted(items), len(items) // 2
    return ordered[middle] if len(items) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _stddev(items: list[Decimal]) -> Value:
    if len(items) < 2:  # noqa: PLR2004 - one value has no spread
        return None
    mean = sum(items, Decimal(0)) / len(items)
    return (sum(((item - mean) ** 2 for item in items), Decimal(0)) / (len(items) - 1)).sqrt()


def _mode(items: list[Decimal]) -> Value:
    counts = [items.count(item) for item in items[:1_000]]
    most = max(counts, default=0)
    return sorted({item for item, count in zip(items, counts, strict=False) if count == most})


def _product(items: list[Decimal]) -> Value:
    return reduce(lambda a, b: a * b, items) if items else None


def _all(items: list[Value]) -> Value:
    if False in [item for item in items if isinstance(item, bool)]:
        return False
    return True if all(item is True for item in items) else None


def _any(items: list[Value]) -> Value:
    if True in [item for item in items if isinstance(item, bool)]:
        return True
    return False if all(item is False for item in items) else None


# ── lists ──


def _list(compute: Callable[..., Value]) -> Callable[..., Value]:
    """Make a function whose first argument is a list; a single value is a list of one."""

    def run(_: Office, items: Value, *values: Value) -> Value:
        if items is None:
            return None
        found = compute(items if isinstance(items, list) else [items], *values)
        if isinstance(found, list) and len(found) > MAX_ITEMS:
            raise Miscalculated(zh="列表太长", en="the list is too long")
        return found

    return run


def _sublist(items: list[Value], start: Value, length: Value = Decimal(MAX_ITEMS)) -> Value:
    if not isinstance(start, Decimal) or not isinstance(length, Decimal):
        return None
    place, count = _place(items, start), int(length)
    return None if place is None or count < 1 else items[place : place + count]


def _place(items: list[Value], position: Value) -> int | None:
    """Give the index of a position counted from 1, or from the end; nothing when there is none."""
    if not isinstance(position, Decimal) or not position or abs(position) > len(items):
        return None
    return int(position) - 1 if position > 0 else len(items) + int(position)


def _insert(items: list[Value], position: Value, new: Value) -> Value:
    place = _place(items, position)
    return None if place is None else [*items[:place], new, *items[place:]]


def _remove(items: list[Value], position: Value) -> Value:
    place = _place(items, position)
    return None if place is None else [*items[:place], *items[place + 1 :]]


def _exchange(items: list[Value], position: Value, new: Value) -> Value:
    if isinstance(position, Function):
        kept = []
        for item in items:
            found = position.call([item, new], {})
            if not isinstance(found, bool):
                return None
            kept.append(new if found else item)
        return kept
    place = _place(items, position)
    return None if place is None else [*items[:place], new, *items[place + 1 :]]


def _join(_: Office, *lists: Value) -> Value:
    if any(each is None for each in lists):
        return None
    found = [item for each in lists for item in (each if isinstance(each, list) else [each])]
    if len(found) > MAX_ITEMS:
        raise Miscalculated(zh="列表太长", en="the list is too long")
    return found


def _distinct(items: list[Value]) -> list[Value]:
    found: list[Value] = []
    for item in items[:1_000]:
        if not any(same(item, other) is True for other in found):
            found.append(item)
    return found


def _union(office: Office, *lists: Value) -> Value:
    found = _join(office, *lists)
    return None if found is None else _distinct(found)


def _flat(items: list[Value], depth: int = 0) -> list[Value]:
    if depth > _DEEPEST:
        return items
    return [part for item in items for part in (_flat(item, depth + 1) if isinstance(item, list) else [item])]


def _index(items: list[Value], wanted: Value) -> list[Value]:
    return [Decimal(place) for place, item in enumerate(items, start=1) if same(item, wanted) is True]


def _sorted(items: list[Value], precedes: Value = None) -> Value:
    if precedes is not None and not isinstance(precedes, Function):
        return None

    def order(left: Value, right: Value) -> int:
        if isinstance(precedes, Function):
            first, second = precedes.call([left, right], {}), precedes.call([right, left], {})
        else:
            first, second = compare("<", left, right), compare("<", right, left)
        return -1 if first is True else int(second is True)

    return sorted(items, key=cmp_to_key(order))


# ── contexts ──


def _get(_: Office, context: Value, key: Value) -> Value:
    if not isinstance(context, Mapping):
        return None
    if isinstance(key, list):
        for part in key:
            context = context.get(part) if isinstance(context, Mapping) else None
        return context
    return context.get(key) if isinstance(key, str) else None


def _entries(_: Office, context: Value) -> Value:
    if not isinstance(context, Mapping):
        return None
    return [{"key": key, "value": value} for key, value in context.items()]


def _context(_: Office, entries: Value) -> Value:
    found: dict[str, Value] = {}
    for entry in entries if isinstance(entries, list) else [entries]:
        sound = isinstance(entry, Mapping) and isinstance(entry.get("key"), str) and "value" in entry
        if not sound or entry["key"] in found:
            return None
        found[entry["key"]] = entry["value"]
    return found


def _put(_: Office, context: Value, key: Value, value: Value) -> Value:
    path = key if isinstance(key, list) else [key]
    if not isinstance(context, Mapping) or not path or not all(isinstance(part, str) for part in path):
        return None
    if len(path) == 1:
        return {**context, path[0]: value}
    inner = _put(_, context.get(path[0], {}) or {}, path[1:], value)
    return None if inner is None else {**context, path[0]: inner}


def _merge(_: Office, contexts: Value) -> Value:
    given = contexts if isinstance(contexts, list) else [contexts]
    if not all(isinstance(each, Mapping) for each in given):
        return None
    return {key: value for each in given for key, value in each.items()}


_L: Final = ("list",)
_LP: Final = ("list", "position")
LISTS: Final[dict[str, Builtin]] = {
    "list contains": Builtin(
        _list(lambda items, one: any(same(i, one) is True for i in items)), ("list", "element"), 2, 2
    ),
    "count": Builtin(_list(lambda items: Decimal(len(items))), _L, 1, 1),
    "min": Builtin(_of(_extreme("<")), _L, 1, _MANY),
    "max": Builtin(_of(_extreme(">")), _L, 1, _MANY),
    "sum": Builtin(_of(_sum), _L, 1, _MANY),
    "mean": Builtin(_numbers(_mean), _L, 1, _MANY),
    "median": Builtin(_numbers(_median), _L, 1, _MANY),
    "stddev": Builtin(_numbers(_stddev), _L, 1, _MANY),
    "mode": Builtin(_numbers(_mode), _L, 1, _MANY),
    "product": Builtin(_numbers(_product), _L, 1, _MANY),
    "all": Builtin(_of(_all), _L, 1, _MANY),
    "any": Builtin(_of(_any), _L, 1, _MANY),
    "sublist": Builtin(_list(_sublist), ("list", "start position", "length"), 2, 3),
    "append": Builtin(_list(lambda items, *more: [*items, *more]), ("list", "item"), 2, _MANY),
    "concatenate": Builtin(_join, _L, 1, _MANY),
    "insert before": Builtin(_list(_insert), ("list", "position", "newItem"), 3, 3),
    "remove": Builtin(_list(_remove), _LP, 2, 2),
    "list replace": Builtin(_list(_exchange), ("list", "position", "newItem"), 3, 3, (("list", "match", "newItem"),)),
    "reverse": Builtin(_list(lambda items: items[::-1]), _L, 1, 1),
    "index of": Builtin(_list(_index), ("list", "match"), 2, 2),
    "union": Builtin(_union, _L, 1, _MANY),
    "distinct values": Builtin(_list(_distinct), _L, 1, 1),
    "flatten": Builtin(_list(lambda items: _flat(weighed(items))), _L, 1, 1),
    "sort": Builtin(_list(_sorted), ("list", "precedes"), 1, 2),
    "get value": Builtin(_get, ("m", "key"), 2, 2, (("context", "key"),)),
    "get entries": Builtin(_entries, ("m",), 1, 1, (("context",),)),
    "context": Builtin(_context, ("entries",), 1, 1),
    "context put": Builtin(_put, ("context", "key", "value"), 3, 3, (("context", "keys", "value"),)),
    "context merge": Builtin(_merge, ("contexts",), 1, 1),
}
