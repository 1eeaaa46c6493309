"""Golden walks: `walks/*.toml` say what a case does and what must come of it. They are the tests of a bundle."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final, Self

from pydantic import AwareDatetime, BaseModel, Field, ValidationError, model_validator

from services.kernel.problem import FieldError, Problem
from services.kernel.problem.validation import field_errors

FOLDER: Final = "walks/"
MAX_WALKS: Final = 100
MAX_STEPS: Final = 200
_ENDING: Final = ".toml"

_Code = Annotated[str, Field(min_length=1, max_length=120)]


class _Table(BaseModel, frozen=True, extra="forbid"):
    """A table of the file: what is misspelt is refused."""


class WalkCase(_Table, frozen=True):
    """What the window received; or what began the case: the start event, and the variables that came with it."""

    situation: _Code
    received_on: date
    department: _Code
    township: _Code | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    start: _Code | None = None
    brought: dict[str, Any] = Field(default_factory=dict)


class WalkStep(_Table, frozen=True):
    """One thing that happens: a step completed, an outside answer, a message, a signal, or time that passes."""

    complete: _Code | None = None
    answers: dict[str, Any] = Field(default_factory=dict)
    answer: _Code | None = None
    result: Any = None
    message: _Code | None = None
    signal: _Code | None = None
    payload: dict[str, Any] = Field(default_factory=dict)
    advance_to: AwareDatetime | None = None
    at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        done = [self.complete, self.answer, self.message, self.signal, self.advance_to]
        if sum(each is not None for each in done) != 1:
            msg = "give exactly one of complete, answer, message, signal and advance_to"
            raise ValueError(msg)
        if (self.at is None) == (self.advance_to is None):
            msg = "complete, answer, message and signal need at; advance_to has none"
            raise ValueError(msg)
        return self

    @property
    def until(self) -> datetime:
        """The moment up to which time passes before the step."""
        moment = self.at or self.advance_to
        assert moment is not None  # noqa: S101 - `_is_one_thing` saw to it
        return moment

    @property
    def what(self) -> str:
        """What the step does, in the file's own words."""
        return str(self.complete or self.answer or self.message or self.signal or self.until.isoformat())


class ExpectedStep(_Table, frozen=True):
    """The due and warning days of a step, as it was last opened."""

    element: _Code
    due_on: date | None = None
    warn_on: date | None = None


class Expected(_Table, frozen=True):
    """What must come of it."""

    end: _Code
    outcome: _Code
    passed: tuple[_Code, ...] = ()
    accepted_on: date | None = None
    promised_due_on: date | None = None
    statutory_due_on: date | None = None
    decided_on: date | None = None
    step: tuple[ExpectedStep, ...] = ()


class WalkFile(_Table, frozen=True):
    """One walk."""

    title: Annotated[str, Field(max_length=200)] = ""
    scenario: Annotated[str, Field(max_length=40)] = ""
    case: WalkCase
    step: Annotated[tuple[WalkStep, ...], Field(max_length=MAX_STEPS)] = ()
    expect: Expected


class WalksFailed(Problem):
    """A walk of the bundle does not end as it says; the version may be kept, but no case may follow it."""

    status = 422
    code = "walks-failed"
    zh = "{count} 条走查未通过，第 {version} 版未启用"
    en = "{count} walks failed; version {version} was not activated"
    remedy_zh = "请逐条查看 errors 中的走查、步骤、应为与实为：流程图改错就更正流程图，有意的改动就更正走查"
    remedy_en = (
        "look at each walk, step, expected and got in errors: mend the diagram, or the walk if the change is meant"
    )


class WalkFailure(BaseModel, frozen=True):
    """Where a walk left its path: `step` names the step of the file, or `expect`."""

    walk: str
    step: str
    expected: str
    got: str

    @property
    def error(self) -> FieldError:
        """The failure as a field of a refusal."""
        return FieldError(
            where=f"{self.walk}#{self.step}",
            zh=f"应为 {self.expected}，实为 {self.got}",
            en=f"expected {self.expected}, got {self.got}",
        )


class WalkUnreadable(Exception):
    """A walk is not what it should be."""

    def __init__(self, failure: WalkFailure) -> None:
        super().__init__(failure)
        self.failure = failure


def walk_paths(files: Mapping[str, bytes]) -> list[str]:
    """The paths of the walks of a bundle, in order."""
    return sorted(path for path in files if path.startswith(FOLDER) and path.endswith(_ENDING))


def read_walk(path: str, content: bytes) -> WalkFile:
    """Read a walk. Raises `WalkUnreadable`."""
    try:
        return WalkFile.model_validate(tomllib.loads(content.decode("utf-8")))
    except ValidationError as error:
        first = field_errors(error.errors())[0]
        raise WalkUnreadable(
            WalkFailure(walk=path, step=first.where, expected="可读 / readable", got=first.en)
        ) from None
    except (ValueError, RecursionError) as error:
        raise WalkUnreadable(WalkFailure(walk=path, step="file", expected="UTF-8 TOML", got=str(error)[:200])) from None
