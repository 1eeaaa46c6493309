"""The state of an instance as bytes: only what is alive, no specifications, the same bytes for the same state.

    state  (format, bundle, process, seed, last number, ended at, with outcome, cancelled, scopes)
    scope  (specification, token it belongs to or -1, its own variables or None, what they changed from, tokens,
            paths up to what was done by people, what can be undone no more, what can be compensated,
            where in subprocesses that are over it was done)
    token  (number, node, state, token it hangs from or -1, flow, data of the node, variables of its own, path)
    path   (done, meetings, sealed), see `running/paths.py`; None for a new one

MessagePack in zstd. Nodes are named, never numbered, so a state can be carried to another version by their names.
"""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
import zstandard

from services.workflow.engine.models import WHOLE, EngineFault
from services.workflow.engine.running.paths import NEW, Arrival, Inside, Meeting, Path
from services.workflow.engine.running.tokens import ROOT, Instance, Scope, Token
from services.workflow.engine.running.variables import Variables

FORMAT: Final = 2
_READ: Final = frozenset({1, FORMAT})
"""States of format 1 say nothing of what was done in subprocesses that are over."""

MAX_STATE: Final = 8 * 2**20
_LEVEL: Final = 3

_encode: Final = msgspec.msgpack.Encoder().encode


class PathRow(msgspec.Struct, array_like=True, frozen=True):
    """One path; a meeting is (join, number, arrivals), an arrival (flow, done, sealed)."""

    done: dict[str, int]
    met: tuple[tuple[str, int, tuple[tuple[str, dict[str, int], dict[str, int]], ...]], ...] = ()
    sealed: dict[str, int] | None = None


class InsideRow(msgspec.Struct, array_like=True, frozen=True):
    """Where something was done in a subprocess that is over: its node, the path in it, and so on inward."""

    node: str
    path: PathRow | None
    inner: "InsideRow | None" = None


class TokenRow(msgspec.Struct, array_like=True, frozen=True):
    """One token."""

    number: int
    node: str
    state: int
    under: int
    flow: str
    data: dict[str, Any] | None
    local: dict[str, Any] | None
    path: PathRow | None = None


class ScopeRow(msgspec.Struct, array_like=True, frozen=True):
    """The process or one running subprocess; `own` is None where the variables around are shared."""

    spec: str
    under: int
    own: dict[str, Any] | None
    base: dict[str, Any] | None
    tokens: tuple[TokenRow, ...]
    before: dict[int, PathRow | None] | None = None
    sealed: dict[str, int] | None = None
    done: list[Any] | None = None
    inside: dict[int, InsideRow] | None = None


class State(msgspec.Struct, array_like=True, frozen=True):
    """A whole instance."""

    format: int
    bundle: bytes
    process: str
    seed: bytes
    number: int
    ended_at: str
    with_outcome: bool
    cancelled: str | None
    completed: bool
    scopes: tuple[ScopeRow, ...]


_decode: Final = msgspec.msgpack.Decoder(State).decode


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a state says about itself besides its tokens."""

    bundle: bytes
    process: str
    cancelled: str | None = None


def dump(instance: Instance, stamp: Stamp) -> bytes:
    """Write an instance. Raises `EngineFault` when it has grown too large."""
    state = State(
        FORMAT,
        stamp.bundle,
        stamp.process,
        instance.seed,
        instance.number,
        instance.ended_at,
        instance.ended_with_outcome,
        stamp.cancelled,
        instance.completed,
        tuple(_scope_row(scope) for scope in instance.scopes()),
    )
    packed = _encode(state)
    if len(packed) > MAX_STATE:
        raise EngineFault(WHOLE, "案件数据太大", "the variables of the case are too large")
    return zstandard.compress(packed, _LEVEL)


def read_state(state: bytes, bundle: bytes) -> State:
    """Read a state without bringing it to life. Raises `EngineFault` when it is unreadable or another bundle's."""
    try:
        found: State = _decode(zstandard.decompress(state, max_output_size=MAX_STATE * 2))
    except (zstandard.ZstdError, msgspec.MsgspecError) as error:
        raise EngineFault(WHOLE, "流程状态无法读取", f"the state cannot be read: {error}") from error
    if found.format not in _READ:
        raise EngineFault(WHOLE, "流程状态的格式版本不同", f"the state has format {found.format}, not {FORMAT}")
    if found.bundle != bundle:
        raise EngineFault(WHOLE, "流程状态属于另一个版本的流程", "the state belongs to another version of the process")
    return found


def restore(state: State, instance: Instance) -> None:
    """Bring the tokens of a state to life in an empty instance. Raises `EngineFault` for an unknown node."""
    instance.number, instance.ended_at = state.number, state.ended_at
    instance.ended_with_outcome, instance.completed = state.with_outcome, state.completed
    top, *inner = state.scopes
    instance.variables = Variables(top.own or {})
    instance.data = instance.variables.own
    tokens: dict[int, Token] = {}
    _restore_tokens(instance, top, tokens)
    for row in inner:
        parent = tokens[row.under]
        _restore_tokens(instance.open_subprocess(parent, row.spec, _variables(parent, row)), row, tokens)


def _scope_row(scope: Scope) -> ScopeRow:
    parent = scope.parent_token
    before = _before_rows(scope)
    shared = parent is not None and scope.variables is parent.scope.variables
    return ScopeRow(
        scope.spec.name,
        ROOT if parent is None else parent.id,
        None if shared else scope.variables.own,
        scope.variables.base or None if not shared else None,
        tuple(_token_row(token) for token in scope.tokens()),
        before or None,
        scope.sealed or None,
        scope.done or None,
        {number: _inside_row(scope.inside[number]) for number in before if number in scope.inside} or None,
    )


def _before_rows(scope: Scope) -> dict[int, PathRow | None]:
    """The paths that a living token could go back to; the others are forgotten, so that age costs nothing."""
    within_reach = {number for token in scope.task_tree.children for number in token.path.done.values()}
    return {number: _path_row(scope.before[number]) for number in sorted(within_reach & scope.before.keys())}


def _inside_row(inside: Inside) -> InsideRow:
    return InsideRow(inside.node, _path_row(inside.path), _inside_row(inside.inner) if inside.inner else None)


def _inside(row: InsideRow) -> Inside:
    return Inside(row.node, _path(row.path), _inside(row.inner) if row.inner else None)


def _path_row(path: Path) -> PathRow | None:
    if path.is_empty:
        return None
    met = tuple(
        (join, meeting.number, tuple((each.flow, dict(each.done), dict(each.sealed)) for each in meeting.arrivals))
        for join, meeting in path.met.items()
    )
    return PathRow(dict(path.done), met, dict(path.sealed) or None)


def _path(row: PathRow | None) -> Path:
    if row is None:
        return NEW
    met = {join: Meeting(number, tuple(Arrival(*each) for each in arrivals)) for join, number, arrivals in row.met}
    return Path(row.done, met, row.sealed or {})


def _token_row(token: Token) -> TokenRow:
    return TokenRow(
        token.id,
        token.task_spec.name,
        token.state,
        token.parent.id,
        token.flow,
        token.internal_data or None,
        token.local,
        _path_row(token.path) if token.parent.id == ROOT else None,
    )


def _variables(parent: Token, row: ScopeRow) -> Variables:
    around = parent.scope.variables
    if row.own is None:
        return around
    return Variables(row.own, None if parent.task_spec.isolates else around, row.base)


def _restore_tokens(scope: Scope, row: ScopeRow, tokens: dict[int, Token]) -> None:
    scope.before = {number: _path(path) for number, path in (row.before or {}).items()}
    scope.inside = {number: _inside(inside) for number, inside in (row.inside or {}).items()}
    scope.sealed, scope.done = row.sealed or {}, row.done or []
    for saved in row.tokens:
        if saved.node not in scope.spec.task_specs:
            raise EngineFault(saved.node, "流程中没有这个环节", "the process has no such node")
        token = scope.place(saved.node, under=tokens.get(saved.under), number=saved.number)
        token.stay(saved.state)
        token.flow, token.local = saved.flow, saved.local
        token.path = _path(saved.path) if saved.under == ROOT else token.parent.path
        if saved.data is not None:
            token.internal_data = saved.data
        tokens[saved.number] = token
