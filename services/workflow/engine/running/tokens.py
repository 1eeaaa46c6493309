# SPDX-License-Identifier: LGPL-3.0-or-later
"""Tokens, and the instance they move in: SpiffWorkflow's tasks and workflows, kept flat.

This module follows and replaces inner functions of SpiffWorkflow 3.2.0 (LGPL-3.0-or-later: `Task`, `Workflow`,
`BpmnSubWorkflow`) and stays under that licence.

What differs from the library, and why:

- Nothing is predicted, nothing that is finished is kept: a token makes its successors when it leaves and is removed.
  The tree is never deeper than activity → boundary event, so neither depth nor age of an instance matters.
- Work to be done stands in an agenda. No scan, and no waiting task is touched because another one completed.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from services.workflow.engine.language.office import Office
from services.workflow.engine.models import EngineFault, Passed, ThrownMessage
from services.workflow.engine.running.paths import NEW, Inside, Path, newest
from services.workflow.engine.running.plans import Plan
from services.workflow.engine.running.variables import Variables

ROOT: Final = -1
MAX_AUTOMATIC: Final = 5_000
MAX_TOKENS: Final = 5_000
MAX_NESTED: Final = 100

_NO_SCRIPTS: Final = object()  # in place of the library's engine, which hands texts to eval and exec


class Token(Task):  # type: ignore[misc]
    """One token: `flow` it came by, `local` variables of one instance of several, `path` what was done on its way."""

    def __init__(
        self,
        scope: "Scope",
        spec: Any,  # noqa: ANN401 - the library is untyped
        parent: "Token | None",
        number: int,
        *,
        state: int = TaskState.FUTURE,
    ) -> None:
        super().__init__(scope, spec, parent, state, id=number)
        self.flow = ""
        self.local: dict[str, Any] | None = None
        self.path: Path = NEW if parent is None else parent.path

    def _set_state(self, value: int) -> None:
        """Set the state. The library's own reads the clock and writes a log line for each change."""
        self._state = value

    def stay(self, state: int) -> None:
        """Let the token stay where it is, waiting or being worked on."""
        self._set_state(state)

    def make_ready(self) -> None:
        """Let the token's node run from the agenda."""
        self._ready()

    @property
    def scope(self) -> "Scope":
        """The process or subprocess the token is in."""
        return cast("Scope", self.workflow)

    @property
    def layers(self) -> tuple[Any, ...]:
        """The variables the token sees, innermost first."""
        layers = self.scope.variables.layers
        return layers if self.local is None else (self.local, *layers)

    @property
    def is_alive(self) -> bool:
        """Whether the token is still in its scope; what interrupts an activity takes its tokens out."""
        return self.id in self.workflow.tasks


@dataclass(slots=True)
class Happened:
    """What happens during one command."""

    passed: list[Passed] = field(default_factory=list)
    thrown: list[ThrownMessage] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    budget: int = MAX_AUTOMATIC


class _Place:
    """What the instance and its subprocesses have in common: putting tokens in and taking them out.

    `before` keeps the path up to each step that a person completed, `inside` where in a subprocess that was; `sealed`
    is what can be undone no more, `ended` what was done on paths that end in this command, `done` what was completed
    here and can be compensated: (node, what was done inside it, number of its token).
    """

    tasks: dict[int, Token]
    task_tree: Token
    variables: Variables
    instance: "Instance"
    spec: Any
    parent_token: Token | None
    completed: bool
    before: dict[int, Path]
    inside: dict[int, Inside]
    sealed: dict[str, int]
    ended: dict[str, int]
    done: list[Any]

    def plant(self) -> None:
        """Make the root that every token hangs from."""
        self.before, self.inside, self.sealed, self.ended, self.done = {}, {}, {}, {}, []
        self.task_tree = Token(cast("Scope", self), self.spec.start, None, ROOT, state=TaskState.COMPLETED)

    def put(
        self,
        name: str,
        *,
        flow: str = "",
        under: Token | None = None,
        local: Any = None,  # noqa: ANN401
        path: Path | None = None,
    ) -> Token:
        """Put a new token on a node and let the node receive it."""
        token = self.place(name, under=under, number=self.instance.next_number())
        token.flow, token.local = flow, local
        token.path = token.path if path is None else path
        token.task_spec._update(token)  # noqa: SLF001 - the library's word for it
        return token

    def begin(self, start: str = "") -> None:
        """Arm what guards this scope, and put a token on the start event."""
        self.guard()
        self.put(start or self.spec.first)

    def guard(self) -> None:
        """Arm the events that start event subprocesses."""
        for name in self.spec.guards:
            self.put(name)

    def place(self, name: str, *, under: Token | None, number: int) -> Token:
        """Make a token on a node without telling the node."""
        if len(self.tasks) > MAX_TOKENS:
            raise EngineFault(name, "流程中的令牌过多", "too many tokens in the process")
        return Token(cast("Scope", self), self.spec.task_specs[name], under or self.task_tree, number)

    def tokens(self) -> Iterator[Token]:
        """Go through the tokens of this scope, oldest first."""
        return (token for token in list(self.tasks.values()) if token.id != ROOT)

    def seal(self, path: Path) -> None:
        """Forget a path that has come to its end: what met on it can be undone no more."""
        self.sealed, self.ended = newest((self.sealed, path.sealing())), newest((self.ended, path.done))

    def take_out(self, token: Token) -> None:
        """Remove a token and all that hangs from it: armed events, instances, subprocesses."""
        for child in token.children:
            self.take_out(child)
        inner = self.instance.subprocesses.pop(token.id, None)
        if inner is not None:
            inner.clear()
        cast("Any", self)._remove_task(token.id)  # noqa: SLF001 - the library's

    def clear(self) -> None:
        """Remove every token."""
        for token in self.task_tree.children:
            self.take_out(token)

    @property
    def is_busy(self) -> bool:
        """Whether a token is left that does more than guard the scope."""
        if not self.spec.guards:
            return len(self.tasks) > 1
        return any(not token.task_spec.is_guard for token in self.tokens())

    def finish(self) -> None:
        """Say that this scope is over when no token is left in it."""
        if self.completed or self.is_busy:
            return
        self.completed = True
        self.clear()
        if self.parent_token is None:
            return
        self.parent_token.task_spec.body_done(self.parent_token, self)

    def _task_completed_notify(self, token: Token) -> None:
        """Remove a token that has left its node (called by the library when a task completes)."""
        if token.is_alive:
            self.take_out(token)
        if self.spec.at_will and not self.completed and self.parent_token is not None:
            self.parent_token.task_spec.one_done(self.parent_token, self, token)
        self.finish()

    def _task_removed_notify(self, token: Token) -> None:
        """Nobody listens (the library would tell its observers)."""


class Subprocess(_Place, BpmnSubWorkflow):  # type: ignore[misc]
    """A running subprocess or called process."""

    parent_token: Token

    def __init__(self, spec: Plan, parent_token: Token, variables: Variables) -> None:
        self.parent_token = parent_token
        self.instance = parent_token.scope.instance
        self.variables = variables
        super().__init__(spec, parent_token.id, self.instance, deserializing=True)
        self.data = variables.own
        self.plant()

    @property
    def parent_workflow(self) -> "Scope":
        """The scope the subprocess was started in (the library searches for it)."""
        return self.parent_token.scope

    def _calculate_depth(self) -> int:
        return int(self.parent_token.scope.depth) + 1


class Instance(_Place, BpmnWorkflow):  # type: ignore[misc]
    """A running process, for the time of one command."""

    def __init__(self, spec: Plan, specs: Mapping[str, Plan], office: Office, seed: bytes) -> None:
        self.instance = self
        self.parent_token = None
        self.office = office
        self.seed = seed
        self.number = 0
        self.agenda: deque[Token] = deque()
        self.happened = Happened()
        self.ended_at = ""
        self.ended_with_outcome = False
        self.variables = Variables({})
        self.watches = any(plan.watches for plan in specs.values())
        super().__init__(spec, specs, script_engine=_NO_SCRIPTS, deserializing=True)
        self.data = self.variables.own
        self.plant()

    def next_number(self) -> int:
        """Give the next token its number; numbers are never used twice in an instance."""
        self.number += 1
        return self.number

    def scopes(self) -> Iterator["Scope"]:
        """Go through the process and every running subprocess, outer before inner."""
        yield self
        yield from list(self.subprocesses.values())

    def open_subprocess(self, token: Token, name: str, variables: Variables) -> Subprocess:
        """Start a subprocess or called process for a token."""
        inner = Subprocess(self.subprocess_specs[name], token, variables)
        if inner.depth > MAX_NESTED:
            raise EngineFault(token.task_spec.bpmn_id, "子流程嵌套太深", "subprocesses are nested too deeply")
        self.subprocesses[token.id] = inner
        return inner

    def work(self) -> None:
        """Run everything that runs by itself. Raises `EngineFault`; the instance is then not to be used again."""
        while True:
            if self.watches and self._notices():
                continue
            if self.agenda:
                self._run(self.agenda.popleft())
            elif not self._inclusive_joins():
                return

    def _notices(self) -> bool:
        """Let an event happen whose condition has come to hold; say whether one did."""
        return any(token.task_spec.notice(token) for scope in self.scopes() for token in scope.tokens())

    def _run(self, token: Token) -> None:
        if token.state != TaskState.READY or not token.is_alive:
            return  # interrupted meanwhile
        self.happened.budget -= 1
        if self.happened.budget < 0:
            raise EngineFault(
                token.task_spec.name,
                f"自动步骤超过 {MAX_AUTOMATIC} 步，流程可能在空转",
                f"more than {MAX_AUTOMATIC} automatic steps: the process seems to go round by itself",
            )
        token.run()

    def _inclusive_joins(self) -> bool:
        """Let joins fire or reset that no other token can reach any more; say whether one did."""
        for scope in self.scopes():
            for token in scope.tokens():
                if token.state == TaskState.WAITING and token.task_spec.fire_if_complete(token):
                    return True
        return False


Scope = Instance | Subprocess
